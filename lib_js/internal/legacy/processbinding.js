'use strict';
// process.binding(), a door that Node has been closing for years. It hands out
// what has Node's shape here too; coring's own bindings would only mislead
// programs that know Node's, so they are no such module.

const {
  ArrayPrototypeForEach,
  ObjectDefineProperty,
  SafeSet,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} = primordials;

const { genericNodeError } = require('internal/errors');

const AS_THEY_ARE = new SafeSet(['buffer', 'config', 'inspector']);

/** All that the binding named util has been for long. */
const TYPE_CHECKS = [
  'isArrayBuffer', 'isArrayBufferView', 'isAnyArrayBuffer', 'isAsyncFunction', 'isDataView',
  'isDate', 'isExternal', 'isMap', 'isMapIterator', 'isNativeError', 'isPromise', 'isRegExp',
  'isSet', 'isSetIterator', 'isTypedArray', 'isUint8Array',
];

function makeUtil() {
  const types = require('internal/util/types');
  const binding = {};
  ArrayPrototypeForEach(TYPE_CHECKS, (name) => { binding[name] = types[name]; });
  return binding;
}

function makeUv() {
  const { getErrorMessage, lookUp, ...binding } = require('internal/errno');
  const { pendingDeprecate } = require('internal/util');
  binding.errname = pendingDeprecate(
    binding.errname,
    'Directly calling process.binding(\'uv\').errname(<val>) is being deprecated. ' +
    'Please make sure to use util.getSystemErrorName() instead.', 'DEP0119');
  return binding;
}

/** Those of os and fs are native, the others the library's own. */
function makeConstants() {
  const { os, fs } = internalBinding('constants');
  const crypto = require('internal/crypto/constants');
  const { constants: zlib } = require('internal/zlib/constants');
  return { __proto__: null, os, fs, crypto, zlib };
}

/** Every file of the library by its id, and its text when somebody asks for it. */
function makeNatives() {
  const { BuiltinModule } = require('internal/bootstrap/realm');
  const binding = { __proto__: null };
  ArrayPrototypeForEach(BuiltinModule.getOwnFileIds(), (id) => {
    ObjectDefineProperty(binding, id, {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get() {
        const wrapped = BuiltinModule.sourceOf(id);
        return StringPrototypeSlice(wrapped, StringPrototypeIndexOf(wrapped, '{') + 1, -1);
      },
    });
  });
  return binding;
}

let constants;
let natives;
let util;
let uv;

/** @param {string} name */
function legacyBinding(name) {
  if (AS_THEY_ARE.has(name)) return internalBinding(name);
  if (name === 'constants') return constants ??= makeConstants();
  if (name === 'natives') return natives ??= makeNatives();
  if (name === 'util') return util ??= makeUtil();
  if (name === 'uv') return uv ??= makeUv();
  if (name === 'spawn_sync') return require('internal/child_process/sync').binding;
  throw genericNodeError(`No such module: ${name}`);
}

module.exports = { legacyBinding };
