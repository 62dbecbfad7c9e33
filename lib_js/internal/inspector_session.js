'use strict';

// A session of node:inspector: this thread asks V8's own DevTools domains. Native hears V8's answers
// and not its events, so what lives by events is not there (breakpoints, Runtime.enable), but for
// heap snapshots, which come from elsewhere.

const {
  ArrayPrototypeForEach,
  JSONParse,
  JSONStringify,
  MathMin,
  SafeSet,
} = primordials;

const {
  ERR_INSPECTOR_ALREADY_CONNECTED,
  ERR_INSPECTOR_COMMAND,
  ERR_INSPECTOR_NOT_AVAILABLE,
  ERR_INSPECTOR_NOT_CONNECTED,
  ERR_INSPECTOR_NOT_WORKER,
} = require('internal/errors').codes;
const { validateFunction, validateObject, validateString } = require('internal/validators');
const EventEmitter = require('events');

const devtools = internalBinding('profiler');
const { holdSignals } = internalBinding('turn');

/** Methods that V8 answers at once, and that is all. */
const ANSWERED = new SafeSet();

ArrayPrototypeForEach([
  // Debugger.enable has V8 keep scripts, without which coverage forgets some (collect-v8-coverage).
  ['Debugger', ['disable', 'enable', 'getScriptSource']],
  ['HeapProfiler', ['collectGarbage', 'disable', 'enable', 'getHeapObjectId',
                    'getObjectByHeapObjectId', 'getSamplingProfile', 'startSampling',
                    'stopSampling']],
  ['Profiler', ['disable', 'enable', 'getBestEffortCoverage', 'setSamplingInterval', 'start',
                'startPreciseCoverage', 'stop', 'stopPreciseCoverage', 'takePreciseCoverage']],
  ['Runtime', ['callFunctionOn', 'evaluate', 'getHeapUsage', 'getIsolateId', 'getProperties',
               'queryObjects', 'releaseObject', 'releaseObjectGroup']],
], ({ 0: domain, 1: names }) => {
  ArrayPrototypeForEach(names, (name) => ANSWERED.add(`${domain}.${name}`));
});

/** DevTools' words for a method that is not there, and for one that cannot be done. */
const METHOD_NOT_FOUND = -32601;
const SERVER_ERROR = -32000;

/** V8's number for the only context that native tells it of. */
const MAIN_CONTEXT = 1;

/** As long as V8's own pieces of a snapshot. */
const CHUNK_CHARACTERS = 102400;

class Session extends EventEmitter {
  /** What native calls it; undefined when it is not connected. */
  #number;
  #nextId = 1;

  connect() {
    if (this.#number !== undefined) {
      throw new ERR_INSPECTOR_ALREADY_CONNECTED('The inspector session');
    }
    this.#number = devtools.openSession();
  }

  connectToMainThread() {
    if (require('internal/worker/self').isMainThread) throw new ERR_INSPECTOR_NOT_WORKER();
    if (this.#number !== undefined) {
      throw new ERR_INSPECTOR_ALREADY_CONNECTED('The inspector session');
    }
    // Threads share nothing that could carry it.
    throw new ERR_INSPECTOR_NOT_AVAILABLE();
  }

  post(method, params, callback) {
    validateString(method, 'method');
    if (!callback && typeof params === 'function') {
      callback = params;
      params = null;
    }
    if (params) validateObject(params, 'params');
    if (callback) validateFunction(callback, 'callback');
    if (this.#number === undefined) throw new ERR_INSPECTOR_NOT_CONNECTED();
    const { error, result } = this.#ask(method, params);
    if (!callback) return;
    try {
      if (error) callback(new ERR_INSPECTOR_COMMAND(error.code, error.message));
      else callback(null, result);
    } catch (thrown) {
      process.emitWarning(thrown);
    }
  }

  disconnect() {
    if (this.#number === undefined) return;
    devtools.closeSession(this.#number);
    this.#number = undefined;
    this.#nextId = 1;
  }

  #ask(method, params) {
    if (method === 'HeapProfiler.takeHeapSnapshot') return this.#takeHeapSnapshot();
    if (!ANSWERED.has(method)) {
      return { error: { code: METHOD_NOT_FOUND, message: `'${method}' wasn't found` } };
    }
    if (params?.awaitPromise) {
      return { error: { code: SERVER_ERROR, message: 'awaitPromise is not supported' } };
    }
    const message = { id: this.#nextId++, method };
    if (params) message.params = params;
    if (method === 'Runtime.evaluate' && params?.uniqueContextId === undefined) {
      message.params = { contextId: MAIN_CONTEXT, ...params };
    }
    // V8 makes a thread for the samples of a profile.
    const makesThread = method === 'Profiler.start';
    if (makesThread) holdSignals(true);
    const answer = devtools.dispatch(this.#number, JSONStringify(message));
    if (makesThread) holdSignals(false);
    return JSONParse(answer);
  }

  #takeHeapSnapshot() {
    const text = internalBinding('v8').heapSnapshot().latin1Slice();
    for (let at = 0; at < text.length; at += CHUNK_CHARACTERS) {
      const chunk = text.slice(at, MathMin(at + CHUNK_CHARACTERS, text.length));
      this.#tell('HeapProfiler.addHeapSnapshotChunk', { chunk });
    }
    return { result: {} };
  }

  #tell(method, params) {
    const message = { method, params };
    try {
      this.emit(method, message);
      this.emit('inspectorNotification', message);
    } catch (thrown) {
      process.emitWarning(thrown);
    }
  }
}

module.exports = { Session };
