'use strict';

// The public module `util`.

const {
  ArrayIsArray, ArrayPrototypePop, Error, ErrorCaptureStackTrace, FunctionPrototypeBind,
  NumberIsSafeInteger, ObjectDefineProperties, ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptors, ObjectKeys, ObjectSetPrototypeOf, ReflectApply, ReflectOwnKeys,
  SafeArrayIterator, StringPrototypeToWellFormed,
} = primordials;

const {
  codes: { ERR_FALSY_VALUE_REJECTION, ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE },
  ErrnoException, ExceptionWithHostPort, withoutStack,
} = require('internal/errors');
const {
  convertProcessSignalToExitCode, defineLazyProperties, deprecate: internalDeprecate,
  getSystemErrorMap, getSystemErrorMessage: errorMessage, getSystemErrorName: errorName, promisify,
} = require('internal/util');
const { debuglog } = require('internal/util/debuglog');
const {
  format, formatWithOptions, inspect, stripVTControlCharacters,
} = require('internal/util/inspect');
const types = require('internal/util/types');
const { validateFunction, validateNumber, validateString } = require('internal/validators');

function inherits(ctor, superCtor) {
  if (ctor === undefined || ctor === null) {
    throw new ERR_INVALID_ARG_TYPE('ctor', 'Function', ctor);
  }
  if (superCtor === undefined || superCtor === null) {
    throw new ERR_INVALID_ARG_TYPE('superCtor', 'Function', superCtor);
  }
  if (superCtor.prototype === undefined) {
    throw new ERR_INVALID_ARG_TYPE('superCtor.prototype', 'Object', superCtor.prototype);
  }
  ObjectDefineProperty(ctor, 'super_', {
    __proto__: null, value: superCtor, writable: true, configurable: true,
  });
  ObjectSetPrototypeOf(ctor.prototype, superCtor.prototype);
}

function _extend(target, source) {
  if (source === null || typeof source !== 'object') return target;
  const keys = ObjectKeys(source);
  for (let i = keys.length - 1; i >= 0; i--) target[keys[i]] = source[keys[i]];
  return target;
}

/** A callback cannot tell a falsy reason from no error. */
function callbackifyOnRejected(reason, callback) {
  if (!reason) {
    reason = withoutStack(() => new ERR_FALSY_VALUE_REJECTION(reason));
    ErrorCaptureStackTrace(reason, callbackifyOnRejected);
  }
  return callback(reason);
}

function callbackify(original) {
  validateFunction(original, 'original');

  function callbackified(...args) {
    const last = ArrayPrototypePop(args);
    validateFunction(last, 'last argument');
    const callback = FunctionPrototypeBind(last, this);
    // The callback runs outside of the promise, so that what it throws is not a rejection.
    ReflectApply(original, this, args).then(
      (value) => process.nextTick(callback, null, value),
      (reason) => process.nextTick(callbackifyOnRejected, reason, callback));
  }

  const descriptors = ObjectGetOwnPropertyDescriptors(original);
  const keys = ReflectOwnKeys(descriptors);
  for (let i = 0; i < keys.length; i++) ObjectSetPrototypeOf(descriptors[keys[i]], null);
  // Users may have made something else of them.
  if (typeof descriptors.length.value === 'number') descriptors.length.value++;
  if (typeof descriptors.name.value === 'string') descriptors.name.value += 'Callbackified';
  return ObjectDefineProperties(callbackified, descriptors);
}

function checkErrno(err) {
  validateNumber(err, 'err');
  if (err >= 0 || !NumberIsSafeInteger(err)) {
    throw new ERR_OUT_OF_RANGE('err', 'a negative integer', err);
  }
}

function getSystemErrorName(err) {
  checkErrno(err);
  return errorName(err);
}

function getSystemErrorMessage(err) {
  checkErrno(err);
  return errorMessage(err);
}

function _errnoException(...args) {
  const error = withoutStack(() => new ErrnoException(...new SafeArrayIterator(args)));
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, _errnoException);
  return error;
}

function _exceptionWithHostPort(...args) {
  const error = withoutStack(() => new ExceptionWithHostPort(...new SafeArrayIterator(args)));
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, _exceptionWithHostPort);
  return error;
}

function parseEnv(content) {
  validateString(content, 'content');
  return require('internal/dotenv').parseEnv(content);
}

function deprecate(fn, msg, code, { modifyPrototype } = {}) {
  return internalDeprecate(fn, msg, code, undefined, modifyPrototype);
}

function styleText(format, text, options) {
  return require('internal/util/style_text').styleText(format, text, options);
}

const { getCallSites } = require('internal/util/call_sites');

module.exports = {
  _errnoException,
  _exceptionWithHostPort,
  _extend: internalDeprecate(
    _extend, 'The `util._extend` API is deprecated. Please use Object.assign() instead.',
    'DEP0060'),
  callbackify,
  convertProcessSignalToExitCode,
  debug: debuglog,
  debuglog,
  deprecate,
  format,
  styleText,
  formatWithOptions,
  getCallSites,
  getSystemErrorMap,
  getSystemErrorName,
  getSystemErrorMessage,
  inherits,
  inspect,
  isArray: internalDeprecate(
    ArrayIsArray, 'The `util.isArray` API is deprecated. Please use `Array.isArray()` instead.',
    'DEP0044'),
  isDeepStrictEqual(a, b, skipPrototype) {
    return require('internal/util/comparisons').isDeepStrictEqual(a, b, skipPrototype);
  },
  promisify,
  stripVTControlCharacters,
  toUSVString(input) {
    return StringPrototypeToWellFormed(`${input}`);
  },
  get transferableAbortSignal() {
    return require('internal/abort_controller').transferableAbortSignal;
  },
  get transferableAbortController() {
    return require('internal/abort_controller').transferableAbortController;
  },
  get aborted() {
    return require('internal/abort_controller').aborted;
  },
  types,
  parseEnv,
};

defineLazyProperties(module.exports, 'internal/util/parse_args/parse_args', ['parseArgs']);
defineLazyProperties(module.exports, 'internal/encoding', ['TextDecoder', 'TextEncoder']);
defineLazyProperties(module.exports, 'internal/mime', ['MIMEType', 'MIMEParams']);
defineLazyProperties(module.exports, 'internal/util/diff', ['diff']);
defineLazyProperties(module.exports, 'internal/util/trace_sigint', ['setTraceSigInt']);
