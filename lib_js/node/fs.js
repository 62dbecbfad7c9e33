'use strict';

// node:fs. The blocking functions are in internal/fs/sync, those with a callback in
// internal/fs/callbacks, fs.promises in internal/fs/promises.
//
// Missing so far: chown, fchown, lchown, lchmod, futimes, lutimes, cp, glob, mkdtempDisposable,
// openAsBlob, opendir and Dir, statfs, Utf8Stream, watch, watchFile, unwatchFile (each with its
// blocking and its promise form), the `buffer` option of readFile. Names that are no UTF-8 cannot
// be told apart: a path given or wanted as bytes goes through a string.
//
// Asynchronous calls go to the ring. What the ring has no operation for (readdir, readlink,
// realpath, chmod, fchmod, utimes, access, copyFile, mkdtemp) is a plain call in a turn of its
// own, which a slow file system makes everybody wait for.

const { ObjectDefineProperties } = primordials;

const callbacks = require('internal/fs/callbacks');
const { constants } = require('internal/fs/constants');
const { Dirent } = require('internal/fs/dirent');
const { DeprecatedStats } = require('internal/fs/stats');
const sync = require('internal/fs/sync');
const { toUnixTimestamp } = require('internal/fs/utils');
const { deprecate } = require('internal/util');

let streams;
let promises;

// Loaded when they are asked for; users may put their own in their place.
let ReadStream;
let WriteStream;
let FileReadStream;
let FileWriteStream;

function loadStreams() {
  if (streams !== undefined) return;
  streams = require('internal/fs/streams');
  ReadStream ??= streams.ReadStream;
  WriteStream ??= streams.WriteStream;
  FileReadStream ??= ReadStream;
  FileWriteStream ??= WriteStream;
}

function createReadStream(path, options) {
  loadStreams();
  return new ReadStream(path, options);
}

function createWriteStream(path, options) {
  loadStreams();
  return new WriteStream(path, options);
}

module.exports = {
  appendFile: callbacks.appendFile,
  appendFileSync: sync.appendFileSync,
  access: callbacks.access,
  accessSync: sync.accessSync,
  chmod: callbacks.chmod,
  chmodSync: sync.chmodSync,
  close: callbacks.close,
  closeSync: sync.closeSync,
  copyFile: callbacks.copyFile,
  copyFileSync: sync.copyFileSync,
  createReadStream,
  createWriteStream,
  exists: callbacks.exists,
  existsSync: sync.existsSync,
  fchmod: callbacks.fchmod,
  fchmodSync: sync.fchmodSync,
  fdatasync: callbacks.fdatasync,
  fdatasyncSync: sync.fdatasyncSync,
  fstat: callbacks.fstat,
  fstatSync: sync.fstatSync,
  fsync: callbacks.fsync,
  fsyncSync: sync.fsyncSync,
  ftruncate: callbacks.ftruncate,
  ftruncateSync: sync.ftruncateSync,
  link: callbacks.link,
  linkSync: sync.linkSync,
  lstat: callbacks.lstat,
  lstatSync: sync.lstatSync,
  mkdir: callbacks.mkdir,
  mkdirSync: sync.mkdirSync,
  mkdtemp: callbacks.mkdtemp,
  mkdtempSync: sync.mkdtempSync,
  open: callbacks.open,
  openSync: sync.openSync,
  readdir: callbacks.readdir,
  readdirSync: sync.readdirSync,
  read: callbacks.read,
  readSync: sync.readSync,
  readv: callbacks.readv,
  readvSync: sync.readvSync,
  readFile: callbacks.readFile,
  readFileSync: sync.readFileSync,
  readlink: callbacks.readlink,
  readlinkSync: sync.readlinkSync,
  realpath: callbacks.realpath,
  realpathSync: sync.realpathSync,
  rename: callbacks.rename,
  renameSync: sync.renameSync,
  rm: callbacks.rm,
  rmSync: sync.rmSync,
  rmdir: callbacks.rmdir,
  rmdirSync: sync.rmdirSync,
  stat: callbacks.stat,
  statSync: sync.statSync,
  symlink: callbacks.symlink,
  symlinkSync: sync.symlinkSync,
  truncate: callbacks.truncate,
  truncateSync: sync.truncateSync,
  unlink: callbacks.unlink,
  unlinkSync: sync.unlinkSync,
  utimes: callbacks.utimes,
  utimesSync: sync.utimesSync,
  writeFile: callbacks.writeFile,
  writeFileSync: sync.writeFileSync,
  write: callbacks.write,
  writeSync: sync.writeSync,
  writev: callbacks.writev,
  writevSync: sync.writevSync,
  Dirent,
  Stats: DeprecatedStats,
  get ReadStream() {
    loadStreams();
    return ReadStream;
  },
  set ReadStream(value) {
    ReadStream = value;
  },
  get WriteStream() {
    loadStreams();
    return WriteStream;
  },
  set WriteStream(value) {
    WriteStream = value;
  },
  // Names from before 0.3, which some programs still use.
  get FileReadStream() {
    loadStreams();
    return FileReadStream;
  },
  set FileReadStream(value) {
    FileReadStream = value;
  },
  get FileWriteStream() {
    loadStreams();
    return FileWriteStream;
  },
  set FileWriteStream(value) {
    FileWriteStream = value;
  },
  _toUnixTimestamp: toUnixTimestamp,
};

const deprecated = (name) => ({
  __proto__: null,
  get: deprecate(() => constants[name],
                 `fs.${name} is deprecated, use fs.constants.${name} instead`, 'DEP0176'),
  enumerable: false,
});

ObjectDefineProperties(module.exports, {
  F_OK: deprecated('F_OK'),
  R_OK: deprecated('R_OK'),
  W_OK: deprecated('W_OK'),
  X_OK: deprecated('X_OK'),
  constants: {
    __proto__: null, value: constants, writable: false, enumerable: true,
  },
  promises: {
    __proto__: null,
    get() {
      promises ??= require('internal/fs/promises').exports;
      return promises;
    },
    enumerable: true,
    configurable: true,
  },
});
