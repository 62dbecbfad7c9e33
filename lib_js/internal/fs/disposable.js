'use strict';

// mkdtempDisposable: a directory of a new name that goes when the block ends that uses it.

const { SymbolAsyncDispose, SymbolDispose } = primordials;

const { promiseOf } = require('internal/fs/answer');
const { resolve } = require('path');

function mkdtempDisposableSync(prefix, options) {
  const { mkdtempSync, rmSync } = require('internal/fs/sync');
  const path = mkdtempSync(prefix, options);
  // The program may go elsewhere before it is removed.
  const absolute = resolve(`${path}`);
  const remove = () => rmSync(absolute, { recursive: true, force: true });
  return {
    path,
    remove,
    [SymbolDispose]() {
      remove();
    },
  };
}

async function mkdtempDisposable(prefix, options) {
  const cwd = process.cwd();
  const { mkdtemp, rm } = require('internal/fs/callbacks');
  // A function is no options, but would pass for the callback.
  if (typeof options === 'function') options = undefined;
  const path = await promiseOf((done) => mkdtemp(prefix, options, done));
  const absolute = resolve(cwd, `${path}`);
  const remove = async () => {
    await promiseOf((done) => rm(absolute, { recursive: true, force: true }, done));
  };
  return {
    __proto__: null,
    path,
    remove,
    async [SymbolAsyncDispose]() {
      await remove();
    },
  };
}

module.exports = { mkdtempDisposable, mkdtempDisposableSync };
