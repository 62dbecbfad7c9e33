'use strict';

// node:timers and the timer globals. The machinery is in internal/timers.

const { ObjectDefineProperty } = primordials;

const {
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  setInterval,
  clearInterval,
} = require('internal/timers');
const { promisify: { custom: customPromisify } } = require('internal/util');

function promisifiedAs(callbackFunction, name) {
  ObjectDefineProperty(callbackFunction, customPromisify, {
    __proto__: null,
    enumerable: true,
    get() {
      return require('timers/promises')[name];
    },
  });
}

promisifiedAs(setTimeout, 'setTimeout');
promisifiedAs(setImmediate, 'setImmediate');

module.exports = {
  setTimeout,
  clearTimeout,
  setImmediate,
  clearImmediate,
  setInterval,
  clearInterval,
};

ObjectDefineProperty(module.exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() {
    return require('timers/promises');
  },
});
