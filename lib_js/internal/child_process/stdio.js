'use strict';

// The `stdio` option: what it may say, and what it means.

const {
  ArrayIsArray,
  ArrayPrototypePush,
} = primordials;

const {
  codes: {
    ERR_INVALID_ARG_VALUE,
    ERR_INVALID_SYNC_FORK_INPUT,
    ERR_IPC_ONE_PIPE,
    ERR_IPC_SYNC_FORK,
  },
} = require('internal/errors');
const { isArrayBufferView } = require('internal/util/types');

function stdioStringToArray(stdio, channel) {
  let options;
  switch (stdio) {
    case 'ignore':
    case 'overlapped':
    case 'pipe': options = [stdio, stdio, stdio]; break;
    case 'inherit': options = [0, 1, 2]; break;
    default: throw new ERR_INVALID_ARG_VALUE('stdio', stdio);
  }
  if (channel) ArrayPrototypePush(options, channel);
  return options;
}

/** The kind of native handle that an object is, or false. */
function handleType(object) {
  const { StreamHandle, Listener } = require('internal/net/handle');
  if (object instanceof StreamHandle || object instanceof Listener) {
    return object.isPipe ? 'pipe' : 'tcp';
  }
  return false;
}

function handleOf(stream) {
  if (handleType(stream)) return stream;
  if (stream.handle && handleType(stream.handle)) return stream.handle;
  if (stream._handle && handleType(stream._handle)) return stream._handle;
  return undefined;
}

/** One item of the option as { type, ... }; `state` remembers the channel. */
function readItem(stdio, i, isSync, state) {
  stdio ??= i < 3 ? 'pipe' : 'ignore';
  if (stdio === 'ignore') return { type: 'ignore' };
  if (stdio === 'pipe' || stdio === 'overlapped' ||
      (typeof stdio === 'number' && stdio < 0)) {
    return { type: stdio === 'overlapped' ? 'overlapped' : 'pipe',
             readable: i === 0, writable: i !== 0 };
  }
  if (stdio === 'ipc') {
    if (isSync) throw new ERR_IPC_SYNC_FORK();
    if (state.ipc !== undefined) throw new ERR_IPC_ONE_PIPE();
    state.ipcFd = i;
    return state.ipc = { type: 'pipe', handle: undefined, ipc: true };
  }
  if (stdio === 'inherit') return { type: 'inherit', fd: i };
  if (typeof stdio === 'number' || typeof stdio.fd === 'number') {
    return { type: 'fd', fd: typeof stdio === 'number' ? stdio : stdio.fd };
  }
  const handle = handleOf(stdio);
  if (handle !== undefined) {
    return { type: 'wrap', wrapType: handleType(handle), handle, _stdio: stdio };
  }
  if (isArrayBufferView(stdio) || typeof stdio === 'string') {
    if (!isSync) {
      const { inspect } = require('internal/util/inspect');
      throw new ERR_INVALID_SYNC_FORK_INPUT(inspect(stdio));
    }
    return undefined;
  }
  throw new ERR_INVALID_ARG_VALUE('stdio', stdio);
}

/** @returns {{stdio: object[], ipc: object | undefined, ipcFd: number | undefined}} */
function getValidStdio(stdio, sync) {
  if (typeof stdio === 'string') stdio = stdioStringToArray(stdio);
  else if (!ArrayIsArray(stdio)) throw new ERR_INVALID_ARG_VALUE('stdio', stdio);
  // Node fills up the caller's own array, and programs can see it.
  while (stdio.length < 3) ArrayPrototypePush(stdio, undefined);
  const state = { ipc: undefined, ipcFd: undefined };
  const items = [];
  for (let i = 0; i < stdio.length; i++) {
    const item = readItem(stdio[i], i, sync, state);
    // Input of a synchronous child is put in by the caller.
    if (item !== undefined) ArrayPrototypePush(items, item);
  }
  return { stdio: items, ipc: state.ipc, ipcFd: state.ipcFd };
}

module.exports = { getValidStdio, stdioStringToArray };
