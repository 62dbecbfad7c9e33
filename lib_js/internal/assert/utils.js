'use strict';

// `assert(value)`, whose message quotes the source of the call.

const {
  Error, ErrorCaptureStackTrace, NumberPrototypeToString, RegExpPrototypeSymbolReplace,
  StringPrototypeCharCodeAt, StringPrototypePadStart, hardenRegExp,
} = primordials;

const AssertionError = require('internal/assert/assertion_error');
const { isErrorStackTraceLimitWritable } = require('internal/errors');
const { isError } = require('internal/util');

// Tabs and newlines keep the shape of the source.
const controls = hardenRegExp(/[\x00-\x08\x0b\x0c\x0e-\x1f]/g);

function escapeControl(char) {
  if (char === '\b') return '\\b';
  if (char === '\f') return '\\f';
  const hex = NumberPrototypeToString(StringPrototypeCharCodeAt(char, 0), 16);
  return `\\u${StringPrototypePadStart(hex, 4, '0')}`;
}

/** @param {Function} fn  the assertion that the user called */
function describeCall(fn) {
  const isWritable = isErrorStackTraceLimitWritable();
  const limit = Error.stackTraceLimit;
  if (isWritable) Error.stackTraceLimit = 1;
  const holder = {};
  ErrorCaptureStackTrace(holder, fn);
  if (isWritable) Error.stackTraceLimit = limit;

  const source = require('internal/errors/error_source').getErrorSourceExpression(holder);
  if (!source) return undefined;
  const shown = RegExpPrototypeSymbolReplace(controls, source, escapeControl);
  return `The expression evaluated to a falsy value:\n\n  ${shown}\n`;
}

function innerOk(fn, argLen, value, message) {
  if (!value) {
    let generatedMessage = true;
    if (argLen === 0) {
      message = 'No value argument passed to `assert.ok()`';
    } else if (message == null) {
      message = describeCall(fn);
    } else if (isError(message)) {
      throw message;
    } else {
      generatedMessage = false;
    }

    const err = new AssertionError({
      actual: value,
      expected: true,
      message,
      operator: '==',
      stackStartFn: fn,
    });
    err.generatedMessage = generatedMessage;
    throw err;
  }
}

module.exports = { innerOk };
