'use strict';

// The header methods of OutgoingMessage. What setHeader() collects is one flat list: lower-case
// name, name, value; messages have few headers, so looking through it is cheap.

const {
  checkInvalidHeaderChar,
  headerName,
  isKnownValue,
  kUniqueHeaders,
  rememberValue,
} = require('internal/http/head');
const { isLenientMessage } = require('internal/http/lenience');
const { kOutHeaders } = require('internal/http/symbols');
const { validateHeaderName } = require('internal/http/tokens');
const {
  codes: {
    ERR_HTTP_HEADERS_SENT,
    ERR_HTTP_INVALID_HEADER_VALUE,
    ERR_INVALID_ARG_TYPE,
    ERR_INVALID_CHAR,
  },
} = require('internal/errors');
const { validateString } = require('internal/validators');

const methods = { __proto__: null };

/** Where `lower` is in the list of setHeader() (lower-case name, name, value), or -1. */
function findHeader(list, lower) {
  for (let i = 0; i < list.length; i += 3) {
    if (list[i] === lower) return i;
  }
  return -1;
}

function checkValue(message, name, known, value) {
  if (value === undefined) throw new ERR_HTTP_INVALID_HEADER_VALUE(value, name);
  if (isKnownValue(known, value)) return;
  const lenient = isLenientMessage(message);
  if (checkInvalidHeaderChar(value, lenient)) throw new ERR_INVALID_CHAR('header content', name);
  if (!lenient) rememberValue(known, value);
}

methods.setHeader = function setHeader(name, value) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('set');
  const known = headerName(name);
  checkValue(this, name, known, value);
  const list = this[kOutHeaders];
  if (list === null) {
    this[kOutHeaders] = [known.lower, name, value];
    return this;
  }
  const at = findHeader(list, known.lower);
  if (at === -1) {
    list.push(known.lower, name, value);
  } else {
    list[at + 1] = name;
    list[at + 2] = value;
  }
  return this;
};

methods.setHeaders = function setHeaders(headers) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('set');
  if (!headers || Array.isArray(headers) || typeof headers.keys !== 'function' ||
      typeof headers.get !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('headers', ['Headers', 'Map'], headers);
  }
  // A Headers object gives every cookie by itself; setHeader would keep only the last one.
  let cookies = null;
  for (const { 0: name, 1: value } of headers) {
    if (name !== 'set-cookie') {
      this.setHeader(name, value);
      continue;
    }
    cookies ??= [];
    if (Array.isArray(value)) cookies.push(...value);
    else cookies.push(value);
  }
  if (cookies !== null) this.setHeader('set-cookie', cookies);
  return this;
};

methods.appendHeader = function appendHeader(name, value) {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('append');
  const known = headerName(name);
  checkValue(this, name, known, value);
  const list = this[kOutHeaders];
  const at = list === null ? -1 : findHeader(list, known.lower);
  if (at === -1) return this.setHeader(name, value);
  if (!Array.isArray(list[at + 2])) list[at + 2] = [list[at + 2]];
  if (Array.isArray(value)) list[at + 2].push(...value);
  else list[at + 2].push(value);
  return this;
};

methods.getHeader = function getHeader(name) {
  validateString(name, 'name');
  const list = this[kOutHeaders];
  if (list === null) return undefined;
  const at = findHeader(list, name.toLowerCase());
  return at === -1 ? undefined : list[at + 2];
};

methods.hasHeader = function hasHeader(name) {
  validateString(name, 'name');
  const list = this[kOutHeaders];
  return list !== null && findHeader(list, name.toLowerCase()) !== -1;
};

function everyThird(list, offset) {
  const result = [];
  if (list !== null) for (let i = offset; i < list.length; i += 3) result.push(list[i]);
  return result;
}

methods.getHeaderNames = function getHeaderNames() {
  return everyThird(this[kOutHeaders], 0);
};

methods.getRawHeaderNames = function getRawHeaderNames() {
  return everyThird(this[kOutHeaders], 1);
};

methods.getHeaders = function getHeaders() {
  const headers = { __proto__: null };
  const list = this[kOutHeaders];
  if (list !== null) for (let i = 0; i < list.length; i += 3) headers[list[i]] = list[i + 2];
  return headers;
};

methods._renderHeaders = function _renderHeaders() {
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('render');
  const headers = {};
  const list = this[kOutHeaders];
  if (list !== null) for (let i = 0; i < list.length; i += 3) headers[list[i + 1]] = list[i + 2];
  return headers;
};

methods.removeHeader = function removeHeader(name) {
  validateString(name, 'name');
  if (this._header) throw new ERR_HTTP_HEADERS_SENT('remove');
  const lower = name.toLowerCase();
  switch (lower) {
    case 'connection': this._removedConnection = true; break;
    case 'content-length': this._removedContLen = true; break;
    case 'transfer-encoding': this._removedTE = true; break;
    case 'date': this.sendDate = false; break;
  }
  const list = this[kOutHeaders];
  if (list === null) return;
  const at = findHeader(list, lower);
  if (at !== -1) list.splice(at, 3);
};

methods.addTrailers = function addTrailers(headers) {
  this._trailer = '';
  const isArray = Array.isArray(headers);
  const lenient = isLenientMessage(this);
  for (const key of Object.keys(headers)) {
    const name = isArray ? headers[key][0] : key;
    let value = isArray ? headers[key][1] : headers[key];
    validateHeaderName(name, 'Trailer name');
    if (Array.isArray(value)) {
      if (value.length > 1 && !this[kUniqueHeaders]?.has(name.toLowerCase())) {
        for (let i = 0; i < value.length; i++) addTrailer(this, name, value[i], lenient);
        continue;
      }
      value = value.join('; ');
    }
    addTrailer(this, name, value, lenient);
  }
};

function addTrailer(message, name, value, lenient) {
  if (checkInvalidHeaderChar(value, lenient)) throw new ERR_INVALID_CHAR('trailer content', name);
  message._trailer += `${name}: ${value}\r\n`;
}

module.exports = { methods };
