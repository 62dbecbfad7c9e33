'use strict';
// The server's end of a connection.

const {
  ERR_HTTP2_ALTSVC_INVALID_ORIGIN,
  ERR_HTTP2_ALTSVC_LENGTH,
  ERR_HTTP2_INVALID_ORIGIN,
  ERR_HTTP2_INVALID_SESSION,
  ERR_HTTP2_ORIGIN_LENGTH,
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_CHAR,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const { Http2Session } = require('internal/http2/session');
const { kSessions, kState } = require('internal/http2/symbols');
const { append } = require('internal/linkedlist');
const { URL } = require('internal/url');
const { validateString } = require('internal/validators');

const FRAME_TEXT_MAX = 2 ** 14 - 2; // Of ALTSVC and ORIGIN: a frame that every peer takes.

/** RFC 7838, 3: what a quoted string may hold. */
// eslint-disable-next-line no-control-regex
const QUOTED = /^[\x09\x20-\x5b\x5d-\x7e\x80-\xff]*$/;

class ServerHttp2Session extends Http2Session {
  constructor(options, socket, server) {
    super(true, options, socket);
    this[kState].server = server;
    if (server !== undefined) append(server[kSessions], this[kState]);
  }

  get server() {
    return this[kState].server;
  }

  altsvc(alt, originOrStream) {
    if (this.destroyed) throw new ERR_HTTP2_INVALID_SESSION();
    let id = 0;
    let origin = '';
    if (typeof originOrStream === 'number') {
      if (originOrStream >>> 0 !== originOrStream || originOrStream === 0) {
        throw new ERR_OUT_OF_RANGE('originOrStream', `> 0 && < ${2 ** 32}`, originOrStream);
      }
      id = originOrStream;
    } else if (originOrStream !== undefined) {
      origin = altsvcOrigin(originOrStream);
    }
    validateString(alt, 'alt');
    if (!QUOTED.test(alt)) throw new ERR_INVALID_CHAR('alt');
    if (alt.length + origin.length > FRAME_TEXT_MAX) throw new ERR_HTTP2_ALTSVC_LENGTH();
    this[kState].wire.altsvc(id, origin, alt);
  }

  origin(...origins) {
    if (this.destroyed) throw new ERR_HTTP2_INVALID_SESSION();
    if (origins.length === 0) return;
    let length = 0;
    for (let i = 0; i < origins.length; i++) {
      let origin = origins[i];
      if (typeof origin === 'string') ({ origin } = new URL(origin));
      else if (origin != null && typeof origin === 'object') ({ origin } = origin);
      validateString(origin, 'origin');
      if (origin === 'null') throw new ERR_HTTP2_INVALID_ORIGIN();
      origins[i] = origin;
      length += origin.length;
    }
    if (length > FRAME_TEXT_MAX) throw new ERR_HTTP2_ORIGIN_LENGTH();
    this[kState].wire.origin(origins);
  }
}

/** The origin of a URL's text, of a URL, or of any object that says that it has one. */
function altsvcOrigin(value) {
  if (typeof value === 'string') {
    const { origin } = new URL(value);
    if (origin === 'null') throw new ERR_HTTP2_ALTSVC_INVALID_ORIGIN();
    return origin;
  }
  const origin = value !== null && typeof value === 'object' ? value.origin : undefined;
  if (typeof origin !== 'string') {
    throw new ERR_INVALID_ARG_TYPE(
      'originOrStream', ['string', 'number', 'URL', 'object'], value);
  }
  if (origin === 'null' || origin.length === 0) throw new ERR_HTTP2_ALTSVC_INVALID_ORIGIN();
  return origin;
}

module.exports = { ServerHttp2Session };
