'use strict';

// Arguments, checked in Node's order and with its words.

const {
  ObjectFreeze, StringPrototypeIncludes, StringPrototypeStartsWith, TypeError,
  TypedArrayPrototypeIncludes,
} = primordials;

const { Buffer } = require('buffer');
const { URL } = require('internal/url');
const { isUint8Array } = require('internal/util/types');
const { isInt32 } = require('internal/sqlite/answers');
const { invalidType, outOfRange, withCode } = require('internal/sqlite/errors');

/** SQLite's limits by their number. */
const LIMITS = ObjectFreeze([
  'length', 'sqlLength', 'column', 'exprDepth', 'compoundSelect', 'vdbeOp', 'functionArg',
  'attach', 'likePatternLength', 'variableNumber', 'triggerDepth',
]);

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function checkObject(value, name) {
  if (!isObject(value)) throw invalidType(`The "${name}" argument must be an object.`);
}

function checkText(value, name) {
  if (typeof value !== 'string') throw invalidType(`The "${name}" argument must be a string.`);
}

function checkBoolean(value, name) {
  if (typeof value !== 'boolean') throw invalidType(`The "${name}" argument must be a boolean.`);
}

/** options[name], a boolean; `otherwise` if it is undefined. */
function booleanOption(options, name, otherwise) {
  const value = options[name];
  if (value === undefined) return otherwise;
  checkBoolean(value, `options.${name}`);
  return value;
}

/** The same of a function. */
function functionOption(options, name) {
  const value = options[name];
  if (value !== undefined && typeof value !== 'function') {
    throw invalidType(`The "options.${name}" argument must be a function.`);
  }
  return value;
}

function textOption(options, name, otherwise) {
  const value = options[name];
  if (value === undefined) return otherwise;
  checkText(value, `options.${name}`);
  return value;
}

/** @returns {Uint8Array}  a path, or a file: URL, in UTF-8 */
function pathOf(value, name) {
  if (typeof value === 'string') {
    if (!StringPrototypeIncludes(value, '\0')) return Buffer.from(value);
  } else if (isUint8Array(value)) {
    const bytes = Buffer.from(value);
    if (!TypedArrayPrototypeIncludes(bytes, 0)) return bytes;
  } else if (isObject(value)) {
    const { href } = value;
    if (typeof href === 'string' && URL.canParse(href)) {
      if (!StringPrototypeStartsWith(href, 'file:')) {
        throw withCode(new TypeError('The URL must be of scheme file:'), 'ERR_INVALID_URL_SCHEME');
      }
      if (!StringPrototypeIncludes(href, '\0')) return Buffer.from(href);
    }
  }
  throw invalidType(`The "${name}" argument must be a string, Uint8Array, or URL without null ` +
                    'bytes.');
}

/** @returns {Array<number | undefined>}  by number of the limit */
function limitsOption(options) {
  const { limits } = options;
  const values = [];
  if (limits === undefined) return values;
  checkObject(limits, 'options.limits');
  for (let i = 0; i < LIMITS.length; i++) {
    const value = limits[LIMITS[i]];
    if (value === undefined) continue;
    if (!isInt32(value)) {
      throw invalidType(`The "options.limits.${LIMITS[i]}" argument must be an integer.`);
    }
    if (value < 0) {
      throw outOfRange(`The "options.limits.${LIMITS[i]}" argument must be non-negative.`);
    }
    values[i] = value;
  }
  return values;
}

/** How a database is opened, of the constructor's options. */
function openOptions(options) {
  return {
    open: booleanOption(options, 'open', true),
    readOnly: booleanOption(options, 'readOnly', false),
    foreignKeys: booleanOption(options, 'enableForeignKeyConstraints', true),
    quotedText: booleanOption(options, 'enableDoubleQuotedStringLiterals', false),
    allowExtension: booleanOption(options, 'allowExtension', false),
    timeout: timeoutOption(options),
    statements: statementOptions(options, DEFAULT_STATEMENTS),
    defensive: booleanOption(options, 'defensive', true),
    limits: limitsOption(options),
  };
}

function timeoutOption(options) {
  const { timeout } = options;
  if (timeout === undefined) return 0;
  if (!isInt32(timeout)) {
    throw invalidType('The "options.timeout" argument must be an integer.');
  }
  return timeout;
}

const DEFAULT_STATEMENTS = {
  __proto__: null,
  readBigInts: false,
  returnArrays: false,
  allowBareNamedParameters: true,
  allowUnknownNamedParameters: false,
};

/** How statements read and bind, of those of a database. */
function statementOptions(options, otherwise) {
  return {
    __proto__: null,
    readBigInts: booleanOption(options, 'readBigInts', otherwise.readBigInts),
    returnArrays: booleanOption(options, 'returnArrays', otherwise.returnArrays),
    allowBareNamedParameters: booleanOption(
      options, 'allowBareNamedParameters', otherwise.allowBareNamedParameters),
    allowUnknownNamedParameters: booleanOption(
      options, 'allowUnknownNamedParameters', otherwise.allowUnknownNamedParameters),
  };
}

/** The same for prepare(), which reads its options in another order. */
function prepareOptions(options, otherwise) {
  const returnArrays = booleanOption(options, 'returnArrays', otherwise.returnArrays);
  const readBigInts = booleanOption(options, 'readBigInts', otherwise.readBigInts);
  const allowBareNamedParameters = booleanOption(
    options, 'allowBareNamedParameters', otherwise.allowBareNamedParameters);
  const allowUnknownNamedParameters = booleanOption(
    options, 'allowUnknownNamedParameters', otherwise.allowUnknownNamedParameters);
  return {
    __proto__: null,
    readBigInts,
    returnArrays,
    allowBareNamedParameters,
    allowUnknownNamedParameters,
  };
}

module.exports = {
  LIMITS,
  booleanOption,
  checkBoolean,
  checkObject,
  checkText,
  functionOption,
  openOptions,
  pathOf,
  prepareOptions,
  textOption,
};
