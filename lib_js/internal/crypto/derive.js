'use strict';

// What the key derivation functions share: jobs whose result is one buffer.

const { startJob, runNow } = require('internal/crypto/job');

/**
 * Derives at once, or (with a callback) in native's compute lane.
 * @param {string} asyncType
 * @param {(ticket: number) => any} start
 * @param {(bytes: Buffer) => any} shape  what the program gets
 */
function derive(asyncType, start, shape, callback) {
  if (callback === undefined) return shape(runNow(start));
  startJob(asyncType, start, (error, bytes) => {
    if (error !== null) callback(error);
    else callback(null, shape(bytes));
  });
}

/** The bytes as they come. */
function asBuffer(bytes) {
  return bytes;
}

/** An ArrayBuffer of the bytes alone. */
function asArrayBuffer(bytes) {
  const { buffer, byteOffset, byteLength } = bytes;
  return byteOffset === 0 && byteLength === buffer.byteLength ?
    buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

module.exports = { derive, asBuffer, asArrayBuffer };
