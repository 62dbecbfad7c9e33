'use strict';

// --frozen-intrinsics: after this no program can change what the language itself offers. Objects
// that inherit from a frozen prototype may still have properties of the same names: assigning to
// them defines a property of their own, as if the prototype's were writable.

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ReflectOwnKeys,
  SafeSet,
  String,
  SymbolIterator,
  TypeError,
  globalThis,
} = primordials;

/** What a program finds in globalThis because of the language, and what Node freezes beside it. */
const NAMES = [
  'AggregateError', 'Array', 'ArrayBuffer', 'Atomics', 'BigInt', 'BigInt64Array',
  'BigUint64Array', 'Boolean', 'DataView', 'Date', 'Error', 'EvalError', 'FinalizationRegistry',
  'Float16Array', 'Float32Array', 'Float64Array', 'Function', 'Int16Array', 'Int32Array',
  'Int8Array', 'Intl', 'Iterator', 'JSON', 'Map', 'Math', 'Number', 'Object', 'Promise', 'Proxy',
  'RangeError', 'ReferenceError', 'Reflect', 'RegExp', 'Set', 'SharedArrayBuffer', 'String',
  'Symbol', 'SyntaxError', 'TypeError', 'URIError', 'Uint16Array', 'Uint32Array', 'Uint8Array',
  'Uint8ClampedArray', 'WeakMap', 'WeakRef', 'WeakSet', 'WebAssembly', 'clearImmediate',
  'clearInterval', 'clearTimeout', 'console', 'decodeURI', 'decodeURIComponent', 'encodeURI',
  'encodeURIComponent', 'escape', 'eval', 'isFinite', 'isNaN', 'parseFloat', 'parseInt',
  'setImmediate', 'setInterval', 'setTimeout', 'unescape',
];

function isObject(value) {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Intrinsics that no global names. */
function nameless() {
  const ofPrototype = (object) => ObjectGetPrototypeOf(object);
  return [
    ofPrototype(ofPrototype([][SymbolIterator]())),
    ofPrototype([][SymbolIterator]()),
    ofPrototype(''[SymbolIterator]()),
    ofPrototype(new globalThis.Map()[SymbolIterator]()),
    ofPrototype(new globalThis.Set()[SymbolIterator]()),
    ofPrototype(function*() {}),
    ofPrototype(async () => {}),
    ofPrototype(async function*() {}),
    ofPrototype(globalThis.Uint8Array),
    ObjectGetOwnPropertyDescriptor(globalThis.Function.prototype, 'caller').get,
  ];
}

/** All objects that the roots lead to, without running an accessor. */
function reachable(roots) {
  const found = new SafeSet();
  const waiting = [];
  const meet = (value) => {
    if (!isObject(value) || found.has(value) || value === globalThis) return;
    found.add(value);
    ArrayPrototypePush(waiting, value);
  };
  ArrayPrototypeForEach(roots, meet);
  for (let i = 0; i < waiting.length; i++) {
    meet(ObjectGetPrototypeOf(waiting[i]));
    const keys = ReflectOwnKeys(waiting[i]);
    for (let k = 0; k < keys.length; k++) {
      const { value, get, set } = ObjectGetOwnPropertyDescriptor(waiting[i], keys[k]);
      meet(value);
      meet(get);
      meet(set);
    }
  }
  return found;
}

/** Lets heirs of `prototype` be assigned a property of this name once it is frozen. */
function makeOverridable(prototype, key) {
  const descriptor = ObjectGetOwnPropertyDescriptor(prototype, key);
  if (descriptor.value === undefined || !descriptor.configurable) return;
  const { value } = descriptor;
  function set(newValue) {
    if (this === prototype) {
      throw new TypeError(`Cannot assign to read only property '${String(key)}' of object`);
    }
    if (ObjectHasOwn(this, key)) {
      this[key] = newValue;
      return;
    }
    ObjectDefineProperty(this, key, {
      __proto__: null, value: newValue, writable: true, enumerable: true, configurable: true,
    });
  }
  ObjectDefineProperty(prototype, key, {
    __proto__: null, get: () => value, set, enumerable: descriptor.enumerable, configurable: false,
  });
}

/** Library files that make classes out of intrinsics do so before those are frozen. */
const LOADED_BEFORE = [
  'assert', 'buffer', 'child_process', 'crypto', 'events', 'fs', 'fs/promises', 'http', 'net',
  'os', 'perf_hooks', 'readline', 'stream', 'stream/promises', 'timers/promises', 'tty', 'url',
  'util', 'v8', 'vm', 'worker_threads', 'zlib',
];

function freezeIntrinsics() {
  const { BuiltinModule } = require('internal/bootstrap/realm');
  ArrayPrototypeForEach(LOADED_BEFORE, (id) => {
    if (BuiltinModule.exists(id)) require(id);
  });
  const roots = nameless();
  ArrayPrototypeForEach(NAMES, (name) => ArrayPrototypePush(roots, globalThis[name]));
  const objects = reachable(roots);
  const prototypes = [];
  for (const object of objects) {
    const prototype = ObjectGetOwnPropertyDescriptor(object, 'prototype')?.value;
    if (isObject(prototype)) ArrayPrototypePush(prototypes, prototype);
  }
  ArrayPrototypeForEach(prototypes, (prototype) => {
    ArrayPrototypeForEach(ReflectOwnKeys(prototype), (key) => makeOverridable(prototype, key));
  });
  for (const object of objects) {
    // A typed array with elements cannot be frozen, and is no intrinsic.
    try {
      ObjectFreeze(object);
    } catch {
      // What refuses stays as it is.
    }
  }
}

module.exports = { freezeIntrinsics };
