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
const { defineLazyProperties } = internalBinding('util');

/** Natives that every start uses, though no module of the snapshot does when it is loaded. */
const SNAPSHOT_BINDINGS = ['contextify', 'modules', 'performance'];

/** Evaluated at build time, in this order. Everything else loads on first use. */
const SNAPSHOT_MODULES = [
  'internal/errors', 'internal/validators', 'internal/util', 'internal/options',
  'boot/turn', 'boot/process', 'events', 'path', 'timers',
  'internal/process/task_queues', 'internal/process/promises', 'internal/process/execution',
  'internal/console/engine', 'internal/timers', 'internal/process/env', 'internal/perf/clock',
  'internal/vm', 'internal/modules/package_json_reader', 'internal/modules/helpers',
  'internal/modules/cjs/loader', 'internal/modules/esm/utils', 'internal/modules/run_main',
  'boot/start',
];

// Globals in Node's order. Those of loaded modules are there; the others load their module when
// first read and look the same to a program. A module that the library does not have leaves its
// globals absent.
const GLOBALS = [
  { names: ['clearImmediate', 'setImmediate'], from: 'timers', enumerable: true },
  { names: ['URL', 'URLSearchParams'], from: 'internal/url' },
  { names: ['DOMException'], from: 'internal/domexception' },
  { names: ['AbortController', 'AbortSignal'], from: 'internal/abort_controller' },
  { names: ['Event', 'EventTarget', 'CustomEvent'], from: 'internal/event_target' },
  { names: ['TextEncoder', 'TextDecoder'], from: 'internal/encoding' },
  { names: ['TransformStream', 'TransformStreamDefaultController'],
    from: 'internal/webstreams/transformstream' },
  { names: ['WritableStream', 'WritableStreamDefaultController', 'WritableStreamDefaultWriter'],
    from: 'internal/webstreams/writablestream' },
  { names: ['ReadableStream', 'ReadableStreamDefaultReader', 'ReadableStreamBYOBReader',
            'ReadableStreamBYOBRequest', 'ReadableByteStreamController',
            'ReadableStreamDefaultController'],
    from: 'internal/webstreams/readablestream' },
  { names: ['ByteLengthQueuingStrategy', 'CountQueuingStrategy'],
    from: 'internal/webstreams/queuingstrategies' },
  { names: ['TextEncoderStream', 'TextDecoderStream'], from: 'internal/webstreams/encoding' },
  { names: ['CompressionStream', 'DecompressionStream'],
    from: 'internal/webstreams/compression' },
  { names: ['clearInterval', 'clearTimeout', 'setInterval', 'setTimeout'],
    from: 'timers', enumerable: true },
  { names: ['queueMicrotask'], from: 'internal/process/task_queues', enumerable: true },
  { names: ['structuredClone'], from: 'internal/structured_clone', enumerable: true },
  { names: ['atob', 'btoa'], from: 'buffer', enumerable: true },
  { names: ['BroadcastChannel', 'MessageChannel', 'MessagePort'], from: 'internal/worker/io' },
  { names: ['Blob'], from: 'internal/blob' },
  { names: ['File'], from: 'internal/file' },
  { names: ['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure',
            'PerformanceObserver', 'PerformanceObserverEntryList', 'PerformanceResourceTiming'],
    from: 'perf_hooks' },
  { names: ['performance'], from: 'perf_hooks', attribute: true, replaceable: true },
  { names: ['URLPattern'], from: 'internal/url_pattern' },
  { names: ['fetch'], from: 'web/fetch', enumerable: true },
  { names: ['FormData'], from: 'npm/undici/lib/web/fetch/formdata' },
  { names: ['Headers'], from: 'npm/undici/lib/web/fetch/headers' },
  { names: ['Request', 'Response'], from: 'npm/undici/index-fetch' },
  { names: ['MessageEvent', 'CloseEvent'], from: 'npm/undici/lib/web/websocket/events' },
  { names: ['WebSocket'], from: 'npm/undici/index-fetch' },
  { names: ['crypto'], from: 'internal/crypto/webcrypto', attribute: true, checked: true },
  { names: ['Crypto', 'CryptoKey', 'SubtleCrypto'], from: 'internal/crypto/webcrypto' },
  { names: ['Navigator'], from: 'internal/navigator' },
  { names: ['navigator'], from: 'internal/navigator', attribute: true },
];

function defineValue(name, value, enumerable) {
  ObjectDefineProperty(globalThis, name, {
    __proto__: null, value, writable: true, enumerable, configurable: true,
  });
}

/** A getter and a setter named `get` and `set`, as Node has for process and Buffer. */
function defineReplaceable(name, load) {
  let current;
  ObjectDefineProperty(globalThis, name, {
    __proto__: null,
    get() { return current === undefined ? current = load() : current; },
    set(value) {
      load = () => value;
      current = value;
    },
    enumerable: false,
    configurable: true,
  });
}

function checkGlobal(self) {
  if (self === undefined || self === null || self === globalThis) return;
  const { ERR_INVALID_THIS } = require('internal/errors').codes;
  throw new ERR_INVALID_THIS('nullish or must be the global object');
}

/**
 * A WebIDL attribute of the global object: getter and setter carry the name. Node looks at some of
 * their receivers, not at all.
 */
function defineAttribute(name, id, replaceable, checked) {
  let current;
  const { get, set } = ObjectGetOwnPropertyDescriptor({
    get [name]() {
      if (checked) checkGlobal(this);
      return current ??= require(id)[name];
    },
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
  // V8 adds it to what the language has.
  delete globalThis.Intl.v8BreakIterator;
  ObjectDefineProperty(globalThis, SymbolToStringTag, {
    __proto__: null, value: 'global', writable: false, enumerable: false, configurable: true,
  });
  defineLazyProperties(globalThis, 'internal/console/global_name', ['console'], false);
  defineReplaceable('process', () => process);
  defineValue('global', globalThis, true);
  defineReplaceable('Buffer', () => require('buffer').Buffer);
  ArrayPrototypeForEach(GLOBALS, (row) => {
    const { names, from, enumerable = false, attribute, replaceable, checked } = row;
    if (!BuiltinModule.exists(from)) return;
    const found = BuiltinModule.get(from);
    if (!attribute && !found.loaded) {
      defineLazyProperties(globalThis, from, names, enumerable);
      return;
    }
    ArrayPrototypeForEach(names, (name) => {
      if (attribute) defineAttribute(name, from, replaceable, checked);
      else defineValue(name, found.exports[name], enumerable);
    });
  });
}

/** Tells native what it needs of the library: it makes errors itself. */
function connectNatives() {
  const { ErrorPrepareStackTrace, prepareStackTraceCallback } = require('internal/errors/stack');
  internalBinding('errors').setPrepareStackTraceCallback(prepareStackTraceCallback);
  internalBinding('wasm_web_api').setImplementation((stream, source) => {
    require('internal/wasm_web_api').compileStream(stream, source);
  });
  ObjectDefineProperty(Error, 'prepareStackTrace', {
    __proto__: null,
    value: ErrorPrepareStackTrace,
    writable: true,
    enumerable: false,
    configurable: true,
  });
  internalBinding('messaging').setDataCloneError((message) => {
    const { DOMException } = require('internal/domexception');
    return new DOMException(message, 'DataCloneError');
  });
}

connectNatives();
ArrayPrototypeForEach(SNAPSHOT_BINDINGS, (name) => internalBinding(name));
ArrayPrototypeForEach(SNAPSHOT_MODULES, (id) => {
  if (BuiltinModule.exists(id)) require(id);
});
installGlobals();

module.exports = { start: require('boot/start').start };
