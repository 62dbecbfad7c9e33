'use strict';
// module.register() as the program's thread sees it: one thread of its own runs all asynchronous
// hooks (internal/modules/esm/worker). Our loader is synchronous, so each request waits for its
// answer; what the program awaits is only that its modules run.

const {
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  AtomicsLoad,
  AtomicsWait,
  Int32Array,
  JSONStringify,
  ObjectSetPrototypeOf,
  RegExpPrototypeSymbolReplace,
  encodeURIComponent,
  globalThis,
} = primordials;

const { codes: {
  ERR_ASYNC_LOADER_REQUEST_NEVER_SETTLED,
  ERR_WORKER_UNSERIALIZABLE_ERROR,
} } = require('internal/errors');
const { deserializeError } = require('internal/error_serdes');
const { MessageChannel, receiveMessageOnPort } = require('internal/worker/io');

/** How long an answer may take before somebody looks whether one can come. */
const LOOK_MS = 1000;

class HookThread {
  /** Counts what the thread has said. */
  #said = new Int32Array(new globalThis.SharedArrayBuffer(4));
  #heard = 0;
  #port;
  #worker;
  #isReady = false;

  constructor() {
    const { Worker, kIsInternal } = require('internal/worker');
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    port1.unref();
    const worker = new Worker('internal/modules/esm/worker', {
      __proto__: null,
      workerData: { said: this.#said.buffer, port: port2 },
      transferList: [port2],
    }, kIsInternal);
    // Hooks alone do not keep a program alive; what ends their thread ends the program.
    worker.unref();
    worker.on('exit', (code) => process.exit(code));
    this.#worker = worker;
  }

  #receive() {
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received !== undefined) return received.message;
      // A thread that has ended says nothing more; its end is this program's.
      if (AtomicsWait(this.#said, 0, this.#heard, LOOK_MS) === 'timed-out') {
        require('internal/worker').lookAfter(this.#worker);
      }
      this.#heard = AtomicsLoad(this.#said, 0);
    }
  }

  #take() {
    const { status, body } = this.#receive();
    switch (status) {
      case 'success':
        return body;
      case 'exit':
        return process.exit(body);
      case 'never-settle':
        throw new ERR_ASYNC_LOADER_REQUEST_NEVER_SETTLED();
      case 'thrown':
        throw body;
      default: {
        if (body === undefined) throw new ERR_WORKER_UNSERIALIZABLE_ERROR();
        const error = deserializeError(body);
        throw error;
      }
    }
  }

  /** Waits until the loaders of the command line are there; throws what one of them threw. */
  waitUntilReady() {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#take();
  }

  #request(method, args, transferList) {
    this.waitUntilReady();
    this.#port.postMessage({ __proto__: null, method, args }, transferList);
    return this.#take();
  }

  register(specifier, parentURL, data, transferList) {
    this.#request('register', [specifier, parentURL, data], transferList);
  }

  resolve(specifier, parentURL, importAttributes) {
    return this.#request('resolve', [specifier, parentURL, { ...importAttributes }]);
  }

  load(url, { format, importAttributes }) {
    return this.#request('load', [url, { format, importAttributes: { ...importAttributes } }]);
  }
}
ObjectSetPrototypeOf(HookThread.prototype, null);

let hookThread;

/** The one thread that runs the hooks of this thread's program. */
function getHookThread() {
  hookThread ??= new HookThread();
  return hookThread;
}

/** What --experimental-loader should be today. */
function warnAboutLoaderOption(loaders) {
  const calls = ArrayPrototypeMap(loaders, (loader) => {
    let text = encodeURIComponent(JSONStringify(loader));
    text = RegExpPrototypeSymbolReplace(/'/g, text, '%27');
    text = RegExpPrototypeSymbolReplace(/%22/g, text, '"');
    text = RegExpPrototypeSymbolReplace(/%2F/ig, text, '/');
    return `register(${text}, pathToFileURL("./"))`;
  });
  const lines = [];
  ArrayPrototypePush(
    lines,
    '`--experimental-loader` may be removed in the future; instead use `register()`:',
    "--import 'data:text/javascript,import { register } from \"node:module\"; " +
    `import { pathToFileURL } from "node:url"; ${ArrayPrototypeJoin(calls, '; ')};'`);
  process.emitWarning(ArrayPrototypeJoin(lines, '\n'), 'ExperimentalWarning');
}

module.exports = { getHookThread, warnAboutLoaderOption };
