'use strict';

// node:wasi: programs for the WebAssembly System Interface, preview 1. Its calls are made of `fs`
// and the like; what they may open lies below the directories that they are given.

const {
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ObjectEntries,
  String,
  Symbol,
} = primordials;

const { ERR_INVALID_ARG_VALUE, ERR_WASI_ALREADY_STARTED } = require('internal/errors').codes;
const { getOptionValue } = require('internal/options');
const { emitExperimentalWarning, kEmptyObject } = require('internal/util');
const {
  validateArray,
  validateBoolean,
  validateFunction,
  validateInt32,
  validateObject,
  validateString,
  validateUndefined,
} = require('internal/validators');

const NAMESPACES = {
  __proto__: null, unstable: 'wasi_unstable', preview1: 'wasi_snapshot_preview1',
};

/** Thrown through the program, to end it where it stands. */
const kExit = Symbol('kExitCode');

emitExperimentalWarning('WASI');

function argumentsOf({ args }) {
  if (args === undefined) return [];
  validateArray(args, 'options.args');
  return ArrayPrototypeMap(args, String);
}

function environmentOf({ env }) {
  const list = [];
  if (env === undefined) return list;
  validateObject(env, 'options.env');
  for (const { 0: key, 1: value } of ObjectEntries(env)) {
    if (value !== undefined) ArrayPrototypePush(list, `${key}=${value}`);
  }
  return list;
}

function preopensOf({ preopens }) {
  if (preopens === undefined) return [];
  validateObject(preopens, 'options.preopens');
  return ArrayPrototypeMap(ObjectEntries(preopens), ({ 0: name, 1: path }) => [name, String(path)]);
}

function stdioOf({ stdin = 0, stdout = 1, stderr = 2 }) {
  validateInt32(stdin, 'options.stdin', 0);
  validateInt32(stdout, 'options.stdout', 0);
  validateInt32(stderr, 'options.stderr', 0);
  return [stdin, stdout, stderr];
}

class WASI {
  #namespace;
  #setMemory;
  #isStarted = false;
  #exitCode = 0;
  #instance;

  constructor(options = kEmptyObject) {
    validateObject(options, 'options');
    const { version } = options;
    validateString(version, 'options.version');
    this.#namespace = NAMESPACES[version];
    if (this.#namespace === undefined) {
      throw new ERR_INVALID_ARG_VALUE('options.version', version, 'unsupported WASI version');
    }
    const args = argumentsOf(options);
    const env = environmentOf(options);
    const preopens = preopensOf(options);
    const stdio = stdioOf(options);
    if (getOptionValue('--permission') || getOptionValue('--permission-audit')) {
      require('internal/process/permission').check('wasi');
    }
    const { calls, setMemory } =
      require('internal/wasi/imports').makeImports(args, env, preopens, stdio);
    const { returnOnExit = true } = options;
    validateBoolean(returnOnExit, 'options.returnOnExit');
    if (returnOnExit) {
      calls.proc_exit = (code) => {
        this.#exitCode = code;
        throw kExit; // eslint-disable-line no-throw-literal
      };
    }
    this.#setMemory = setMemory;
    this.wasiImport = calls;
  }

  finalizeBindings(instance, { memory = instance?.exports?.memory } = {}) {
    if (this.#isStarted) throw new ERR_WASI_ALREADY_STARTED();
    validateObject(instance, 'instance');
    validateObject(instance.exports, 'instance.exports');
    this.#setMemory(memory);
    this.#instance = instance;
    this.#isStarted = true;
  }

  /** Runs a command: it must have _start() and no _initialize(). */
  start(instance) {
    this.finalizeBindings(instance);
    const { _start, _initialize } = this.#instance.exports;
    validateFunction(_start, 'instance.exports._start');
    validateUndefined(_initialize, 'instance.exports._initialize');
    try {
      _start();
    } catch (thrown) {
      if (thrown !== kExit) throw thrown;
    }
    return this.#exitCode;
  }

  /** Begins a reactor, which may have _initialize() and must not have _start(). */
  initialize(instance) {
    this.finalizeBindings(instance);
    const { _start, _initialize } = this.#instance.exports;
    validateUndefined(_start, 'instance.exports._start');
    if (_initialize === undefined) return;
    validateFunction(_initialize, 'instance.exports._initialize');
    _initialize();
  }

  getImportObject() {
    return { [this.#namespace]: this.wasiImport };
  }
}

module.exports = { WASI };
