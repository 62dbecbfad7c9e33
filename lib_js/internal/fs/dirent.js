'use strict';

// fs.Dirent: one name in a directory and what it is.

const { Array, ArrayPrototypePush, Symbol } = primordials;

const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const { constants, direntKind } = require('internal/fs/constants');
const { bareError, checked } = require('internal/fs/error');
const { later, now } = require('internal/fs/ops');
const { MODE } = require('internal/fs/stats');
const { isUint8Array } = require('internal/util/types');

const {
  UV_DIRENT_BLOCK, UV_DIRENT_CHAR, UV_DIRENT_DIR, UV_DIRENT_FIFO, UV_DIRENT_FILE, UV_DIRENT_LINK,
  UV_DIRENT_SOCKET, UV_DIRENT_UNKNOWN,
} = constants;

const kType = Symbol('type');
const kStats = Symbol('stats');

class Dirent {
  constructor(name, type, path) {
    this.name = name;
    this.parentPath = path;
    this[kType] = type;
  }

  isDirectory() {
    return this[kType] === UV_DIRENT_DIR;
  }

  isFile() {
    return this[kType] === UV_DIRENT_FILE;
  }

  isBlockDevice() {
    return this[kType] === UV_DIRENT_BLOCK;
  }

  isCharacterDevice() {
    return this[kType] === UV_DIRENT_CHAR;
  }

  isSymbolicLink() {
    return this[kType] === UV_DIRENT_LINK;
  }

  isFIFO() {
    return this[kType] === UV_DIRENT_FIFO;
  }

  isSocket() {
    return this[kType] === UV_DIRENT_SOCKET;
  }
}

/** For file systems whose directories do not tell the kinds. */
class DirentFromStats extends Dirent {
  constructor(name, stats, path) {
    super(name, direntKind(stats.mode), path);
    this[kStats] = stats;
  }
}

const SLASH = '/';

function asBytes(part) {
  return typeof part === 'string' ? Buffer.from(part) : part;
}

/** Joins a directory and a name; bytes if one of them is bytes. */
function join(path, name) {
  const isText = typeof path === 'string';
  if (!isText && !isUint8Array(path)) {
    throw new ERR_INVALID_ARG_TYPE('path', ['string', 'Buffer'], path);
  }
  if (isText && typeof name === 'string') return require('path').join(path, name);
  if (typeof name !== 'string' && !isUint8Array(name)) {
    throw new ERR_INVALID_ARG_TYPE('path', ['string', 'Buffer'], name);
  }
  return Buffer.concat([asBytes(path), Buffer.from(SLASH), asBytes(name)]);
}

function direntOfFigures(name, path, figures) {
  return new Dirent(name, direntKind(figures[MODE]), path);
}

/** One entry; without a callback at once, else callback(error, dirent). */
function getDirent(path, name, type, callback) {
  if (type !== UV_DIRENT_UNKNOWN) {
    const dirent = new Dirent(name, type, path);
    if (callback === undefined) return dirent;
    callback(null, dirent);
    return undefined;
  }
  if (callback === undefined) {
    const file = join(path, name);
    return direntOfFigures(name, path, checked(now.lstat(file), 'lstat', file));
  }
  let file;
  try {
    file = join(path, name);
  } catch (error) {
    callback(error);
    return undefined;
  }
  later.lstat(file, (answer) => {
    if (typeof answer === 'number') callback(bareError(answer, 'lstat', file));
    else callback(null, direntOfFigures(name, path, answer));
  });
  return undefined;
}

/** @param {[names: any[], kinds: number[]]} entries  as readdir gives them */
function getDirents(path, { 0: names, 1: kinds }, callback) {
  if (callback === undefined) {
    const dirents = new Array(names.length);
    for (let i = 0; i < names.length; i++) dirents[i] = getDirent(path, names[i], kinds[i]);
    return dirents;
  }
  const dirents = [];
  function next() {
    const i = dirents.length;
    if (i === names.length) {
      callback(null, dirents);
      return;
    }
    getDirent(path, names[i], kinds[i], (error, dirent) => {
      if (error) {
        callback(error);
        return;
      }
      ArrayPrototypePush(dirents, dirent);
      next();
    });
  }
  next();
  return undefined;
}

module.exports = { Dirent, DirentFromStats, getDirent, getDirents, join };
