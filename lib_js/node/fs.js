'use strict';

// node:fs. The blocking functions are in internal/fs/sync, those with a callback in
// internal/fs/callbacks, fs.promises in internal/fs/promises.
//
// Asynchronous calls go to the ring. What the ring has no operation for (internal/fs/ops) is a
// plain call in a turn of its own, which a slow file system makes everybody wait for.
//
// What few programs use stands in modules of its own, which are loaded by the first call.

const { ObjectDefineProperties, ObjectDefineProperty, ReflectApply } = primordials;

const callbacks = require('internal/fs/callbacks');
const { constants } = require('internal/fs/constants');
const { Dirent } = require('internal/fs/dirent');
const { DeprecatedStats } = require('internal/fs/stats');
const sync = require('internal/fs/sync');
const { toUnixTimestamp } = require('internal/fs/utils');
const { deprecate } = require('internal/util');
const { defineLazyProperties } = require('internal/util/lazy');

/** A function of another module, which is loaded when it is called. */
function lazily(id, name, length) {
  const fn = function(...args) {
    return ReflectApply(require(id)[name], this, args);
  };
  ObjectDefineProperty(fn, 'name', { __proto__: null, value: name, configurable: true });
  ObjectDefineProperty(fn, 'length', { __proto__: null, value: length, configurable: true });
  return fn;
}

const attribute = (name, length) => lazily('internal/fs/attributes', name, length);

let streams;
let promises;
let Utf8Stream;

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
  chown: attribute('chown', 4),
  chownSync: attribute('chownSync', 3),
  chmod: callbacks.chmod,
  chmodSync: sync.chmodSync,
  close: callbacks.close,
  closeSync: sync.closeSync,
  copyFile: callbacks.copyFile,
  copyFileSync: sync.copyFileSync,
  cp: lazily('internal/fs/cp/cp', 'cp', 4),
  cpSync: lazily('internal/fs/cp/cp', 'cpSync', 3),
  createReadStream,
  createWriteStream,
  exists: callbacks.exists,
  existsSync: sync.existsSync,
  fchown: attribute('fchown', 4),
  fchownSync: attribute('fchownSync', 3),
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
  futimes: attribute('futimes', 4),
  futimesSync: attribute('futimesSync', 3),
  glob: lazily('internal/fs/glob', 'glob', 3),
  globSync: lazily('internal/fs/glob', 'globSync', 2),
  lchown: attribute('lchown', 4),
  lchownSync: attribute('lchownSync', 3),
  // Other systems have these.
  lchmod: undefined,
  lchmodSync: undefined,
  link: callbacks.link,
  linkSync: sync.linkSync,
  lstat: callbacks.lstat,
  lstatSync: sync.lstatSync,
  lutimes: attribute('lutimes', 4),
  lutimesSync: attribute('lutimesSync', 3),
  mkdir: callbacks.mkdir,
  mkdirSync: sync.mkdirSync,
  mkdtemp: callbacks.mkdtemp,
  mkdtempSync: sync.mkdtempSync,
  mkdtempDisposableSync: lazily('internal/fs/disposable', 'mkdtempDisposableSync', 2),
  open: callbacks.open,
  openSync: sync.openSync,
  openAsBlob: lazily('internal/fs/blob_of_file', 'openAsBlob', 1),
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
  statfs: attribute('statfs', 1),
  statSync: sync.statSync,
  statfsSync: attribute('statfsSync', 1),
  symlink: callbacks.symlink,
  symlinkSync: sync.symlinkSync,
  truncate: callbacks.truncate,
  truncateSync: sync.truncateSync,
  unwatchFile: lazily('internal/fs/watchers', 'unwatchFile', 2),
  unlink: callbacks.unlink,
  unlinkSync: sync.unlinkSync,
  utimes: callbacks.utimes,
  utimesSync: sync.utimesSync,
  watch: lazily('internal/fs/watchers', 'watch', 3),
  watchFile: lazily('internal/fs/watchers', 'watchFile', 3),
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
  get Utf8Stream() {
    Utf8Stream ??= require('internal/streams/fast-utf8-stream');
    return Utf8Stream;
  },
  _toUnixTimestamp: toUnixTimestamp,
  Dir: undefined,
  opendir: lazily('internal/fs/dir', 'opendir', 3),
  opendirSync: lazily('internal/fs/dir', 'opendirSync', 2),
};

defineLazyProperties(module.exports, 'internal/fs/dir', ['Dir']);

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
