'use strict';

// Checks of arguments. A failed check throws from its caller's point of view: the stack starts at
// the public function that the user called. Nothing is paid for that unless a check fails.

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypeMap, Error,
  ErrorCaptureStackTrace, NumberIsFinite, NumberIsInteger, NumberIsNaN, NumberMAX_SAFE_INTEGER,
  NumberMIN_SAFE_INTEGER, NumberParseInt, ObjectHasOwn, RegExpPrototypeExec, String,
  StringPrototypeIncludes, StringPrototypeToUpperCase, StringPrototypeTrim, hardenRegExp,
} = primordials;

const {
  codes: {
    ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_THIS, ERR_OUT_OF_RANGE,
    ERR_SOCKET_BAD_PORT, ERR_UNKNOWN_SIGNAL,
  },
  withoutStack,
} = require('internal/errors');
const { normalizeEncoding } = require('internal/util');
const { isArrayBufferView, isAsyncFunction, isRegExp } = require('internal/util/types');

const { signals } = internalBinding('constants').os;

const uint32Max = 2 ** 32 - 1;

// Options of validateObject.
const kValidateObjectNone = 0;
const kValidateObjectAllowNullable = 1;
const kValidateObjectAllowArray = 2;
const kValidateObjectAllowFunction = 4;
const kValidateObjectAllowObjects = kValidateObjectAllowArray | kValidateObjectAllowFunction;
const kValidateObjectAllowObjectsAndNull =
  kValidateObjectAllowObjects | kValidateObjectAllowNullable;

// ---- how checks fail. `check` is the function above which the stack starts. ---------------------

function from(check, make) {
  // The stack that the constructor would capture is not wanted.
  const error = withoutStack(make);
  if (Error.stackTraceLimit) ErrorCaptureStackTrace(error, check);
  return error;
}

function wrongType(check, name, expected, value) {
  return from(check, () => new ERR_INVALID_ARG_TYPE(name, expected, value));
}

function wrongValue(check, name, value, reason) {
  return from(check, () => new ERR_INVALID_ARG_VALUE(name, value, reason));
}

function outOfRange(check, name, range, value) {
  return from(check, () => new ERR_OUT_OF_RANGE(name, range, value));
}

// ---- numbers -----------------------------------------------------------------------------------

function isInt32(value) {
  return value === (value | 0);
}

function isUint32(value) {
  return value === (value >>> 0);
}

function badInteger(check, value, name, min, max) {
  if (typeof value !== 'number') return wrongType(check, name, 'number', value);
  if (!NumberIsInteger(value)) return outOfRange(check, name, 'an integer', value);
  return outOfRange(check, name, `>= ${min} && <= ${max}`, value);
}

function validateInteger(value, name, min = NumberMIN_SAFE_INTEGER, max = NumberMAX_SAFE_INTEGER) {
  if (!NumberIsInteger(value) || value < min || value > max) {
    throw badInteger(validateInteger, value, name, min, max);
  }
}

function validateInt32(value, name, min = -2147483648, max = 2147483647) {
  if (!NumberIsInteger(value) || value < min || value > max) {
    throw badInteger(validateInt32, value, name, min, max);
  }
}

function validateUint32(value, name, positive = false) {
  if (typeof value !== 'number' || !isUint32(value) || (positive && value === 0)) {
    throw badInteger(validateUint32, value, name, positive ? 1 : 0, uint32Max);
  }
}

function describeRange(min, max) {
  const low = min != null ? `>= ${min}` : '';
  const high = max != null ? `<= ${max}` : '';
  return `${low}${low && high ? ' && ' : ''}${high}`;
}

function validateNumber(value, name, min = undefined, max) {
  if (typeof value !== 'number') throw wrongType(validateNumber, name, 'number', value);
  if ((min != null && value < min) || (max != null && value > max) ||
      ((min != null || max != null) && NumberIsNaN(value))) {
    throw outOfRange(validateNumber, name, describeRange(min, max), value);
  }
}

/** @returns {boolean} false for undefined and NaN; infinite numbers and other types throw */
function validateFiniteNumber(value, name) {
  if (value === undefined || NumberIsNaN(value)) return false;
  if (NumberIsFinite(value)) return true;
  if (typeof value !== 'number') throw wrongType(validateFiniteNumber, name, 'number', value);
  throw outOfRange(validateFiniteNumber, name, 'a finite number', value);
}

/** @returns {number} `def` for undefined and NaN */
function checkRangesOrGetDefault(value, name, lower, upper, def) {
  if (!validateFiniteNumber(value, name)) return def;
  if (value < lower || value > upper) {
    throw outOfRange(checkRangesOrGetDefault, name, `>= ${lower} and <= ${upper}`, value);
  }
  return value;
}

const octalPattern = hardenRegExp(/^[0-7]+$/);

/** A file mode may be an octal string. */
function parseFileMode(value, name, def) {
  value ??= def;
  if (typeof value === 'string') {
    if (RegExpPrototypeExec(octalPattern, value) === null) {
      throw new ERR_INVALID_ARG_VALUE(
        name, value, 'must be a 32-bit unsigned integer or an octal string');
    }
    value = NumberParseInt(value, 8);
  }
  validateUint32(value, name);
  return value + 0; // Makes -0 a 0.
}

/** @returns {number} the port, whether it came as a number or as a string */
function validatePort(port, name = 'Port', allowZero = true) {
  const isText = typeof port === 'string';
  if ((typeof port !== 'number' && !isText) || (isText && StringPrototypeTrim(port) === '') ||
      +port !== (+port >>> 0) || port > 0xFFFF || (+port === 0 && !allowZero)) {
    throw from(validatePort, () => new ERR_SOCKET_BAD_PORT(name, port, allowZero));
  }
  return port | 0;
}

// ---- other primitives --------------------------------------------------------------------------

function validateString(value, name) {
  if (typeof value !== 'string') throw wrongType(validateString, name, 'string', value);
}

function validateStringWithoutNullBytes(value, name) {
  if (typeof value !== 'string') {
    throw wrongType(validateStringWithoutNullBytes, name, 'string', value);
  }
  if (StringPrototypeIncludes(value, '\u0000')) {
    throw wrongValue(validateStringWithoutNullBytes, name, value,
                     'must be a string without null bytes');
  }
}

function validateBoolean(value, name) {
  if (typeof value !== 'boolean') throw wrongType(validateBoolean, name, 'boolean', value);
}

function validateUndefined(value, name) {
  if (value !== undefined) throw wrongType(validateUndefined, name, 'undefined', value);
}

function validateOneOf(value, name, oneOf) {
  if (ArrayPrototypeIncludes(oneOf, value)) return;
  const allowed = ArrayPrototypeMap(oneOf, (v) => (typeof v === 'string' ? `'${v}'` : String(v)));
  throw wrongValue(validateOneOf, name, value,
                   `must be one of: ${ArrayPrototypeJoin(allowed, ', ')}`);
}

function validateUnion(value, name, union) {
  if (!ArrayPrototypeIncludes(union, value)) {
    throw wrongType(validateUnion, name, `('${ArrayPrototypeJoin(union, '|')}')`, value);
  }
}

function validateEncoding(data, encoding) {
  if (normalizeEncoding(encoding) === 'hex' && data.length % 2 !== 0) {
    throw wrongValue(validateEncoding, 'encoding', encoding,
                     `is invalid for data of length ${data.length}`);
  }
}

function validateSignalName(signal, name = 'signal') {
  if (typeof signal !== 'string') throw wrongType(validateSignalName, name, 'string', signal);
  if (signals[signal] !== undefined) return;
  const isLower = signals[StringPrototypeToUpperCase(signal)] !== undefined;
  throw from(validateSignalName, () => new ERR_UNKNOWN_SIGNAL(
    isLower ? `${signal} (signals must use all capital letters)` : signal));
}

// ---- functions and objects ---------------------------------------------------------------------

function validateFunction(value, name) {
  if (typeof value !== 'function') throw wrongType(validateFunction, name, 'Function', value);
}

function validatePlainFunction(value, name) {
  if (typeof value !== 'function' || isAsyncFunction(value)) {
    throw wrongType(validatePlainFunction, name, 'Function', value);
  }
}

function validateObject(value, name, options = kValidateObjectNone) {
  const isAllowed =
    value === null ? (options & kValidateObjectAllowNullable) !== 0 :
      ArrayIsArray(value) ? (options & kValidateObjectAllowArray) !== 0 :
        typeof value === 'function' ? (options & kValidateObjectAllowFunction) !== 0 :
          typeof value === 'object';
  if (!isAllowed) throw wrongType(validateObject, name, 'Object', value);
}

/** https://webidl.spec.whatwg.org/#idl-dictionaries: null and undefined are empty ones. */
function validateDictionary(value, name) {
  if (value != null && typeof value !== 'object' && typeof value !== 'function') {
    throw wrongType(validateDictionary, name, 'a dictionary', value);
  }
}

function validateBuffer(buffer, name = 'buffer') {
  if (!isArrayBufferView(buffer)) {
    throw wrongType(validateBuffer, name, ['Buffer', 'TypedArray', 'DataView'], buffer);
  }
}

/** undefined is no signal, which is fine. */
function isAbortSignalLike(signal) {
  return signal === undefined ||
    (signal !== null && typeof signal === 'object' && 'aborted' in signal);
}

function validateAbortSignal(signal, name) {
  if (!isAbortSignalLike(signal)) throw wrongType(validateAbortSignal, name, 'AbortSignal', signal);
}

function validateThisInternalField(object, fieldKey, className) {
  if (typeof object !== 'object' || object === null || !ObjectHasOwn(object, fieldKey)) {
    throw from(validateThisInternalField, () => new ERR_INVALID_THIS(className));
  }
}

// ---- lists -------------------------------------------------------------------------------------

function validateArray(value, name, minLength = 0) {
  if (!ArrayIsArray(value)) throw wrongType(validateArray, name, 'Array', value);
  if (value.length < minLength) {
    throw wrongValue(validateArray, name, value, `must have a length of at least ${minLength}`);
  }
}

function validateStringArray(value, name) {
  if (!ArrayIsArray(value)) throw wrongType(validateStringArray, name, 'Array', value);
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] !== 'string') {
      throw wrongType(validateStringArray, `${name}[${i}]`, 'string', value[i]);
    }
  }
}

function validateBooleanArray(value, name) {
  if (!ArrayIsArray(value)) throw wrongType(validateBooleanArray, name, 'Array', value);
  for (let i = 0; i < value.length; i++) {
    if (typeof value[i] !== 'boolean') {
      throw wrongType(validateBooleanArray, `${name}[${i}]`, 'boolean', value[i]);
    }
  }
}

function validateAbortSignalArray(value, name) {
  if (!ArrayIsArray(value)) throw wrongType(validateAbortSignalArray, name, 'Array', value);
  for (let i = 0; i < value.length; i++) {
    if (value[i] == null || !isAbortSignalLike(value[i])) {
      throw wrongType(validateAbortSignalArray, `${name}[${i}]`, 'AbortSignal', value[i]);
    }
  }
}

function badIgnoreElement(value, name) {
  if (typeof value === 'function' || isRegExp(value)) return undefined;
  if (typeof value !== 'string') {
    return wrongType(validateIgnoreOption, name, ['string', 'RegExp', 'Function'], value);
  }
  if (value.length > 0) return undefined;
  return wrongValue(validateIgnoreOption, name, value, 'must be a non-empty string');
}

/** What fs.watch may be told to leave out. */
function validateIgnoreOption(value, name) {
  if (value == null) return;
  if (!ArrayIsArray(value)) {
    const error = badIgnoreElement(value, name);
    if (error !== undefined) throw error;
    return;
  }
  for (let i = 0; i < value.length; i++) {
    const error = badIgnoreElement(value[i], `${name}[${i}]`);
    if (error !== undefined) throw error;
  }
}

// RFC 8288, section 3: <URI reference>, then parameters with semicolons before them.
const linkPattern = hardenRegExp(/^(?:<[^>\r\n]*>)(?:\s*;\s*[^;"\s]+(?:=(")?[^;"\s]*\1)?)*$/);
const linkReason = 'must be an array or string of format "</styles.css>; rel=preload; as=style"';

/** @returns {string} the value of a Link header field */
function validateLinkHeaderValue(hints) {
  if (typeof hints !== 'string' && !ArrayIsArray(hints)) {
    throw wrongValue(validateLinkHeaderValue, 'hints', hints, linkReason);
  }
  const links = typeof hints === 'string' ? [hints] : hints;
  for (let i = 0; i < links.length; i++) {
    if (links[i] === undefined || RegExpPrototypeExec(linkPattern, links[i]) === null) {
      throw wrongValue(validateLinkHeaderValue, 'hints', links[i], linkReason);
    }
  }
  return ArrayPrototypeJoin(links, ', ');
}

module.exports = {
  checkRangesOrGetDefault,
  isInt32,
  isUint32,
  kValidateObjectAllowArray,
  kValidateObjectAllowFunction,
  kValidateObjectAllowNullable,
  kValidateObjectAllowObjects,
  kValidateObjectAllowObjectsAndNull,
  kValidateObjectNone,
  parseFileMode,
  validateAbortSignal,
  validateAbortSignalArray,
  validateArray,
  validateBoolean,
  validateBooleanArray,
  validateBuffer,
  validateDictionary,
  validateEncoding,
  validateFiniteNumber,
  validateFunction,
  validateIgnoreOption,
  validateInt32,
  validateInteger,
  validateLinkHeaderValue,
  validateNumber,
  validateObject,
  validateOneOf,
  validatePlainFunction,
  validatePort,
  validateSignalName,
  validateString,
  validateStringArray,
  validateStringWithoutNullBytes,
  validateThisInternalField,
  validateUint32,
  validateUndefined,
  validateUnion,
};
