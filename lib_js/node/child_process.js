'use strict';

// Public module `child_process`.

const {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  ArrayPrototypeLastIndexOf,
  ArrayPrototypeSlice,
  ArrayPrototypeSplice,
  ObjectAssign,
  ObjectDefineProperty,
  PromiseWithResolvers,
  SymbolDispose,
} = primordials;

const { Buffer } = require('buffer');
const internal = require('internal/child_process');
const { ChildProcess, getValidStdio, setupChannel, stdioStringToArray } = internal;
const {
  killSignalNumber,
  normalizeExecArgs,
  normalizeExecFileArgs,
  normalizeSpawnArguments,
  refuseNull,
  refuseNulls,
  validateMaxBuffer,
  validateTimeout,
} = require('internal/child_process/arguments');
const {
  AbortError,
  genericNodeError,
  codes: { ERR_CHILD_PROCESS_IPC_REQUIRED, ERR_INVALID_ARG_TYPE },
} = require('internal/errors');
const { getValidatedPath } = require('internal/fs/utils');
const { promisify } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const { validateAbortSignal, validateArray, validateObject } = require('internal/validators');
const { clearTimeout, setTimeout } = require('internal/timers');

const BUFFER_BYTES_MAX = 1024 * 1024;

// --- spawn

function killChild(child, killSignal) {
  try {
    return child.kill(killSignal);
  } catch (error) {
    child.emit('error', error);
    return false;
  }
}

function killAfter(child, timeoutMs, killSignal) {
  let timer = setTimeout(() => {
    timer = null;
    killChild(child, killSignal);
  }, timeoutMs);
  child.once('exit', () => {
    clearTimeout(timer);
    timer = null;
  });
}

function killOnAbort(child, signal, killSignal) {
  const onAbort = () => {
    if (killChild(child, killSignal)) {
      child.emit('error', new AbortError(undefined, { cause: signal.reason }));
    }
  };
  if (signal.aborted) {
    process.nextTick(onAbort);
    return;
  }
  const { addAbortListener } = require('internal/events/abort_listener');
  const listening = addAbortListener(signal, onAbort);
  child.once('exit', listening[SymbolDispose]);
}

function spawn(file, args, options) {
  options = normalizeSpawnArguments(file, args, options);
  validateTimeout(options.timeout);
  validateAbortSignal(options.signal, 'options.signal');
  const killSignal = killSignalNumber(options.killSignal);
  const child = new ChildProcess();
  child.spawn(options);
  if (options.timeout > 0) killAfter(child, options.timeout, killSignal);
  if (options.signal) killOnAbort(child, options.signal, killSignal);
  return child;
}

// --- exec, execFile

function execFile(file, args, options, callback) {
  ({ file, args, options, callback } = normalizeExecFileArgs(file, args, options, callback));
  options = {
    __proto__: null,
    encoding: 'utf8',
    timeout: 0,
    maxBuffer: BUFFER_BYTES_MAX,
    killSignal: 'SIGTERM',
    cwd: null,
    env: null,
    shell: false,
    ...options,
  };
  validateTimeout(options.timeout);
  validateMaxBuffer(options.maxBuffer);
  options.killSignal = killSignalNumber(options.killSignal);
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env,
    gid: options.gid,
    shell: options.shell,
    signal: options.signal,
    uid: options.uid,
    windowsHide: !!options.windowsHide,
    windowsVerbatimArguments: !!options.windowsVerbatimArguments,
  });
  const { collectOutput } = require('internal/child_process/collect');
  collectOutput(child, file, args, options, callback);
  return child;
}

function exec(command, options, callback) {
  const normal = normalizeExecArgs(command, options, callback);
  return module.exports.execFile(normal.file, normal.options, normal.callback);
}

/** promisify() gives both outputs, and the child as a property of the promise. */
function definePromisified(execute) {
  const { name } = execute;
  ObjectDefineProperty(execute, promisify.custom, {
    __proto__: null,
    enumerable: false,
    value: { [name]: (...args) => {
      const { promise, resolve, reject } = PromiseWithResolvers();
      promise.child = execute(...args, (error, stdout, stderr) => {
        if (error === null) {
          resolve({ stdout, stderr });
          return;
        }
        error.stdout = stdout;
        error.stderr = stderr;
        reject(error);
      });
      return promise;
    } }[name],
  });
}

definePromisified(exec);
definePromisified(execFile);

// --- fork

/** Our own options, but not the `-e` that would make the child fork again. */
function inheritedExecArgv() {
  const { execArgv } = process;
  if (process._eval == null) return execArgv;
  const index = ArrayPrototypeLastIndexOf(execArgv, process._eval);
  if (index <= 0) return execArgv;
  const rest = ArrayPrototypeSlice(execArgv);
  ArrayPrototypeSplice(rest, index - 1, 2);
  return rest;
}

function fork(modulePath, args = [], options) {
  modulePath = getValidatedPath(modulePath, 'modulePath');
  if (args == null) {
    args = [];
  } else if (typeof args === 'object' && !ArrayIsArray(args)) {
    options = args;
    args = [];
  } else {
    validateArray(args, 'args');
  }
  if (options != null) validateObject(options, 'options');
  options = { __proto__: null, ...options, shell: false };
  options.execPath ||= process.execPath;
  refuseNull(options.execPath, 'options.execPath');
  let execArgv = options.execArgv || process.execArgv;
  refuseNulls(execArgv, 'options.execArgv');
  if (execArgv === process.execArgv) execArgv = inheritedExecArgv();
  if (typeof options.stdio === 'string') {
    options.stdio = stdioStringToArray(options.stdio, 'ipc');
  } else if (!ArrayIsArray(options.stdio)) {
    options.stdio = stdioStringToArray(options.silent ? 'pipe' : 'inherit', 'ipc');
  } else if (!ArrayPrototypeIncludes(options.stdio, 'ipc')) {
    throw new ERR_CHILD_PROCESS_IPC_REQUIRED('options.stdio');
  }
  return spawn(options.execPath, [...execArgv, modulePath, ...args], options);
}

/** In a child: its channel, which keeps it alive while somebody listens to messages. */
function _forkChild(fd, serializationMode) {
  const { ChannelHandle } = require('internal/child_process/channel_handle');
  const channel = ChannelHandle.open(fd);
  if (typeof channel === 'number') {
    const { ErrnoException } = require('internal/errors');
    throw new ErrnoException(channel, 'open');
  }
  channel.unref();
  const control = setupChannel(process, channel, serializationMode);
  process.on('newListener', (name) => {
    if (name === 'message' || name === 'disconnect') control.refCounted();
  });
  process.on('removeListener', (name) => {
    if (name === 'message' || name === 'disconnect') control.unrefCounted();
  });
}

// --- Synchronous forms

/** Bytes for the child's descriptors: what the option `input`, or an item of stdio, holds. */
function readInputs(options) {
  const { stdio } = options;
  if (options.input) stdio[0] = { ...stdio[0], input: options.input };
  for (let i = 0; i < stdio.length; i++) {
    const input = stdio[i]?.input;
    if (input == null) continue;
    if (isArrayBufferView(input)) {
      stdio[i] = { ...stdio[i], input };
    } else if (typeof input === 'string') {
      stdio[i] = { ...stdio[i], input: Buffer.from(input, options.encoding) };
    } else {
      throw new ERR_INVALID_ARG_TYPE(
        `options.stdio[${i}]`, ['Buffer', 'TypedArray', 'DataView', 'string'], input);
    }
  }
}

function spawnSync(file, args, options) {
  options = {
    __proto__: null,
    maxBuffer: BUFFER_BYTES_MAX,
    ...normalizeSpawnArguments(file, args, options),
  };
  validateTimeout(options.timeout);
  validateMaxBuffer(options.maxBuffer);
  options.killSignal = killSignalNumber(options.killSignal);
  options.stdio = getValidStdio(options.stdio || 'pipe', true).stdio;
  readInputs(options);
  return internal.spawnSync(options);
}

/** What execSync() and execFileSync() make of a result: output, or an error. */
function outputOf(result, options, args, command) {
  if (!options.stdio && result.stderr) process.stderr.write(result.stderr);
  if (result.error) throw ObjectAssign(result.error, result);
  if (result.status === 0) return result.stdout;
  let message = `Command failed: ${command || ArrayPrototypeJoin(args, ' ')}`;
  if (result.stderr && result.stderr.length > 0) message += `\n${result.stderr.toString()}`;
  throw genericNodeError(message, result);
}

function execFileSync(file, args, options) {
  ({ file, args, options } = normalizeExecFileArgs(file, args, options));
  const result = spawnSync(file, args, options);
  return outputOf(result, options, [options.argv0 || file, ...args]);
}

function execSync(command, options) {
  const { file, options: normal } = normalizeExecArgs(command, options, null);
  return outputOf(spawnSync(file, normal), normal, undefined, command);
}

module.exports = {
  _forkChild,
  ChildProcess,
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
};
