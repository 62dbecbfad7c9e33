'use strict';

// Categories node.fs.* and node.fs_dir.*: operations of internal/fs/ops under the names of Node's,
// in front of which this stands while they are traced.

const {
  ArrayPrototypeForEach,
  ObjectKeys,
  ReflectApply,
  SafeMap,
} = primordials;

const { watch } = require('internal/async_hooks');
const { textOf } = require('internal/fs/error');
const { later, now } = require('internal/fs/ops');
const { asyncBegin, asyncEnd, begin, end, nextId } = require('internal/trace_events/emit');

const onPath = (path) => ({ path: textOf(path) });
const onNothing = () => undefined;
const fromTo = (from, to) => ({ old_path: textOf(from), new_path: textOf(to) });
const copying = (from, to) => ({ src: textOf(from), dest: textOf(to) });
const linking = (target, path) => ({ target: textOf(target), path: textOf(path) });
const linkingTo = (from, to) => ({ src: textOf(from), dest: textOf(to) });
const making = (prefix) => ({ path: `${textOf(prefix)}XXXXXX` });

/** Operation -> what Node calls it, and what an event of the asynchronous form tells. */
const FILES = {
  __proto__: null,
  access: ['access', onPath],
  chmod: ['chmod', onPath],
  chown: ['chown', onPath],
  close: ['close', onNothing],
  copyFile: ['copyfile', copying],
  fchmod: ['fchmod', onNothing],
  fchown: ['fchown', onNothing],
  fstatAs: ['fstat', onNothing],
  fsync: [(fd, dataOnly) => (dataOnly ? 'fdatasync' : 'fsync'), onNothing],
  ftruncate: ['ftruncate', onNothing],
  futimes: ['futime', onNothing],
  lchown: ['lchown', onPath],
  link: ['link', linkingTo],
  lstat: ['lstat', onPath],
  lstatAs: ['lstat', onPath],
  lutimes: ['lutime', onPath],
  mkdir: ['mkdir', onPath],
  mkdtemp: ['mkdtemp', making],
  open: ['open', onPath],
  read: ['read', onNothing],
  readInto: ['read', onNothing],
  readNames: ['scandir', onPath],
  readdir: ['scandir', onPath],
  readlink: ['readlink', onPath],
  realpath: ['realpath', onPath],
  rename: ['rename', fromTo],
  rmdir: ['rmdir', onPath],
  stat: ['stat', onPath],
  statAs: ['stat', onPath],
  statfs: ['statfs', onPath],
  symlink: ['symlink', linking],
  unlink: ['unlink', onPath],
  utimes: ['utime', onPath],
  write: ['write', onNothing],
  writeFrom: ['write', onNothing],
};

/** later.fstat() calls later.fstatAs(), which blocking code has not. */
const SYNC_FILES = { __proto__: null, ...FILES, fstat: FILES.fstatAs };

const FOLDERS = {
  __proto__: null,
  closeDirectory: ['closedir', onNothing],
  openDirectory: ['opendir', onPath],
  readOpenDirectory: ['readdir', onNothing],
};

/** Names that the blocking form has beside those. */
const SYNC_NAMES = { __proto__: null, scandir: 'readdir' };
const COUNTED = { __proto__: null, read: 'bytesRead', write: 'bytesWritten' };

const nameOf = (given, args) => (typeof given === 'function' ? ReflectApply(given, null, args) :
  given);

/** table -> operation -> what was there, and what stands there for it. */
const replaced = new SafeMap();

function replace(table, name, make) {
  if (table[name] === undefined) return;
  if (!replaced.has(table)) replaced.set(table, { __proto__: null });
  const places = replaced.get(table);
  if (places[name] !== undefined) return;
  const original = table[name];
  places[name] = { original, replacement: make(original) };
  table[name] = places[name].replacement;
}

/** Others may stand in front by now, such as the permission model: then it stays behind them. */
function restore(table, names) {
  const places = replaced.get(table);
  ArrayPrototypeForEach(names, (name) => {
    const place = places?.[name];
    if (place === undefined || table[name] !== place.replacement) return;
    table[name] = place.original;
    places[name] = undefined;
  });
}

function countOf(answer) {
  if (typeof answer === 'number') return answer;
  return answer?.length ?? answer?.byteLength ?? 0;
}

function tracedNow(group, prefix, row) {
  return (original) => (...args) => {
    const name = nameOf(row[0], args);
    const told = `${prefix}.${SYNC_NAMES[name] ?? name}`;
    begin(group, told);
    let answer;
    try {
      answer = ReflectApply(original, undefined, args);
      return answer;
    } finally {
      const counted = COUNTED[name];
      const count = counted === undefined ? -1 : countOf(answer);
      end(group, told, count < 0 ? undefined : { [counted]: count });
    }
  };
}

function tracedLater(group, row) {
  return (original) => (...args) => {
    const name = nameOf(row[0], args);
    const id = nextId();
    const done = args[args.length - 1];
    asyncBegin(group, name, id, ReflectApply(row[1], null, args));
    args[args.length - 1] = (answer) => {
      asyncEnd(group, name, id, { result: resultOf(name, answer) });
      done(answer);
    };
    ReflectApply(original, undefined, args);
  };
}

/** What Node tells of an answer. */
function resultOf(name, answer) {
  if (answer < 0) return answer;
  if (name === 'opendir') return 0; // A handle of ours.
  if (name === 'readdir') return answer[0].length;
  if (typeof answer === 'number') return answer;
  return name === 'read' ? countOf(answer) : 0;
}

function turn(table, rows, isOn, make) {
  const names = ObjectKeys(rows);
  if (isOn) ArrayPrototypeForEach(names, (name) => replace(table, name, make(rows[name])));
  else restore(table, names);
}

/** Whole files are read from a path at once; in Node these are several operations. */
const EACCES = -13;
const WHOLE = ['readFile', 'readFileUtf8'];
const SYNC = 'node,node.fs,node.fs.sync';

function traceWhole(isOn) {
  const ops = internalBinding('fs_ops');
  const reading = tracedNow(SYNC, 'fs.sync', ['read']);
  if (isOn) {
    // Refused, so that it is taken step by step.
    ArrayPrototypeForEach(WHOLE, (name) => replace(now, name, () => () => EACCES));
    replace(ops, 'readFileFd', reading);
    // With a path it is the library that reads, which Node does not trace either.
    replace(ops, 'readFileUtf8', (original) => {
      const traced = reading(original);
      return (path, fd) => (path === undefined ? traced(path, fd) : original(path, fd));
    });
  } else {
    restore(now, WHOLE);
    restore(ops, ['readFileFd', 'readFileUtf8']);
  }
}

function traceSync(isOn) {
  turn(now, SYNC_FILES, isOn, (row) => tracedNow(SYNC, 'fs.sync', row));
  traceWhole(isOn);
}

function traceSyncFolders(isOn) {
  turn(now, FOLDERS, isOn, (row) => tracedNow('node,node.fs_dir,node.fs_dir.sync', 'fs_dir.sync',
                                              row));
}

function traceAsync(isOn) {
  // Each request that Node makes is made here, too, as for hooks.
  if (isOn) watch.isOn = true;
  turn(later, FILES, isOn, (row) => tracedLater('node,node.fs,node.fs.async', row));
}

function traceAsyncFolders(isOn) {
  turn(later, FOLDERS, isOn, (row) => tracedLater('node,node.fs_dir,node.fs_dir.async', row));
}

module.exports = { traceAsync, traceAsyncFolders, traceSync, traceSyncFolders };
