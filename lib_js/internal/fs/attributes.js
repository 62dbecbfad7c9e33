'use strict';

// What belongs to a file beside its bytes and its mode: owner, times; and the room of its file
// system. Each with its blocking, its callback and its promise form.

const { Number } = primordials;

const { answerOf } = require('internal/fs/answer');
const { bareError, checked } = require('internal/fs/error');
const { later, now } = require('internal/fs/ops');
const { getValidatedFd, getValidatedPath, toUnixTimestamp } = require('internal/fs/utils');
const { validateFunction, validateInteger } = require('internal/validators');

const USER_MAX = 2 ** 32 - 1;

function checkCallback(callback) {
  validateFunction(callback, 'cb');
  return callback;
}

function reply(callback, syscall, path) {
  return (answer) => callback(answer < 0 ? bareError(answer, syscall, path) : null);
}

function validateOwner(uid, gid) {
  validateInteger(uid, 'uid', -1, USER_MAX);
  validateInteger(gid, 'gid', -1, USER_MAX);
}

// ---- owner -------------------------------------------------------------------------------------

function chown(path, uid, gid, callback) {
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  validateOwner(uid, gid);
  later.chown(path, uid, gid, reply(callback, 'chown', path));
}

function chownSync(path, uid, gid) {
  path = getValidatedPath(path);
  validateOwner(uid, gid);
  checked(now.chown(path, uid, gid), 'chown', path);
}

function lchown(path, uid, gid, callback) {
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  validateOwner(uid, gid);
  later.lchown(path, uid, gid, reply(callback, 'lchown', path));
}

function lchownSync(path, uid, gid) {
  path = getValidatedPath(path);
  validateOwner(uid, gid);
  checked(now.lchown(path, uid, gid), 'lchown', path);
}

function fchown(fd, uid, gid, callback) {
  validateOwner(uid, gid);
  callback = checkCallback(callback);
  later.fchown(getValidatedFd(fd), uid, gid, reply(callback, 'fchown'));
}

function fchownSync(fd, uid, gid) {
  validateOwner(uid, gid);
  checked(now.fchown(getValidatedFd(fd), uid, gid), 'fchown');
}

/** A promise form under a name. */
const promises = {
  __proto__: null,

  async chown(path, uid, gid) {
    path = getValidatedPath(path);
    validateOwner(uid, gid);
    await answerOf((done) => later.chown(path, uid, gid, done), 'chown', path);
  },

  async lchown(path, uid, gid) {
    path = getValidatedPath(path);
    validateOwner(uid, gid);
    await answerOf((done) => later.lchown(path, uid, gid, done), 'lchown', path);
  },

  async lutimes(path, atime, mtime) {
    path = getValidatedPath(path);
    const accessed = toUnixTimestamp(atime);
    const modified = toUnixTimestamp(mtime);
    await answerOf((done) => later.lutimes(path, accessed, modified, done), 'lutime', path);
  },

  async statfs(path, options = { bigint: false }) {
    path = getValidatedPath(path);
    const isBig = options.bigint === true;
    const facts = await answerOf((done) => later.statfs(path, done), 'statfs', path);
    return statFsOf(facts, isBig);
  },
};

/** chown of a FileHandle. */
async function chownHandle(handle, uid, gid) {
  validateOwner(uid, gid);
  await answerOf((done) => later.fchown(handle.fd, uid, gid, done), 'fchown');
}

// ---- times -------------------------------------------------------------------------------------

function futimes(fd, atime, mtime, callback) {
  const accessed = toUnixTimestamp(atime, 'atime');
  const modified = toUnixTimestamp(mtime, 'mtime');
  callback = checkCallback(callback);
  later.futimes(getValidatedFd(fd), accessed, modified, reply(callback, 'futime'));
}

function futimesSync(fd, atime, mtime) {
  const accessed = toUnixTimestamp(atime, 'atime');
  const modified = toUnixTimestamp(mtime, 'mtime');
  checked(now.futimes(getValidatedFd(fd), accessed, modified), 'futime');
}

function lutimes(path, atime, mtime, callback) {
  callback = checkCallback(callback);
  path = getValidatedPath(path);
  const accessed = toUnixTimestamp(atime);
  const modified = toUnixTimestamp(mtime);
  later.lutimes(path, accessed, modified, reply(callback, 'lutime', path));
}

function lutimesSync(path, atime, mtime) {
  path = getValidatedPath(path);
  const accessed = toUnixTimestamp(atime);
  const modified = toUnixTimestamp(mtime);
  checked(now.lutimes(path, accessed, modified), 'lutime', path);
}

/** utimes of a FileHandle. */
async function utimesHandle(handle, atime, mtime) {
  const accessed = toUnixTimestamp(atime, 'atime');
  const modified = toUnixTimestamp(mtime, 'mtime');
  await answerOf((done) => later.futimes(handle.fd, accessed, modified, done), 'futime');
}

// ---- room --------------------------------------------------------------------------------------

class StatFs {
  constructor(type, bsize, frsize, blocks, bfree, bavail, files, ffree) {
    this.type = type;
    this.bsize = bsize;
    this.frsize = frsize;
    this.blocks = blocks;
    this.bfree = bfree;
    this.bavail = bavail;
    this.files = files;
    this.ffree = ffree;
  }
}

/** @param {bigint[]} f  the eight facts of native */
function statFsOf(f, isBig) {
  if (isBig) return new StatFs(f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]);
  return new StatFs(Number(f[0]), Number(f[1]), Number(f[2]), Number(f[3]),
                    Number(f[4]), Number(f[5]), Number(f[6]), Number(f[7]));
}

function statfs(path, options = { bigint: false }, callback) {
  if (typeof options === 'function') {
    callback = options;
    options = { bigint: false };
  }
  validateFunction(callback, 'cb');
  path = getValidatedPath(path);
  const isBig = options.bigint === true;
  later.statfs(path, (answer) => {
    if (typeof answer === 'number') callback(bareError(answer, 'statfs', path));
    else callback(null, statFsOf(answer, isBig));
  });
}

function statfsSync(path, options = { bigint: false }) {
  path = getValidatedPath(path);
  const isBig = options.bigint === true;
  return statFsOf(checked(now.statfs(path), 'statfs', path), isBig);
}

module.exports = {
  chown,
  chownHandle,
  chownSync,
  fchown,
  fchownSync,
  futimes,
  futimesSync,
  lchown,
  lchownSync,
  lutimes,
  lutimesSync,
  promises,
  statfs,
  statfsSync,
  utimesHandle,
};
