'use strict';
// Fields of HTTP/2: what a program gives as text for native, and what native tells as an object.

const { StringFromCharCode } = primordials;

const {
  hideStackFrames,
  codes: {
    ERR_HTTP2_HEADER_SINGLE_VALUE,
    ERR_HTTP2_INVALID_CONNECTION_HEADERS,
    ERR_HTTP2_INVALID_PSEUDOHEADER,
    ERR_INVALID_HTTP_TOKEN,
  },
} = require('internal/errors');
const { checkIsHttpToken } = require('internal/http/tokens');
const { kSensitiveHeaders } = require('internal/http2/symbols');

/** RFC 9113, 8.3: no other name begins with a colon. */
const PSEUDO = new Set([':status', ':method', ':authority', ':scheme', ':path', ':protocol']);

/** Fields of which a message has one at most. */
const SINGLE = new Set([
  ...PSEUDO,
  'access-control-allow-credentials', 'access-control-max-age', 'access-control-request-method',
  'age', 'authorization', 'content-encoding', 'content-language', 'content-length',
  'content-location', 'content-md5', 'content-range', 'content-type', 'date', 'dnt', 'etag',
  'expires', 'from', 'host', 'if-match', 'if-modified-since', 'if-none-match', 'if-range',
  'if-unmodified-since', 'last-modified', 'location', 'max-forwards', 'proxy-authorization',
  'range', 'referer', 'retry-after', 'tk', 'upgrade-insecure-requests', 'user-agent',
  'x-content-type-options',
]);

/** RFC 9113, 8.2.2: fields of a connection of HTTP/1. `te` may say "trailers". */
const CONNECTION = new Set([
  'connection', 'upgrade', 'http2-settings', 'keep-alive', 'proxy-connection',
  'transfer-encoding',
]);

const NO_PAYLOAD = new Set(['DELETE', 'GET', 'HEAD']);

const PLAIN = StringFromCharCode(0);
const NEVER_INDEXED = StringFromCharCode(1);
const NONE = [];

const assertValidPseudoHeader = hideStackFrames((name) => {
  if (!PSEUDO.has(name)) throw new ERR_HTTP2_INVALID_PSEUDOHEADER(name);
});

const assertValidPseudoHeaderResponse = hideStackFrames((name) => {
  if (name !== ':status') throw new ERR_HTTP2_INVALID_PSEUDOHEADER(name);
});

const assertValidPseudoHeaderTrailer = hideStackFrames((name) => {
  throw new ERR_HTTP2_INVALID_PSEUDOHEADER(name);
});

/** Collects fields as text: name, 0, value, 0, flag; pseudo fields in front. */
class FieldsText {
  constructor(checkPseudo, isStrict, sensitive) {
    this.checkPseudo = checkPseudo;
    this.isStrict = isStrict;
    this.sensitive = sensitive;
    this.pseudo = '';
    this.fields = '';
    this.count = 0;
    this.seen = null; // Names of single fields, once there is one.
  }

  add(name, value) {
    if (value === undefined || name === '') return;
    name = name.toLowerCase();
    if (Array.isArray(value)) {
      if (value.length === 0) return;
      if (value.length === 1) value = value[0];
    }
    const isSingle = SINGLE.has(name);
    const isList = Array.isArray(value);
    if (!isList) value = String(value);
    if (isSingle && this.isStrict) this.once(name, isList);
    const flag = this.sensitive.length !== 0 && this.sensitive.includes(name) ?
      NEVER_INDEXED : PLAIN;
    if (name[0] === ':') {
      this.checkPseudo(name);
      this.pseudo += `${name}\0${value}\0${flag}`;
      this.count++;
      return;
    }
    if (!isSingle) checkName(name, value);
    if (!isList) {
      this.fields += `${name}\0${value}\0${flag}`;
      this.count++;
      return;
    }
    for (let i = 0; i < value.length; i++) this.fields += `${name}\0${value[i]}\0${flag}`;
    this.count += value.length;
  }

  once(name, isList) {
    this.seen ??= new Set();
    if (isList || this.seen.has(name)) throw new ERR_HTTP2_HEADER_SINGLE_VALUE(name);
    this.seen.add(name);
  }
}

function checkName(name, value) {
  if (!checkIsHttpToken(name)) throw new ERR_INVALID_HTTP_TOKEN('Header name', name);
  if (CONNECTION.has(name) || (name === 'te' && value !== 'trailers')) {
    throw new ERR_HTTP2_INVALID_CONNECTION_HEADERS(name);
  }
}

/**
 * @param {object | string[]} headers  name to value or values; or names and values in turn
 * @returns {[string, number]} the text for native, and how many fields it has
 */
function buildNgHeaderString(headers, checkPseudo, isStrict) {
  const sensitive = headers[kSensitiveHeaders] ?? NONE;
  const text = new FieldsText(checkPseudo, isStrict, sensitive.length === 0 ? NONE :
    sensitive.map((name) => name.toLowerCase()));
  if (Array.isArray(headers)) {
    for (let i = 0; i < headers.length; i += 2) text.add(headers[i], headers[i + 1]);
  } else {
    const names = Object.keys(headers);
    for (let i = 0; i < names.length; i++) text.add(names[i], headers[names[i]]);
  }
  return [text.pseudo + text.fields, text.count];
}

/** Joins what came more than once, as RFC 9113, 8.2.3 and RFC 9110, 5.3 say. */
function toHeaderObject(list, sensitive) {
  const headers = { __proto__: null };
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const value = name === ':status' ? list[i + 1] | 0 : list[i + 1];
    const before = headers[name];
    if (before === undefined) headers[name] = name === 'set-cookie' ? [value] : value;
    else if (name === 'set-cookie') before.push(value);
    else if (name === 'cookie') headers[name] = `${before}; ${value}`;
    else if (!SINGLE.has(name)) headers[name] = `${before}, ${value}`;
  }
  headers[kSensitiveHeaders] = sensitive;
  return headers;
}

/** Names and values in turn, as an object of what a program said. */
function objectOfList(list) {
  const headers = { __proto__: null };
  for (let i = 0; i < list.length; i += 2) {
    const name = list[i];
    const before = headers[name];
    if (before === undefined) headers[name] = list[i + 1];
    else if (Array.isArray(before)) before.push(list[i + 1]);
    else headers[name] = [before, list[i + 1]];
  }
  if (list[kSensitiveHeaders] !== undefined) headers[kSensitiveHeaders] = list[kSensitiveHeaders];
  return headers;
}

function getAuthority(headers) {
  return headers[':authority'] === undefined ? headers.host : headers[':authority'];
}

/** True if a request of this method has no body unless its program says so. */
function isPayloadMeaningless(method) {
  return NO_PAYLOAD.has(method);
}

module.exports = {
  assertValidPseudoHeader,
  assertValidPseudoHeaderResponse,
  assertValidPseudoHeaderTrailer,
  buildNgHeaderString,
  getAuthority,
  isPayloadMeaningless,
  objectOfList,
  toHeaderObject,
};
