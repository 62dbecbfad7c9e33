'use strict';
// The server's half of a stream: responses, informational ones, pushed ones and files.

const { utcDate } = require('internal/http/date');
const {
  ERR_HTTP2_HEADERS_AFTER_RESPOND,
  ERR_HTTP2_HEADERS_SENT,
  ERR_HTTP2_INVALID_INFO_STATUS,
  ERR_HTTP2_INVALID_STREAM,
  ERR_HTTP2_NESTED_PUSH,
  ERR_HTTP2_OUT_OF_STREAMS,
  ERR_HTTP2_PUSH_DISABLED,
  ERR_HTTP2_STATUS_101,
  ERR_HTTP2_STATUS_INVALID,
  ERR_INVALID_ARG_VALUE,
} = require('internal/errors').codes;
const { serverChannels } = require('internal/http2/channels');
const { NghttpError, STREAM_CLOSED, STREAM_ID_NOT_AVAILABLE } = require('internal/http2/errors');
const {
  assertValidPseudoHeader,
  assertValidPseudoHeaderResponse,
  buildNgHeaderString,
  getAuthority,
} = require('internal/http2/headers');
const { validateOptionalObject } = require('internal/http2/settings');
const { Http2Stream } = require('internal/http2/stream');
const { kInit, kSensitiveHeaders, kState, kUpdateTimer } = require('internal/http2/symbols');
const { kEmptyObject } = require('internal/util');
const { validateFunction } = require('internal/validators');

const ENDS = 1; // Options of native's respond().
const WAITS_FOR_TRAILERS = 2;

class ServerHttp2Stream extends Http2Stream {
  #scheme;
  #authority;

  constructor(session, id, headers) {
    super(session);
    this[kInit](id);
    this.#scheme = headers[':scheme'];
    this.#authority = getAuthority(headers);
  }

  get pushAllowed() {
    const { session } = this;
    return !this.destroyed && !this.closed && !session.closed && !session.destroyed &&
      session.remoteSettings.enablePush;
  }

  pushStream(headers, options, callback) {
    if (!this.pushAllowed) throw new ERR_HTTP2_PUSH_DISABLED();
    if (this.id % 2 === 0) throw new ERR_HTTP2_NESTED_PUSH();
    this[kUpdateTimer]();
    if (typeof options === 'function') {
      callback = options;
      options = undefined;
    }
    validateFunction(callback, 'callback');
    validateOptionalObject(options, 'options');
    validateOptionalObject(headers, 'headers');
    headers = Object.assign({ __proto__: null }, headers);
    headers[':method'] ??= 'GET';
    if (getAuthority(headers) === undefined) headers[':authority'] = this.#authority;
    headers[':scheme'] ??= this.#scheme;
    headers[':path'] ??= '/';
    const isHead = headers[':method'] === 'HEAD';
    const { session } = this[kState];
    const fields = buildNgHeaderString(
      headers, assertValidPseudoHeader, session[kState].isStrict);
    const id = this[kState].pushPromise(fields);
    if (id < 0) {
      process.nextTick(callback, errorOfPush(id));
      return;
    }
    const stream = new ServerHttp2Stream(session, id, headers);
    const state = stream[kState];
    state.sentHeaders = headers;
    stream.push(null);
    if (isHead || options?.endStream) stream.end();
    state.isHead = isHead;
    process.nextTick(() => {
      const { start } = serverChannels();
      if (start.hasSubscribers) start.publish({ stream, headers });
      callback(null, stream, headers, 0);
    });
    const { created } = serverChannels();
    if (created.hasSubscribers) created.publish({ stream, headers });
  }

  respond(headersParam, options) {
    checkUnanswered(this);
    validateOptionalObject(options, 'options');
    options ??= kEmptyObject;
    this[kUpdateTimer]();
    const state = this[kState];
    if (options.waitForTrailers) state.hasTrailers = true;
    const isList = Array.isArray(headersParam);
    const headers = isList ? responseList(headersParam, options) :
      responseObject(headersParam, options);
    if (isList) state.sentList = headers;
    else state.sentHeaders = headers;
    const status = statusOf(headers);
    const fields = buildNgHeaderString(
      headers, assertValidPseudoHeaderResponse, state.session[kState].isStrict);
    state.areHeadersSent = true;
    if (options.endStream || hasNoPayload(status) || state.isHead) this.end();
    const code = state.respond(fields, responseOptions(options) | (state.isShut ? ENDS : 0));
    if (code < 0) {
      this.destroy(new NghttpError(code));
      return;
    }
    const { finish } = serverChannels();
    if (finish.hasSubscribers) finish.publish({ stream: this, headers, flags: flagsOf(state) });
  }

  respondWithFD(fd, headersParam, options) {
    checkUnanswered(this);
    require('internal/http2/files').respondWithDescriptor(this, fd, headersParam, options);
  }

  respondWithFile(path, headersParam, options) {
    checkUnanswered(this);
    require('internal/http2/files').respondWithFile(this, path, headersParam, options);
  }

  additionalHeaders(headers) {
    if (this.destroyed || this.closed) throw new ERR_HTTP2_INVALID_STREAM();
    if (this.headersSent) throw new ERR_HTTP2_HEADERS_AFTER_RESPOND();
    validateOptionalObject(headers, 'headers');
    headers = Object.assign({ __proto__: null }, headers);
    if (headers[':status'] != null) {
      const status = headers[':status'] |= 0;
      if (status === 101) throw new ERR_HTTP2_STATUS_101();
      if (status < 100 || status >= 200) throw new ERR_HTTP2_INVALID_INFO_STATUS(status);
    }
    this[kUpdateTimer]();
    const state = this[kState];
    const fields = buildNgHeaderString(
      headers, assertValidPseudoHeaderResponse, state.session[kState].isStrict);
    state.sentInfo ??= [];
    state.sentInfo.push(headers);
    const code = state.info(fields);
    if (code < 0) this.destroy(new NghttpError(code));
  }
}

function checkUnanswered(stream) {
  if (stream.destroyed || stream.closed) throw new ERR_HTTP2_INVALID_STREAM();
  if (stream.headersSent) throw new ERR_HTTP2_HEADERS_SENT();
}

/** What Node calls the flags of a stream, which its channel tells. */
function flagsOf(state) {
  return 1 | (state.isClosed ? 2 : 0) | (state.areHeadersSent ? 4 : 0) | (state.isHead ? 8 : 0) |
    (state.isAborted ? 16 : 0) | (state.hasTrailers ? 32 : 0);
}

function errorOfPush(code) {
  if (code === STREAM_ID_NOT_AVAILABLE) return new ERR_HTTP2_OUT_OF_STREAMS();
  return code === STREAM_CLOSED ? new ERR_HTTP2_INVALID_STREAM() : new NghttpError(code);
}

function responseOptions(options) {
  return (options.endStream ? ENDS : 0) | (options.waitForTrailers ? WAITS_FOR_TRAILERS : 0);
}

/** 204, 205 and 304 have no body. */
function hasNoPayload(status) {
  return status === 204 || status === 205 || status === 304;
}

/** A copy with the status and the date in it. */
function responseObject(given, options) {
  validateOptionalObject(given, 'headers', ['Object', 'Array']);
  const headers = Object.assign({ __proto__: null }, given);
  headers[kSensitiveHeaders] = given?.[kSensitiveHeaders];
  headers[':status'] = headers[':status'] | 0 || 200;
  if (headers.date == null && (options.sendDate ?? true)) headers.date = utcDate();
  checkResponse(headers, headers[':status']);
  return headers;
}

/** The list itself, with the status and the date in it. */
function responseList(list, options) {
  let hasDate = false;
  for (let i = 0; i < list.length; i += 2) {
    if (list[i].toLowerCase() === 'date') hasDate = true;
  }
  let status = statusOf(list);
  if (status === 0) {
    status = 200;
    list.unshift(':status', status);
  }
  if (!hasDate && (options.sendDate ?? true)) list.push('date', utcDate());
  checkResponse(list, status);
  return list;
}

function statusOf(headers) {
  if (!Array.isArray(headers)) return headers[':status'];
  let status = 0;
  for (let i = 0; i < headers.length; i += 2) {
    if (headers[i].toLowerCase() === ':status') status = headers[i + 1] | 0;
  }
  return status;
}

function checkResponse(headers, status) {
  if (status < 200 || status > 599) throw new ERR_HTTP2_STATUS_INVALID(status);
  const sensitive = headers[kSensitiveHeaders];
  if (sensitive !== undefined && !Array.isArray(sensitive)) {
    throw new ERR_INVALID_ARG_VALUE('headers[http2.neverIndex]', sensitive);
  }
}

module.exports = { ServerHttp2Stream, hasNoPayload, responseObject, responseOptions };
