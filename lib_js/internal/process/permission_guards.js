'use strict';

// Where the permission model stands: in front of the doors to the file system. An operation that
// is not listed here is refused, so that a new one cannot be forgotten.

const {
  ArrayPrototypeForEach,
  ArrayPrototypeIncludes,
  ErrorCaptureStackTrace,
  ObjectKeys,
  ReflectApply,
} = primordials;

const { codes: { ERR_ACCESS_DENIED } } = require('internal/errors');
const { setDenied, textOf } = require('internal/fs/error');
const { LATER, later, now } = require('internal/fs/ops');

const EACCES = -13;
const O_ACCMODE = 3;
const O_RDONLY = 0;
const O_WRONLY = 1;
const O_CREAT = 64;
const O_TRUNC = 512;
const O_APPEND = 1024;

const reading = (path) => [['fs.read', path]];
const writing = (path) => [['fs.write', path]];
const free = () => [];

function disabled(name) {
  return () => {
    throw new ERR_ACCESS_DENIED(`${name} API is disabled when Permission Model is enabled.`);
  };
}

function opening(path, flags) {
  const mode = flags & O_ACCMODE;
  const needs = [];
  if (mode !== O_WRONLY) needs[needs.length] = ['fs.read', path];
  if (mode !== O_RDONLY || (flags & (O_CREAT | O_TRUNC | O_APPEND)) !== 0) {
    needs[needs.length] = ['fs.write', path];
  }
  return needs;
}

const moving = (from, to) => [['fs.read', from], ['fs.write', from], ['fs.write', to]];
const copying = (from, to) => [['fs.read', from], ['fs.write', to]];

/** Links could lead out of what is granted. */
function linking() {
  return [['symlink', '']];
}

// What each operation of internal/fs/ops needs: pairs of scope and path.
const NEEDS = {
  __proto__: null,
  access: reading,
  chmod: writing,
  chown: writing,
  close: free,
  closeDirectory: free,
  copyFile: copying,
  fchmod: disabled('fchmod'),
  fchown: disabled('fchown'),
  fstat: free,
  fstatAs: free,
  fsync: disabled('fsync'),
  ftruncate: free,
  futimes: disabled('futimes'),
  lchown: writing,
  link: moving,
  lstat: reading,
  lstatAs: reading,
  lutimes: writing,
  mayRead: reading,
  mayWrite: writing,
  mkdir: writing,
  mkdtemp: (prefix) => [['fs.write', `${textOf(prefix)}XXXXXX`]],
  open: opening,
  openDirectory: reading,
  pause: free,
  read: free,
  readFile: reading,
  readFileUtf8: reading,
  readInto: free,
  readOpenDirectory: free,
  readdir: reading,
  readNames: reading,
  readlink: reading,
  readv: free,
  realpath: reading,
  removeAll: writing,
  resolve: free,
  rename: moving,
  rmdir: writing,
  stat: reading,
  statAs: reading,
  statfs: reading,
  symlink: linking,
  truncate: writing,
  unlink: writing,
  utimes: writing,
  write: free,
  writeFrom: free,
  writeWhole: opening,
  writev: free,
};

let refusal;

/** The error for the first need that is not granted, if there is one. */
function refusalOf(name, args) {
  const needs = NEEDS[name];
  if (needs === undefined) return new ERR_ACCESS_DENIED(`fs operation ${name}`);
  const list = ReflectApply(needs, undefined, args);
  for (let i = 0; i < list.length; i++) {
    const { 0: scope, 1: path } = list[i];
    if (scope === 'symlink') {
      if (refusal('fs.read') === undefined && refusal('fs.write') === undefined) continue;
      return new ERR_ACCESS_DENIED(
        'fs.symlink API requires full fs.read and fs.write permissions.');
    }
    const error = refusal(scope, textOf(path));
    if (error !== undefined) return error;
  }
  return undefined;
}

function guardBlocking(object, name) {
  const call = object[name];
  object[name] = function guarded(...args) {
    const error = refusalOf(name, args);
    if (error !== undefined) {
      ErrorCaptureStackTrace(error, guarded);
      throw error;
    }
    return ReflectApply(call, object, args);
  };
}

/** In Node these throw also where a callback was given. */
const THROWING = ['chmod', 'lutimes', 'mkdir', 'readlink', 'rmdir', 'utimes'];

function refusalToTell(name, args) {
  try {
    return refusalOf(name, args);
  } catch (error) {
    return error;
  }
}

function guardQueued(name) {
  const call = later[name];
  later[name] = function guarded(...args) {
    const error = refusalToTell(name, args);
    if (error === undefined) {
      ReflectApply(call, later, args);
      return;
    }
    if (ArrayPrototypeIncludes(THROWING, name)) {
      ErrorCaptureStackTrace(error, guarded);
      throw error;
    }
    const done = args[args.length - 1];
    require('internal/timers').setImmediate(() => done(setDenied(error)));
  };
}

/** Whole files take a way of their own; that of the guarded operations does the same. */
function guardWholeFiles() {
  const plain = internalBinding('fs_plain');
  plain.readFile = plain.writeFile = () => LATER;
}

/** What does not go through internal/fs/ops: the module loader. */
function guardLoader() {
  const ops = internalBinding('fs_ops');
  const { readFileUtf8 } = ops;
  ops.readFileUtf8 = (path, fd) => {
    if (path !== undefined && refusal('fs.read', path) !== undefined) return EACCES;
    return readFileUtf8(path, fd);
  };
}

/** Programs are started by these two; the first argument is the file. */
function guardSpawns(check) {
  ArrayPrototypeForEach(['process_wrap', 'spawn_sync'], (name) => {
    const binding = internalBinding(name);
    const { spawn } = binding;
    binding.spawn = (file, ...rest) => {
      check('child', file);
      return spawn(file, ...rest);
    };
  });
}

/** What is watched is read. */
function guardWatches(check) {
  const binding = internalBinding('fs_watch');
  const { add } = binding;
  binding.add = (queue, path, mask) => {
    check('fs.read', textOf(path));
    return add(queue, path, mask);
  };
}

function guard(model) {
  ({ refusal } = model);
  guardSpawns(model.check);
  guardWatches(model.check);
  ArrayPrototypeForEach(ObjectKeys(now), (name) => guardBlocking(now, name));
  ArrayPrototypeForEach(ObjectKeys(later), guardQueued);
  guardWholeFiles();
  guardLoader();
}

module.exports = { guard };
