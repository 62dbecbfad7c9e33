'use strict';
// navigator.locks: https://w3c.github.io/web-locks/ The locks are those of the whole process; who
// has which is known natively (bindings/src/locks.rs).

const {
  ArrayPrototypePush,
  JSONParse,
  JSONStringify,
  ObjectDefineProperties,
  PromisePrototypeThen,
  PromiseResolve,
  PromiseWithResolvers,
  SafeMap,
  StringPrototypeIsWellFormed,
  StringPrototypeSlice,
  SymbolToStringTag,
} = primordials;

const {
  ErrnoException,
  codes: { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS },
} = require('internal/errors');
const { registerKind } = require('boot/turn');
const { kEmptyObject, kEnumerableProperty, lazyDOMException } = require('internal/util');
const { validateAbortSignal, validateFunction } = require('internal/validators');
const { converters, createDictionaryConverter, createEnumConverter } = require('internal/webidl');
const { channel } = require('diagnostics_channel');

const native = internalBinding('locks');

const startChannel = channel('locks.request.start');
const grantChannel = channel('locks.request.grant');
const missChannel = channel('locks.request.miss');
const endChannel = channel('locks.request.end');

/** bindings/src/kinds.rs */
const KIND_LOCK = 27;

const GRANTED = 1;
const WAITS = 0;

const kConstruct = {};

const toOptions = createDictionaryConverter('LockOptions', [
  {
    key: 'mode',
    converter: createEnumConverter('LockMode', ['shared', 'exclusive']),
    defaultValue: () => 'exclusive',
  },
  { key: 'ifAvailable', converter: converters.boolean, defaultValue: () => false },
  { key: 'steal', converter: converters.boolean, defaultValue: () => false },
  { key: 'signal', converter: converters.object },
]);

class Lock {
  #name;
  #mode;

  constructor(secret = undefined, name, mode) {
    if (secret !== kConstruct) throw new ERR_ILLEGAL_CONSTRUCTOR();
    this.#name = name;
    this.#mode = mode;
  }

  static #check(value) {
    if (typeof value !== 'object' || value === null || !(#name in value)) {
      throw new ERR_INVALID_THIS('Lock');
    }
  }

  get name() {
    Lock.#check(this);
    return this.#name;
  }

  get mode() {
    Lock.#check(this);
    return this.#mode;
  }
}

ObjectDefineProperties(Lock.prototype, {
  name: kEnumerableProperty,
  mode: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'Lock' },
});

/** id -> Request: those that wait, and those whose callback has not come to its end */
const requests = new SafeMap();

/** Native keeps names as UTF-8, which has no halves of characters. */
function keyOf(name) {
  return StringPrototypeIsWellFormed(name) ? `=${name}` : `~${JSONStringify(name)}`;
}

function nameOf(key) {
  const rest = StringPrototypeSlice(key, 1);
  return key[0] === '=' ? rest : JSONParse(rest);
}

function aborted() {
  return lazyDOMException('The operation was aborted', 'AbortError');
}

/** Holders in this thread hear of a theft at once, those in others when their turn comes. */
function stealHere(name) {
  requests.forEach((request) => {
    if (request.name === name && request.isHeld) request.stolen();
  });
}

/** One call of request(), from its start to the end of its callback. */
class Request {
  constructor(name, options, callback) {
    this.name = name;
    this.options = options;
    this.callback = callback;
    this.id = 0;
    this.isOver = false;
    this.isAborted = false;
    this.isHeld = false;
    this.deferred = PromiseWithResolvers();
    this.onAbort = () => this.#abort();
  }

  start(client) {
    const { name, options: { mode, ifAvailable, steal, signal } } = this;
    const { 0: id, 1: state } =
      native.request(keyOf(name), client, mode === 'shared', ifAvailable, steal);
    if (id < 0) throw new ErrnoException(id, 'locks.request');
    this.id = id;
    if (steal) stealHere(name);
    if (state === GRANTED || state === WAITS) requests.set(id, this);
    signal?.addEventListener('abort', this.onAbort, { __proto__: null, once: true });
    this.isHeld = state === GRANTED;
    if (state === GRANTED) PromisePrototypeThen(PromiseResolve(), () => this.granted());
    else if (state !== WAITS) this.#missed();
    return this.deferred.promise;
  }

  #abort() {
    this.isAborted = true;
    this.#end();
    native.release(this.id);
    this.deferred.reject(this.options.signal.reason);
  }

  #missed() {
    const { name, options: { mode } } = this;
    if (missChannel.hasSubscribers) missChannel.publish({ name, mode });
    this.#run(null);
  }

  granted() {
    if (this.isAborted) return;
    const { name, options: { mode, signal } } = this;
    // From now on the program has it, whatever the signal says.
    signal?.removeEventListener('abort', this.onAbort);
    if (grantChannel.hasSubscribers) grantChannel.publish({ name, mode });
    this.#run(new Lock(kConstruct, name, mode));
  }

  async #run(lock) {
    const { callback, deferred } = this;
    let result;
    let error;
    let hasFailed = false;
    try {
      result = await callback(lock);
    } catch (thrown) {
      hasFailed = true;
      error = thrown;
    }
    if (this.isOver) return; // It was stolen.
    this.#end();
    if (lock !== null) native.release(this.id);
    this.#publishEnd(error);
    if (hasFailed) deferred.reject(error);
    else deferred.resolve(result);
  }

  stolen() {
    this.#end();
    const error = aborted();
    this.#publishEnd(error);
    this.deferred.reject(error);
  }

  #end() {
    this.isOver = true;
    requests.delete(this.id);
    this.options.signal?.removeEventListener('abort', this.onAbort);
  }

  #publishEnd(error) {
    if (!endChannel.hasSubscribers) return;
    const { name, options: { mode, ifAvailable, steal } } = this;
    endChannel.publish({ name, mode, ifAvailable, steal, error });
  }
}

registerKind(KIND_LOCK, (id, isGranted) => {
  const request = requests.get(id);
  if (request === undefined) return;
  if (isGranted) {
    request.isHeld = true;
    request.granted();
  } else {
    request.stolen();
  }
});

function refuse(message) {
  return lazyDOMException(message, 'NotSupportedError');
}

class LockManager {
  #isManager = true;

  constructor(secret = undefined) {
    if (secret !== kConstruct) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  async request(name, options, callback = undefined) {
    if (callback === undefined) {
      callback = options;
      options = undefined;
    }
    name = converters.DOMString(name);
    validateFunction(callback, 'callback');
    if (options === undefined || typeof options === 'function') options = kEmptyObject;
    const checked = toOptions(options);
    const { mode, ifAvailable, steal, signal } = checked;
    validateAbortSignal(signal, 'options.signal');
    signal?.throwIfAborted();
    if (name[0] === '-') throw refuse('Lock name may not start with hyphen');
    if (ifAvailable && steal) throw refuse('ifAvailable and steal are mutually exclusive');
    if (mode !== 'exclusive' && steal) {
      throw refuse('mode: "shared" and steal are mutually exclusive');
    }
    if (signal && (steal || ifAvailable)) {
      throw refuse('signal cannot be used with steal or ifAvailable');
    }
    const { threadId } = require('internal/worker/self');
    if (startChannel.hasSubscribers) startChannel.publish({ name, mode });
    const request = new Request(name, checked, callback);
    return request.start(`node-${process.pid}-${threadId}`);
  }

  async query() {
    if (typeof this !== 'object' || this === null || !(#isManager in this)) {
      throw new ERR_INVALID_THIS('LockManager');
    }
    const held = [];
    const pending = [];
    const rows = native.query();
    for (let i = 0; i < rows.length; i += 4) {
      const mode = rows[i + 2] ? 'shared' : 'exclusive';
      ArrayPrototypePush(rows[i] ? held : pending, {
        name: nameOf(rows[i + 1]), mode, clientId: rows[i + 3],
      });
    }
    return { held, pending };
  }
}

ObjectDefineProperties(LockManager.prototype, {
  request: kEnumerableProperty,
  query: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'LockManager' },
});

module.exports = { Lock, LockManager, locks: new LockManager(kConstruct) };
