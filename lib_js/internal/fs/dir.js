'use strict';

// fs.Dir: a directory that is open and read in steps, in the file system's own order.

const {
  ArrayPrototypePush, ArrayPrototypeShift, ObjectDefineProperties, Promise, SymbolAsyncDispose,
  SymbolAsyncIterator, SymbolDispose,
} = primordials;

const {
  codes: { ERR_DIR_CLOSED, ERR_DIR_CONCURRENT_OPERATION, ERR_INVALID_THIS, ERR_MISSING_ARGS },
} = require('internal/errors');
const { getDirent, join } = require('internal/fs/dirent');
const { bareError, checked } = require('internal/fs/error');
const { later, now } = require('internal/fs/ops');
const {
  encodeName, getOptions, getValidatedPath, wantsBytes,
} = require('internal/fs/utils');
const { promisify } = require('internal/util');
const { validateFunction, validateUint32 } = require('internal/validators');

const BUFFER_ENTRIES = 32;

const isErrno = (answer) => typeof answer === 'number';

class Dir {
  #handle;
  #path;
  #encoding;
  #asBytes;
  #bufferSize;
  #isRecursive;
  #isClosed = false;
  #isAtEnd = false;
  /** Entries read ahead. */
  #entries = [];
  /** Directories below, still to be read. */
  #below = [];
  /** The directory that the handle stands for now: #path, or one below. */
  #current;
  /** While an operation is under way, what was asked for meanwhile; else null. */
  #queue = null;

  constructor(handle, path, options) {
    if (handle == null) throw new ERR_MISSING_ARGS('handle');
    const { bufferSize = BUFFER_ENTRIES, encoding, recursive } = getOptions(
      options, { encoding: 'utf8' });
    validateUint32(bufferSize, 'options.bufferSize', true);
    this.#handle = handle;
    this.#path = path;
    this.#current = path;
    this.#encoding = encoding;
    this.#asBytes = wantsBytes(encoding);
    this.#bufferSize = bufferSize;
    this.#isRecursive = !!recursive;
  }

  get path() {
    if (!(#path in this)) throw new ERR_INVALID_THIS('Dir');
    return this.#path;
  }

  read(callback) {
    if (callback === undefined) return promiseOf((done) => this.#read(done));
    validateFunction(callback, 'callback');
    this.#read(callback);
    return undefined;
  }

  #read(done) {
    if (this.#isClosed) throw new ERR_DIR_CLOSED();
    if (this.#queue !== null) {
      ArrayPrototypePush(this.#queue, () => this.#read(done));
      return;
    }
    if (this.#entries.length !== 0) {
      process.nextTick(done, null, ArrayPrototypeShift(this.#entries));
      return;
    }
    this.#queue = [];
    this.#fill((error) => {
      const queue = this.#queue;
      this.#queue = null;
      for (let i = 0; i < queue.length; i++) queue[i]();
      if (error) done(error);
      else done(null, ArrayPrototypeShift(this.#entries) ?? null);
    });
  }

  /** Reads ahead until there is an entry, or no more. */
  #fill(done) {
    if (this.#isAtEnd) {
      process.nextTick(done, null);
      return;
    }
    later.readOpenDirectory(this.#handle, this.#bufferSize, this.#asBytes, (answer) => {
      if (isErrno(answer)) {
        done(bareError(answer, 'scandir', this.#current));
        return;
      }
      this.#take(answer, (error) => {
        if (error) done(error);
        else if (this.#entries.length !== 0) done(null);
        else this.#openNext(done);
      });
    });
  }

  #take({ 0: names, 1: kinds }, done) {
    let i = 0;
    const next = (error, dirent) => {
      if (error) {
        done(error);
        return;
      }
      if (dirent !== undefined) this.#add(dirent);
      if (i === names.length) {
        done(null);
        return;
      }
      const name = encodeName(names[i], this.#encoding);
      getDirent(this.#current, name, kinds[i++], next);
    };
    next();
  }

  #add(dirent) {
    ArrayPrototypePush(this.#entries, dirent);
    if (this.#isRecursive && dirent.isDirectory()) {
      ArrayPrototypePush(this.#below, join(this.#current, dirent.name));
    }
  }

  #openNext(done) {
    if (this.#below.length === 0) {
      this.#isAtEnd = true;
      done(null);
      return;
    }
    const path = ArrayPrototypeShift(this.#below);
    later.openDirectory(path, (answer) => {
      if (answer < 0) {
        done(bareError(answer, 'opendir', path));
        return;
      }
      this.#replaceHandle(answer, path);
      this.#fill(done);
    });
  }

  #replaceHandle(handle, path) {
    now.closeDirectory(this.#handle);
    this.#handle = handle;
    this.#current = path;
  }

  readSync() {
    this.#checkIdle();
    while (this.#entries.length === 0 && !this.#isAtEnd) {
      const { 0: names, 1: kinds } = checked(
        now.readOpenDirectory(this.#handle, this.#bufferSize, this.#asBytes),
        'scandir', this.#current);
      for (let i = 0; i < names.length; i++) {
        this.#add(getDirent(this.#current, encodeName(names[i], this.#encoding), kinds[i]));
      }
      if (names.length !== 0) break;
      if (this.#below.length === 0) {
        this.#isAtEnd = true;
      } else {
        const path = ArrayPrototypeShift(this.#below);
        this.#replaceHandle(checked(now.openDirectory(path), 'opendir', path), path);
      }
    }
    return ArrayPrototypeShift(this.#entries) ?? null;
  }

  close(callback) {
    if (callback === undefined) return promiseOf((done) => this.#close(done));
    validateFunction(callback, 'callback');
    if (this.#isClosed) process.nextTick(callback, new ERR_DIR_CLOSED());
    else this.#close(callback);
    return undefined;
  }

  #close(done) {
    if (this.#isClosed) throw new ERR_DIR_CLOSED();
    if (this.#queue !== null) {
      ArrayPrototypePush(this.#queue, () => this.#close(done));
      return;
    }
    this.#isClosed = true;
    later.closeDirectory(this.#handle, () => done(null));
  }

  closeSync() {
    this.#checkIdle();
    this.#isClosed = true;
    now.closeDirectory(this.#handle);
  }

  #checkIdle() {
    if (this.#isClosed) throw new ERR_DIR_CLOSED();
    if (this.#queue !== null) throw new ERR_DIR_CONCURRENT_OPERATION();
  }

  async* entries() {
    try {
      while (true) {
        const entry = await this.read();
        if (entry === null) break;
        yield entry;
      }
    } finally {
      await this.close();
    }
  }

  [SymbolDispose]() {
    if (!this.#isClosed) this.closeSync();
  }

  async [SymbolAsyncDispose]() {
    if (!this.#isClosed) await this.close();
  }
}

ObjectDefineProperties(Dir.prototype, {
  [SymbolAsyncIterator]: {
    __proto__: null,
    value: Dir.prototype.entries,
    writable: true,
    enumerable: false,
    configurable: true,
  },
});

function promiseOf(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}

function opendir(path, options, callback) {
  callback = typeof options === 'function' ? options : callback;
  validateFunction(callback, 'callback');
  path = getValidatedPath(path);
  options = getOptions(options, { encoding: 'utf8' });
  later.openDirectory(path, (answer) => {
    if (answer < 0) {
      callback(bareError(answer, 'opendir', path));
      return;
    }
    let dir;
    try {
      dir = new Dir(answer, path, options);
    } catch (error) {
      now.closeDirectory(answer);
      callback(error);
      return;
    }
    callback(null, dir);
  });
}

function opendirSync(path, options) {
  path = getValidatedPath(path);
  options = getOptions(options, { encoding: 'utf8' });
  // Node does not say which, here.
  const handle = checked(now.openDirectory(path), 'opendir');
  try {
    return new Dir(handle, path, options);
  } catch (error) {
    now.closeDirectory(handle);
    throw error;
  }
}

module.exports = { Dir, opendir, opendirPromise: promisify(opendir), opendirSync };
