'use strict';
// class Worker: a thread as the one that made it sees it. Native makes and ends the thread; all
// that is said goes through two ports, one for the program and one for what stands in this file and
// in internal/main/worker_thread.

const {
  ArrayIsArray,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  AtomicsAdd,
  MathMax,
  NumberMAX_SAFE_INTEGER,
  ObjectEntries,
  Promise,
  PromiseResolve,
  PromiseWithResolvers,
  RegExpPrototypeExec,
  SafeMap,
  String,
  StringPrototypeTrim,
  Symbol,
  SymbolAsyncDispose,
  SymbolFor,
  Uint32Array,
} = primordials;

const EventEmitter = require('events');
const path = require('path');
const {
  ErrnoException,
  codes,
} = require('internal/errors');
const {
  ERR_HEAP_PROFILE_HAVE_BEEN_STARTED,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_WORKER_INVALID_EXEC_ARGV,
  ERR_WORKER_NOT_RUNNING,
  ERR_WORKER_PATH,
  ERR_WORKER_UNSERIALIZABLE_ERROR,
} = codes;
const { validateNumber, validateObject, validateString } = require('internal/validators');
const { fileURLToPath, isURL, pathToFileURL } = require('internal/url');
const { getOptionValue } = require('internal/options');
const { kEmptyObject } = require('internal/util');
const { registerKind } = require('boot/turn');
const {
  MessageChannel,
  createPort,
  drainMessagePort,
  setupPortReferencing,
} = require('internal/worker/io');
const {
  ReadableWorkerStdio,
  WritableWorkerStdio,
  kCountsReference,
  kStdioWantsMoreDataCallback,
  messageTypes,
} = require('internal/worker/stdio');
const { registerThread, unregisterThread } = require('internal/worker/messaging');
const self = require('internal/worker/self');
const { emitDestroy, emitInit, newAsyncId, watch } = require('internal/async_hooks');

const native = internalBinding('worker');
const messaging = internalBinding('messaging');
const { refAdd } = internalBinding('turn');

const SHARE_ENV = SymbolFor('nodejs.worker_threads.SHARE_ENV');
const ENTRY_WORKER = 29;
const DEFAULT_NAME = 'WorkerThread';

// How a worker ended, see bindings/src/worker.rs.
const OUT_OF_MEMORY = 1;
const UNSTARTED = 3;

// What a worker can be asked, see bindings/engine/src/remote.rs and src/worker.rs.
const HEAP_STATISTICS = 0;
const HEAP_SNAPSHOT = 1;
const CPU_PROFILE_START = 2;
const CPU_PROFILE_STOP = 3;
const HEAP_PROFILE_START = 4;
const HEAP_PROFILE_STOP = 5;
const CPU_USAGE = 100;

const kHandle = Symbol('kHandle');
const kPort = Symbol('kPort');
const kPublicPort = Symbol('kPublicPort');
const kStdio = Symbol('kParentSideStdio');
const kOnExit = Symbol('kOnExit');
const kOnMessage = Symbol('kOnMessage');
const kIsReferenced = Symbol('kIsReferenced');
const kLimits = Symbol('kLimits');
const kAnswers = Symbol('kAnswers');
const kHasHeapProfile = Symbol('kHasHeapProfile');
const kThreadId = Symbol('kThreadId');
const kThreadName = Symbol('kThreadName');
const kResource = Symbol('kResource');
const kIsInternal = Symbol('kIsInternal');

/** Workers of this thread that have not ended, by handle. */
const workers = new SafeMap();

let environmentData;

function setEnvironmentData(key, value) {
  environmentData ??= new SafeMap();
  if (value === undefined) environmentData.delete(key);
  else environmentData.set(key, value);
}

function getEnvironmentData(key) {
  return environmentData?.get(key);
}

/** Of a worker: what its maker had set when it made it. */
function assignEnvironmentData(data) {
  if (data === undefined) return;
  data.forEach((value, key) => setEnvironmentData(key, value));
}

/** Counts changes of the directory, so that workers need not ask for it each time. */
let cwdCounter;

function countDirectories() {
  if (!self.isMainThread) return self.cwdCounter;
  // --no-harmony-sharedarraybuffer
  if (typeof SharedArrayBuffer === 'undefined') return undefined;
  const counter = new Uint32Array(new SharedArrayBuffer(4));
  const { chdir } = process;
  process.chdir = function(path) {
    chdir(path);
    // Behind it: who asks in between must ask again.
    AtomicsAdd(counter, 0, 1);
  };
  return counter;
}

// ---- what the constructor was given

/** @returns {{ filename: string, url?: string, doEval: string | false }} */
function toScript(filename, options) {
  if (options.eval) {
    if (typeof filename !== 'string') {
      throw new ERR_INVALID_ARG_VALUE(
        'options.eval', options.eval, "must be false when 'filename' is not a string");
    }
    return { filename, doEval: 'classic' };
  }
  if (isURL(filename)) {
    if (filename.protocol === 'data:') {
      return { filename: `${filename}`, doEval: 'data-url' };
    }
    return { filename: fileURLToPath(filename), url: filename.href, doEval: false };
  }
  if (typeof filename !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('filename', ['string', 'URL'], filename);
  }
  if (!path.isAbsolute(filename) && RegExpPrototypeExec(/^\.\.?[\\/]/, filename) === null) {
    throw new ERR_WORKER_PATH(filename);
  }
  const resolved = path.resolve(filename);
  return { filename: resolved, url: pathToFileURL(resolved).href, doEval: false };
}

/** The environment as native takes it: a list of names and values, or undefined for "shared". */
function toEnvironment(env) {
  let entries;
  if (typeof env === 'object' && env !== null) {
    entries = ObjectEntries(env);
  } else if (env === undefined || env === null) {
    entries = ObjectEntries(process.env);
  } else if (env === SHARE_ENV) {
    require('internal/process/env').shareEnv(process.env);
    return undefined;
  } else {
    throw new ERR_INVALID_ARG_TYPE(
      'options.env', ['object', 'undefined', 'null', 'worker_threads.SHARE_ENV'], env);
  }
  const words = [];
  ArrayPrototypeForEach(entries, ({ 0: key, 1: value }) => {
    ArrayPrototypePush(words, key, `${value}`);
  });
  return words;
}

/** [young, old, code, stack] in MB, 0 where nothing was asked. */
function toLimits(limits) {
  const list = [0, 0, 0, 0];
  if (limits === undefined || limits === null) return list;
  if (typeof limits !== 'object') return list;
  const { maxYoungGenerationSizeMb, maxOldGenerationSizeMb, codeRangeSizeMb, stackSizeMb } = limits;
  if (typeof maxYoungGenerationSizeMb === 'number') list[0] = maxYoungGenerationSizeMb;
  if (typeof maxOldGenerationSizeMb === 'number') list[1] = MathMax(maxOldGenerationSizeMb, 2);
  if (typeof codeRangeSizeMb === 'number') list[2] = codeRangeSizeMb;
  if (typeof stackSizeMb === 'number') list[3] = stackSizeMb;
  return list;
}

/** Refuses flags that a thread cannot have, as Node's native parser does. */
function checkExecArgv(execArgv, env) {
  const nodeOptions = typeof env === 'object' && env !== null ? env.NODE_OPTIONS : undefined;
  if (execArgv !== undefined) {
    const refused = native.refusedOptions(ArrayPrototypeMap(execArgv, String), undefined);
    if (refused.length > 0) throw new ERR_WORKER_INVALID_EXEC_ARGV(refused);
  }
  if (nodeOptions !== undefined) {
    const refused = native.refusedOptions([], `${nodeOptions}`);
    if (refused.length > 0) {
      throw new ERR_WORKER_INVALID_EXEC_ARGV(refused, 'invalid NODE_OPTIONS env variable');
    }
  }
}

function toList(value, name) {
  if (!value) return undefined;
  if (!ArrayIsArray(value)) throw new ERR_INVALID_ARG_TYPE(name, 'Array', value);
  return ArrayPrototypeMap(value, String);
}

// ---- news from native

function onNews(handle) {
  const worker = workers.get(handle);
  if (worker === undefined) return;
  const answers = native.answers(handle);
  for (let i = 0; i < answers.length; i += 2) {
    const resolve = worker[kAnswers].get(answers[i]);
    worker[kAnswers].delete(answers[i]);
    resolve?.(answers[i + 1]);
  }
  const end = native.join(handle);
  if (end !== undefined) worker[kOnExit](end[0], end[1]);
}

registerKind(ENTRY_WORKER, onNews);

/** For who sleeps until a worker says something: has it ended instead? Emits what it has to. */
function lookAfter(worker) {
  onNews(worker[kHandle]);
}

let lastTicket = 0;

/** @returns {Promise<any>} rejected when the worker has ended */
function ask(worker, what, option = 0) {
  const handle = worker[kHandle];
  return new Promise((resolve, reject) => {
    if (handle === undefined) {
      reject(new ERR_WORKER_NOT_RUNNING());
      return;
    }
    const ticket = ++lastTicket;
    refAdd(1);
    worker[kAnswers].set(ticket, (answer) => {
      refAdd(-1);
      if (answer === undefined) reject(new ERR_WORKER_NOT_RUNNING());
      else resolve(answer);
    });
    native.ask(handle, what, ticket, option);
  });
}

function pipeTo(source, name) {
  const target = process[name];
  const maxListeners = target.getMaxListeners();
  // One more pipe is no leak.
  target.setMaxListeners(Infinity);
  source.pipe(target);
  target.setMaxListeners(maxListeners);
}

/** The thread as async hooks see it. */
class ThreadResource {
  #isReferenced = true;
  #id;

  constructor() {
    if (watch.init === 0) return;
    this.#id = newAsyncId();
    emitInit(this.#id, 'WORKER', undefined, this);
  }

  setRef(isReferenced) {
    this.#isReferenced = isReferenced;
  }

  end() {
    process.nextTick(() => {
      this.#isReferenced = undefined;
      if (this.#id !== undefined) emitDestroy(this.#id);
    });
  }

  hasRef() {
    return this.#isReferenced;
  }
}

class Worker extends EventEmitter {
  constructor(filename, options = kEmptyObject) {
    super();
    const isInternal = arguments[2] === kIsInternal;
    const execArgv = toList(options.execArgv, 'options.execArgv');
    const argv = toList(options.argv, 'options.argv');
    const script = isInternal ? { filename, doEval: 'internal' } : toScript(filename, options);
    const environment = toEnvironment(options.env);
    let name = DEFAULT_NAME;
    if (options.name) {
      validateString(options.name, 'options.name');
      name = StringPrototypeTrim(options.name);
    }
    checkExecArgv(execArgv, options.env);
    const limits = toLimits(options.resourceLimits);
    this[kResource] = new ThreadResource();

    if (getOptionValue('--permission')) {
      require('internal/process/permission').check('worker', '');
    }

    const { 0: inner, 1: outer } = messaging.openChannel();
    const port = this[kPort] = createPort(inner);
    port.on('message', (message) => this[kOnMessage](message));
    // The thread keeps this one alive, not what it says.
    port.unref();
    this[kStdio] = this.#openStdio(port, options);
    this[kLimits] = limits;
    this[kAnswers] = new SafeMap();
    this[kIsReferenced] = false;
    this[kHasHeapProfile] = false;
    this[kThreadId] = native.nextThreadId();
    this[kThreadName] = name;
    try {
      this[kPublicPort] = this.#load(script, argv, options, isInternal);
    } catch (error) {
      // What cannot be sent: there will be no thread to wait for.
      port.close();
      throw error;
    }
    this.performance = { eventLoopUtilization: loopUtilization(this) };

    const handle = native.start(this[kThreadId], name, execArgv ?? process.execArgv, environment,
                                limits, messaging.portDetach(outer));
    if (handle < 0) throw new ErrnoException(handle, 'uv_thread_create_ex');
    this[kHandle] = handle;
    workers.set(handle, this);
    this[kIsReferenced] = true;
    refAdd(1);
    process.nextTick(() => process.emit('worker', this));
  }

  #openStdio(port, options) {
    const stdin = options.stdin ? new WritableWorkerStdio(port, 'stdin') : null;
    const stdout = new ReadableWorkerStdio(port, 'stdout');
    const stderr = new ReadableWorkerStdio(port, 'stderr');
    if (!options.stdout) {
      stdout[kCountsReference] = false;
      pipeTo(stdout, 'stdout');
    }
    if (!options.stderr) {
      stderr[kCountsReference] = false;
      pipeTo(stderr, 'stderr');
    }
    return { stdin, stdout, stderr };
  }

  /** Sends the worker what it begins with, before it is there to read it. */
  #load(script, argv, options, isInternal) {
    const { port1, port2 } = new MessageChannel();
    const mainPort = registerThread(this[kThreadId]);
    const transferList = [port2, mainPort];
    if (options.transferList) ArrayPrototypePush(transferList, ...options.transferList);
    ArrayPrototypeForEach(['message', 'messageerror'], (event) => {
      port1.on(event, (message) => this.emit(event, message));
    });
    port1.unref();
    setupPortReferencing(port1, this, 'message');
    this[kPort].postMessage({
      type: messageTypes.LOAD_SCRIPT,
      filename: script.filename,
      url: script.url,
      doEval: script.doEval,
      isInternal,
      argv,
      workerData: options.workerData,
      environmentData,
      cwdCounter: cwdCounter ??= countDirectories(),
      publicPort: port2,
      mainPort,
      hasStdin: !!options.stdin,
    }, transferList);
    return port1;
  }

  [kOnMessage](message) {
    switch (message.type) {
      case messageTypes.UP_AND_RUNNING:
        this.emit('online');
        break;
      case messageTypes.COULD_NOT_SERIALIZE_ERROR:
        this.emit('error', new ERR_WORKER_UNSERIALIZABLE_ERROR());
        break;
      case messageTypes.DEPENDENCY:
        require('internal/modules/helpers').dependencies.report?.(message.file);
        break;
      case messageTypes.ERROR_MESSAGE: {
        const { deserializeError } = require('internal/error_serdes');
        this.emit('error', deserializeError(message.error));
        break;
      }
      case messageTypes.STDIO_PAYLOAD:
        this[kStdio][message.stream].take(message.chunks);
        break;
      case messageTypes.STDIO_WANTS_MORE_DATA:
        this[kStdio][message.stream][kStdioWantsMoreDataCallback]();
        break;
      default:
        require('assert').fail(`Unknown worker message type ${message.type}`);
    }
  }

  [kOnExit](code, how) {
    const port = this[kPort];
    const publicPort = this[kPublicPort];
    drainMessagePort(publicPort);
    drainMessagePort(port);
    if (this[kIsReferenced]) refAdd(-1);
    this[kIsReferenced] = false;
    this[kResource].end();
    publicPort.unref();
    workers.delete(this[kHandle]);
    this[kHandle] = undefined;
    port.close();
    publicPort.close();
    unregisterThread(this[kThreadId]);
    this[kAnswers].forEach((resolve) => resolve(undefined));
    this[kAnswers].clear();
    const { stdout, stderr } = this[kStdio];
    if (!stdout.readableEnded) stdout.push(null);
    if (!stderr.readableEnded) stderr.push(null);
    this[kThreadId] = -1;
    this[kThreadName] = null;
    if (how === OUT_OF_MEMORY) {
      this.emit('error', new codes.ERR_WORKER_OUT_OF_MEMORY('JS heap out of memory'));
    } else if (how === UNSTARTED) {
      this.emit('error', new codes.ERR_WORKER_INIT_FAILED('EMFILE'));
    }
    this.emit('exit', code);
  }

  postMessage(...args) {
    if (this[kHandle] === undefined) return;
    this[kPublicPort].postMessage(...args);
  }

  terminate(callback) {
    this.ref();
    if (typeof callback === 'function') {
      process.emitWarning(
        'Passing a callback to worker.terminate() is deprecated. ' +
        'It returns a Promise instead.', 'DeprecationWarning', 'DEP0132');
      if (this[kHandle] === undefined) return PromiseResolve();
      this.once('exit', (exitCode) => callback(null, exitCode));
    }
    if (this[kHandle] === undefined) return PromiseResolve();
    native.stop(this[kHandle]);
    const { promise, resolve } = PromiseWithResolvers();
    this.once('exit', resolve);
    return promise;
  }

  async [SymbolAsyncDispose]() {
    await this.terminate();
  }

  ref() {
    if (this[kHandle] === undefined || this[kIsReferenced]) return;
    this[kIsReferenced] = true;
    refAdd(1);
    this[kResource].setRef(true);
    this[kPublicPort].ref();
  }

  unref() {
    if (!this[kIsReferenced]) return;
    this[kIsReferenced] = false;
    refAdd(-1);
    this[kResource].setRef(false);
    this[kPublicPort].unref();
  }

  get threadId() {
    return this[kThreadId];
  }

  get threadName() {
    return this[kThreadName];
  }

  get stdin() {
    return this[kStdio].stdin;
  }

  get stdout() {
    return this[kStdio].stdout;
  }

  get stderr() {
    return this[kStdio].stderr;
  }

  get resourceLimits() {
    if (this[kHandle] === undefined) return {};
    return require('internal/worker/limits').effectiveLimits(this[kLimits]);
  }

  getHeapSnapshot(options) {
    const { getHeapSnapshotOptions, snapshotStream } = require('internal/heap_utils');
    getHeapSnapshotOptions(options);
    return ask(this, HEAP_SNAPSHOT).then(snapshotStream);
  }

  getHeapStatistics() {
    return ask(this, HEAP_STATISTICS).then(require('internal/v8/statistics').statisticsOf);
  }

  async startCpuProfile() {
    const session = await ask(this, CPU_PROFILE_START);
    const { CPUProfileHandle } = require('internal/worker/profile');
    return new CPUProfileHandle(() => ask(this, CPU_PROFILE_STOP, session));
  }

  async startHeapProfile() {
    if (this[kHandle] !== undefined && this[kHasHeapProfile]) {
      throw new ERR_HEAP_PROFILE_HAVE_BEEN_STARTED();
    }
    this[kHasHeapProfile] = true;
    const session = await ask(this, HEAP_PROFILE_START);
    const { HeapProfileHandle } = require('internal/worker/profile');
    return new HeapProfileHandle(() => {
      this[kHasHeapProfile] = false;
      return ask(this, HEAP_PROFILE_STOP, session);
    });
  }

  cpuUsage(prev) {
    if (prev) {
      validateObject(prev, 'prev');
      validateNumber(prev.user, 'prev.user', 0, NumberMAX_SAFE_INTEGER);
      validateNumber(prev.system, 'prev.system', 0, NumberMAX_SAFE_INTEGER);
    }
    return ask(this, CPU_USAGE).then(({ 0: user, 1: system }) => (prev ? {
      user: user - prev.user, system: system - prev.system,
    } : { user, system }));
  }
}

/** How busy the worker's loop is, from what it has waited since it began. */
function loopUtilization(worker) {
  return function eventLoopUtilization(one, other) {
    const { internalEventLoopUtilization } = require('internal/perf/event_loop_utilization');
    const loop = native.loopTimes(worker[kHandle] ?? 0);
    return internalEventLoopUtilization(loop[0], loop[1], one, other);
  };
}

module.exports = {
  SHARE_ENV,
  Worker,
  assignEnvironmentData,
  getEnvironmentData,
  isInternalThread: self.isInternalThread,
  isMainThread: self.isMainThread,
  kIsInternal,
  lookAfter,
  resourceLimits: self.resourceLimits,
  setEnvironmentData,
  threadId: self.threadId,
  threadName: self.threadName,
};
