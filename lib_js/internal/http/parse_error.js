'use strict';

// Errors of native's parser as Node's users know them.

const { errors } = internalBinding('http');

/**
 * @param {number} index of native's list of errors
 * @param {number} bytesParsed
 * @param {Buffer} rawPacket
 */
function makeError(index, bytesParsed, rawPacket) {
  const { 0: code, 1: reason } = errors[index];
  const error = new Error(`Parse Error: ${reason}`);
  error.bytesParsed = bytesParsed;
  error.code = code;
  error.reason = reason;
  error.rawPacket = rawPacket;
  return error;
}

module.exports = { makeError };
