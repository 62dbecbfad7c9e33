'use strict';
// How `process` of a worker differs from that of the main thread: what would change the process
// itself throws, exit ends the thread, standard streams go through the maker.

const { ArrayPrototypeForEach, AtomicsLoad, ObjectDefineProperty, ReflectApply } = primordials;

const { codes: { ERR_WORKER_UNSUPPORTED_OPERATION } } = require('internal/errors');
const { closeThread } = require('internal/process/per_thread');
const {
  ReadableWorkerStdio,
  WritableWorkerStdio,
  kStdioWantsMoreDataCallback,
} = require('internal/worker/stdio');
const { startListeningIfSignal, stopListeningIfSignal } = require('internal/process/signal');
const { forgetDirectory } = require('internal/process/own_state');

const { endExecution } = internalBinding('turn');

/** Of the whole process: no thread may change them. */
const FORBIDDEN = [
  'abort', 'chdir', 'initgroups', 'setegid', 'seteuid', 'setgid', 'setgroups', 'setuid',
];

/** Debugging and profiling of the process, which have no place in a thread. */
const ABSENT = [
  '_debugEnd', '_debugPause', '_debugProcess', '_startProfilerIdleNotifier',
  '_stopProfilerIdleNotifier',
];

function forbid(name) {
  function unavailable() {
    throw new ERR_WORKER_UNSUPPORTED_OPERATION(`process.${name}()`);
  }
  unavailable.disabled = true;
  process[name] = unavailable;
}

/** The channel to a parent process is the main thread's. */
function forbidChannel() {
  forbid('send');
  forbid('disconnect');
  ArrayPrototypeForEach(['channel', 'connected'], (name) => {
    function unavailable() {
      throw new ERR_WORKER_UNSUPPORTED_OPERATION(`process.${name}`);
    }
    unavailable.disabled = true;
    ObjectDefineProperty(process, name, {
      __proto__: null, configurable: true, enumerable: false, get: unavailable,
    });
  });
}

/** The directory is the process's: it is asked for anew when the main thread has changed it. */
function cacheWorkingDirectory(counter) {
  if (counter === undefined) return;
  const { cwd: original } = process;
  let known = -1;
  let directory = '';
  process.cwd = function cwd() {
    const current = AtomicsLoad(counter, 0);
    if (current !== known) {
      forgetDirectory();
      directory = original();
      known = current;
    }
    return directory;
  };
}

function reallyExit(code) {
  closeThread();
  endExecution(code | 0);
}

function replaceExit() {
  const { exit: original } = process;
  process.exit = function exit(code) {
    ReflectApply(original, process, arguments);
    // The end takes effect where V8 looks for it, as it does in loops: nothing runs after this.
    for (;;);
  };
}

/** Only the main thread hears of signals. */
function forgetSignals() {
  process.removeListener('newListener', startListeningIfSignal);
  process.removeListener('removeListener', stopListeningIfSignal);
}

function defineStreams(streams) {
  ArrayPrototypeForEach(['stdout', 'stdin', 'stderr'], (name) => {
    ObjectDefineProperty(process, name, {
      __proto__: null, configurable: true, enumerable: true, get: () => streams[name],
    });
  });
}

/** @returns the three streams */
function createWorkerStdio(port) {
  const streams = {
    __proto__: null,
    stdin: new ReadableWorkerStdio(port, 'stdin'),
    stdout: new WritableWorkerStdio(port, 'stdout'),
    stderr: new WritableWorkerStdio(port, 'stderr'),
  };
  // What is still buffered at the end goes out, whether the reader wants it or not.
  process.on('exit', () => {
    streams.stdout[kStdioWantsMoreDataCallback]();
    streams.stderr[kStdioWantsMoreDataCallback]();
  });
  defineStreams(streams);
  return streams;
}

function patchProcess() {
  ArrayPrototypeForEach(FORBIDDEN, forbid);
  ArrayPrototypeForEach(ABSENT, (name) => delete process[name]);
  const { umask } = process;
  process.umask = function(mask = undefined) {
    // It may be asked for, not set: that is the process's.
    if (mask !== undefined) {
      throw new ERR_WORKER_UNSUPPORTED_OPERATION('Setting process.umask()');
    }
    return umask();
  };
  replaceExit();
  process.reallyExit = reallyExit;
  let { title } = process;
  ObjectDefineProperty(process, 'title', {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get: () => title,
    set(value) { title = `${value}`; },
  });
  if (process.env.NODE_CHANNEL_FD !== undefined) forbidChannel();
  forgetSignals();
}

module.exports = { cacheWorkingDirectory, createWorkerStdio, patchProcess };
