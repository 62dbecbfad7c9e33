'use strict';

// fs.ReadStream and fs.WriteStream.

const {
  ArrayPrototypeMap, FunctionPrototypeBind, MathMin, ObjectDefineProperty, ObjectSetPrototypeOf,
  ReflectApply, Symbol,
} = primordials;

const { Buffer } = require('buffer');
const {
  codes: {
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM, ERR_INCOMPATIBLE_OPTION_PAIR, ERR_INVALID_ARG_TYPE,
    ERR_INVALID_THIS, ERR_METHOD_NOT_IMPLEMENTED, ERR_OUT_OF_RANGE, ERR_STREAM_DESTROYED,
    ERR_SYSTEM_ERROR,
  },
} = require('internal/errors');
const { bareError } = require('internal/fs/error');
const { FileHandle, kHandle, kRef, kUnref } = require('internal/fs/file_handle');
const { KEEP_POSITION, later } = require('internal/fs/ops');
const {
  bytesOf, copyObject, getOptions, getValidatedFd, validatePath,
} = require('internal/fs/utils');
const { errorOrDestroy } = require('internal/streams/destroy');
const { kEmptyObject } = require('internal/util');
const {
  validateBoolean, validateFunction, validateInteger,
} = require('internal/validators');
const { Readable, Writable, finished } = require('stream');

const HIGH_WATER_MARK = 64 * 1024;
const RETRIES_MAX = 5;

const kFs = Symbol('kFs');
const kIoDone = Symbol('kIoDone');
const kIsPerformingIO = Symbol('kIsPerformingIO');

let fs;

/** fs as users see (and may patch) it. */
function publicFs() {
  fs ??= require('fs');
  return fs;
}

// ---- where the bytes come from -----------------------------------------------------------------

/** The functions of `fs` over a FileHandle, which keeps its descriptor to itself. */
class FileHandleOperations {
  constructor(handle) {
    this.handle = handle;
  }

  open(path, flags, mode, callback) {
    throw new ERR_METHOD_NOT_IMPLEMENTED('open()');
  }

  close(fd, callback) {
    this.handle[kUnref]();
    this.handle.close().then(() => callback(), callback);
  }

  fsync(fd, callback) {
    this.handle.sync().then(() => callback(), callback);
  }

  read(fd, buffer, offset, length, position, callback) {
    this.handle.read(buffer, offset, length, position).then(
      (read) => callback(null, read.bytesRead, read.buffer),
      (error) => callback(error, 0, buffer));
  }

  write(fd, buffer, offset, length, position, callback) {
    this.handle.write(buffer, offset, length, position).then(
      (written) => callback(null, written.bytesWritten, written.buffer),
      (error) => callback(error, 0, buffer));
  }

  writev(fd, buffers, position, callback) {
    this.handle.writev(buffers, position).then(
      (written) => callback(null, written.bytesWritten, written.buffers),
      (error) => callback(error, 0, buffers));
  }
}

/** @returns {number} the descriptor that options.fd stands for */
function importFd(stream, options) {
  if (typeof options.fd === 'number') {
    stream[kFs] = options.fs || publicFs();
    return options.fd;
  }
  if (options.fd instanceof FileHandle) {
    if (options.fs) throw new ERR_METHOD_NOT_IMPLEMENTED('FileHandle with fs');
    const handle = options.fd;
    stream[kHandle] = handle;
    stream[kFs] = new FileHandleOperations(handle);
    handle[kRef]();
    handle.on('close', FunctionPrototypeBind(stream.close, stream));
    return handle.fd;
  }
  throw new ERR_INVALID_ARG_TYPE('options.fd', ['number', 'FileHandle'], options.fd);
}

/** What both streams do with path, fd, flags, mode. */
function importSource(stream, path, options, flags) {
  if (options.windowsHandle != null) {
    if (options.fd != null) throw new ERR_INCOMPATIBLE_OPTION_PAIR('fd', 'windowsHandle');
    throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('windowsHandle');
  }
  if (options.fd != null) {
    stream.fd = getValidatedFd(importFd(stream, options));
    return;
  }
  stream.fd = null;
  stream[kFs] = options.fs || publicFs();
  validateFunction(stream[kFs].open, 'options.fs.open');
  // A URL becomes the path that it names.
  stream.path = require('internal/url').toPathIfFileURL(path);
  stream.flags = options.flags === undefined ? flags : options.flags;
  stream.mode = options.mode === undefined ? 0o666 : options.mode;
  validatePath(stream.path);
}

function importCalls(stream, options, name) {
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  validateFunction(stream[kFs][name], `options.fs.${name}`);
  if (options.autoDestroy) validateFunction(stream[kFs].close, 'options.fs.close');
}

// ---- life --------------------------------------------------------------------------------------

/** Users who replaced `open` by their own, from before streams had _construct. */
function constructByPatchedOpen(stream, callback) {
  const { emit } = stream;
  stream.emit = function(...args) {
    if (args[0] === 'open') {
      this.emit = emit;
      callback();
      ReflectApply(emit, this, args);
    } else if (args[0] === 'error') {
      this.emit = emit;
      callback(args[1]);
    } else {
      return ReflectApply(emit, this, args);
    }
    return undefined;
  };
  stream.open();
}

let patchedOpenWarned = false;

function deprecatedOpen(Class) {
  return function open() {
    if (!patchedOpenWarned) {
      patchedOpenWarned = true;
      process.emitWarning(`${Class}.prototype.open() is deprecated`,
                          'DeprecationWarning', 'DEP0135');
    }
  };
}

const openRead = deprecatedOpen('ReadStream');
const openWrite = deprecatedOpen('WriteStream');

function _construct(callback) {
  if (typeof this.fd === 'number') {
    callback();
    return;
  }
  if (this.open !== openRead && this.open !== openWrite) {
    constructByPatchedOpen(this, callback);
    return;
  }
  this[kFs].open(this.path, this.flags, this.mode, (error, fd) => {
    if (error) {
      callback(error);
      return;
    }
    this.fd = fd;
    callback();
    this.emit('open', fd);
    this.emit('ready');
  });
}

function close(stream, error, callback) {
  if (!stream.fd && stream.fd !== 0) {
    callback(error);
  } else if (stream.flush) {
    stream[kFs].fsync(stream.fd, (flushError) => closeFd(stream, error || flushError, callback));
  } else {
    closeFd(stream, error, callback);
  }
}

function closeFd(stream, error, callback) {
  stream[kFs].close(stream.fd, (closeError) => callback(closeError || error));
  stream.fd = null;
}

/** The descriptor must outlive what the kernel does with it. */
function destroyAfterIO(stream, error, callback) {
  if (stream[kIsPerformingIO]) {
    stream.once(kIoDone, (ioError) => close(stream, error || ioError, callback));
  } else {
    close(stream, error, callback);
  }
}

function validateEnd(stream) {
  if (stream.end === undefined) stream.end = Infinity;
  else if (stream.end !== Infinity) validateInteger(stream.end, 'end', 0);
  if (stream.start !== undefined && stream.start > stream.end) {
    throw new ERR_OUT_OF_RANGE('start', `<= "end" (here: ${stream.end})`, stream.start);
  }
}

function validateStart(stream) {
  if (stream.start === undefined) return;
  validateInteger(stream.start, 'start', 0);
  stream.pos = stream.start;
}

// ---- reading -----------------------------------------------------------------------------------

function ReadStream(path, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(path, options);
  options = copyObject(getOptions(options, kEmptyObject));
  if (options.highWaterMark === undefined) options.highWaterMark = HIGH_WATER_MARK;
  if (options.autoDestroy === undefined) options.autoDestroy = false;
  importSource(this, path, options, 'r');
  importCalls(this, options, 'read');
  this.start = options.start;
  this.end = options.end;
  this.pos = undefined;
  this.bytesRead = 0;
  this[kIsPerformingIO] = false;
  validateStart(this);
  validateEnd(this);
  ReflectApply(Readable, this, [options]);
  if (options.encoding) this.setEncoding(options.encoding);
}
ObjectSetPrototypeOf(ReadStream.prototype, Readable.prototype);
ObjectSetPrototypeOf(ReadStream, Readable);

/** What autoClose says is what autoDestroy of the stream does. */
function defineAutoClose(Class, state) {
  function stateOf(stream) {
    if (stream[state] === undefined) throw new ERR_INVALID_THIS(Class.name);
    return stream[state];
  }
  ObjectDefineProperty(Class.prototype, 'autoClose', {
    __proto__: null,
    configurable: false,
    get() { return stateOf(this).autoDestroy; },
    set(value) { stateOf(this).autoDestroy = value; },
  });
}

function definePending(Class) {
  ObjectDefineProperty(Class.prototype, 'pending', {
    __proto__: null,
    configurable: true,
    get() { return this.fd === null; },
  });
}

defineAutoClose(ReadStream, '_readableState');
ReadStream.prototype.open = openRead;
ReadStream.prototype._construct = _construct;

/** Takes what a read gave; `chunk` has exactly these bytes. */
function takeChunk(stream, error, chunk) {
  stream[kIsPerformingIO] = false;
  if (stream.destroyed) {
    stream.emit(kIoDone, error);
    return;
  }
  if (error) {
    errorOrDestroy(stream, error);
    return;
  }
  const { length } = chunk;
  if (length === 0) {
    stream.push(null);
    return;
  }
  if (stream.pos !== undefined) stream.pos += length;
  stream.bytesRead += length;
  stream.push(chunk);
}

/** Straight from the ring, whose buffers need no copy. */
function readFromRing(stream, length) {
  const position = stream.pos === undefined ? KEEP_POSITION : stream.pos;
  later.read(stream.fd, length, position, (answer) => {
    if (typeof answer === 'number') takeChunk(stream, bareError(answer, 'read'), undefined);
    else takeChunk(stream, null, answer);
  });
}

/** Through the read function that the user gave, or has put into fs. */
function readThroughFs(stream, length) {
  const buffer = Buffer.allocUnsafeSlow(length);
  stream[kFs].read(stream.fd, buffer, 0, length, stream.pos, (error, count, filled) => {
    if (error || count === filled.length) {
      takeChunk(stream, error, filled);
      return;
    }
    // A short read must not hold on to the memory of a long one.
    const chunk = Buffer.allocUnsafeSlow(count > 0 ? count : 0);
    filled.copy(chunk, 0, 0, chunk.length);
    takeChunk(stream, null, chunk);
  });
}

ReadStream.prototype._read = function(size) {
  const wanted = MathMin(
    this.pos !== undefined ? this.end - this.pos + 1 : this.end - this.bytesRead + 1, size);
  if (wanted <= 0) {
    this.push(null);
    return;
  }
  this[kIsPerformingIO] = true;
  if (this[kFs] === fs && fs.read === require('internal/fs/callbacks').read) {
    readFromRing(this, wanted);
  } else {
    readThroughFs(this, wanted);
  }
};

ReadStream.prototype._destroy = function(error, callback) {
  destroyAfterIO(this, error, callback);
};

ReadStream.prototype.close = function(callback) {
  if (typeof callback === 'function') finished(this, callback);
  this.destroy();
};

definePending(ReadStream);

// ---- writing -----------------------------------------------------------------------------------

function WriteStream(path, options) {
  if (!(this instanceof WriteStream)) return new WriteStream(path, options);
  options = copyObject(getOptions(options, kEmptyObject));
  // What the kernel writes is bytes.
  options.decodeStrings = true;
  importSource(this, path, options, 'w');
  options.autoDestroy = options.autoClose === undefined ? true : options.autoClose;
  this.flush = options.flush ?? false;
  validateBoolean(this.flush, 'options.flush');
  checkWriteCalls(this, options);
  this.start = options.start;
  this.pos = undefined;
  this.bytesWritten = 0;
  this[kIsPerformingIO] = false;
  validateStart(this);
  ReflectApply(Writable, this, [options]);
  if (options.encoding) this.setDefaultEncoding(options.encoding);
}
ObjectSetPrototypeOf(WriteStream.prototype, Writable.prototype);
ObjectSetPrototypeOf(WriteStream, Writable);

/** One of write and writev is enough. */
function checkWriteCalls(stream, options) {
  const calls = stream[kFs];
  if (!calls.write && !calls.writev) {
    throw new ERR_INVALID_ARG_TYPE('options.fs.write', 'function', calls.write);
  }
  if (calls.write) validateFunction(calls.write, 'options.fs.write');
  if (calls.writev) validateFunction(calls.writev, 'options.fs.writev');
  if (options.autoDestroy) validateFunction(calls.close, 'options.fs.close');
  if (stream.flush) validateFunction(calls.fsync, 'options.fs.fsync');
  if (!calls.write) stream._write = null;
  if (!calls.writev) stream._writev = null;
}

defineAutoClose(WriteStream, '_writableState');
WriteStream.prototype.open = openWrite;
WriteStream.prototype._construct = _construct;

/** After a write of `count` bytes, of which there may be more. */
function goOn(stream, error, count, rest, tries, again, callback) {
  if (error?.code === 'EAGAIN') {
    error = null;
    count = 0;
  }
  if (stream.destroyed || error) {
    callback(error || new ERR_STREAM_DESTROYED('write'));
    return;
  }
  stream.bytesWritten += count;
  const left = rest - count;
  if (left === 0) {
    callback();
    return;
  }
  tries = count > 0 ? 0 : tries + 1;
  if (tries > RETRIES_MAX) {
    callback(new ERR_SYSTEM_ERROR({
      code: 'EAGAIN', message: 'write failed', errno: -11, syscall: 'write',
    }));
    return;
  }
  again(count, tries);
}

function writeAll(stream, data, position, tries, callback) {
  const { length } = data;
  stream[kFs].write(stream.fd, data, 0, length, position, (error, count) => {
    goOn(stream, error, count, length, tries, (written, nextTries) => {
      const nextPosition = position === undefined ? undefined : position + written;
      writeAll(stream, data.subarray(written), nextPosition, nextTries, callback);
    }, callback);
  });
}

function writevAll(stream, chunks, length, position, tries, callback) {
  stream[kFs].writev(stream.fd, chunks, position, (error, count) => {
    goOn(stream, error, count, length, tries, (written, nextTries) => {
      const rest = Buffer.concat(ArrayPrototypeMap(chunks, bytesOf)).subarray(written);
      const nextPosition = position === undefined ? undefined : position + written;
      writevAll(stream, [rest], rest.length, nextPosition, nextTries, callback);
    }, callback);
  });
}

/** Runs one write while the descriptor must stay open. */
function performing(stream, callback) {
  stream[kIsPerformingIO] = true;
  return (error) => {
    stream[kIsPerformingIO] = false;
    if (stream.destroyed) {
      callback(error);
      stream.emit(kIoDone, error);
      return;
    }
    callback(error);
  };
}

WriteStream.prototype._write = function(data, encoding, callback) {
  const position = this.pos;
  if (position !== undefined) this.pos += data.length;
  writeAll(this, data, position, 0, performing(this, callback));
};

WriteStream.prototype._writev = function(data, callback) {
  const chunks = ArrayPrototypeMap(data, ({ chunk }) => chunk);
  let length = 0;
  for (let i = 0; i < chunks.length; i++) length += chunks[i].length;
  const position = this.pos;
  if (position !== undefined) this.pos += length;
  writevAll(this, chunks, length, position, 0, performing(this, callback));
};

WriteStream.prototype._destroy = function(error, callback) {
  destroyAfterIO(this, error, callback);
};

WriteStream.prototype.close = function(callback) {
  if (callback) {
    if (this.closed) {
      process.nextTick(callback);
      return;
    }
    this.on('close', callback);
  }
  // Without autoClose nobody else would.
  if (!this.autoClose) this.on('finish', this.destroy);
  this.end();
};

WriteStream.prototype.destroySoon = WriteStream.prototype.end;

definePending(WriteStream);

module.exports = { ReadStream, WriteStream };
