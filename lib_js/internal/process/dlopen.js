'use strict';

// process.dlopen(): loads a native addon of Node-API. The file is loaded by binding `addons`
// (bindings/src/napi.rs), which says why where it cannot be; what is in it is called by binding
// `napi` (bindings/napi). Addons written against V8's C++ API are refused.

const { Object, TypeError } = primordials;

const { genericNodeError } = require('internal/errors');
const { getOptionValue } = require('internal/options');

const RTLD_LAZY = 1;

let addons;

function dlopen(module, filename, flags = RTLD_LAZY) {
  if (arguments.length < 2) {
    const error = new TypeError('process.dlopen needs at least 2 arguments');
    error.code = 'ERR_MISSING_ARGS';
    throw error;
  }
  if (!getOptionValue('--addons') ||
      (getOptionValue('--permission') && !process.permission.has('addon'))) {
    throw genericNodeError('Cannot load native addon because loading addons is disabled.',
                           { code: 'ERR_DLOPEN_DISABLED' });
  }
  // As ToObject() has it: what cannot become an object throws.
  const { exports } = module;
  if (exports === undefined || exports === null) {
    throw new TypeError('Cannot convert undefined or null to object');
  }
  addons ??= require('internal/process/addons');
  const reason = addons.load(module, Object(exports), `${filename}`, flags | 0);
  if (reason !== undefined) throw genericNodeError(reason, { code: 'ERR_DLOPEN_FAILED' });
}

module.exports = { dlopen };
