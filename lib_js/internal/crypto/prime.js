'use strict';

const { BigInt, StringPrototypePadStart } = primordials;

const { ERR_INVALID_ARG_TYPE, ERR_OUT_OF_RANGE } = require('internal/errors').codes;
const { Buffer } = require('buffer');
const { kEmptyObject } = require('internal/util');
const {
  validateBoolean,
  validateFunction,
  validateInt32,
  validateObject,
} = require('internal/validators');
const { bytesOf, isBytes } = require('internal/crypto/encodings');
const { nativeError } = require('internal/crypto/failure');
const { run } = require('internal/crypto/job');
const { toArrayBuffer } = require('internal/crypto/web/bytes');

const binding = internalBinding('crypto');

const NOTHING = Buffer.alloc(0);

/** The big-endian bytes of a bigint. */
function bytesOfBigInt(value, name) {
  if (value < 0n) throw new ERR_OUT_OF_RANGE(name, '>= 0', value);
  const digits = value.toString(16);
  return Buffer.from(
    StringPrototypePadStart(digits, digits.length + digits.length % 2, '0'), 'hex');
}

function bytesOfNumber(value, name) {
  if (typeof value === 'bigint') return bytesOfBigInt(value, name);
  if (!isBytes(value)) {
    throw new ERR_INVALID_ARG_TYPE(
      name, ['ArrayBuffer', 'TypedArray', 'Buffer', 'DataView', 'bigint'], value);
  }
  return value;
}

function asBigInt(bytes) {
  return BigInt(`0x${bytes.toString('hex')}`);
}

function numberOf(bytes) {
  return bytes.byteLength === 0 ? 0n : asBigInt(bytesOf(bytes));
}

function make(size, options, callback) {
  validateObject(options, 'options');
  const { safe = false, bigint = false } = options;
  let { add, rem } = options;
  validateBoolean(safe, 'options.safe');
  validateBoolean(bigint, 'options.bigint');
  add = add === undefined ? NOTHING : bytesOfNumber(add, 'options.add');
  rem = rem === undefined ? NOTHING : bytesOfNumber(rem, 'options.rem');
  checkRemainder(size, add, rem);
  return run(
    'RANDOMPRIMEREQUEST', (ticket) => binding.primeMake(size, safe, add, rem, ticket),
    callback, bigint ? asBigInt : toArrayBuffer);
}

/** Where no prime can be found the search would never end. */
function checkRemainder(size, add, rem) {
  if (add.byteLength === 0) return;
  const divisor = numberOf(add);
  if (divisor.toString(2).length > size) throw rangeError('invalid options.add');
  if (rem.byteLength !== 0 && numberOf(rem) >= divisor) throw rangeError('invalid options.rem');
}

function rangeError(message) {
  return nativeError('ERR_OUT_OF_RANGE', message);
}

function generatePrime(size, options, callback) {
  validateInt32(size, 'size', 1);
  if (typeof options === 'function') {
    callback = options;
    options = kEmptyObject;
  }
  validateFunction(callback, 'callback');
  make(size, options, callback);
}

function generatePrimeSync(size, options = kEmptyObject) {
  validateInt32(size, 'size', 1);
  return make(size, options, undefined);
}

function check(candidate, options, callback) {
  validateObject(options, 'options');
  const { checks = 0 } = options;
  validateInt32(checks, 'options.checks', 0);
  return run(
    'CHECKPRIMEREQUEST', (ticket) => binding.primeCheck(candidate, checks, ticket), callback);
}

function checkPrime(candidate, options = kEmptyObject, callback) {
  candidate = bytesOfNumber(candidate, 'candidate');
  if (typeof options === 'function') {
    callback = options;
    options = kEmptyObject;
  }
  validateFunction(callback, 'callback');
  check(candidate, options, callback);
}

function checkPrimeSync(candidate, options = kEmptyObject) {
  return check(bytesOfNumber(candidate, 'candidate'), options, undefined);
}

module.exports = { checkPrime, checkPrimeSync, generatePrime, generatePrimeSync };
