'use strict';

// Pre-shared keys: what a pskCallback answers, checked, for native.

const { Buffer } = require('buffer');
const { isArrayBufferView } = require('internal/util/types');
const { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE } = require('internal/errors').codes;
const { validateBuffer, validateObject, validateString } = require('internal/validators');

const binding = internalBinding('tls');

const KEY_BYTES_MAX = 256;
const IDENTITY_BYTES_MAX = 128;
const NOBODY = new Uint8Array(0);

function checkKey(psk) {
  if (psk.byteLength > KEY_BYTES_MAX) {
    throw new ERR_INVALID_ARG_VALUE(
      'psk', psk, `Pre-shared key exceeds ${KEY_BYTES_MAX} bytes`);
  }
  return psk;
}

/** The key of a client that said who it is; undefined: none. */
function serverKey(socket, callback, identity) {
  const answer = callback(socket, identity);
  if (answer === undefined || answer === null) return undefined;
  if (isArrayBufferView(answer)) return checkKey(answer);
  if (typeof answer !== 'object') {
    throw new ERR_INVALID_ARG_TYPE(
      'ret', ['Object', 'Buffer', 'TypedArray', 'DataView'], answer);
  }
  validateBuffer(answer.psk, 'psk');
  return checkKey(answer.psk);
}

/** Who we say we are, and the key. */
function clientKey(callback, hint) {
  const answer = callback(hint);
  if (answer === undefined || answer === null) return undefined;
  validateObject(answer, 'ret');
  const { psk, identity } = answer;
  validateBuffer(psk, 'psk');
  checkKey(psk);
  validateString(identity, 'identity');
  const identityBytes = Buffer.from(identity);
  if (identityBytes.length > IDENTITY_BYTES_MAX) {
    throw new ERR_INVALID_ARG_VALUE(
      'identity', identity, `PSK identity exceeds ${IDENTITY_BYTES_MAX} bytes`);
  }
  return { identity: identityBytes, psk };
}

/** Native waits for a key: asks the program, and lets it go on. */
function answerPsk(socket, handle, callback) {
  const { connection, isServer } = handle;
  const asked = binding.pskAsked(connection);
  try {
    if (isServer) {
      binding.answerPsk(connection, NOBODY, serverKey(socket, callback, asked));
    } else {
      const answer = clientKey(callback, asked);
      binding.answerPsk(connection, answer?.identity ?? NOBODY, answer?.psk);
    }
  } catch (error) {
    socket.destroy(error);
    return;
  }
  handle.resume();
}

module.exports = { answerPsk };
