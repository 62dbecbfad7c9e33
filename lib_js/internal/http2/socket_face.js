'use strict';
// What session.socket and request.socket are: a face of the transport behind which nobody can read,
// write or end it past its session.

const {
  ERR_HTTP2_NO_SOCKET_MANIPULATION,
  ERR_HTTP2_SOCKET_UNBOUND,
} = require('internal/errors').codes;
const { kRequest, kSocket } = require('internal/http2/symbols');

const SESSION_OWN = new Set(['setTimeout', 'ref', 'unref', 'destroy']);
const SESSION_FORBIDDEN = new Set([
  'emit', 'end', 'pause', 'read', 'resume', 'write', 'setEncoding', 'setKeepAlive', 'setNoDelay',
]);
const STREAM_METHODS = new Set(['on', 'once', 'end', 'emit', 'destroy']);
const STREAM_STATES = new Set(['writable', 'readable', 'destroyed']);
const STREAM_FORBIDDEN = new Set(['write', 'read', 'pause', 'resume']);

function boundTo(target, name) {
  const value = target[name];
  return typeof value === 'function' ? value.bind(target) : value;
}

function socketOf(session) {
  const socket = session[kSocket];
  if (socket === undefined) throw new ERR_HTTP2_SOCKET_UNBOUND();
  return socket;
}

const sessionHandler = {
  __proto__: null,
  get(session, name) {
    if (SESSION_OWN.has(name)) return session[name].bind(session);
    if (SESSION_FORBIDDEN.has(name)) throw new ERR_HTTP2_NO_SOCKET_MANIPULATION();
    return boundTo(socketOf(session), name);
  },
  getPrototypeOf(session) {
    return Reflect.getPrototypeOf(socketOf(session));
  },
  set(session, name, value) {
    if (SESSION_OWN.has(name)) {
      session[name] = value;
      return true;
    }
    if (SESSION_FORBIDDEN.has(name)) throw new ERR_HTTP2_NO_SOCKET_MANIPULATION();
    socketOf(session)[name] = value;
    return true;
  },
};

/** Behind the face of a stream: the transport while there is one, then the stream. */
function behind(stream) {
  return stream.session === undefined ? stream : stream.session[kSocket];
}

const streamHandler = {
  __proto__: null,
  has(stream, name) {
    return name in stream || name in behind(stream);
  },
  get(stream, name) {
    if (STREAM_METHODS.has(name)) return stream[name].bind(stream);
    if (STREAM_FORBIDDEN.has(name)) throw new ERR_HTTP2_NO_SOCKET_MANIPULATION();
    if (name === 'readable') {
      return !stream.destroyed && (stream[kRequest] ?? stream).readable;
    }
    if (STREAM_STATES.has(name)) return stream[name];
    if (name === 'setTimeout') return boundTo(stream.session ?? stream, name);
    return boundTo(behind(stream), name);
  },
  getPrototypeOf(stream) {
    return Reflect.getPrototypeOf(behind(stream));
  },
  set(stream, name, value) {
    if (STREAM_FORBIDDEN.has(name)) throw new ERR_HTTP2_NO_SOCKET_MANIPULATION();
    if (STREAM_METHODS.has(name) || STREAM_STATES.has(name)) stream[name] = value;
    else if (name === 'setTimeout') (stream.session ?? stream).setTimeout = value;
    else behind(stream)[name] = value;
    return true;
  },
};

function faceOfSession(session) {
  return new Proxy(session, sessionHandler);
}

function faceOfStream(stream) {
  return new Proxy(stream, streamHandler);
}

module.exports = { faceOfSession, faceOfStream };
