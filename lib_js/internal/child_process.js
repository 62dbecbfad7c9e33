'use strict';

// ChildProcess: an event emitter around one native child, its pipes and its channel.

const {
  ArrayIsArray,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  FunctionPrototypeCall,
  ObjectSetPrototypeOf,
  Symbol,
  SymbolDispose,
} = primordials;

const EventEmitter = require('events');
const { channel, tracingChannel } = require('diagnostics_channel');
const { Socket } = require('net');
const {
  ErrnoException,
} = require('internal/errors');
const { convertToValidSignal } = require('internal/util');
const {
  validateArray,
  validateObject,
  validateOneOf,
  validateString,
} = require('internal/validators');
const { environmentPairs } = require('internal/child_process/arguments');
const { Process } = require('internal/child_process/process');
const { getValidStdio, stdioStringToArray } = require('internal/child_process/stdio');
const { kChannelHandle, maybeClose, setupChannel } = require('internal/child_process/channel');
const { getSocketList } = require('internal/child_process/handles');
const { spawnSync } = require('internal/child_process/sync');

const created = channel('child_process');
const traced = tracingChannel('child_process.spawn');

/** Set on a stream that another child reads. */
const kIsUsedAsStdio = Symbol('kIsUsedAsStdio');

const EACCES = -13;
const EAGAIN = -11;
const EINVAL = -22;
const EMFILE = -24;
const ENFILE = -23;
const ENOENT = -2;
const ENOSYS = -38;
const ESRCH = -3;

function ChildProcess() {
  FunctionPrototypeCall(EventEmitter, this);
  // 'close' waits for the end of the process and of all that is read from it.
  this._closesNeeded = 1;
  this._closesGot = 0;
  this.connected = false;
  this.signalCode = null;
  this.exitCode = null;
  this.killed = false;
  this.spawnfile = null;
  this._handle = new Process();
  this._handle.onexit = (code, signal) => onExit(this, code, signal);
  if (created.hasSubscribers) created.publish({ process: this });
}
ObjectSetPrototypeOf(ChildProcess.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(ChildProcess, EventEmitter);

/** Why it did not start, as its 'error' event says. */
function spawnError(child, status) {
  const syscall = child.spawnfile ? `spawn ${child.spawnfile}` : 'spawn';
  const error = new ErrnoException(status, syscall);
  if (child.spawnfile) error.path = child.spawnfile;
  error.spawnargs = ArrayPrototypeSlice(child.spawnargs, 1);
  return error;
}

/** The child has ended; a negative code says why it never began. */
function onExit(child, code, signal) {
  if (signal) child.signalCode = signal;
  else child.exitCode = code;
  if (child.stdin) child.stdin.destroy();
  if (child._handle) {
    child._handle.close();
    child._handle = null;
  }
  if (code < 0) {
    child.emit('error', spawnError(child, code));
  } else {
    child.emit('exit', child.exitCode, child.signalCode);
  }
  // A tick later, so that who reads only after the exit still gets the data.
  process.nextTick(flushStdio, child);
  maybeClose(child);
}

/** Reads what nobody asked for, so that the streams end. */
function flushStdio(child) {
  const { stdio } = child;
  if (stdio === undefined) return; // It never began.
  for (let i = 0; i < stdio.length; i++) {
    const stream = stdio[i];
    if (!stream || !stream.readable || stream[kIsUsedAsStdio]) continue;
    stream.resume();
  }
}

function onErrorNT(child, status) {
  // The handle is gone if the child was closed in between.
  if (child._handle) child._handle.onexit(status, null);
}

function onSpawnNT(child) {
  child.emit('spawn');
}

/** A stream that the child uses is not read here any more. */
function giveAway(item) {
  const stream = item._stdio;
  if (item.wrapType !== 'pipe' || !(stream instanceof Socket)) return;
  item.handle.reading = false;
  item.handle.readStop();
  stream.pause();
  stream.readableFlowing = false;
  stream._readableState.reading = false;
  stream[kIsUsedAsStdio] = true;
}

/** The parent's stream for each of the child's descriptors, or null. */
function createStreams(child, stdio) {
  const streams = [];
  for (let i = 0; i < stdio.length; i++) {
    const item = stdio[i];
    let stream = null;
    if (item.type === 'wrap') {
      giveAway(item);
    } else if (item.ipc) {
      child._closesNeeded++;
    } else if (item.handle) {
      // Only standard input is written to alone.
      stream = new Socket({ handle: item.handle, readable: i > 0 });
      if (i > 0) {
        child._closesNeeded++;
        stream.on('close', () => maybeClose(child));
      }
    }
    ArrayPrototypePush(streams, stream);
  }
  return streams;
}

function readOptions(child, options) {
  validateObject(options, 'options');
  const { serialization } = options;
  validateOneOf(serialization, 'options.serialization', [undefined, 'json', 'advanced']);
  const { stdio, ipc, ipcFd } = getValidStdio(options.stdio || 'pipe', false);
  options.stdio = stdio;
  if (ipc !== undefined) {
    if (options.envPairs === undefined) options.envPairs = [];
    else validateArray(options.envPairs, 'options.envPairs');
    ArrayPrototypePush(
      options.envPairs,
      `NODE_CHANNEL_FD=${ipcFd}`,
      `NODE_CHANNEL_SERIALIZATION_MODE=${serialization || 'json'}`);
  }
  validateString(options.file, 'options.file');
  child.spawnfile = options.file;
  if (options.args === undefined) {
    child.spawnargs = [];
  } else {
    validateArray(options.args, 'options.args');
    child.spawnargs = options.args;
  }
  return ipc;
}

ChildProcess.prototype.spawn = function spawn(options) {
  const ipc = readOptions(this, options);
  const { stdio } = options;
  const isTraced = traced.hasSubscribers;
  if (isTraced) traced.start.publish({ process: this, options });
  const status = this._handle.spawn({
    __proto__: null,
    ...options,
    args: options.args ?? [options.file],
    envPairs: ArrayIsArray(options.envPairs) ? options.envPairs : environmentPairs(options),
  });
  if (isTraced && status === 0) traced.end.publish({ process: this });
  else if (isTraced) traced.error.publish({ process: this, error: spawnError(this, status) });
  switch (status) {
    case 0:
      process.nextTick(onSpawnNT, this);
      break;
    case EACCES: case EAGAIN: case EMFILE: case ENFILE: case ENOENT:
      process.nextTick(onErrorNT, this, status);
      // There are no pipes: nothing is left to open them with.
      if (status === EMFILE || status === ENFILE) return status;
      break;
    default:
      for (let i = 0; i < stdio.length; i++) {
        if (stdio[i].type !== 'wrap' && stdio[i].handle) stdio[i].handle.close();
      }
      this._handle.close();
      this._handle = null;
      throw new ErrnoException(status, 'spawn');
  }
  this.pid = this._handle.pid;
  const streams = createStreams(this, stdio);
  this.stdin = streams[0] ?? null;
  this.stdout = streams[1] ?? null;
  this.stderr = streams[2] ?? null;
  this.stdio = streams;
  if (ipc?.handle) setupChannel(this, ipc.handle, options.serialization);
  return status;
};

ChildProcess.prototype.kill = function kill(sig) {
  const signal = sig === 0 ? sig : convertToValidSignal(sig === undefined ? 'SIGTERM' : sig);
  if (!this._handle) return false;
  const status = this._handle.kill(signal);
  switch (status) {
    case 0:
      this.killed = true;
      return true;
    case ESRCH:
      return false;
    case EINVAL: case ENOSYS:
      throw new ErrnoException(status, 'kill');
    default:
      this.emit('error', new ErrnoException(status, 'kill'));
      return false;
  }
};

ChildProcess.prototype[SymbolDispose] = function() {
  if (!this.killed) this.kill();
};

ChildProcess.prototype.ref = function ref() {
  if (this._handle) this._handle.ref();
};

ChildProcess.prototype.unref = function unref() {
  if (this._handle) this._handle.unref();
};

module.exports = {
  ChildProcess,
  getSocketList,
  getValidStdio,
  kChannelHandle,
  setupChannel,
  spawnSync,
  stdioStringToArray,
};
