'use strict';
// The client's end of a connection: it asks.

const {
  AbortError,
  codes: {
    ERR_HTTP2_CONNECT_AUTHORITY,
    ERR_HTTP2_CONNECT_PATH,
    ERR_HTTP2_CONNECT_SCHEME,
    ERR_HTTP2_GOAWAY_SESSION,
    ERR_HTTP2_INVALID_SESSION,
    ERR_HTTP2_OUT_OF_STREAMS,
    ERR_HTTP2_STREAM_SELF_DEPENDENCY,
    ERR_INVALID_ARG_TYPE,
  },
} = require('internal/errors');
const AsyncContextFrame = require('internal/async_context_frame');
const { clientChannels } = require('internal/http2/channels');
const { ClientHttp2Stream } = require('internal/http2/client_stream');
const {
  INVALID_ARGUMENT,
  MALFORMED,
  NghttpError,
  STREAM_ID_NOT_AVAILABLE,
} = require('internal/http2/errors');
const {
  assertValidPseudoHeader,
  buildNgHeaderString,
  getAuthority,
  isPayloadMeaningless,
} = require('internal/http2/headers');
const { addOrigins, originsOf } = require('internal/http2/origins');
const { Http2Session } = require('internal/http2/session');
const { validateOptionalObject } = require('internal/http2/settings');
const { kInit, kSensitiveHeaders, kState, kUpdateTimer } = require('internal/http2/symbols');
const { deprecateProperty } = require('internal/util');
const {
  validateAbortSignal,
  validateBoolean,
  validateNumber,
} = require('internal/validators');

const PROTOCOL_ERROR = 1;
const ENDS = 1; // Options of native's request().
const WAITS_FOR_TRAILERS = 2;

const deprecateWeight = deprecateProperty(
  'weight', 'Priority signaling has been deprecated as of RFC 9113.', 'DEP0194');

class ClientHttp2Session extends Http2Session {
  constructor(options, socket) {
    super(false, options, socket);
  }

  request(headersParam, options) {
    // Arguments are refused by a throw; what the session cannot do any more, by the stream.
    let refusal;
    if (this.destroyed) refusal = new ERR_HTTP2_INVALID_SESSION();
    else if (this.closed) refusal = new ERR_HTTP2_GOAWAY_SESSION();
    this[kUpdateTimer]();
    const head = requestHead(this[kState], headersParam);
    validateOptionalObject(options, 'options');
    options = { ...options };
    validatePriority(options);
    if (options.endStream === undefined) options.endStream = isPayloadMeaningless(head.method);
    else validateBoolean(options.endStream, 'options.endStream');
    // A stream that nobody gets would keep the session open.
    if (options.signal) validateAbortSignal(options.signal, 'options.signal');

    const stream = new ClientHttp2Stream(this, undefined);
    const state = stream[kState];
    state.sentHeaders = head.object;
    state.sentList = head.list;
    state.origin = `${head.scheme}://${head.authority}`;
    state.frame = AsyncContextFrame.current();
    if (options.endStream) stream.end();
    if (options.waitForTrailers) state.hasTrailers = true;
    if (options.signal) follow(stream, options.signal);
    if (refusal !== undefined) process.nextTick(() => stream.destroy(refusal));
    else if (this.connecting) waitForConnect(this, stream, head.fields, options);
    else submit(stream, head.fields, options);
    const { created } = clientChannels();
    if (created.hasSubscribers) created.publish({ stream, headers: stream.sentHeaders });
    return stream;
  }

  tellOrigins(origins) {
    addOrigins(this, origins);
  }

  /** 421: the server does not answer for this origin. */
  forgetOrigin(stream) {
    originsOf(this).delete(stream[kState].origin);
  }
}

function validatePriority(options) {
  deprecateWeight(options);
  if (options.parent !== undefined) validateNumber(options.parent, 'options.parent', 0);
  if (options.exclusive !== undefined) validateBoolean(options.exclusive, 'options.exclusive');
  if (options.silent !== undefined) validateBoolean(options.silent, 'options.silent');
}

/** Destroys `stream` when `signal` aborts. */
function follow(stream, signal) {
  const abort = () => stream.destroy(new AbortError(undefined, { cause: signal.reason }));
  if (signal.aborted) {
    abort();
    return;
  }
  const { addAbortListener } = require('internal/events/abort_listener');
  const listening = addAbortListener(signal, abort);
  stream.once('close', () => listening[Symbol.dispose]());
}

function waitForConnect(session, stream, fields, options) {
  const state = session[kState];
  if (state.pendingRequests === null) {
    state.pendingRequests = [];
    session.once('connect', () => {
      const { pendingRequests } = state;
      state.pendingRequests = null;
      for (let i = 0; i < pendingRequests.length; i++) pendingRequests[i]();
    });
  }
  state.pendingRequests.push(() => {
    const outer = AsyncContextFrame.exchange(stream[kState].frame);
    submit(stream, fields, options);
    AsyncContextFrame.set(outer);
  });
}

/** The session is connected: the request goes to native. */
function submit(stream, fields, options) {
  const { session } = stream;
  if (session === undefined || session.destroyed) return; // So is the stream.
  if (session.closed) {
    stream.destroy(new ERR_HTTP2_GOAWAY_SESSION());
    return;
  }
  const flags = (options.endStream ? ENDS : 0) | (options.waitForTrailers ? WAITS_FOR_TRAILERS : 0);
  const id = session[kState].wire.request(fields, flags);
  if (id < 0) {
    if (id === STREAM_ID_NOT_AVAILABLE) {
      stream.destroy(new ERR_HTTP2_OUT_OF_STREAMS());
    } else if (id === INVALID_ARGUMENT) {
      stream.destroy(new ERR_HTTP2_STREAM_SELF_DEPENDENCY());
    } else if (id === MALFORMED) { // No peer would take it: it is as if it had answered so.
      stream.close(PROTOCOL_ERROR);
      stream.destroy();
    } else {
      session.destroy(new NghttpError(id));
    }
    return;
  }
  session[kState].pending.delete(stream);
  stream[kInit](id);
  const { start } = clientChannels();
  if (start.hasSubscribers) start.publish({ stream, headers: stream.sentHeaders });
}

/** Fields of a request, with what was not said; as text for native, and as they are told. */
function requestHead(state, given) {
  if (Array.isArray(given)) return headOfList(state, given);
  if (given === undefined || (given !== null && typeof given === 'object')) {
    return headOfObject(state, given);
  }
  throw new ERR_INVALID_ARG_TYPE('headers', ['Object', 'Array'], given);
}

function checkConnect(authority, scheme, path) {
  if (authority === undefined) throw new ERR_HTTP2_CONNECT_AUTHORITY();
  if (scheme !== undefined) throw new ERR_HTTP2_CONNECT_SCHEME();
  if (path !== undefined) throw new ERR_HTTP2_CONNECT_PATH();
}

function headOfObject(state, given) {
  const object = Object.assign({ __proto__: null }, given);
  object[':method'] ??= 'GET';
  if (object[':method'] === 'CONNECT' && object[':protocol'] === undefined) {
    checkConnect(object[':authority'], object[':scheme'], object[':path']);
  } else {
    if (getAuthority(object) === undefined) object[':authority'] = state.authority;
    if (object[':scheme'] === undefined) object[':scheme'] = state.protocol.slice(0, -1);
    if (object[':path'] === undefined) object[':path'] = '/';
  }
  const fields = buildNgHeaderString(object, assertValidPseudoHeader, state.isStrict);
  return {
    object,
    list: undefined,
    fields,
    scheme: object[':scheme'],
    authority: getAuthority(object),
    method: object[':method'],
  };
}

function headOfList(state, given) {
  const pseudo = { __proto__: null };
  for (let i = 0; i < given.length; i += 2) {
    if (given[i][0] === ':') pseudo[given[i].toLowerCase()] = given[i + 1];
  }
  const added = [];
  const add = (name, value) => {
    if (pseudo[name] !== undefined) return;
    pseudo[name] = value;
    added.push(name, value);
  };
  add(':method', 'GET');
  if (pseudo[':method'] === 'CONNECT' && pseudo[':protocol'] === undefined) {
    checkConnect(pseudo[':authority'], pseudo[':scheme'], pseudo[':path']);
  } else {
    add(':authority', state.authority);
    add(':scheme', state.protocol.slice(0, -1));
    add(':path', '/');
  }
  const list = added.length === 0 ? given : [...added, ...given];
  if (given[kSensitiveHeaders] !== undefined) list[kSensitiveHeaders] = given[kSensitiveHeaders];
  const fields = buildNgHeaderString(list, assertValidPseudoHeader, state.isStrict);
  return {
    object: undefined,
    list,
    fields,
    scheme: pseudo[':scheme'],
    authority: pseudo[':authority'],
    method: pseudo[':method'],
  };
}

module.exports = { ClientHttp2Session };
