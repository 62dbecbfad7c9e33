'use strict';
// --disable-proto: Object.prototype.__proto__ of one context is removed, or throws.

const { ObjectDefineProperty } = primordials;

const { genericNodeError } = require('internal/errors');

function refuse() {
  throw genericNodeError(
    'Accessing Object.prototype.__proto__ has been disallowed with --disable-proto=throw',
    { code: 'ERR_PROTO_ACCESS' });
}

/**
 * @param {object} prototype  the context's Object.prototype
 * @param {'delete' | 'throw'} mode
 */
function disableProto(prototype, mode) {
  if (mode === 'delete') {
    delete prototype.__proto__;
    return;
  }
  ObjectDefineProperty(prototype, '__proto__', {
    __proto__: null, get: refuse, set: refuse, enumerable: false, configurable: true,
  });
}

module.exports = { disableProto };
