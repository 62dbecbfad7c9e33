'use strict';

// FileHandle: an open file of fs.promises. It stays open while anything still works with it, even
// after close() was called.
//
// It can move to another thread: its descriptor goes with the message.

const {
  ArrayPrototypeMap, Error, Promise, PromisePrototypeThen, PromiseResolve,
  PromiseWithResolvers, SafeFinalizationRegistry, SafePromisePrototypeFinally, Symbol,
  SymbolAsyncDispose, SymbolAsyncIterator, SymbolIterator,
} = primordials;

const { Buffer } = require('buffer');
const EventEmitter = require('events');
const {
  codes: { ERR_INTERNAL_ASSERTION, ERR_INVALID_ARG_VALUE, ERR_INVALID_STATE },
} = require('internal/errors');
const {
  answerOf, bareAnswerOf, promiseOf, runAsync, stackedError,
} = require('internal/fs/answer');
const { bareError } = require('internal/fs/error');
const { KEEP_POSITION, later, now } = require('internal/fs/ops');
const { bigStatsOf, statsOf } = require('internal/fs/stats');
const {
  bytesOf, decode, encodedText, getOptions, positionOr, validateBufferArray,
  validateOffsetLengthRead, validateOffsetLengthWrite, validatePosition,
  validateStringAfterArrayBufferView,
} = require('internal/fs/utils');
const whole = require('internal/fs/whole');
const { kEmptyObject, lazyDOMExceptionClass } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  kValidateObjectAllowNullable, parseFileMode, validateAbortSignal, validateBoolean,
  validateBuffer, validateEncoding, validateInteger, validateObject,
} = require('internal/validators');

const {
  kDeserialize, kTransfer, markTransferMode,
} = require('internal/worker/transfer_symbols');

const kHandle = Symbol('kHandle');
const kFd = Symbol('kFd');
const kRefs = Symbol('kRefs');
const kClosePromise = Symbol('kClosePromise');
const kClosing = Symbol('kClosing');
const kTransferred = Symbol('kTransferred');
const kLocked = Symbol('kLocked');
const kRef = Symbol('kRef');
const kUnref = Symbol('kUnref');

const DEFAULT_READ_BYTES = 16384;
const EINVAL = -22;

class FileHandle extends EventEmitter {
  /** @param {number} fd */
  constructor(fd) {
    super();
    this[kFd] = fd ?? -1;
    this[kRefs] = 1;
    watchOver(this, this[kFd]);
    this[kClosePromise] = null;
    this[kClosing] = undefined;
    this[kTransferred] = false;
    markTransferMode(this, false, true);
  }

  get fd() {
    return this[kFd];
  }

  appendFile(data, options) {
    return fsCall(writeFile, this, data, options);
  }

  chmod(mode) {
    return fsCall(fchmod, this, mode);
  }

  chown(uid, gid) {
    return fsCall(fchown, this, uid, gid);
  }

  datasync() {
    return fsCall(fdatasync, this);
  }

  sync() {
    return fsCall(fsync, this);
  }

  /** One async function, where the others go through fsCall and one of their own. */
  async read(buffer, offset, length, position) {
    hold(this, read);
    try {
      return await read(this, buffer, offset, length, position);
    } catch (error) {
      // What was wrong with the arguments knows its stack.
      throw error.errno === undefined ? error : stackedError(error);
    } finally {
      this[kUnref]();
    }
  }

  readv(buffers, position) {
    return fsCall(readv, this, buffers, position);
  }

  readFile(options) {
    return fsCall(readFile, this, options);
  }

  readLines(options = undefined) {
    const { createInterface } = require('readline');
    return createInterface({ input: this.createReadStream(options), crlfDelay: Infinity });
  }

  stat(options) {
    return fsCall(fstat, this, options);
  }

  truncate(len = 0) {
    return fsCall(ftruncate, this, len);
  }

  utimes(atime, mtime) {
    return fsCall(futimes, this, atime, mtime);
  }

  write(buffer, offset, length, position) {
    return fsCall(write, this, buffer, offset, length, position);
  }

  writev(buffers, position) {
    return fsCall(writev, this, buffers, position);
  }

  writeFile(data, options) {
    return fsCall(writeFile, this, data, options);
  }

  close = () => {
    if (this[kFd] === -1) return PromiseResolve();
    if (this[kClosePromise]) return this[kClosePromise];
    this[kClosing] = PromiseWithResolvers();
    this[kClosePromise] = SafePromisePrototypeFinally(this[kClosing].promise, () => {
      this[kClosePromise] = undefined;
    });
    this[kUnref]();
    this.emit('close');
    return this[kClosePromise];
  };

  async [SymbolAsyncDispose]() {
    await this.close();
  }

  readableWebStream(options = kEmptyObject) {
    mustBeFree(this);
    const stream = require('internal/fs/web_stream').webStreamOf(this, options);
    this[kLocked] = true;
    return stream;
  }

  createReadStream(options = undefined) {
    const { ReadStream } = require('internal/fs/streams');
    return new ReadStream(undefined, { ...options, fd: this });
  }

  createWriteStream(options = undefined) {
    const { WriteStream } = require('internal/fs/streams');
    return new WriteStream(undefined, { ...options, fd: this });
  }

  [kRef]() {
    this[kRefs]++;
  }

  /** The descriptor goes with the message; this handle has none from now on. */
  [kTransfer]() {
    if (this[kClosePromise] !== null || this[kRefs] > 1) {
      throw new (lazyDOMExceptionClass())(
        'Cannot transfer FileHandle while in use', 'DataCloneError');
    }
    const goods = internalBinding('moved_fd').pack(this[kFd]);
    this[kFd] = -1;
    this[kRefs] = 0;
    this[kTransferred] = true;
    forgotten?.unregister(this);
    return { data: undefined, deserializeInfo: 'internal/fs/file_handle:FileHandle', goods };
  }

  [kDeserialize](data, goods) {
    this[kFd] = goods === undefined ? -1 : internalBinding('moved_fd').unpack(goods);
    watchOver(this, this[kFd]);
  }

  [kUnref]() {
    this[kRefs]--;
    if (this[kRefs] > 0) return;
    const fd = this[kFd];
    this[kFd] = -1;
    forgotten?.unregister(this);
    const closed = answerOf((done) => later.close(fd, done), 'close');
    const closing = this[kClosing];
    PromisePrototypeThen(closed, () => closing?.resolve(), (error) => closing?.reject(error));
  }
}

// ---- handles that nobody closed ----------------------------------------------------------------

// Made on first use: the start-up snapshot cannot hold it.
let forgotten;
let isDeprecationTold = false;

function watchOver(handle, fd) {
  if (fd < 0) return;
  forgotten ??= new SafeFinalizationRegistry(closeForgotten);
  forgotten.register(handle, fd, handle);
}

function closeForgotten(fd) {
  now.close(fd);
  process.emitWarning(`Closing file descriptor ${fd} on garbage collection`);
  if (isDeprecationTold) return;
  isDeprecationTold = true;
  process.emitWarning(
    'Closing a FileHandle object on garbage collection is deprecated. Please close FileHandle ' +
    'objects explicitly using FileHandle.prototype.close(). In the future, an error will be ' +
    'thrown if a file descriptor is closed during garbage collection.',
    'DeprecationWarning', 'DEP0137');
}

/** For a stream that needs the handle for itself. */
function mustBeFree(handle) {
  if (handle[kFd] === -1) throw new ERR_INVALID_STATE('The FileHandle is closed');
  if (handle[kClosePromise]) throw new ERR_INVALID_STATE('The FileHandle is closing');
  if (handle[kLocked]) throw new ERR_INVALID_STATE('The FileHandle is locked');
}

// ---- calls -------------------------------------------------------------------------------------

/** Keeps the handle open for `fn`, until kUnref. */
function hold(handle, fn) {
  if (handle[kRefs] === undefined) {
    throw new ERR_INTERNAL_ASSERTION('handle must be an instance of FileHandle');
  }
  if (handle.fd === -1) {
    const error = new Error(
      handle[kTransferred] ? 'The FileHandle has been transferred' : 'file closed');
    error.code = 'EBADF';
    error.syscall = fn.name;
    throw error;
  }
  handle[kRef]();
}

/** Keeps the handle open while `fn` works with it. */
async function fsCall(fn, handle, ...args) {
  hold(handle, fn);
  try {
    return await fn(handle, ...args);
  } finally {
    handle[kUnref]();
  }
}

// ---- bytes -------------------------------------------------------------------------------------

/** @returns {object | Promise<object>} what was read, or the promise of it */
function read(handle, bufferOrParams, offset, length, position) {
  let buffer = bufferOrParams;
  if (!isArrayBufferView(buffer)) {
    // read(options), or read() for the next bytes.
    if (bufferOrParams !== undefined) {
      validateObject(bufferOrParams, 'options', kValidateObjectAllowNullable);
    }
    ({ buffer = Buffer.alloc(DEFAULT_READ_BYTES), offset = 0,
       length = buffer.byteLength - offset, position = null } = bufferOrParams ?? kEmptyObject);
    validateBuffer(buffer);
  } else if (offset !== null && typeof offset === 'object') {
    // read(buffer, options)
    ({ offset = 0, length = buffer.byteLength - offset, position = null } = offset);
  }
  if (offset == null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  length ??= buffer.byteLength - offset;
  if (position == null) position = KEEP_POSITION;
  else validatePosition(position, 'position', length);
  if (length === 0) return { __proto__: null, bytesRead: length, buffer };
  if (buffer.byteLength === 0) {
    throw new ERR_INVALID_ARG_VALUE('buffer', buffer, 'is empty and cannot be written');
  }
  validateOffsetLengthRead(offset, length, buffer.byteLength);
  return new Promise((resolve, reject) => {
    later.readInto(handle[kFd], buffer, offset, length, position, (answer) => {
      if (answer < 0) reject(bareError(answer, 'read'));
      else resolve({ __proto__: null, bytesRead: answer, buffer });
    });
  });
}

async function readv(handle, buffers, position) {
  validateBufferArray(buffers);
  if (buffers.length === 0) throw stackedError(bareError(EINVAL, 'read'));
  const { scatter, totalLength } = require('internal/fs/callbacks');
  const length = totalLength(buffers);
  const bytes = await answerOf(
    (done) => later.read(handle.fd, length, positionOr(position), done), 'read');
  return { __proto__: null, bytesRead: scatter(bytes, buffers), buffers };
}

async function write(handle, buffer, offsetOrOptions, length, position) {
  let offset = offsetOrOptions;
  if (!isArrayBufferView(buffer)) {
    validateStringAfterArrayBufferView(buffer, 'buffer');
    validateEncoding(buffer, length);
    const bytes = encodedText(buffer, length);
    const written = await answerOf(
      (done) => later.write(handle.fd, bytes, positionOr(offset), done), 'write');
    return { __proto__: null, bytesWritten: written, buffer };
  }
  if (buffer.byteLength === 0) return { __proto__: null, bytesWritten: 0, buffer };
  if (typeof offset === 'object') {
    ({ offset = 0, length = buffer.byteLength - offset, position = null } =
      offsetOrOptions ?? kEmptyObject);
  }
  if (offset == null) offset = 0;
  else validateInteger(offset, 'offset', 0);
  if (typeof length !== 'number') length = buffer.byteLength - offset;
  validateOffsetLengthWrite(offset, length, buffer.byteLength);
  const bytes = Buffer.from(buffer.buffer, buffer.byteOffset + offset, length);
  const at = positionOr(position);
  const written = await answerOf((done) => later.write(handle.fd, bytes, at, done), 'write');
  return { __proto__: null, bytesWritten: written, buffer };
}

async function writev(handle, buffers, position) {
  validateBufferArray(buffers);
  if (buffers.length === 0) return { __proto__: null, bytesWritten: 0, buffers };
  const bytes = Buffer.concat(ArrayPrototypeMap(buffers, bytesOf));
  const written = await answerOf(
    (done) => later.write(handle.fd, bytes, positionOr(position), done), 'write');
  return { __proto__: null, bytesWritten: written, buffers };
}

// ---- the file ----------------------------------------------------------------------------------

async function fchmod(handle, mode) {
  mode = parseFileMode(mode, 'mode');
  await answerOf((done) => later.fchmod(handle.fd, mode, done), 'fchmod');
}

async function fchown(handle, uid, gid) {
  await require('internal/fs/attributes').chownHandle(handle, uid, gid);
}

async function futimes(handle, atime, mtime) {
  await require('internal/fs/attributes').utimesHandle(handle, atime, mtime);
}

async function fdatasync(handle) {
  await answerOf((done) => later.fsync(handle.fd, true, done), 'fdatasync');
}

async function fsync(handle) {
  await answerOf((done) => later.fsync(handle.fd, false, done), 'fsync');
}

async function fstat(handle, options = { bigint: false }) {
  const take = options.bigint === true ? bigStatsOf : statsOf;
  try {
    return await bareAnswerOf((done) => later.fstatAs(handle[kFd], take, done), 'fstat');
  } catch (error) {
    throw stackedError(error);
  }
}

async function ftruncate(handle, len = 0) {
  validateInteger(len, 'len');
  await answerOf(
    (done) => later.ftruncate(handle.fd, len < 0 ? 0 : len, done), 'ftruncate');
}

// ---- whole files -------------------------------------------------------------------------------

async function readFile(handle, options) {
  options = getOptions(options, { flag: 'r' });
  const { buffer, encoding, signal } = options;
  if (signal?.aborted) throw whole.abortError(signal);
  if (buffer !== undefined) {
    const { readGiven, validateGiven } = require('internal/fs/given_buffer');
    validateGiven(buffer);
    return decode(await runAsync(readGiven(handle.fd, buffer, signal)), encoding);
  }
  const bytes = await promiseOf((done) => whole.readDescriptor(handle.fd, signal, done));
  return decode(bytes, options.encoding);
}

/** What gives its bytes piece by piece. */
function isIterable(data) {
  return !isArrayBufferView(data) && typeof data !== 'string' && data != null &&
    (data[SymbolIterator] !== undefined || data[SymbolAsyncIterator] !== undefined);
}

/** @returns {any} data as bytes, or as the iterable it is */
function writable(data, encoding) {
  if (isArrayBufferView(data) || isIterable(data)) return data;
  validateStringAfterArrayBufferView(data, 'data');
  return Buffer.from(data, encoding || 'utf8');
}

/** Writes what `writable` gave. */
async function writeAll(fd, data, signal, encoding, flush) {
  if (!isIterable(data)) {
    // Unlike the callback form this one asks nothing of a file for the sake of no bytes.
    if (data.byteLength === 0 && !flush && !signal?.aborted) return;
    await promiseOf((done) => whole.writeDescriptor(fd, data, signal, flush, done));
    return;
  }
  if (signal?.aborted) throw whole.abortError(signal);
  for await (const chunk of data) {
    const bytes = isArrayBufferView(chunk) ? chunk : Buffer.from(chunk, encoding || 'utf8');
    if (signal?.aborted) throw whole.abortError(signal);
    if (bytes.byteLength === 0) continue;
    await promiseOf((done) => whole.writeDescriptor(fd, bytes, signal, false, done));
  }
  if (signal?.aborted) throw whole.abortError(signal);
  if (flush) await answerOf((done) => later.fsync(fd, false, done), 'fsync');
}

/** Options of writeFile, checked. */
function writeOptions(options) {
  options = getOptions(options, { encoding: 'utf8', mode: 0o666, flag: 'w', flush: false });
  validateBoolean(options.flush ?? false, 'options.flush');
  return options;
}

async function writeFile(handle, data, options) {
  options = writeOptions(options);
  data = writable(data, options.encoding);
  validateAbortSignal(options.signal, 'options.signal');
  await writeAll(handle.fd, data, options.signal, options.encoding, options.flush);
}

module.exports = {
  FileHandle,
  kHandle,
  kLocked,
  kRef,
  kUnref,
  mustBeFree,
  writable,
  writeAll,
  writeOptions,
};
