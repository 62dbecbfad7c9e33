'use strict';

// Names in directories, in the shapes that readdir gives them to users.

const {
  ArrayPrototypeMap, ArrayPrototypePush, StringPrototypeSlice,
} = primordials;

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { getDirent, getDirents } = require('internal/fs/dirent');
const { encodeName, wantsBytes } = require('internal/fs/utils');

/** The result of listTree as readdir gives it. */
function treeEntries(path, found, withFileTypes, encoding) {
  const { join } = require('path');
  const prefix = join(path, 'x').length - 1;
  return ArrayPrototypeMap(found, ({ 0: directory, 1: name, 2: kind }) => {
    if (withFileTypes) {
      return getDirent(directory, encodeName(name, encoding), kind);
    }
    if (directory === path) return encodeName(name, encoding);
    return encodeName(StringPrototypeSlice(join(directory, name), prefix), encoding);
  });
}

/** The operation whose answer entriesOf takes. */
function operationOf(withFileTypes) {
  return withFileTypes ? 'readdir' : 'readNames';
}

/** Entries of one directory as readdir gives them. */
function entriesOf(path, answer, withFileTypes, encoding) {
  if (!withFileTypes) return namesIn(answer, encoding);
  return getDirents(path, [namesIn(answer[0], encoding), answer[1]]);
}

function namesIn(names, encoding) {
  if (!wantsBytes(encoding)) return names;
  const encoded = [];
  for (let i = 0; i < names.length; i++) {
    ArrayPrototypePush(encoded, encodeName(names[i], encoding));
  }
  return encoded;
}

function checkTreeRoot(path) {
  if (typeof path !== 'string') throw new ERR_INVALID_ARG_TYPE('path', 'string', path);
}

module.exports = { checkTreeRoot, entriesOf, operationOf, treeEntries };
