'use strict';

// Web Storage that tells domain DOMStorage of what methods do to it. What is set as a property is
// not told, as in Node.

const { ObjectDefineProperty } = primordials;

const { tell } = require('internal/inspector/dom_storage_domain');
const { storageKey } = require('internal/inspector/storage_key');

/** The class of one of the two storages, under Node's name. */
function makeInspected(Storage, isLocalStorage) {
  function tellOf(event, params) {
    const storageId = { securityOrigin: '', storageKey: storageKey(), isLocalStorage };
    tell(event, { storageId, ...params });
  }

  class Inspected extends Storage {
    setItem(key, value) {
      key = `${key}`;
      value = `${value}`;
      const oldValue = this.getItem(key);
      super.setItem(key, value);
      if (oldValue === null) tellOf('domStorageItemAdded', { key, newValue: value });
      else tellOf('domStorageItemUpdated', { key, oldValue, newValue: value });
    }

    removeItem(key) {
      key = `${key}`;
      super.removeItem(key);
      tellOf('domStorageItemRemoved', { key });
    }

    clear() {
      super.clear();
      tellOf('domStorageItemsCleared');
    }
  }

  const name = isLocalStorage ? 'InspectorLocalStorage' : 'InspectorSessionStorage';
  ObjectDefineProperty(Inspected, 'name', { __proto__: null, value: name, configurable: true });
  return Inspected;
}

module.exports = { makeInspected };
