'use strict';

// All calls of WASI preview 1 for one instance, as WebAssembly imports them: numbers in, a number
// out.

const {
  FunctionPrototypeCall,
  ObjectGetOwnPropertyDescriptor,
  ObjectKeys,
  SafeFinalizationRegistry,
} = primordials;

const { Descriptors } = require('internal/wasi/descriptors');
const { fileCalls } = require('internal/wasi/files');
const { Memory } = require('internal/wasi/memory');
const { pathCalls } = require('internal/wasi/names');
const { numberOf } = require('internal/wasi/errno');
const { systemCalls } = require('internal/wasi/system');
const { codes: { ERR_INVALID_ARG_TYPE, ERR_WASI_NOT_STARTED }, hideStackFrames } =
  require('internal/errors');

/** The error of a WASI that cannot be made: Node's, of a library that we have not. */
const initFailed = hideStackFrames((failure) => {
  if (failure.syscall === undefined) throw failure;
  // eslint-disable-next-line no-restricted-syntax
  const error = new Error(`UVWASI_${failure.code}, uvwasi_init`);
  error.errno = numberOf(failure);
  error.code = `UVWASI_${failure.code}`;
  error.syscall = 'uvwasi_init';
  throw error;
});

/** Also one of another context, of whose class we know nothing. */
function isMemory(value) {
  const { get } = ObjectGetOwnPropertyDescriptor(WebAssembly.Memory.prototype, 'buffer');
  try {
    FunctionPrototypeCall(get, value);
    return true;
  } catch {
    return false;
  }
}

const abandoned = new SafeFinalizationRegistry((descriptors) => descriptors.closeAll());

function openDescriptors(stdio, preopens) {
  const descriptors = new Descriptors();
  try {
    for (let i = 0; i < stdio.length; i++) descriptors.addStandard(stdio[i]);
    for (let i = 0; i < preopens.length; i++) {
      descriptors.addPreopened(preopens[i][0], preopens[i][1]);
    }
  } catch (failure) {
    descriptors.closeAll();
    initFailed(failure);
  }
  return descriptors;
}

/**
 * @returns {{ calls: object, setMemory: function }} calls may be made once there is a memory
 */
function makeImports(args, env, preopens, stdio) {
  const state = { args, env, descriptors: openDescriptors(stdio, preopens), memory: undefined };
  const all = { ...systemCalls(state), ...fileCalls(state), ...pathCalls(state) };
  const calls = {};
  for (const name of ObjectKeys(all)) {
    const call = all[name];
    calls[name] = (...values) => {
      if (state.memory === undefined) throw new ERR_WASI_NOT_STARTED();
      try {
        call(...values);
        return 0;
      } catch (thrown) {
        return numberOf(thrown);
      }
    };
  }
  // All calls have the state, and an instance has perhaps one of them and nothing else of this.
  abandoned.register(state, state.descriptors);
  const setMemory = (memory) => {
    if (!isMemory(memory)) {
      const error = new ERR_INVALID_ARG_TYPE('instance.exports.memory', 'Memory', memory);
      error.message = '"instance.exports.memory" property must be a WebAssembly.Memory object';
      throw error;
    }
    state.memory = new Memory(memory);
  };
  return { calls, setMemory };
}

module.exports = { makeImports };
