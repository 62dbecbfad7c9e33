'use strict';

// RFC 9106.

const { ObjectKeys } = primordials;

const { FastBuffer } = require('internal/buffer');
const {
  validateFunction,
  validateInteger,
  validateObject,
  validateOneOf,
  validateString,
} = require('internal/validators');
const { run, runNow } = require('internal/crypto/job');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

const KINDS = { __proto__: null, argon2d: 0, argon2i: 1, argon2id: 2 };
const NAMES = ObjectKeys(KINDS);

const UINT32_MAX = 2 ** 32 - 1;
const NONCE_BYTES_MIN = 8;
const TAG_BYTES_MIN = 4;
const PARALLELISM_MAX = 2 ** 24 - 1;
const BLOCKS_PER_LANE_MIN = 8;

function bytesFrom(parameters, name) {
  return getArrayBufferOrView(parameters[name], `parameters.${name}`);
}

function checkBytes(bytes, name, min) {
  validateInteger(bytes.byteLength, `parameters.${name}.byteLength`, min, UINT32_MAX);
}

function prepare(algorithm, parameters) {
  validateString(algorithm, 'algorithm');
  validateOneOf(algorithm, 'algorithm', NAMES);
  validateObject(parameters, 'parameters');
  const { parallelism, tagLength, memory, passes } = parameters;
  const message = bytesFrom(parameters, 'message');
  checkBytes(message, 'message', 0);
  const nonce = bytesFrom(parameters, 'nonce');
  checkBytes(nonce, 'nonce', NONCE_BYTES_MIN);
  validateInteger(parallelism, 'parameters.parallelism', 1, PARALLELISM_MAX);
  validateInteger(tagLength, 'parameters.tagLength', TAG_BYTES_MIN, UINT32_MAX);
  validateInteger(memory, 'parameters.memory', BLOCKS_PER_LANE_MIN * parallelism, UINT32_MAX);
  validateInteger(passes, 'parameters.passes', 1, UINT32_MAX);
  const optional = (name) => {
    if (parameters[name] === undefined) return new FastBuffer();
    const bytes = bytesFrom(parameters, name);
    checkBytes(bytes, name, 0);
    return bytes;
  };
  const secret = optional('secret');
  const associated = optional('associatedData');
  const cost = [parallelism, memory, passes];
  return (ticket) => binding.argon2(
    KINDS[algorithm], message, nonce, cost, tagLength, secret, associated, ticket);
}

function argon2(algorithm, parameters, callback) {
  const start = prepare(algorithm, parameters);
  validateFunction(callback, 'callback');
  run('ARGON2REQUEST', start, callback);
}

function argon2Sync(algorithm, parameters) {
  return runNow(prepare(algorithm, parameters));
}

module.exports = { argon2, argon2Sync };
