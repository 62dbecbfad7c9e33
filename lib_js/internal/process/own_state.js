'use strict';

// What belongs to the process and not to one of its cores: the directory, the
// umask, the user and the groups.

const {
  ArrayIsArray,
  Error,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeToUpperCase,
} = primordials;

const {
  ErrnoException,
  UVException,
  codes: { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_CREDENTIAL },
} = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { getSystemErrorMessage, getSystemErrorName } = require('internal/util');
const {
  parseFileMode, validateArray, validateString, validateUint32,
} = require('internal/validators');

const ops = internalBinding('process_ops');

// Asked once, until chdir() changes it.
let directory = '';

function wrappedCwd() {
  if (directory === '') {
    const result = ops.cwd();
    if (typeof result !== 'string') {
      throw new UVException({
        errno: result,
        code: '', // In this place; UVException fills it in.
        syscall: 'uv_cwd',
        message: result === -2 ?
          'process.cwd failed with error no such file or directory, the current working ' +
          'directory was likely removed without changing the working directory' : undefined,
      });
    }
    directory = result;
  }
  return directory;
}

function wrappedChdir(path) {
  validateString(path, 'directory');
  if (getOptionValue('--permission')) {
    require('internal/process/permission').check('fs.read', path);
  }
  const from = currentOrEmpty();
  const errno = ops.chdir(path);
  if (errno < 0) {
    throw new UVException({ errno, code: '', syscall: 'chdir', path: from, dest: path });
  }
  directory = '';
}

/** Another thread has changed the directory. */
function forgetDirectory() {
  directory = '';
}

/** Node's message for a failed chdir() names where it came from, if there is such a place. */
function currentOrEmpty() {
  const result = ops.cwd();
  return typeof result === 'string' ? result : '';
}

function wrappedUmask(mask) {
  return ops.umask(mask === undefined ? -1 : parseFileMode(mask, 'mask'));
}

/** In the words and with the positive errno of Node's native code. */
function credentialError(errno, syscall) {
  const code = getSystemErrorName(errno);
  const text = getSystemErrorMessage(errno);
  const message = `${StringPrototypeToUpperCase(text[0])}${StringPrototypeSlice(text, 1)}`;
  const error = new Error(`${code}, ${message}`);
  error.errno = -errno;
  error.code = code;
  error.syscall = syscall;
  return error;
}

function validateId(id) {
  if (typeof id === 'number') validateUint32(id, 'id');
  else if (typeof id !== 'string') throw new ERR_INVALID_ARG_TYPE('id', ['number', 'string'], id);
}

/** The first row of /etc/passwd or /etc/group that fits: name, password, id, and so on. */
function findRow(file, fits) {
  const text = internalBinding('fs_ops').readFileUtf8(file, -1);
  if (typeof text !== 'string') return undefined;
  const lines = StringPrototypeSplit(text, '\n');
  for (let i = 0; i < lines.length; i++) {
    const fields = StringPrototypeSplit(lines[i], ':');
    if (fields.length > 2 && fits(fields)) return fields;
  }
  return undefined;
}

function idByName(file, name) {
  const row = findRow(file, (fields) => fields[0] === name);
  return row && +row[2];
}

function nameById(file, id) {
  return findRow(file, (fields) => +fields[2] === id)?.[0];
}

function setId(set, syscall, kind, file, id) {
  validateId(id);
  const number = typeof id === 'number' ? id >>> 0 : idByName(file, id);
  if (number === undefined) throw new ERR_UNKNOWN_CREDENTIAL(kind, id);
  const errno = set(number);
  if (errno < 0) throw credentialError(errno, syscall);
}

function validateName(id, name) {
  if (typeof id === 'number') validateUint32(id, name);
  else if (typeof id !== 'string') throw new ERR_INVALID_ARG_TYPE(name, ['number', 'string'], id);
}

function groupId(group) {
  const id = typeof group === 'number' ? group : idByName('/etc/group', group);
  if (id === undefined) throw new ERR_UNKNOWN_CREDENTIAL('Group', group);
  return id;
}

function initgroups(user, extraGroup) {
  validateName(user, 'user');
  validateName(extraGroup, 'extraGroup');
  const group = groupId(extraGroup);
  const name = typeof user === 'number' ? nameById('/etc/passwd', user) : user;
  if (name === undefined) throw new ERR_UNKNOWN_CREDENTIAL('User', user);
  const errno = ops.initgroups(name, group);
  if (errno < 0) throw credentialError(errno, 'initgroups');
}

function setgroups(groups) {
  validateArray(groups, 'groups');
  const ids = [];
  for (let i = 0; i < groups.length; i++) validateName(groups[i], `groups[${i}]`);
  for (let i = 0; i < groups.length; i++) ids[i] = groupId(groups[i]);
  const errno = ops.setgroups(ids);
  if (errno < 0) throw credentialError(errno, 'setgroups');
}

function getgroups() {
  const groups = ops.getgroups();
  if (!ArrayIsArray(groups)) throw new ErrnoException(groups, 'getgroups');
  // As getgroups(2) leaves it open whether the effective group is among them.
  const effective = ops.getegid();
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] === effective) return groups;
  }
  groups[groups.length] = effective;
  return groups;
}

module.exports = {
  chdir: wrappedChdir,
  cwd: wrappedCwd,
  forgetDirectory,
  getegid: () => ops.getegid(),
  geteuid: () => ops.geteuid(),
  getgid: () => ops.getgid(),
  getgroups,
  getuid: () => ops.getuid(),
  initgroups,
  setegid: (id) => setId(ops.setegid, 'setegid', 'Group', '/etc/group', id),
  seteuid: (id) => setId(ops.seteuid, 'seteuid', 'User', '/etc/passwd', id),
  setgroups,
  setgid: (id) => setId(ops.setgid, 'setgid', 'Group', '/etc/group', id),
  setuid: (id) => setId(ops.setuid, 'setuid', 'User', '/etc/passwd', id),
  umask: wrappedUmask,
};
