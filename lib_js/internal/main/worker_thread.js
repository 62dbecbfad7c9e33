'use strict';
// What a worker runs: its maker's first message says what. Errors that nobody caught go back
// through the same port.

const { ArrayPrototypeSplice, ObjectDefineProperty } = primordials;

const {
  hasUncaughtExceptionCaptureCallback,
  runWorkerSource,
} = require('internal/process/execution');
const { closeThread } = require('internal/process/per_thread');
const {
  cacheWorkingDirectory,
  createWorkerStdio,
  patchProcess,
} = require('internal/process/worker_thread_only');
const { getOptionValue } = require('internal/options');
const self = require('internal/worker/self');
const { messageTypes, kStdioWantsMoreDataCallback } = require('internal/worker/stdio');

const EXIT_UNCAUGHT = 1;
const EXIT_NO_HANDLER = 6;

function becomeWorker(worker) {
  self.isMainThread = false;
  self.threadId = worker.threadId;
  self.threadName = worker.threadName;
  self.resourceLimits = require('internal/worker/limits').effectiveLimits(worker.limits);
}

/** Tells the maker of an error that ends this thread. */
function reportError(port, error) {
  const { serializeError } = require('internal/error_serdes');
  let serialized;
  try {
    serialized = serializeError(error);
  } catch {
    // Told below, without the error.
  }
  if (serialized === undefined) port.postMessage({ type: messageTypes.COULD_NOT_SERIALIZE_ERROR });
  else port.postMessage({ type: messageTypes.ERROR_MESSAGE, error: serialized });
}

/** What native calls for an exception nobody caught; see internal/process/execution. */
function onUncaught(error, fromPromise) {
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  let handled = false;
  try {
    process.emit('uncaughtExceptionMonitor', error, origin);
    if (hasUncaughtExceptionCaptureCallback()) {
      require('internal/process/execution').callUncaughtExceptionCapture(error);
      handled = true;
    } else {
      handled = process.emit('uncaughtException', error, origin);
    }
  } catch (thrown) {
    // What the handler threw is the news now.
    error = thrown;
  }
  if (handled) {
    require('internal/timers').setImmediate(() => {});
    return true;
  }
  const code = EXIT_UNCAUGHT;
  if (!process._exiting) {
    try {
      process._exiting = true;
      process.exitCode = code;
      process.emit('exit', code);
    } catch {
      // The first error is the one to tell about.
    }
    closeThread();
  }
  reportError(self.port, error);
  return +(process.exitCode ?? code);
}

/** Programs may have replaced it, or taken it away. */
function callFatalException(error, fromPromise) {
  const { _fatalException } = process;
  if (typeof _fatalException !== 'function') return EXIT_NO_HANDLER;
  return process._fatalException(error, fromPromise);
}

function setUpProcess(message) {
  const threads = require('worker_threads');
  const { publicPort, workerData, environmentData, argv } = message;
  require('internal/worker').assignEnvironmentData(environmentData);
  threads.parentPort = publicPort;
  threads.workerData = workerData;
  require('internal/worker/messaging').setMainPort(message.mainPort);
  self.cwdCounter = message.cwdCounter;
  cacheWorkingDirectory(message.cwdCounter);
  if (argv !== undefined) ArrayPrototypeSplice(process.argv, 1, 0, ...argv);
}

/** --watch: who watches the process hears of the files of its threads, too. */
function reportDependencies(port) {
  if (!process.env.WATCH_REPORT_DEPENDENCIES) return;
  require('internal/modules/helpers').dependencies.report = (file) => {
    port.postMessage({ type: messageTypes.DEPENDENCY, file });
  };
}

function run(message) {
  const { filename, doEval } = message;
  switch (doEval) {
    case 'classic': {
      const name = '[worker eval]';
      // This is what a program without a file finds.
      ObjectDefineProperty(process, '_eval', {
        __proto__: null, configurable: true, enumerable: true, value: filename,
      });
      ArrayPrototypeSplice(process.argv, 1, 0, name);
      runWorkerSource(name, filename);
      break;
    }
    case 'data-url': {
      ArrayPrototypeSplice(process.argv, 1, 0, filename);
      const { runEntryPointWithESMLoader } = require('internal/modules/run_main');
      runEntryPointWithESMLoader((loader) => loader.import(
        filename, undefined, { __proto__: null }, undefined, true));
      break;
    }
    case 'internal':
      require(filename);
      break;
    default: {
      ArrayPrototypeSplice(process.argv, 1, 0, filename);
      const { Module } = require('internal/modules/cjs/loader');
      Module.runMain(filename);
    }
  }
}

function startWorker(runtime, prepare, initializeLoaders) {
  const { argv } = runtime;
  runtime.argv = [argv[0]];
  // Files of variables are read once for the process.
  runtime.options.envFiles = [];
  prepare(runtime);
  // A thread has the rights of its process, and no others.
  becomeWorker(runtime.worker);
  if (internalBinding('trace_events').isOn()) {
    require('internal/trace_events/control').joinTracing();
  }
  patchProcess();
  if (getOptionValue('--permission') || getOptionValue('--permission-audit')) {
    require('internal/process/permission').initializePermission(undefined);
  }
  internalBinding('turn').setCallbacks({ uncaught: callFatalException });
  process._fatalException = onUncaught;

  const { receivePort } = require('internal/worker/io');
  const port = self.port = receivePort(internalBinding('worker').takePort());
  const streams = createWorkerStdio(port);
  port.on('message', (message) => {
    switch (message.type) {
      case messageTypes.LOAD_SCRIPT:
        // The thread lives on by what its script starts.
        port.unref();
        if (!message.hasStdin) streams.stdin.push(null);
        self.isInternalThread = message.isInternal;
        setUpProcess(message);
        reportDependencies(port);
        initializeLoaders();
        port.postMessage({ type: messageTypes.UP_AND_RUNNING });
        run(message);
        break;
      case messageTypes.STDIO_PAYLOAD:
        streams[message.stream].take(message.chunks);
        break;
      case messageTypes.STDIO_WANTS_MORE_DATA:
        streams[message.stream][kStdioWantsMoreDataCallback]();
        break;
      default:
        require('assert').fail(`Unknown worker message type ${message.type}`);
    }
  });
}

module.exports = { startWorker };
