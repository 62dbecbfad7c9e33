'use strict';

// Whole files at once, without blocking: what readFile, writeFile and appendFile of both the
// callback and the promise form do once their arguments are checked.

const { ArrayPrototypePush, MathMin } = primordials;

const { Buffer } = require('buffer');
const { AbortError, aggregateTwoErrors, codes: { ERR_FS_FILE_TOO_LARGE } } =
  require('internal/errors');
const { bareError } = require('internal/fs/error');
const { watch } = require('internal/async_hooks');
const {
  KEEP_POSITION, LATER, answerSoon, later, now, openOn, readWhole, runLater,
} = require('internal/fs/ops');
const { regularSize } = require('internal/fs/stats');

const CHUNK_BYTES = 64 * 1024;
/** Between steps of this size a signal is heard; and native copies no more than this at once. */
const STEP_BYTES = 512 * 1024;
const FILE_BYTES_MAX = 2 ** 31 - 1;

function abortError(signal) {
  return new AbortError(undefined, { cause: signal.reason });
}

/** Reads from where the descriptor stands to the end. */
class WholeRead {
  constructor(fd, signal, done) {
    this.fd = fd;
    this.signal = signal;
    this.done = done;
    this.size = 0;
    this.count = 0;
    this.chunks = [];
    this.take = (answer) => this.onBytes(answer);
  }

  start() {
    // A plain call: the file is open, so no path has to be walked that could make it wait. Hooks
    // are told of the request that Node makes.
    if (watch.isOn) later.fstat(this.fd, (figures) => this.onFigures(figures));
    else this.onFigures(now.fstat(this.fd));
  }

  onFigures(figures) {
    if (typeof figures === 'number') {
      this.done(bareError(figures, 'fstat'));
      return;
    }
    this.size = regularSize(figures);
    if (this.size > FILE_BYTES_MAX) this.done(new ERR_FS_FILE_TOO_LARGE(this.size));
    else this.next();
  }

  next() {
    if (this.signal?.aborted) {
      this.done(abortError(this.signal));
      return;
    }
    const length = this.size === 0 ? CHUNK_BYTES : MathMin(this.size - this.count, STEP_BYTES);
    later.read(this.fd, length, KEEP_POSITION, this.take);
  }

  onBytes(answer) {
    if (typeof answer === 'number') {
      this.done(bareError(answer, 'read'));
      return;
    }
    if (this.signal?.aborted) {
      this.done(abortError(this.signal));
      return;
    }
    const { length } = answer;
    if (length !== 0) {
      this.count += length;
      ArrayPrototypePush(this.chunks, answer);
      if (this.size === 0 || this.count < this.size) {
        this.next();
        return;
      }
    }
    const { chunks } = this;
    this.done(null, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, this.count));
  }
}

/** done(error, bytes); into `given`, if that is what the user wants (internal/fs/given_buffer). */
function readDescriptor(fd, signal, done, given = undefined) {
  if (given === undefined) new WholeRead(fd, signal, done).start();
  else runLater(require('internal/fs/given_buffer').readGiven(fd, given, signal), done);
}

/** Closes, then tells; an error of closing does not hide an earlier one. */
function closeThen(fd, error, value, done) {
  later.close(fd, (answer) => {
    if (answer < 0) done(aggregateTwoErrors(bareError(answer, 'close'), error));
    else if (error) done(error);
    else done(null, value);
  });
}

/** done(error, bytes, or text where that will do) */
function readPath(path, flags, signal, asText, done, given = undefined) {
  // Hooks are told of each request that Node makes.
  if (given !== undefined || watch.isOn) {
    readSteps(path, flags, signal, done, given);
    return;
  }
  const answer = readWhole(path, flags, asText);
  if (isWaiting(answer)) {
    readLater(answer, path, flags, signal, done);
    return;
  }
  answerSoon(() => {
    if (typeof answer === 'number') done(bareError(answer, 'open', path));
    else if (signal?.aborted) done(abortError(signal));
    else done(null, answer);
  });
}

/** Whether readWhole() has left something to do. */
function isWaiting(answer) {
  return typeof answer === 'number' && (answer >= 0 || answer === LATER);
}

/** What readWhole() has left to do. */
function readLater(answer, path, flags, signal, done) {
  if (answer === LATER) readSteps(path, flags, signal, done, undefined);
  else openOn(answer, flags, (fd) => readOpened(fd, path, signal, done, undefined));
}

function readSteps(path, flags, signal, done, given) {
  later.open(path, flags, 0o666, (fd) => readOpened(fd, path, signal, done, given));
}

function readOpened(fd, path, signal, done, given) {
  if (fd < 0) {
    done(bareError(fd, 'open', path));
    return;
  }
  readDescriptor(fd, signal, (error, bytes) => closeThen(fd, error, bytes, done), given);
}

/** Writes all bytes; position -1 is where the descriptor stands. done(error) */
function writeDescriptor(fd, bytes, signal, flush, done) {
  let offset = 0;
  function next() {
    if (signal?.aborted) {
      done(abortError(signal));
      return;
    }
    const length = MathMin(bytes.byteLength - offset, STEP_BYTES);
    const step = Buffer.from(bytes.buffer, bytes.byteOffset + offset, length);
    later.write(fd, step, KEEP_POSITION, (answer) => {
      if (answer < 0) {
        done(bareError(answer, 'write'));
        return;
      }
      offset += answer;
      if (offset === bytes.byteLength) finish();
      else next();
    });
  }
  function finish() {
    if (!flush) {
      done(null);
      return;
    }
    // As users see it: some count the calls.
    require('fs').fsync(fd, done);
  }
  next();
}

/** done(error) */
function writePath(path, flags, mode, bytes, signal, flush, done) {
  // A signal is heard between the steps.
  if (flush || signal !== undefined || watch.isOn) {
    writeSteps(path, flags, mode, bytes, signal, flush, done);
    return;
  }
  later.writeWhole(path, flags, mode, bytes, (answer, refused = 'open', fd = undefined) => {
    if (answer >= 0) {
      done(null);
    } else if (answer !== LATER) {
      done(bareError(answer, refused, refused === 'open' ? path : undefined));
    } else if (fd === undefined) {
      writeSteps(path, flags, mode, bytes, signal, flush, done);
    } else {
      writeOpened(fd, path, bytes, signal, flush, done);
    }
  });
}

function writeSteps(path, flags, mode, bytes, signal, flush, done) {
  later.open(path, flags, mode,
             (fd) => writeOpened(fd, path, bytes, signal, flush, done));
}

function writeOpened(fd, path, bytes, signal, flush, done) {
  if (fd < 0) {
    done(bareError(fd, 'open', path));
    return;
  }
  writeDescriptor(fd, bytes, signal, flush,
                  (error) => closeThen(fd, error, undefined, done));
}

module.exports = {
  CHUNK_BYTES,
  STEP_BYTES,
  abortError,
  closeThen,
  isWaiting,
  readDescriptor,
  readLater,
  readPath,
  writeDescriptor,
  writePath,
};
