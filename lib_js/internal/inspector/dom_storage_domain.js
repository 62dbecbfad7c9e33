'use strict';

// Domain DOMStorage: what the program puts into its Web Storage, or into storages of its own that
// it tells of by inspector.DOMStorage. Events go to clients that asked for them, as the protocol
// says; Node sends them to all.

const {
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ObjectKeys,
  SafeMap,
  SafeSet,
  TypeError,
} = primordials;

const { peek, takeFlag, takeObject, takeText } = require('internal/inspector/event_fields');
const {
  readFlag,
  readNothing,
  readText,
  record,
  serverError,
} = require('internal/inspector/protocol');
const { getOptionValue } = require('internal/options');

const domains = new SafeSet();

function entriesOf(map) {
  const entries = [];
  for (const { 0: key, 1: value } of map) ArrayPrototypePush(entries, [key, value]);
  return entries;
}

/** The program's own storage; undefined where it has none. */
function webStorage(isLocal) {
  if (!getOptionValue('--experimental-webstorage')) return undefined;
  const storages = require('internal/webstorage');
  try {
    return isLocal ? storages.localStorage : storages.sessionStorage;
  } catch {
    return undefined; // There is no file for it.
  }
}

function readEntries(isLocal) {
  const storage = webStorage(isLocal);
  if (storage === undefined) return [];
  try {
    return require('internal/webstorage').entriesOf(storage);
  } catch (error) {
    throw serverError(`Could not read DOM storage items: ${error.message}`);
  }
}

class DOMStorageDomain {
  #notify;
  #isEnabled = false;
  /** What the program registered. */
  #local = new SafeMap();
  #session = new SafeMap();

  constructor(notify) {
    this.#notify = notify;
    domains.add(this);
  }

  commands = commands;

  enable() {
    this.#isEnabled = true;
  }

  disable() {
    this.#isEnabled = false;
  }

  close() {
    domains.delete(this);
  }

  getDOMStorageItems({ storageId: { isLocalStorage } }) {
    if (!this.#isEnabled) throw serverError('DOMStorage domain is not enabled');
    const registered = isLocalStorage ? this.#local : this.#session;
    const entries = registered.size > 0 ? entriesOf(registered) : readEntries(isLocalStorage);
    return { entries };
  }

  register(isLocal, items) {
    const registered = isLocal ? this.#local : this.#session;
    for (let i = 0; i < items.length; i++) registered.set(items[i][0], items[i][1]);
  }

  tell(name, event) {
    if (this.#isEnabled) this.#notify(name, event);
  }
}

const storageId = [
  record({
    __proto__: null,
    securityOrigin: [readText, true],
    storageKey: [readText, true],
    isLocalStorage: [readFlag, false],
  }),
  false,
];
const key = [readText, false];

/** Node has no answer either. */
function refuse() {
  throw serverError('Not implemented');
}

const commands = {
  __proto__: null,
  enable: [readNothing, (domain) => domain.enable()],
  disable: [readNothing, (domain) => domain.disable()],
  getDOMStorageItems: [
    record({ __proto__: null, storageId }), (domain, params) => domain.getDOMStorageItems(params),
  ],
  clear: [record({ __proto__: null, storageId }), refuse],
  removeDOMStorageItem: [record({ __proto__: null, storageId, key }), refuse],
  setDOMStorageItem: [
    record({ __proto__: null, storageId, key, value: [readText, false] }), refuse,
  ],
};

function takeStorageId(event) {
  const id = takeObject(event, 'storageId');
  const securityOrigin = takeText(id, 'securityOrigin', 'securityOrigin in storageId');
  const isLocalStorage = peek(id, 'isLocalStorage') === true;
  const storageKey = takeText(id, 'storageKey', 'storageKey in storageId');
  return { securityOrigin, storageKey, isLocalStorage };
}

/** { event: reader of what the program tells }. */
const readers = {
  __proto__: null,

  domStorageItemAdded: (event) => ({
    storageId: takeStorageId(event),
    key: takeText(event, 'key'),
    newValue: takeText(event, 'newValue'),
  }),

  domStorageItemRemoved: (event) => ({
    storageId: takeStorageId(event),
    key: takeText(event, 'key'),
  }),

  domStorageItemUpdated: (event) => ({
    storageId: takeStorageId(event),
    key: takeText(event, 'key'),
    oldValue: takeText(event, 'oldValue'),
    newValue: takeText(event, 'newValue'),
  }),

  domStorageItemsCleared: (event) => ({ storageId: takeStorageId(event) }),
};

function keysOf(object) {
  try {
    return ObjectKeys(object);
  } catch {
    throw new TypeError('Failed to get property names from storageMap');
  }
}

function valueOf(object, name) {
  try {
    return object[name];
  } catch {
    throw new TypeError('Failed to get value from storageMap');
  }
}

/** A storage of the program's own, for every session that there is. */
function register(event) {
  const isLocal = takeFlag(event, 'isLocalStorage');
  const map = takeObject(event, 'storageMap');
  const items = ArrayPrototypeMap(keysOf(map), (name) => [name, `${valueOf(map, name)}`]);
  for (const domain of domains) domain.register(isLocal, items);
}

/** Tells all clients that want to hear of it. A listener may close any session. */
function tell(name, event) {
  for (const domain of new SafeSet(domains)) {
    if (domains.has(domain)) domain.tell(name, event);
  }
}

/** What the program tells; throws if the event lacks something. */
function tellOfProgram(name, params) {
  if (domains.size === 0) return;
  if (name === 'registerStorage') register(params);
  else tell(name, readers[name](params));
}

module.exports = { DOMStorageDomain, tell, tellOfProgram };
