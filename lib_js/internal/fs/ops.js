'use strict';

// The doors to the kernel, twice under the same names with the same arguments: `now` blocks and
// returns the answer, `later` takes one more argument, done(answer), and returns at once.
// An answer is a number >= 0 or a value; a negative errno if the kernel refused.
//
// `later` asks first whether the answer can be had without waiting (binding fs_plain), and if it
// can keeps it for the next entries from native: that costs a fraction of a way through the ring.
// What has to wait goes to the ring. What the ring has no operation for is always a plain call.
//
// Paths are strings or bytes. Names come as text, or as bytes where `asBytes` says so. read gives a
// Buffer of the bytes that were there.

const {
  Array, ArrayPrototypePush, Float64Array, FunctionPrototypeBind, Promise, ReflectApply,
  StringPrototypeCharCodeAt, StringPrototypeSplit, StringPrototypeSubstring,
  TypedArrayPrototypeSet, Uint8Array,
} = primordials;

const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { allocateTicket } = require('boot/turn');
const {
  constants: { COPYFILE_FICLONE_FORCE, O_RDWR, O_WRONLY },
} = require('internal/fs/constants');

const NO_BYTES = new Uint8Array(0);
const ZERO = 48;
const FIGURES = 18;
const KEEP_POSITION = -1;
/** No answer is larger: what was written of more than this cannot be told. */
const CLAIM_BYTES_MAX = 2 ** 31 - 1;

/** What binding fs_plain says of an operation that the ring has to do. */
const LATER = -11;
/** Below this it tells of the write of a whole file, above of its open. */
const WRITE_REFUSED = -4096;

// Bound on first use: the bindings have no business in the start-up snapshot.
let ops;
let plainOps;
let ring;
let directories;

function blocking() {
  ops ??= internalBinding('fs_ops');
  return ops;
}

function openDirectories() {
  directories ??= internalBinding('fs_dir');
  return directories;
}

function plain() {
  plainOps ??= internalBinding('fs_plain');
  return plainOps;
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

/** The 18 figures of a file, from the bytes that native gives, as `take` makes them. */
class FiguresAnswer {
  constructor(done, take) {
    this.done = done;
    this.take = take;
  }

  oncomplete(result, value) {
    if (result < 0) {
      this.done(result);
      return;
    }
    const { buffer, byteOffset } = value.byteOffset % 8 === 0 ? value : new Uint8Array(value);
    this.done(this.take(new Float64Array(buffer, byteOffset, FIGURES)));
  }
}

/** Bytes that go into the user's memory; the answer is a count. */
class FillingAnswer {
  constructor(done, bytes, offset) {
    this.done = done;
    this.bytes = bytes;
    this.offset = offset;
  }

  oncomplete(result, value) {
    if (result > 0) {
      // Gone, or shorter, if the user has transferred or resized it meanwhile.
      const { buffer, byteOffset, byteLength } = this.bytes;
      const room = byteLength - this.offset;
      if (room >= result) {
        TypedArrayPrototypeSet(new Uint8Array(buffer, byteOffset, byteLength), value, this.offset);
      }
    }
    this.done(result);
  }
}

/** An answer that is there already. */
class SoonAnswer {
  constructor(done, answer) {
    this.done = done;
    this.answer = answer;
  }

  oncomplete() {
    this.done(this.answer);
  }
}

const KINDS = [Answer, ValueAnswer, BytesAnswer, FiguresAnswer, FillingAnswer, SoonAnswer];
for (let i = 0; i < KINDS.length; i++) KINDS[i].prototype.asyncType = 'FSREQCALLBACK';

const answered = (done) => allocateTicket(new Answer(done));

let settle; // The promise that is being made.
const keepResolve = (resolve) => { settle = resolve; };

/**
 * Of a promise that is fulfilled, with nothing, by the next entries from native. Whoever has an
 * answer and awaits this pays for no promise of the answer.
 */
function nextEntries() {
  const promise = new Promise(keepResolve);
  plain().answer(allocateTicket(new SoonAnswer(settle, undefined)));
  return promise;
}

/** Tells `done` with the next entries from native. */
function answerSoon(done, answer) {
  plain().answer(allocateTicket(new SoonAnswer(done, answer)));
}

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

function readDirectory(path, asBytes) {
  const answer = blocking().readdir(path, asBytes);
  if (typeof answer === 'number') return answer;
  const { 0: names, 1: digits, 2: lengths } = answer;
  const { length } = digits;
  const kinds = new Array(length);
  for (let i = 0; i < length; i++) kinds[i] = StringPrototypeCharCodeAt(digits, i) - ZERO;
  return [asBytes ? names : listOf(names, lengths), kinds];
}

/** The same without the kinds, which not everybody wants. */
function readNames(path, asBytes) {
  const answer = blocking().readdir(path, asBytes);
  if (typeof answer === 'number') return answer;
  return asBytes ? answer[0] : listOf(answer[0], answer[2]);
}

function listOf(names, lengths) {
  if (lengths === undefined) {
    const list = StringPrototypeSplit(names, '\0');
    list.pop(); // Behind the last zero.
    return list;
  }
  // Cut where native says: half the time of looking for the zeroes.
  const { length } = lengths;
  const list = new Array(length);
  let at = 0;
  for (let i = 0; i < length; i++) {
    const end = at + StringPrototypeCharCodeAt(lengths, i);
    list[i] = StringPrototypeSubstring(names, at, end);
    at = end + 1;
  }
  return list;
}

/** Bytes that copyFile copies and names that rm -r removes before others have their turn. */
const COPIED_AT_ONCE = 1 << 20;
const REMOVED_AT_ONCE = 128;
/** What removeSome() answers before a file that takes long. */
const LARGE_LEFT = 2;

const now = {
  __proto__: null,
  /** rm -r as far as nothing goes wrong; 0 or -errno. */
  removeAll(path) {
    const removal = plain().removal(path, true);
    if (removal < 0) return removal;
    let left = 1;
    while (left === 1) left = plain().removeSome(removal, REMOVED_AT_ONCE);
    return left;
  },
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
  readdir: readDirectory,
  /** names */
  readNames,
  readlink: (path, asBytes) => blocking().readlink(path, asBytes),
  realpath: (path, asBytes) => blocking().realpath(path, asBytes),
  /** The same for realpathSync(), which tells names that the permission model hides. */
  resolve: (path) => blocking().realpath(path),
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
  /** Nothing by themselves: the permission model stands in front of them. */
  mayRead: () => 0,
  mayWrite: () => 0,
};

const copyOf = (figures) => new Float64Array(figures);

/** What the plain call of a stat gave, as `take` makes it of figures that it may not keep. */
function figuresSoon(answer, done, take) {
  answerSoon(done, answer < 0 ? answer : take(shared));
}

function statLater(path, follow, take, done) {
  shared ??= new Float64Array(FIGURES);
  const answer = plain().stat(path, follow, shared);
  if (answer !== LATER) figuresSoon(answer, done, take);
  else queue().stat(path, follow, allocateTicket(new FiguresAnswer(done, take)));
}

function nameLater(name) {
  return (path, done) => {
    const answer = plain()[name](path);
    if (answer !== LATER) answerSoon(done, answer);
    else queue()[name](path, answered(done));
  };
}

function namesLater(name) {
  return (from, to, done) => {
    const answer = plain()[name](from, to);
    if (answer !== LATER) answerSoon(done, answer);
    else queue()[name](from, to, answered(done));
  };
}

const WRITING = O_WRONLY | O_RDWR;

/**
 * What can be had at once of a whole file: a Buffer, or text where that will do and the file is
 * ASCII; -errno. What is still to be waited for is LATER, or a descriptor for openOn().
 */
function readWhole(path, flags, asText) {
  const answer = plain().readFile(path, flags, asText);
  return typeof answer === 'object' ? new FastBuffer(answer) : answer;
}

/** Opens in earnest what readWhole() has a descriptor of; done(fd) */
function openOn(fd, flags, done) {
  plain().openOn(fd, flags, answered(done));
}

/** Writes from where the descriptor stands, through the ring: uring/src/sync/file/position.rs */
function writeOn(fd, data, done) {
  const { byteLength } = data;
  const start = byteLength > CLAIM_BYTES_MAX ? -1 : plain().claim(fd, byteLength);
  queue().write(fd, data, start, answered((answer) => {
    if (start >= 0 && answer < byteLength) {
      plain().giveBack(fd, start, byteLength, answer < 0 ? 0 : answer);
    }
    done(answer);
  }));
}

const later = {
  __proto__: null,
  /**
   * Writes a whole file, if that need not wait: done(0 or -errno, the operation that was refused).
   * Else done(LATER, undefined, fd) as above.
   */
  writeWhole(path, flags, mode, bytes, done) {
    const answer = plain().writeFile(path, bytes, flags, mode);
    if (answer === LATER) done(LATER, undefined, undefined);
    else if (answer > 0) answerSoon((fd) => done(LATER, undefined, fd), answer - 1);
    else if (answer > WRITE_REFUSED) answerSoon((result) => done(result, 'open'), answer);
    else answerSoon((result) => done(result, 'write'), answer - WRITE_REFUSED);
  },
  open(path, flags, mode, done) {
    const answer = (flags & WRITING) === 0 ? LATER : plain().open(path, flags, mode);
    if (answer !== LATER) answerSoon(done, answer);
    else queue().open(path, flags, mode, answered(done));
  },
  close(fd, done) {
    const answer = plain().close(fd);
    if (answer !== LATER) answerSoon(done, answer);
    else queue().close(fd, answered(done));
  },
  read(fd, length, position, done) {
    // The ring does not read into no room; but a descriptor that is none must still be told.
    if (length === 0) {
      const answer = now.readInto(fd, NO_BYTES, 0, 0, KEEP_POSITION);
      answerSoon(done, answer < 0 ? answer : Buffer.alloc(0));
      return;
    }
    const answer = plain().readNew(fd, length, position);
    if (answer !== LATER) answerSoon(done, new FastBuffer(answer));
    else queue().read(fd, length, position, allocateTicket(new BytesAnswer(done)));
  },
  /** Into `bytes`, any view; the answer is a count. */
  readInto(fd, bytes, offset, length, position, done) {
    const answer = plain().read(fd, bytes, offset, length, position);
    if (answer !== LATER) {
      answerSoon(done, answer);
      return;
    }
    const ticket = allocateTicket(new FillingAnswer(done, bytes, offset));
    queue().read(fd, length, position, ticket);
  },
  /** Writes all of it, or what went before a refusal: the next write hears of that one. */
  write(fd, data, position, done) {
    if (data.byteLength === 0) {
      answerSoon(done, now.writeFrom(fd, data, 0, 0, position));
      return;
    }
    const answer = plain().write(fd, data, position);
    if (answer !== LATER) answerSoon(done, answer);
    else if (position !== KEEP_POSITION) queue().write(fd, data, position, answered(done));
    else writeOn(fd, data, done);
  },
  fsync(fd, dataOnly, done) { queue().fsync(fd, dataOnly, answered(done)); },
  // The figures as `take` makes them, at once.
  stat(path, done) { statLater(path, true, copyOf, done); },
  lstat(path, done) { statLater(path, false, copyOf, done); },
  fstat(fd, done) { later.fstatAs(fd, copyOf, done); },
  statAs(path, take, done) { statLater(path, true, take, done); },
  lstatAs(path, take, done) { statLater(path, false, take, done); },
  fstatAs(fd, take, done) {
    shared ??= new Float64Array(FIGURES);
    const answer = plain().fstat(fd, shared);
    if (answer !== LATER) figuresSoon(answer, done, take);
    else queue().fstat(fd, allocateTicket(new FiguresAnswer(done, take)));
  },
  removeAll(path, done) {
    const removal = plain().removal(path, false);
    if (removal < 0) {
      answerSoon(done, removal);
      return;
    }
    const goOn = () => {
      const left = plain().removeSome(removal, REMOVED_AT_ONCE);
      if (left === LARGE_LEFT) plain().removeLarge(removal, answered(goOnAfter));
      else answerSoon(left === 1 ? goOn : done, left);
    };
    const goOnAfter = (answer) => {
      if (answer >= 0) {
        goOn();
        return;
      }
      plain().endRemoval(removal);
      done(answer);
    };
    goOn();
  },
  copyFile(from, to, mode, done) {
    const take = (answer) => {
      if (answer <= 0) done(answer);
      else goOn(answer - 1);
    };
    const goOn = (copying) => {
      const answer = plain().copySome(copying, COPIED_AT_ONCE);
      if (answer !== LATER) answerSoon(take, answer);
      else runLater(require('internal/fs/copying').copyRest(plain().takeCopy(copying), to), told);
    };
    const told = (_, answer) => done(answer);
    const answer = plain().copy(from, to, mode);
    if (answer !== LATER) {
      answerSoon(take, answer);
    } else if ((mode & COPYFILE_FICLONE_FORCE) !== 0) {
      // Only the kernel shares blocks, in one call.
      answerSoon(done, now.copyFile(from, to, mode));
    } else {
      runLater(require('internal/fs/copying').copyByPieces(from, to, mode), told);
    }
  },
  unlink: nameLater('unlink'),
  rmdir: nameLater('rmdir'),
  mkdir(path, mode, done) {
    const answer = plain().mkdir(path, mode);
    if (answer !== LATER) answerSoon(done, answer);
    else queue().mkdir(path, mode, answered(done));
  },
  rename: namesLater('rename'),
  symlink: namesLater('symlink'),
  link: namesLater('link'),
  ftruncate(fd, length, done) { queue().ftruncate(fd, length, answered(done)); },
};

/** The plain call, whose answer comes when the caller's turn is over. */
function deferred(call) {
  return (...args) => {
    const done = args.pop();
    answerSoon(done, call(args[0], args[1], args[2]));
  };
}

const DEFERRED = ['readdir', 'readNames', 'readlink', 'realpath', 'chmod', 'fchmod', 'chown',
                  'lchown', 'fchown', 'utimes', 'lutimes', 'futimes', 'statfs', 'access', 'mkdtemp',
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
  require('internal/timers').setTimeout(FunctionPrototypeBind(done, undefined, 0), ms);
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

module.exports = {
  KEEP_POSITION,
  LATER,
  answerSoon,
  later,
  nextEntries,
  now,
  openOn,
  readWhole,
  runLater,
  runNow,
};
