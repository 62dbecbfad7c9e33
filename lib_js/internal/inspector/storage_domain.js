'use strict';

// Domain Storage: the name of the program's Web Storage.

const { readText, record } = require('internal/inspector/protocol');
const { storagePath } = require('internal/inspector/storage_key');

class StorageDomain {
  commands = commands;

  getStorageKey() {
    const { pathToFileURL } = require('internal/url');
    return { storageKey: pathToFileURL(storagePath()).href };
  }

  close() {}
}

const readFrame = record({ __proto__: null, frameId: [readText, true] });

const commands = {
  __proto__: null,
  getStorageKey: [
    // It may come without parameters at all.
    (params, place) => (params === undefined ? {} : readFrame(params, place)),
    (domain) => domain.getStorageKey(),
  ],
};

module.exports = { StorageDomain };
