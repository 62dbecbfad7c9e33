'use strict';

// How the DevTools protocol names the program's Web Storage: by its file. Without a file it is the
// current folder, as in Node's events.

const { resolve } = require('path');
const { getOptionValue } = require('internal/options');

function storagePath() {
  return resolve(getOptionValue('--localstorage-file') ?? '');
}

/** What events say. */
function storageKey() {
  return `file://${storagePath()}`;
}

module.exports = { storageKey, storagePath };
