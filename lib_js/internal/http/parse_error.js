'use strict';

// Errors of native's parser as Node's users know them.

const { errors } = internalBinding('http');

/**
 * As HTTPParser's execute() gives it.
 * @param {number} index of native's list of errors
 * @param {number} bytesParsed
 */
function bareError(index, bytesParsed, message = 'Parse Error') {
  const { 0: code, 1: reason } = errors[index];
  const error = new Error(message);
  error.bytesParsed = bytesParsed;
  error.code = code;
  error.reason = reason;
  return error;
}

/** @param {Buffer} rawPacket  the bytes that came last; an end that came too early has none */
function makeError(index, bytesParsed, rawPacket) {
  if (errors[index][0] === 'HPE_INVALID_EOF_STATE') return bareError(index, 0);
  const error = bareError(index, bytesParsed, `Parse Error: ${errors[index][1]}`);
  error.rawPacket = rawPacket;
  return error;
}

module.exports = { bareError, makeError };
