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

/** Letters of the trace format, by their codes. */
const TRACE_PHASES = {
  __proto__: null,
  TRACE_EVENT_PHASE_BEGIN: 66,
  TRACE_EVENT_PHASE_END: 69,
  TRACE_EVENT_PHASE_COMPLETE: 88,
  TRACE_EVENT_PHASE_INSTANT: 73,
  TRACE_EVENT_PHASE_ASYNC_BEGIN: 83,
  TRACE_EVENT_PHASE_ASYNC_STEP_INTO: 84,
  TRACE_EVENT_PHASE_ASYNC_STEP_PAST: 112,
  TRACE_EVENT_PHASE_ASYNC_END: 70,
  TRACE_EVENT_PHASE_NESTABLE_ASYNC_BEGIN: 98,
  TRACE_EVENT_PHASE_NESTABLE_ASYNC_END: 101,
  TRACE_EVENT_PHASE_NESTABLE_ASYNC_INSTANT: 110,
  TRACE_EVENT_PHASE_FLOW_BEGIN: 115,
  TRACE_EVENT_PHASE_FLOW_STEP: 116,
  TRACE_EVENT_PHASE_FLOW_END: 102,
  TRACE_EVENT_PHASE_METADATA: 77,
  TRACE_EVENT_PHASE_COUNTER: 67,
  TRACE_EVENT_PHASE_SAMPLE: 80,
  TRACE_EVENT_PHASE_CREATE_OBJECT: 78,
  TRACE_EVENT_PHASE_SNAPSHOT_OBJECT: 79,
  TRACE_EVENT_PHASE_DELETE_OBJECT: 68,
  TRACE_EVENT_PHASE_MEMORY_DUMP: 118,
  TRACE_EVENT_PHASE_MARK: 82,
  TRACE_EVENT_PHASE_CLOCK_SYNC: 99,
  TRACE_EVENT_PHASE_ENTER_CONTEXT: 40,
  TRACE_EVENT_PHASE_LEAVE_CONTEXT: 41,
  TRACE_EVENT_PHASE_LINK_IDS: 61,
};

/** Those of os and fs are native, the others the library's own. */
function makeConstants() {
  const { os, fs } = internalBinding('constants');
  const crypto = require('internal/crypto/constants');
  const { constants: zlib } = require('internal/zlib/constants');
  return { __proto__: null, os, fs, crypto, zlib, trace: { __proto__: null, ...TRACE_PHASES } };
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
