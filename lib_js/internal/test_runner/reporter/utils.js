'use strict';
// How the reporters for people (spec, dot) write one test.

const { ArrayPrototypeJoin, RegExpPrototypeSymbolSplit, StringPrototypeRepeat,
        hardenRegExp } = primordials;

const { inspectWithNoCustomRetry } = require('internal/errors');
const colors = require('internal/util/colors');

const lineEnd = hardenRegExp(/\r?\n/);

const reporterUnicodeSymbolMap = {
  '__proto__': null,
  'test:fail': '\u2716 ',
  'test:pass': '\u2714 ',
  'test:diagnostic': '\u2139 ',
  'test:log': '\u2139 ',
  'test:coverage': '\u2139 ',
  'arrow:right': '\u25B6 ',
  'hyphen:minus': '\uFE63 ',
  'warning:alert': '\u26A0 ',
};

const colorNames = {
  '__proto__': null,
  'test:fail': 'red',
  'test:pass': 'green',
  'test:diagnostic': 'blue',
  'test:log': 'blue',
  'info': 'blue',
  'warn': 'yellow',
  'error': 'red',
};

/** The escape sequence of an event type or of a diagnostic's level; undefined for others. */
function colorOf(key) {
  const name = colorNames[key];
  return name === undefined ? undefined : colors[name];
}

function indent(nesting) {
  return StringPrototypeRepeat('  ', nesting);
}

function formatError(error, margin) {
  const shown = error.code === 'ERR_TEST_FAILURE' ? error.cause : error;
  const text = inspectWithNoCustomRetry(shown, {
    __proto__: null,
    colors: colors.shouldColorize(process.stdout),
    breakLength: Infinity,
  });
  const lines = RegExpPrototypeSymbolSplit(lineEnd, text);
  return `\n${margin}  ${ArrayPrototypeJoin(lines, `\n${margin}  `)}\n`;
}

function note(reason, otherwise) {
  return ` # ${typeof reason === 'string' && reason.length > 0 ? reason : otherwise}`;
}

function formatTestReport(type, data, showErrorDetails = true, prefix = '', margin = '') {
  const { details, skip, todo, expectFailure } = data;
  let color = colorOf(type) ?? colors.white;
  let symbol = reporterUnicodeSymbolMap[type] ?? ' ';
  let title = data.name;
  if (details?.duration_ms) title += ` ${colors.gray}(${details.duration_ms}ms)${colors.white}`;
  if (details?.passed_on_attempt !== undefined) {
    title += ` ${colors.gray}(passed on attempt ${details.passed_on_attempt})${colors.white}`;
  }
  if (skip !== undefined) {
    title += note(skip, 'SKIP');
    color = colors.gray;
    symbol = reporterUnicodeSymbolMap['hyphen:minus'];
  } else if (todo !== undefined) {
    title += note(todo, 'TODO');
    if (type === 'test:fail') {
      color = colors.yellow;
      symbol = reporterUnicodeSymbolMap['warning:alert'];
    }
  } else if (expectFailure !== undefined) {
    title += ' # EXPECTED FAILURE';
  }
  const error = showErrorDetails && details?.error ? formatError(details.error, margin) : '';
  return `${prefix}${margin}${color}${symbol}${title}${colors.white}${error}`;
}

module.exports = { colorOf, formatTestReport, indent, reporterUnicodeSymbolMap };
