'use strict';

// Every error that this library throws on its own behalf. `codes.ERR_X` is a class; it is made when
// it is first asked for, since a program meets few of the three hundred.

const {
  AggregateError, ArrayIsArray, ArrayPrototypePush, ArrayPrototypeSlice, ArrayPrototypeUnshift,
  Error,
  ErrorCaptureStackTrace, MathMax, ObjectAssign, ObjectDefineProperty, Proxy, RangeError,
  ReflectApply, RegExpPrototypeExec, SafeArrayIterator, SafeMap, Symbol, SyntaxError, TypeError,
  URIError,
} = primordials;

const assert = require('internal/assert');
const computed = require('internal/errors/computed');
const {
  determineSpecificType, formatList, inspectWithNoCustomRetry,
} = require('internal/errors/describe');
const messages = require('internal/errors/messages');
const stack = require('internal/errors/stack');
const system = require('internal/errors/system');

const { hideStackFrames, kIsNodeError, withoutStack } = stack;
const { SystemError } = system;

/** The tables of codes with a fixed text or format, and the class that theirs extend. */
const tables = [
  messages.error, Error,
  messages.typeError, TypeError,
  messages.rangeError, RangeError,
  messages.syntaxError, SyntaxError,
  messages.uriError, URIError,
  messages.systemError, SystemError,
];

/** Codes with a fixed text that exist for several classes: ERR_INVALID_STATE.TypeError. */
const severalClasses = {
  __proto__: null,
  ERR_INVALID_STATE: [Error, TypeError, RangeError],
  ERR_OPERATION_FAILED: [Error, TypeError],
};

/** Codes that tests add: code -> [message, ...classes]. */
const added = { __proto__: null };

/** @returns {undefined | { message: string | function, classes: [base, ...others] }} */
function definitionOf(code) {
  const row = added[code] ?? computed[code];
  if (row !== undefined) return { message: row[0], classes: ArrayPrototypeSlice(row, 1) };
  for (let i = 0; i < tables.length; i += 2) {
    const message = tables[i][code];
    if (message === undefined) continue;
    return { message, classes: severalClasses[code] ?? [tables[i + 1]] };
  }
  return undefined;
}

let format;

function countPlaceholders(message) {
  const placeholder = /%[dfijoOs]/g;
  let count = 0;
  while (RegExpPrototypeExec(placeholder, message) !== null) count++;
  return count;
}

/** @param {Error} self  receives what a computed message wants to keep */
function buildMessage(code, message, args, self) {
  const isComputed = typeof message === 'function';
  const wanted = isComputed ? message.length : countPlaceholders(message);
  assert(isComputed ? wanted <= args.length : wanted === args.length,
         `Code: ${code}; The provided arguments length (${args.length}) does not ` +
         `match the required ones (${wanted}).`);
  if (isComputed) return ReflectApply(message, self, args);
  if (wanted === 0) return message;
  ArrayPrototypeUnshift(args, message);
  format ??= require('internal/util/inspect').format;
  return ReflectApply(format, null, args);
}

/** Exported for tests. */
function getMessage(code, args, self) {
  return buildMessage(code, definitionOf(code).message, args, self);
}

/** One class under each base: users who ask for the constructor see the base alone. */
const sharedClasses = new SafeMap();

function sharedClass(Base) {
  let Shared = sharedClasses.get(Base);
  if (Shared === undefined) {
    Shared = class NodeError extends Base {
      get ['constructor']() {
        return Base;
      }

      get [kIsNodeError]() {
        return true;
      }

      toString() {
        return `${this.name} [${this.code}]: ${this.message}`;
      }
    };
    sharedClasses.set(Base, Shared);
  }
  return Shared;
}

function makeClass(code, message, Base) {
  if (Base === SystemError) {
    return class NodeError extends SystemError {
      constructor(info) {
        super(code, message, info);
      }
    };
  }
  class NodeError extends sharedClass(Base) {
    constructor(...args) {
      if (typeof message === 'string') {
        super(buildMessage(code, message, args));
        this.code = code;
      } else {
        super();
        this.code = code;
        ObjectDefineProperty(this, 'message', {
          __proto__: null,
          value: buildMessage(code, message, args, this),
          enumerable: false,
          writable: true,
          configurable: true,
        });
      }
    }
  }
  // What is inherited, Base, is what `error.constructor` shall say.
  delete NodeError.prototype.constructor;
  return NodeError;
}

/** The same errors without a stack: hideStackFrames captures it at the right place. */
function addHiding(ErrorClass) {
  ErrorClass.HideStackFramesError = function HideStackFramesError(...args) {
    return withoutStack(() => new ErrorClass(...new SafeArrayIterator(args)));
  };
  return ErrorClass;
}

function makeClasses(code) {
  const definition = definitionOf(code);
  if (definition === undefined) return undefined;
  const { message, classes } = definition;
  const ErrorClass = addHiding(makeClass(code, message, classes[0]));
  for (let i = 1; i < classes.length; i++) {
    ErrorClass[classes[i].name] = addHiding(makeClass(code, message, classes[i]));
  }
  return ErrorClass;
}

const codes = new Proxy({ __proto__: null }, {
  __proto__: null,
  get(made, code) {
    return made[code] ?? (made[code] = makeClasses(code));
  },
});

/** Adds a code. Exported for tests only. */
function E(code, message, Base, ...others) {
  added[code] = [message, Base, ...new SafeArrayIterator(others)];
  codes[code] = makeClasses(code);
}

/** Not a DOMException, but the same name: this is what Node's own functions reject with. */
class AbortError extends Error {
  constructor(message = 'The operation was aborted', options = undefined) {
    if (options !== undefined && typeof options !== 'object') {
      throw new codes.ERR_INVALID_ARG_TYPE('options', 'Object', options);
    }
    super(message, options);
    this.code = 'ABORT_ERR';
    this.name = 'AbortError';
  }
}

class NodeAggregateError extends AggregateError {
  constructor(errors, message) {
    super(new SafeArrayIterator(errors), message);
    this.code = errors[0]?.code;
  }

  get [kIsNodeError]() {
    return true;
  }

  get ['constructor']() {
    return AggregateError;
  }
}

/** Keeps the first error when the clean-up after it failed too. */
function aggregateTwoErrors(innerError, outerError) {
  if (!innerError || !outerError || innerError === outerError) return innerError || outerError;
  if (ArrayIsArray(outerError.errors)) {
    ArrayPrototypePush(outerError.errors, innerError);
    return outerError;
  }
  const both = withoutStack(() => new AggregateError(
    new SafeArrayIterator([outerError, innerError]), outerError.message));
  ErrorCaptureStackTrace(both, aggregateTwoErrors);
  both.code = outerError.code;
  return both;
}

/** A plain Error with properties, as seen from the caller. */
function genericNodeError(message, properties) {
  const error = new Error(message);
  ObjectAssign(error, properties);
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, genericNodeError);
  return error;
}

function connResetException(message) {
  const error = new system.ConnResetException(message);
  ErrorCaptureStackTrace(error, connResetException);
  return error;
}

/** Whether this is an error of any realm, or something that passes for one. */
function isErrorLike(value) {
  return typeof value === 'object' && value !== null && 'message' in value && 'stack' in value;
}

let arrowMessageSymbol;

/** Puts the source line that is printed above an uncaught error. */
function setArrowMessage(error, arrow) {
  arrowMessageSymbol ??= internalBinding('util').privateSymbols.arrow_message_private_symbol;
  error[arrowMessageSymbol] = arrow;
}

/** What is printed of an error that nobody caught. */
function describeFatalException(error) {
  const { inspect, inspectDefaultOptions } = require('internal/util/inspect');
  const { shouldColorize } = require('internal/util/colors');
  const { stack } = error;
  try {
    return inspect(error, {
      colors: shouldColorize(process.stderr) || inspectDefaultOptions.colors,
      customInspect: false,
      depth: MathMax(inspectDefaultOptions.depth, 5),
    });
  } catch {
    return stack;
  }
}

/** Key of a function on errors that knows more of the stack: where an event was emitted. */
const kEnhanceStackBeforeInspector = Symbol('kEnhanceStackBeforeInspector');

/** Completes the stack of an error that ends the program. */
function enhanceStack(error) {
  if (typeof error[kEnhanceStackBeforeInspector] === 'function') {
    try {
      error.stack = error[kEnhanceStackBeforeInspector]();
    } catch {
      // The plain stack will do.
    }
  }
  return error.stack;
}

const fatalExceptionStackEnhancers = {
  beforeInspector: enhanceStack,
  afterInspector: describeFatalException,
};

module.exports = {
  AbortError,
  E,
  NodeAggregateError,
  aggregateTwoErrors,
  codes,
  connResetException,
  determineSpecificType,
  fatalExceptionStackEnhancers,
  formatList,
  genericNodeError,
  getMessage,
  hideStackFrames,
  inspectWithNoCustomRetry,
  isErrorLike,
  kEnhanceStackBeforeInspector,
  setArrowMessage,
  ...system,
  ...stack,
};
