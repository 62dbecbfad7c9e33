'use strict';

// The doors to the kernel, twice under the same names with the same arguments: `now` blocks and
// returns the answer, `later` takes one more argument, done(answer), and returns at once.
// An answer is a number >= 0 or a value; a negative errno if the kernel refused.
//
// What the ring has no operation for runs as a plain call in a turn of its own (DEFERRED below). On
// a local disk these take microseconds; a lane of their own for slow file systems is later work.
//
// Paths are strings or bytes. Names come as text, or as bytes where `asBytes` says so. read gives a
// Buffer of the bytes that were there.

const {
  ArrayPrototypePush, Float64Array, FunctionPrototypeBind, ReflectApply, Uint8Array,
} = primordials;

const { Buffer } = require('buffer');
const { allocateTicket } = require('boot/turn');

const FIGURES = 18;
const KEEP_POSITION = -1;

// Bound on first use: the bindings have no business in the start-up snapshot.
let ops;
let ring;
let directories;
let setImmediateAs;

function blocking() {
  ops ??= internalBinding('fs_ops');
  return ops;
}

function openDirectories() {
  directories ??= internalBinding('fs_dir');
  return directories;
}

function queue() {
  ring ??= internalBinding('fs_ring');
  return ring;
}

class Answer {
  constructor(done) {
    this.done = done;
  }

  oncomplete(result) {
    this.done(result);
  }
}

class ValueAnswer {
  constructor(done) {
    this.done = done;
  }

  oncomplete(result, value) {
    this.done(result < 0 ? result : value);
  }
}

class BytesAnswer {
  constructor(done) {
    this.done = done;
  }

  oncomplete(result, value) {
    if (result < 0) this.done(result);
    else this.done(result === 0 ? Buffer.alloc(0) : value);
  }
}

/** The 18 figures of a file, from the bytes that native gives. */
class FiguresAnswer {
  constructor(done) {
    this.done = done;
  }

  oncomplete(result, value) {
    if (result < 0) {
      this.done(result);
      return;
    }
    const { buffer, byteOffset } = value.byteOffset % 8 === 0 ? value : new Uint8Array(value);
    this.done(new Float64Array(buffer, byteOffset, FIGURES));
  }
}

Answer.prototype.asyncType = 'FSREQCALLBACK';
ValueAnswer.prototype.asyncType = 'FSREQCALLBACK';
BytesAnswer.prototype.asyncType = 'FSREQCALLBACK';
FiguresAnswer.prototype.asyncType = 'FSREQCALLBACK';

const answered = (done) => allocateTicket(new Answer(done));

// One for all blocking calls, as a new one costs more than the call: whoever gets it reads it
// before the next operation.
let shared;

function statNow(name) {
  return (target) => {
    shared ??= new Float64Array(FIGURES);
    const result = blocking()[name](target, shared);
    return result < 0 ? result : shared;
  };
}

const now = {
  __proto__: null,
  open: (path, flags, mode) => blocking().open(path, flags, mode),
  close: (fd) => blocking().close(fd),
  /** Into `bytes`; the answer is a count. */
  readInto: (fd, bytes, offset, length, position) =>
    blocking().read(fd, bytes, offset, length, position),
  /** A Buffer of the bytes that were there, at most so many. */
  read(fd, length, position) {
    const bytes = Buffer.allocUnsafeSlow(length);
    const count = blocking().read(fd, bytes, 0, length, position);
    return count < 0 ? count : bytes.subarray(0, count);
  },
  /** May write less than was asked. */
  writeFrom: (fd, bytes, offset, length, position) =>
    blocking().write(fd, bytes, offset, length, position),
  fsync: (fd, dataOnly) => (dataOnly ? blocking().fdatasync(fd) : blocking().fsync(fd)),
  stat: statNow('stat'),
  lstat: statNow('lstat'),
  fstat: statNow('fstat'),
  unlink: (path) => blocking().unlink(path),
  mkdir: (path, mode) => blocking().mkdir(path, mode),
  rmdir: (path) => blocking().rmdir(path),
  rename: (from, to) => blocking().rename(from, to),
  symlink: (target, path) => blocking().symlink(target, path),
  link: (from, to) => blocking().link(from, to),
  ftruncate: (fd, length) => blocking().ftruncate(fd, length),
  /** [names, kinds] */
  readdir: (path, asBytes) => blocking().readdir(path, asBytes),
  readlink: (path, asBytes) => blocking().readlink(path, asBytes),
  realpath: (path, asBytes) => blocking().realpath(path, asBytes),
  chmod: (path, mode) => blocking().chmod(path, mode),
  fchmod: (fd, mode) => blocking().fchmod(fd, mode),
  chown: (path, user, group) => blocking().chown(path, user, group, true),
  lchown: (path, user, group) => blocking().chown(path, user, group, false),
  fchown: (fd, user, group) => blocking().fchown(fd, user, group),
  utimes: (path, accessed, modified) => blocking().utimes(path, accessed, modified, true),
  /** Gives a file the times of access and modification of another one, exactly. */
  copyTimes: (from, to) => blocking().copyTimes(from, to),
  lutimes: (path, accessed, modified) => blocking().utimes(path, accessed, modified, false),
  futimes: (fd, accessed, modified) => blocking().futimes(fd, accessed, modified),
  /** Eight BigInts. */
  statfs: (path) => blocking().statfs(path),
  access: (path, mode) => blocking().access(path, mode),
  copyFile: (from, to, mode) => blocking().copyFile(from, to, mode),
  mkdtemp: (prefix, asBytes) => blocking().mkdtemp(prefix, asBytes),
  /** A handle, which is no descriptor. */
  openDirectory: (path) => openDirectories().open(path),
  /** [names, kinds], fewer than asked for at the end */
  readOpenDirectory: (handle, count, asBytes) => openDirectories().read(handle, count, asBytes),
  closeDirectory: (handle) => openDirectories().close(handle),
  /** A whole file from its path; refusals do not say whether open or read failed. */
  readFile: (path) => blocking().readFile(path),
  readFileUtf8: (path) => blocking().readFileUtf8(path),
};

const later = {
  __proto__: null,
  open(path, flags, mode, done) { queue().open(path, flags, mode, answered(done)); },
  close(fd, done) { queue().close(fd, answered(done)); },
  read(fd, length, position, done) {
    // The ring does not read into no room; but a descriptor that is none must still be told.
    if (length === 0) {
      readNothing(fd, done);
      return;
    }
    queue().read(fd, length, position, allocateTicket(new BytesAnswer(done)));
  },
  /** Writes all of it or is refused. */
  write(fd, data, position, done) { queue().write(fd, data, position, answered(done)); },
  fsync(fd, dataOnly, done) { queue().fsync(fd, dataOnly, answered(done)); },
  stat(path, done) { queue().stat(path, true, allocateTicket(new FiguresAnswer(done))); },
  lstat(path, done) { queue().stat(path, false, allocateTicket(new FiguresAnswer(done))); },
  fstat(fd, done) { queue().fstat(fd, allocateTicket(new FiguresAnswer(done))); },
  unlink(path, done) { queue().unlink(path, answered(done)); },
  mkdir(path, mode, done) { queue().mkdir(path, mode, answered(done)); },
  rmdir(path, done) { queue().rmdir(path, answered(done)); },
  rename(from, to, done) { queue().rename(from, to, answered(done)); },
  symlink(target, path, done) { queue().symlink(target, path, answered(done)); },
  link(from, to, done) { queue().link(from, to, answered(done)); },
  ftruncate(fd, length, done) { queue().ftruncate(fd, length, answered(done)); },
};

function readNothing(fd, done) {
  setImmediateAs ??= require('internal/timers').setImmediateAs;
  const nothing = Buffer.alloc(0);
  setImmediateAs('FSREQCALLBACK', () => {
    const answer = now.readInto(fd, nothing, 0, 0, KEEP_POSITION);
    done(answer < 0 ? answer : nothing);
  });
}

/** The plain call, but not before the caller's turn is over. */
function deferred(call) {
  return (...args) => {
    setImmediateAs ??= require('internal/timers').setImmediateAs;
    const done = args.pop();
    setImmediateAs('FSREQCALLBACK', () => done(ReflectApply(call, undefined, args)));
  };
}

const DEFERRED = ['readdir', 'readlink', 'realpath', 'chmod', 'fchmod', 'chown', 'lchown', 'fchown',
                  'utimes', 'lutimes', 'futimes', 'statfs', 'access', 'copyFile', 'mkdtemp',
                  'copyTimes', 'openDirectory', 'readOpenDirectory', 'closeDirectory'];
for (let i = 0; i < DEFERRED.length; i++) later[DEFERRED[i]] = deferred(now[DEFERRED[i]]);

/**
 * Work of several operations is written once, as a generator that yields [name, ...arguments] and
 * is given the answer. This runs it to its end, blocking.
 */
function runNow(steps) {
  let step = steps.next();
  while (!step.done) {
    const { 0: name, 1: a, 2: b, 3: c } = step.value;
    step = steps.next(now[name](a, b, c));
  }
  return step.value;
}

/** As runNow, but between operations other work goes on. done(error, value) */
function runLater(steps, done) {
  function advance(answer, thrown) {
    let step;
    try {
      step = thrown === undefined ? steps.next(answer) : steps.throw(thrown.error);
    } catch (error) {
      done(error);
      return;
    }
    if (step.done) {
      done(null, step.value);
      return;
    }
    const args = step.value;
    const name = args.shift();
    ArrayPrototypePush(args, advance);
    ReflectApply(later[name], undefined, args);
  }
  advance(undefined);
}

/** setTimeout as one of the steps: ['pause', ms]. */
now.pause = (ms) => {
  internalBinding('util').sleep(ms);
  return 0;
};
later.pause = (ms, done) => {
  require('timers').setTimeout(FunctionPrototypeBind(done, undefined, 0), ms);
};

/** A question to the user as one of the steps: ['ask', fn, ...]; later it may be a promise. */
now.ask = (fn, a, b) => fn(a, b);
later.ask = async (fn, a, b, done) => {
  let result;
  try {
    result = await fn(a, b);
  } catch (error) {
    done(undefined, { error });
    return;
  }
  done(result);
};

module.exports = { KEEP_POSITION, later, now, runLater, runNow };
