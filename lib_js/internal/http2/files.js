'use strict';
// Responses whose body is a file: bytes go from the descriptor to the wire, past the Writable, a
// chunk when the one before is in frames.

const { Buffer } = require('buffer');
const fs = require('fs');
const {
  ERR_HTTP2_INVALID_STREAM,
  ERR_HTTP2_PAYLOAD_FORBIDDEN,
  ERR_HTTP2_SEND_FILE,
  ERR_HTTP2_SEND_FILE_NOSEEK,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} = require('internal/errors').codes;
const { NghttpError } = require('internal/http2/errors');
const { assertValidPseudoHeaderResponse, buildNgHeaderString } = require('internal/http2/headers');
const {
  hasNoPayload,
  responseObject,
  responseOptions,
} = require('internal/http2/server_stream');
const { validateOptionalObject } = require('internal/http2/settings');
const { kMaybeDestroy, kState, kUpdateTimer } = require('internal/http2/symbols');

const CHUNK_BYTES = 64 * 1024;
const INTERNAL_ERROR = 2;

/** A file on its way: where to read, how much, and to which stream. */
class FileBody {
  constructor(stream, fd, isOwn, offset, length) {
    this.stream = stream;
    this.fd = fd;
    this.isOwn = isOwn; // Opened here: closed here.
    this.position = offset >= 0 ? offset : null; // null: wherever the descriptor stands.
    this.left = length >= 0 ? length : Infinity;
    this.onRead = (error, count, bytes) => this.send(error, count, bytes);
    this.onWritten = () => this.goOn();
  }

  read() {
    const { stream } = this;
    if (stream.destroyed || stream.closed) {
      this.close();
      return;
    }
    const wanted = Math.min(this.left, CHUNK_BYTES);
    if (wanted === 0) {
      this.finish();
      return;
    }
    fs.read(this.fd, Buffer.allocUnsafeSlow(wanted), 0, wanted, this.position, this.onRead);
  }

  /** Peers may open their windows byte by byte: a chunk is read when the last but one is out. */
  goOn() {
    const state = this.stream[kState];
    if (state.queuedBytes >= CHUNK_BYTES) return;
    state.fileWritten = null;
    this.read();
  }

  send(error, count, bytes) {
    const { stream } = this;
    if (error) {
      this.close();
      if (!stream.destroyed) stream.close(INTERNAL_ERROR);
      return;
    }
    if (stream.destroyed || stream.closed) {
      this.close();
      return;
    }
    if (count === 0) {
      this.finish();
      return;
    }
    if (this.position !== null) this.position += count;
    this.left -= count;
    stream[kUpdateTimer]();
    const state = stream[kState];
    state.queuedBytes += count;
    state.session[kState].queuedBytes += count;
    state.fileWritten = this.onWritten;
    const code = state.wire.write(state.id, bytes.subarray(0, count));
    if (code < 0) {
      state.fileWritten = null;
      this.close();
      if (!state.isGone(code)) stream.destroy(new NghttpError(code));
    }
  }

  finish() {
    const { stream } = this;
    this.close();
    const state = stream[kState];
    if (state.isShut) return;
    state.isShut = true;
    state.wire.end(state.id);
    stream[kMaybeDestroy]();
  }

  close() {
    if (!this.isOwn) return;
    this.isOwn = false;
    closeDescriptor(this.fd, this.stream);
  }
}

function closeDescriptor(fd, stream) {
  fs.close(fd, (error) => { if (error) stream.destroy(error); });
}

/** The options that both kinds have. @returns {object} a copy */
function takeOptions(given) {
  validateOptionalObject(given, 'options');
  const options = { ...given };
  const { length, offset, statCheck } = options;
  if (offset !== undefined && typeof offset !== 'number') {
    throw new ERR_INVALID_ARG_VALUE('options.offset', offset);
  }
  if (length !== undefined && typeof length !== 'number') {
    throw new ERR_INVALID_ARG_VALUE('options.length', length);
  }
  if (statCheck !== undefined && typeof statCheck !== 'function') {
    throw new ERR_INVALID_ARG_VALUE('options.statCheck', statCheck);
  }
  return options;
}

function takeHeaders(stream, given, options) {
  stream[kUpdateTimer]();
  const headers = responseObject(given, options);
  const status = headers[':status'];
  if (hasNoPayload(status) || stream.headRequest) throw new ERR_HTTP2_PAYLOAD_FORBIDDEN(status);
  return headers;
}

function respondWithDescriptor(stream, fd, headersParam, givenOptions) {
  const options = takeOptions(givenOptions);
  if (options.waitForTrailers) stream[kState].hasTrailers = true;
  if (typeof fd === 'object' && fd !== null &&
      fd instanceof require('internal/fs/file_handle').FileHandle) {
    ({ fd } = fd);
  } else if (typeof fd !== 'number') {
    throw new ERR_INVALID_ARG_TYPE('fd', ['number', 'FileHandle'], fd);
  }
  const headers = takeHeaders(stream, headersParam, options);
  if (options.statCheck === undefined) {
    begin(stream, fd, false, headers, options, options.offset ?? 0, options.length ?? -1);
    return;
  }
  fs.fstat(fd, (error, stat) => {
    if (error || stream.destroyed || stream.closed) {
      stream.destroy(error ?? new ERR_HTTP2_INVALID_STREAM());
      return;
    }
    const range = { offset: options.offset ?? 0, length: options.length ?? -1 };
    if (options.statCheck.call(stream, stat, headers, range) === false || stream.headersSent) {
      return;
    }
    begin(stream, fd, false, headers, options, whole(range.offset), whole(range.length));
  });
}

function respondWithFile(stream, path, headersParam, givenOptions) {
  const options = takeOptions(givenOptions);
  if (options.waitForTrailers) stream[kState].hasTrailers = true;
  const headers = takeHeaders(stream, headersParam, options);
  const fail = (error) => {
    if (options.onError) options.onError(error);
    else stream.destroy(error);
  };
  fs.open(path, 'r', (openError, fd) => {
    if (openError) {
      fail(openError);
    } else if (stream.destroyed || stream.closed) {
      closeDescriptor(fd, stream);
    } else {
      fs.fstat(fd, (error, stat) => {
        sendOpened(stream, fd, headers, options, error ?? faultOfKind(stat, options), stat, fail);
      });
    }
  });
}

/** A directory is no body, and only of a regular file a part can be sent. */
function faultOfKind(stat, { length, offset }) {
  if (stat.isDirectory()) return new ERR_HTTP2_SEND_FILE();
  if (!stat.isFile() && (offset !== undefined || length !== undefined)) {
    return new ERR_HTTP2_SEND_FILE_NOSEEK();
  }
  return null;
}

function sendOpened(stream, fd, headers, options, error, stat, fail) {
  if (error) {
    closeDescriptor(fd, stream);
    fail(error);
    return;
  }
  if (stream.destroyed || stream.closed) {
    closeDescriptor(fd, stream);
    stream.destroy(new ERR_HTTP2_INVALID_STREAM());
    return;
  }
  const { statCheck } = options;
  if ((statCheck !== undefined && statCheck.call(stream, stat, headers) === false) ||
      stream.headersSent) {
    closeDescriptor(fd, stream);
    return;
  }
  if (!stat.isFile()) {
    begin(stream, fd, true, headers, options, -1, -1);
    return;
  }
  const offset = options.offset ?? 0;
  const rest = stat.size - offset;
  const length = options.length === undefined || options.length < 0 ? rest :
    Math.min(rest, options.length);
  headers['content-length'] = length;
  begin(stream, fd, true, headers, options, whole(offset), length);
}

/** Files may be larger than what `| 0` holds. */
function whole(value) {
  return Number.isFinite(value) ? Math.trunc(value) : 0;
}

function begin(stream, fd, isOwn, headers, options, offset, length) {
  const state = stream[kState];
  state.areHeadersSent = true;
  let fields;
  try {
    fields = buildNgHeaderString(
      headers, assertValidPseudoHeaderResponse, state.session[kState].isStrict);
  } catch (error) {
    if (isOwn) closeDescriptor(fd, stream);
    stream.destroy(error);
    return;
  }
  state.sentHeaders = headers;
  state.isFile = true; // The Writable ends here; its bytes come from elsewhere.
  stream.end();
  const code = state.respond(
    fields, responseOptions({ waitForTrailers: options.waitForTrailers }));
  if (code < 0) {
    if (isOwn) closeDescriptor(fd, stream);
    stream.destroy(new NghttpError(code));
    return;
  }
  new FileBody(stream, fd, isOwn, offset, length).read();
}

module.exports = { respondWithDescriptor, respondWithFile };
