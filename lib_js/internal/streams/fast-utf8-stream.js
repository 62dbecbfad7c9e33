'use strict';

// fs.Utf8Stream: text for one file, gathered until there is enough of it to be worth a write. A
// logger's stream: it never copies what it gathers into a Buffer, and can write before the process
// ends. It is no stream.Writable, and never tells `write` when its data is safe.

const {
  ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeUnshift, MathMax, NumberParseInt,
  StringPrototypeSlice, SymbolDispose,
} = primordials;

const { Buffer } = require('buffer');
const EventEmitter = require('events');
const {
  codes: {
    ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE, ERR_OPERATION_FAILED,
  },
} = require('internal/errors');
const { clearInterval, setInterval, setTimeout } = require('internal/timers');
const { kEmptyObject } = require('internal/util');
const {
  validateBoolean, validateFunction, validateObject, validateOneOf, validateUint32,
} = require('internal/validators');
const { dirname } = require('path');

const MAX_WRITE = 16 * 1024;
/** More than this waits: whoever writes should wait for `drain`. */
const HIGH_WATER_MARK = 16387;
const RETRY_MS = 100;
const STDOUT = 1;
const STDERR = 2;

const OPERATIONS = ['write', 'writeSync', 'fsync', 'fsyncSync', 'close', 'open', 'mkdir',
                    'mkdirSync', 'openSync'];

const publicFs = () => require('fs');

/** The functions of fs, some of them replaced by the user's own. */
function operationsOf(own) {
  const fs = publicFs();
  if (own === undefined) return fs;
  validateObject(own, 'options.fs');
  const operations = { __proto__: null };
  for (let i = 0; i < OPERATIONS.length; i++) {
    const name = OPERATIONS[i];
    operations[name] = name in own ? own[name] : fs[name];
    validateFunction(operations[name], `options.fs.${name}`);
  }
  return operations;
}

const isBusy = (error) => error.code === 'EAGAIN' || error.code === 'EBUSY';

function pause() {
  internalBinding('util').sleep(RETRY_MS);
}

// ---- what was gathered -------------------------------------------------------------------------

/** Pieces of text, each of them one write. Lengths are in code units. */
class TextQueue {
  constructor() {
    this.pieces = [];
    this.none = '';
  }

  check(data) {
    if (typeof data !== 'string') throw new ERR_INVALID_ARG_TYPE('data', 'string', data);
  }

  add(data, maxWrite) {
    const { pieces } = this;
    const last = pieces.length - 1;
    if (last < 0 || pieces[last].length + data.length > maxWrite) ArrayPrototypePush(pieces, data);
    else pieces[last] += data;
  }

  take() {
    return this.pieces.length === 0 ? '' : ArrayPrototypeShift(this.pieces);
  }

  /** What is left of a piece of which so many bytes were written. */
  rest(piece, bytes) {
    if (bytes === Buffer.byteLength(piece)) return '';
    const written = Buffer.from(piece).utf8Slice(0, bytes);
    return StringPrototypeSlice(piece, written.length);
  }
}

/** Pieces of bytes; joined when they are written. */
class BytesQueue {
  constructor() {
    this.pieces = [];
    this.none = Buffer.alloc(0);
  }

  check(data) {
    if (!Buffer.isBuffer(data)) throw new ERR_INVALID_ARG_TYPE('data', 'Buffer', data);
  }

  add(data, maxWrite) {
    const { pieces } = this;
    const last = pieces[pieces.length - 1];
    if (last === undefined || last.length + data.length > maxWrite) {
      ArrayPrototypePush(pieces, { parts: [data], length: data.length });
    } else {
      ArrayPrototypePush(last.parts, data);
      last.length += data.length;
    }
  }

  take() {
    if (this.pieces.length === 0) return this.none;
    const { parts, length } = ArrayPrototypeShift(this.pieces);
    return parts === undefined ? this.none : Buffer.concat(parts, length);
  }

  rest(piece, bytes) {
    return piece.subarray(bytes);
  }
}

// ---- the stream --------------------------------------------------------------------------------

class Utf8Stream extends EventEmitter {
  #fs;
  #fd = -1;
  #file = null;
  #mode;
  #minLength;
  #maxLength;
  #maxWrite;
  #highWaterMark;
  #sync;
  #fsync;
  #append;
  #mkdir;
  #contentMode;
  #retryEAGAIN;
  #periodicFlush;
  #periodicTimer;
  #queue;
  /** What is being written. */
  #current;
  /** All that waits, what is being written among it. */
  #length = 0;
  #isWriting = false;
  #isOpening = false;
  #isReopening = false;
  #isEnding = false;
  #isDestroyed = false;
  #isFlushPending = false;
  #isDrainScheduled = false;
  #isPlainFile = false;
  /** Flushes whose fsync is under way, and what waits for them. */
  #syncsCount = 0;
  #closeNow;
  #release;

  constructor(options = kEmptyObject) {
    validateObject(options, 'options');
    const {
      fd = undefined, dest = undefined, minLength = 0, maxLength = 0, maxWrite = MAX_WRITE,
      periodicFlush = 0, sync = false, append = true, mkdir = false, retryEAGAIN = () => true,
      fsync = false, contentMode = 'utf8', mode, fs,
    } = options;
    super();
    const target = fd || dest;
    this.#fs = operationsOf(fs);
    validateUint32(minLength, 'options.minLength');
    validateUint32(maxLength, 'options.maxLength');
    validateUint32(maxWrite, 'options.maxWrite');
    validateUint32(periodicFlush, 'options.periodicFlush');
    validateBoolean(sync, 'options.sync');
    validateBoolean(fsync, 'options.fsync');
    validateBoolean(append, 'options.append');
    validateBoolean(mkdir, 'options.mkdir');
    validateFunction(retryEAGAIN, 'options.retryEAGAIN');
    validateOneOf(contentMode, 'options.contentMode', ['buffer', 'utf8']);
    this.#mode = typeof mode === 'string' ? NumberParseInt(mode, 8) : mode;
    this.#minLength = minLength;
    this.#maxLength = maxLength;
    this.#maxWrite = maxWrite;
    this.#highWaterMark = MathMax(minLength, HIGH_WATER_MARK);
    this.#sync = sync;
    this.#fsync = fsync;
    this.#append = append;
    this.#mkdir = mkdir;
    this.#retryEAGAIN = retryEAGAIN;
    this.#periodicFlush = periodicFlush;
    this.#contentMode = contentMode;
    this.#queue = contentMode === 'buffer' ? new BytesQueue() : new TextQueue();
    this.#current = this.#queue.none;
    this.#release = (error, bytes) => this.#onWritten(error, bytes);

    if (typeof target === 'number') {
      this.#fd = target;
      this.#lookAtFile();
      process.nextTick(() => this.emit('ready'));
    } else if (typeof target === 'string') {
      this.#open(target);
    } else {
      throw new ERR_INVALID_ARG_TYPE('fd', ['number', 'string'], target);
    }
    if (minLength >= maxWrite) {
      throw new ERR_INVALID_ARG_VALUE.RangeError(
        'minLength', minLength, `should be smaller than maxWrite (${maxWrite})`);
    }
    this.on('newListener', (name) => {
      if (name === 'drain') this.#isDrainScheduled = false;
    });
    if (periodicFlush !== 0) {
      this.#periodicTimer = setInterval(() => this.flush(), periodicFlush);
      this.#periodicTimer.unref();
    }
  }

  write(data) {
    this.#checkLife();
    this.#queue.check(data);
    const length = this.#length + data.length;
    if (this.#maxLength !== 0 && length > this.#maxLength) {
      this.emit('drop', data);
      return this.#length < this.#highWaterMark;
    }
    this.#queue.add(data, this.#maxWrite);
    this.#length = length;
    if (!this.#isWriting && length >= this.#minLength) this.#writeNext();
    return this.#length < this.#highWaterMark;
  }

  flush(callback = undefined) {
    if (callback !== undefined) validateFunction(callback, 'cb');
    if (this.#isDestroyed) {
      callback?.(new ERR_INVALID_STATE('Utf8Stream is destroyed'));
      return;
    }
    if (this.#minLength <= 0) {
      callback?.();
      return;
    }
    if (callback !== undefined) this.#callWhenDrained(callback);
    if (!this.#isWriting) this.#writeNext();
  }

  #callWhenDrained(callback) {
    this.#isFlushPending = true;
    const onDrain = () => {
      this.off('error', onError);
      if (this.#fsync) {
        this.#isFlushPending = false;
        callback();
        return;
      }
      try {
        this.#syncsCount++;
        this.#fs.fsync(this.#fd, (error) => {
          this.#syncsCount--;
          this.#isFlushPending = false;
          callback(error);
          this.#closeNow?.();
        });
      } catch (error) {
        this.#syncsCount--;
        callback(error);
      }
    };
    const onError = (error) => {
      this.#isFlushPending = false;
      callback(error);
      this.off('drain', onDrain);
    };
    this.once('drain', onDrain);
    this.once('error', onError);
  }

  flushSync() {
    this.#checkLife();
    if (this.#fd < 0) throw new ERR_INVALID_STATE('Invalid file descriptor');
    // What an earlier write was refused. While one is under way its bytes are on their way.
    let piece = this.#isWriting ? this.#queue.none : this.#current;
    if (!this.#isWriting) this.#current = this.#queue.none;
    while (true) {
      if (piece.length === 0) piece = this.#queue.take();
      if (piece.length === 0) break;
      try {
        piece = this.#count(piece, this.#writeNow(piece));
      } catch (error) {
        const waiting = this.#length - piece.length;
        if (!isBusy(error) || !this.#retryEAGAIN(error, piece.length, waiting)) {
          this.#putBack(piece);
          throw error;
        }
        pause();
      }
    }
    try {
      this.#fs.fsyncSync(this.#fd);
    } catch {
      // Not every descriptor can be synchronised.
    }
  }

  /** For the next write to begin with. */
  #putBack(piece) {
    if (this.#contentMode === 'utf8') ArrayPrototypeUnshift(this.#queue.pieces, piece);
    else ArrayPrototypeUnshift(this.#queue.pieces, { parts: [piece], length: piece.length });
  }

  reopen(file) {
    this.#checkLife();
    if (this.#isOpening) {
      this.once('ready', () => this.reopen(file));
      return;
    }
    if (this.#isEnding) return;
    if (!this.#file) {
      throw new ERR_OPERATION_FAILED(
        'Unable to reopen a file descriptor, you must pass a file to SonicBoom');
    }
    if (file) this.#file = file;
    this.#isReopening = true;
    if (this.#isWriting) return;
    const fd = this.#fd;
    this.once('ready', () => {
      if (fd === this.#fd) return;
      this.#fs.close(fd, (error) => {
        if (error) this.emit('error', error);
      });
    });
    this.#open(this.#file);
  }

  end() {
    this.#checkLife();
    if (this.#isOpening) {
      this.once('ready', () => this.end());
      return;
    }
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#isWriting) return;
    if (this.#length > 0 && this.#fd >= 0) this.#writeNext();
    else this.#close();
  }

  destroy() {
    if (!this.#isDestroyed) this.#close();
  }

  get mode() {
    return this.#mode;
  }

  get file() {
    return this.#file;
  }

  get fd() {
    return this.#fd;
  }

  get minLength() {
    return this.#minLength;
  }

  get maxLength() {
    return this.#maxLength;
  }

  get writing() {
    return this.#isWriting;
  }

  get sync() {
    return this.#sync;
  }

  get fsync() {
    return this.#fsync;
  }

  get append() {
    return this.#append;
  }

  get periodicFlush() {
    return this.#periodicFlush;
  }

  get contentMode() {
    return this.#contentMode;
  }

  get mkdir() {
    return this.#mkdir;
  }

  [SymbolDispose]() {
    this.destroy();
  }

  #checkLife() {
    if (this.#isDestroyed) throw new ERR_INVALID_STATE('Utf8Stream is destroyed');
  }

  // ---- opening and closing ---------------------------------------------------------------------

  #open(file) {
    this.#isOpening = true;
    this.#isWriting = true;
    this.#isDrainScheduled = false;
    const flags = this.#append ? 'a' : 'w';
    const opened = (error, fd) => this.#onOpened(error, fd, file);
    if (this.#sync) {
      let fd;
      try {
        if (this.#mkdir) this.#fs.mkdirSync(dirname(file), { recursive: true });
        fd = this.#fs.openSync(file, flags, this.#mode);
      } catch (error) {
        opened(error);
        throw error;
      }
      opened(null, fd);
    } else if (this.#mkdir) {
      this.#fs.mkdir(dirname(file), { recursive: true }, (error) => {
        if (error) opened(error);
        else this.#fs.open(file, flags, this.#mode, opened);
      });
    } else {
      this.#fs.open(file, flags, this.#mode, opened);
    }
  }

  #onOpened(error, fd, file) {
    const wasReopening = this.#isReopening;
    this.#isReopening = false;
    this.#isWriting = false;
    this.#isOpening = false;
    if (error) {
      if (!this.#sync) {
        this.emit('error', error);
        return;
      }
      process.nextTick(() => {
        if (this.listenerCount('error') > 0) this.emit('error', error);
      });
      return;
    }
    this.#fd = fd;
    this.#file = file;
    this.#lookAtFile();
    if (this.#sync) process.nextTick(() => this.emit('ready'));
    else this.emit('ready');
    if (this.#isDestroyed) return;
    if ((!this.#isWriting && this.#length > this.#minLength) || this.#isFlushPending) {
      this.#writeNext();
    } else if (wasReopening) {
      process.nextTick(() => this.emit('drain'));
    }
  }

  #close() {
    if (this.#fd === -1) {
      this.once('ready', () => this.#close());
      return;
    }
    clearInterval(this.#periodicTimer);
    this.#isDestroyed = true;
    this.#queue.pieces = [];
    const closed = (error) => {
      if (error) {
        this.emit('error', error);
        return;
      }
      if (this.#isEnding && !this.#isWriting) this.emit('finish');
      this.emit('close');
    };
    const synced = () => {
      // What a flush still waits for needs the descriptor.
      this.#closeNow = this.#syncsCount === 0 ? undefined : synced;
      if (this.#closeNow !== undefined) return;
      if (this.#fd === STDOUT || this.#fd === STDERR) closed();
      else this.#fs.close(this.#fd, closed);
    };
    try {
      this.#fs.fsync(this.#fd, synced);
    } catch {
      // Not every descriptor can be synchronised.
    }
  }

  // ---- writing ---------------------------------------------------------------------------------

  #writeNow(piece, fs = this.#fs) {
    return this.#contentMode === 'utf8' ? fs.writeSync(this.#fd, piece, 'utf8') :
      fs.writeSync(this.#fd, piece);
  }

  /** Whether writes never wait for a reader; not asked where users have their own `write`. */
  #lookAtFile() {
    if (this.#sync || this.#fs.write !== publicFs().write) return;
    const { isRegular } = require('internal/fs/stats');
    const figures = require('internal/fs/ops').now.fstat(this.#fd);
    this.#isPlainFile = typeof figures !== 'number' && isRegular(figures);
  }

  /**
   * Files take small writes at once: a plain call is far cheaper than the ring's, and what is
   * written by flushSync comes behind it. Only the answer is late.
   */
  #writeLater() {
    if (this.#isPlainFile) {
      let bytes = 0;
      let refusal = null;
      try {
        bytes = this.#writeNow(this.#current, publicFs());
      } catch (error) {
        refusal = error;
      }
      process.nextTick(this.#release, refusal, bytes);
      return;
    }
    if (this.#contentMode === 'utf8') {
      this.#fs.write(this.#fd, this.#current, 'utf8', this.#release);
    } else {
      this.#fs.write(this.#fd, this.#current, this.#release);
    }
  }

  #writeNext() {
    this.#isWriting = true;
    if (this.#current.length === 0) this.#current = this.#queue.take();
    if (!this.#sync) {
      this.#writeLater();
      return;
    }
    let bytes;
    try {
      bytes = this.#writeNow(this.#current);
    } catch (error) {
      this.#onWritten(error);
      return;
    }
    this.#onWritten(null, bytes);
  }

  /** What is left of a piece; the rest of it waits no longer. */
  #count(piece, bytes) {
    // Replacements of fs.writeSync may forget to say how much they wrote: all of it, then.
    const rest = bytes === undefined ? this.#queue.none : this.#queue.rest(piece, bytes);
    this.#length = MathMax(this.#length - (piece.length - rest.length), 0);
    return rest;
  }

  #onWritten(error, bytes) {
    if (error) {
      this.#onRefused(error);
      return;
    }
    this.emit('write', bytes);
    this.#current = this.#count(this.#current, bytes);
    if (this.#current.length !== 0) {
      if (!this.#sync) {
        this.#writeLater();
        return;
      }
      try {
        while (this.#current.length !== 0) {
          this.#current = this.#count(this.#current, this.#writeNow(this.#current));
        }
      } catch (refusal) {
        this.#onRefused(refusal);
        return;
      }
    }
    if (this.#fsync) this.#fs.fsyncSync(this.#fd);
    this.#goOn();
  }

  #onRefused(error) {
    const { length } = this.#current;
    if (!isBusy(error) || !this.#retryEAGAIN(error, length, this.#length - length)) {
      this.#isWriting = false;
      this.emit('error', error);
    } else if (this.#sync) {
      // A pipe that is full: there is nobody to tell, so wait for its reader.
      pause();
      this.#writeNext();
    } else {
      setTimeout(() => this.#writeLater(), RETRY_MS);
    }
  }

  #goOn() {
    if (this.#isReopening) {
      this.#isWriting = false;
      this.#isReopening = false;
      this.reopen();
    } else if (this.#length > this.#minLength) {
      this.#writeNext();
    } else if (this.#isEnding) {
      if (this.#length > 0) {
        this.#writeNext();
      } else {
        this.#isWriting = false;
        this.#close();
      }
    } else {
      this.#isWriting = false;
      if (!this.#sync) {
        this.emit('drain');
      } else if (!this.#isDrainScheduled) {
        this.#isDrainScheduled = true;
        process.nextTick(() => this.#drainLater());
      }
    }
  }

  #drainLater() {
    if (this.listenerCount('drain') === 0) return;
    this.#isDrainScheduled = false;
    this.emit('drain');
  }
}

module.exports = Utf8Stream;
