'use strict';

const { ERR_INCOMPATIBLE_OPTION_PAIR } = require('internal/errors').codes;
const {
  validateFunction,
  validateInt32,
  validateInteger,
  validateUint32,
} = require('internal/validators');
const { orThrow } = require('internal/crypto/failure');
const { run } = require('internal/crypto/job');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const DEFAULTS = { __proto__: null, N: 16384, r: 8, p: 1, maxmem: 32 << 20 };

/** An option with two names, of which one may be given. 0 asks for what is usual. */
function readOption(options, short, long) {
  const hasShort = options[short] !== undefined;
  let value = DEFAULTS[short];
  if (hasShort) {
    value = options[short];
    validateUint32(value, short);
  }
  if (options[long] !== undefined) {
    if (hasShort) throw new ERR_INCOMPATIBLE_OPTION_PAIR(short, long);
    value = options[long];
    validateUint32(value, long);
  }
  return value || DEFAULTS[short];
}

function prepare(password, salt, keylen, options) {
  password = getArrayBufferOrView(password, 'password');
  salt = getArrayBufferOrView(salt, 'salt');
  validateInt32(keylen, 'keylen', 0);
  const cost = [DEFAULTS.N, DEFAULTS.r, DEFAULTS.p, DEFAULTS.maxmem];
  if (options && options !== DEFAULTS) {
    cost[0] = readOption(options, 'N', 'cost');
    cost[1] = readOption(options, 'r', 'blockSize');
    cost[2] = readOption(options, 'p', 'parallelization');
    if (options.maxmem !== undefined) {
      validateInteger(options.maxmem, 'maxmem', 0);
      cost[3] = options.maxmem || DEFAULTS.maxmem;
    }
  }
  return { password, salt, cost };
}

function derive({ password, salt, cost }, keylen, callback) {
  orThrow(binding.scryptCheck(cost));
  return run(
    'SCRYPTREQUEST', (ticket) => binding.scrypt(password, salt, cost, keylen, ticket), callback);
}

function scrypt(password, salt, keylen, options, callback = DEFAULTS) {
  if (callback === DEFAULTS) {
    callback = options;
    options = DEFAULTS;
  }
  const prepared = prepare(password, salt, keylen, options);
  validateFunction(callback, 'callback');
  derive(prepared, keylen, callback);
}

function scryptSync(password, salt, keylen, options = DEFAULTS) {
  return derive(prepare(password, salt, keylen, options), keylen, undefined);
}

module.exports = { scrypt, scryptSync };
