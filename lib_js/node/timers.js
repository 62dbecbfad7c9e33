'use strict';

// node:timers and the timer globals. The machinery is in internal/timers.

const { ObjectDefineProperty } = primordials;

const {
  Timeout,
  Immediate,
  insert,
  clearTimer,
  clearTimerById,
  clearImmediate,
} = require('internal/timers');
const { validateFunction } = require('internal/validators');
const { promisify: { custom: customPromisify } } = require('internal/util');

// Everything after the first two of a function's arguments.
function trailing(args) {
  const rest = [];
  for (let i = 2; i < args.length; i++) rest.push(args[i]);
  return rest;
}

function setTimeout(callback, after) {
  validateFunction(callback, 'callback');
  const args = arguments.length > 2 ? trailing(arguments) : undefined;
  const timer = new Timeout(callback, after, args, false, true);
  insert(timer, timer._idleTimeout);
  return timer;
}

function setInterval(callback, repeat) {
  validateFunction(callback, 'callback');
  const args = arguments.length > 2 ? trailing(arguments) : undefined;
  const timer = new Timeout(callback, repeat, args, true, true);
  insert(timer, timer._idleTimeout);
  return timer;
}

function clearTimeout(timer) {
  if (timer?._onTimeout) clearTimer(timer);
  else if (typeof timer === 'number' || typeof timer === 'string') clearTimerById(timer);
}

function clearInterval(timer) {
  clearTimeout(timer);
}

function setImmediate(callback) {
  validateFunction(callback, 'callback');
  let args;
  if (arguments.length > 1) {
    args = [];
    for (let i = 1; i < arguments.length; i++) args.push(arguments[i]);
  }
  return new Immediate(callback, args);
}

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
