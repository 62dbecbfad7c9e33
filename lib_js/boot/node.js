'use strict';
// What a program finds when it starts: loads the modules that belong in the
// start-up snapshot and installs the globals. Evaluated once, at build time;
// nothing here may read run-time state. Native keeps `start` and calls it in
// every process that revives the snapshot.

const {
  ArrayPrototypeForEach,
  Error,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  SymbolToStringTag,
  globalThis,
} = primordials;

const { BuiltinModule } = require('internal/bootstrap/realm');

/** Evaluated at build time, in this order. Everything else loads on first use. */
const SNAPSHOT_MODULES = [
  'internal/errors', 'internal/validators', 'internal/util', 'internal/util/inspect',
  'internal/options', 'internal/domexception', 'internal/assert',
  'boot/turn', 'boot/process',
  'events', 'internal/event_target', 'internal/abort_controller',
  'buffer', 'internal/url', 'url', 'path', 'path/posix', 'querystring', 'util', 'util/types',
  'internal/encoding', 'string_decoder',
  'internal/process/task_queues', 'internal/process/promises', 'internal/process/warning',
  'internal/process/execution', 'internal/timers', 'timers', 'timers/promises',
  'async_hooks', 'diagnostics_channel',
  'stream', 'stream/promises', 'fs', 'fs/promises', 'os', 'constants',
  'internal/console/global', 'console', 'tty', 'process',
  'net', 'http', 'assert',
  'internal/vm', 'internal/modules/package_json_reader', 'internal/modules/helpers',
  'internal/modules/cjs/loader', 'internal/modules/esm/utils', 'internal/modules/esm/get_format',
  'internal/modules/esm/resolve', 'internal/modules/esm/load',
  'internal/modules/esm/translators', 'internal/modules/esm/module_job',
  'internal/modules/esm/loader', 'internal/modules/run_main', 'module',
  'internal/navigator', 'perf_hooks', 'boot/start',
];

// Globals in Node's order: present now, or from their first use on if `lazy`.
// A module that the library does not have leaves its globals absent.
const GLOBALS = [
  { names: ['clearImmediate', 'setImmediate'], from: 'timers', enumerable: true },
  { names: ['URL', 'URLSearchParams'], from: 'internal/url' },
  { names: ['DOMException'], from: 'internal/domexception' },
  { names: ['AbortController', 'AbortSignal'], from: 'internal/abort_controller' },
  { names: ['Event', 'EventTarget', 'CustomEvent'], from: 'internal/event_target' },
  { names: ['TextEncoder', 'TextDecoder'], from: 'internal/encoding' },
  { names: ['TransformStream', 'TransformStreamDefaultController'],
    from: 'internal/webstreams/transformstream', lazy: true },
  { names: ['WritableStream', 'WritableStreamDefaultController', 'WritableStreamDefaultWriter'],
    from: 'internal/webstreams/writablestream', lazy: true },
  { names: ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader',
            'ReadableStreamBYOBRequest', 'ReadableByteStreamController',
            'ReadableStreamDefaultController'],
    from: 'internal/webstreams/readablestream', lazy: true },
  { names: ['ByteLengthQueuingStrategy', 'CountQueuingStrategy'],
    from: 'internal/webstreams/queuingstrategies', lazy: true },
  { names: ['TextEncoderStream', 'TextDecoderStream'],
    from: 'internal/webstreams/encoding', lazy: true },
  { names: ['CompressionStream', 'DecompressionStream'],
    from: 'internal/webstreams/compression', lazy: true },
  { names: ['clearInterval', 'clearTimeout', 'setInterval', 'setTimeout'],
    from: 'timers', enumerable: true },
  { names: ['queueMicrotask'], from: 'internal/process/task_queues', enumerable: true },
  { names: ['structuredClone'], from: 'internal/structured_clone', enumerable: true },
  { names: ['atob', 'btoa'], from: 'buffer', enumerable: true },
  { names: ['BroadcastChannel', 'MessageChannel', 'MessagePort'],
    from: 'internal/worker/io', lazy: true },
  { names: ['Blob'], from: 'internal/blob', lazy: true },
  { names: ['File'], from: 'internal/file', lazy: true },
  { names: ['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure',
            'PerformanceObserver', 'PerformanceObserverEntryList'],
    from: 'perf_hooks' },
  { names: ['performance'], from: 'perf_hooks', attribute: true, replaceable: true },
  { names: ['URLPattern'], from: 'internal/url_pattern', lazy: true },
  { names: ['fetch'], from: 'web/fetch', enumerable: true, lazy: true },
  { names: ['FormData', 'Headers', 'Request', 'Response'],
    from: 'web/fetch_classes', lazy: true },
  { names: ['MessageEvent'], from: 'internal/worker/message_event', lazy: true },
  { names: ['CloseEvent', 'WebSocket'], from: 'web/websocket', lazy: true },
  { names: ['crypto'], from: 'internal/crypto/webcrypto', attribute: true },
  { names: ['Crypto', 'CryptoKey', 'SubtleCrypto'],
    from: 'internal/crypto/webcrypto', lazy: true },
  { names: ['Navigator'], from: 'internal/navigator' },
  { names: ['navigator'], from: 'internal/navigator', attribute: true },
];

function defineValue(name, value, enumerable) {
  ObjectDefineProperty(globalThis, name, {
    __proto__: null, value, writable: true, enumerable, configurable: true,
  });
}

/** A getter and a setter named `get` and `set`, as Node has for process and Buffer. */
function defineReplaceable(name, initial) {
  let current = initial;
  ObjectDefineProperty(globalThis, name, {
    __proto__: null,
    get() { return current; },
    set(value) { current = value; },
    enumerable: false,
    configurable: true,
  });
}

/** Reads as the module's export from its first use on; writing replaces it. */
function defineLazy(name, id, enumerable) {
  ObjectDefineProperty(globalThis, name, {
    __proto__: null,
    get() {
      const value = require(id)[name];
      defineValue(name, value, enumerable);
      return value;
    },
    set(value) { defineValue(name, value, enumerable); },
    enumerable,
    configurable: true,
  });
}

/** A WebIDL attribute of the global object: getter and setter carry the name. */
function defineAttribute(name, id, replaceable) {
  const { get, set } = ObjectGetOwnPropertyDescriptor({
    get [name]() { return require(id)[name]; },
    set [name](value) { defineValue(name, value, true); },
  }, name);
  ObjectDefineProperty(globalThis, name, {
    __proto__: null,
    get,
    set: replaceable ? set : undefined,
    enumerable: true,
    configurable: true,
  });
}

function installGlobals() {
  ObjectDefineProperty(globalThis, SymbolToStringTag, {
    __proto__: null, value: 'global', writable: false, enumerable: false, configurable: true,
  });
  if (BuiltinModule.exists('internal/console/global')) {
    defineValue('console', require('internal/console/global'), false);
  }
  defineReplaceable('process', process);
  defineValue('global', globalThis, true);
  if (BuiltinModule.exists('buffer')) defineReplaceable('Buffer', require('buffer').Buffer);
  ArrayPrototypeForEach(GLOBALS, (row) => {
    const { names, from, enumerable = false, lazy, attribute, replaceable } = row;
    if (!BuiltinModule.exists(from)) return;
    ArrayPrototypeForEach(names, (name) => {
      if (attribute) defineAttribute(name, from, replaceable);
      else if (lazy) defineLazy(name, from, enumerable);
      else defineValue(name, require(from)[name], enumerable);
    });
  });
}

/** Tells native what it needs of the library: it makes Buffers and errors itself. */
function connectNatives() {
  const { ErrorPrepareStackTrace, prepareStackTraceCallback } = require('internal/errors/stack');
  internalBinding('errors').setPrepareStackTraceCallback(prepareStackTraceCallback);
  ObjectDefineProperty(Error, 'prepareStackTrace', {
    __proto__: null,
    value: ErrorPrepareStackTrace,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  internalBinding('buffer').setBufferPrototype(require('buffer').Buffer.prototype);
  internalBinding('messaging').setDataCloneError((message) => {
    const { DOMException } = require('internal/domexception');
    return new DOMException(message, 'DataCloneError');
  });
}

connectNatives();
ArrayPrototypeForEach(SNAPSHOT_MODULES, (id) => {
  if (BuiltinModule.exists(id)) require(id);
});
installGlobals();

module.exports = { start: require('boot/start').start };
