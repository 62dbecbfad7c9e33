'use strict';

// What domain Network hears of the library's own clients, by their diagnostics channels.

const {
  ArrayIsArray,
  ArrayPrototypeJoin,
  DateNow,
  FunctionPrototypeCall,
  NumberMAX_SAFE_INTEGER,
  ObjectEntries,
  StringPrototypeToLowerCase,
  Symbol,
} = primordials;

const { Buffer } = require('buffer');
const EventEmitter = require('events');
const { tell } = require('internal/inspector/network_domain');
const { now } = require('internal/perf/clock');

/** The id under which a request is told of, on the request. */
const kRequestId = Symbol('kInspectorRequestId');
const kRequestUrl = Symbol('kRequestUrl');

let lastId = 0;

function nextRequestId() {
  lastId = lastId === NumberMAX_SAFE_INTEGER ? 1 : lastId + 1;
  return `node-network-event-${lastId}`;
}

/** Was it told of when it began? */
function isToldOf(request) {
  return typeof request[kRequestId] === 'string';
}

/** In seconds since some time. */
function timestamp() {
  return now() / 1000;
}

/** { mimeType, charset }: empty where the header has none. */
function readContentType(header) {
  const { MIMEType } = require('internal/mime');
  const type = MIMEType.parse(header);
  return {
    mimeType: StringPrototypeToLowerCase(type?.essence ?? ''),
    charset: StringPrototypeToLowerCase(type?.params.get('charset') ?? ''),
  };
}

/** What stands between several values of one header. DevTools know the newline. */
function separator(lowerName) {
  if (lowerName === 'cookie') return '; ';
  return lowerName === 'set-cookie' ? '\n' : ', ';
}

/** Headers of http and http2 as the protocol has them: each one text. */
function toTexts(headers) {
  const texts = { __proto__: null };
  const entries = ObjectEntries(headers ?? {});
  for (let i = 0; i < entries.length; i++) {
    const { 0: name, 1: value } = entries[i];
    texts[name] = ArrayIsArray(value) ?
      ArrayPrototypeJoin(value, separator(StringPrototypeToLowerCase(name))) : `${value}`;
  }
  return texts;
}

/** The value of a header whose name is written in some way. */
function find(headers, lowerName) {
  for (const name in headers) {
    if (StringPrototypeToLowerCase(name) === lowerName) return headers[name];
  }
  return undefined;
}

/** { mimeType, charset } of these headers; the names are in whatever case. */
function contentTypeOf(headers) {
  const header = find(headers, 'content-type');
  return header === undefined ? { mimeType: '', charset: '' } : readContentType(header);
}

/** @param {object} parts  of the protocol's request: url, method, headers, hasPostData */
function tellOfRequest(request, parts) {
  request[kRequestId] = nextRequestId();
  request[kRequestUrl] = parts.url;
  tell('requestWillBeSent', {
    requestId: request[kRequestId],
    timestamp: timestamp(),
    wallTime: DateNow(),
    charset: contentTypeOf(parts.headers).charset,
    request: parts,
    initiator: undefined,
  });
}

/** @param {Uint8Array} data  of the request's body */
function tellOfSent(request, data) {
  tell('dataSent', { requestId: request[kRequestId], finished: false, data });
}

function tellThatAllIsSent({ request, stream = request }) {
  if (isToldOf(stream)) tell('dataSent', { requestId: stream[kRequestId], finished: true });
}

/** @param {string} type  of what made the request, in the protocol's words */
function tellOfResponse(request, type, { status, statusText, headers }) {
  const { mimeType, charset } = contentTypeOf(headers);
  tell('responseReceived', {
    requestId: request[kRequestId],
    timestamp: timestamp(),
    type,
    response: { url: request[kRequestUrl], status, statusText, headers, mimeType, charset },
  });
}

/** @param {Uint8Array} data  of the response's body */
function tellOfReceived(request, data) {
  const { byteLength } = data;
  tell('dataReceived', {
    requestId: request[kRequestId],
    timestamp: timestamp(),
    dataLength: byteLength,
    encodedDataLength: byteLength,
    data,
  });
}

/**
 * Tells of what the program reads. Not by the stream's own `on`: that would make it flow. A program
 * that reads text (setEncoding) makes Node's listener throw; here it is told as bytes again.
 */
function followBody(request, stream) {
  FunctionPrototypeCall(EventEmitter.prototype.on, stream, 'data', (data) => {
    const bytes = typeof data === 'string' ? Buffer.from(data, stream.readableEncoding) : data;
    tellOfReceived(request, bytes);
  });
}

function tellOfEnd(request) {
  tell('loadingFinished', { requestId: request[kRequestId], timestamp: timestamp() });
}

/** @param {any} error  programs destroy requests with anything */
function tellOfFailure(request, type, error) {
  if (!isToldOf(request)) return;
  tell('loadingFailed', {
    requestId: request[kRequestId],
    timestamp: timestamp(),
    type,
    errorText: `${error?.message}`,
  });
}

/** [name of a channel, listener], loaded with the clients that they belong to. */
function load() {
  return [
    ...require('internal/inspector/network_http').listeners,
    ...require('internal/inspector/network_http2').listeners,
    ...require('internal/inspector/network_undici').listeners,
  ];
}

function start() {
  const { subscribe } = require('diagnostics_channel');
  for (const { 0: name, 1: listener } of load()) subscribe(name, listener);
}

function stop() {
  const { unsubscribe } = require('diagnostics_channel');
  for (const { 0: name, 1: listener } of load()) unsubscribe(name, listener);
}

module.exports = {
  find,
  followBody,
  isToldOf,
  kRequestId,
  load,
  nextRequestId,
  separator,
  start,
  stop,
  tellOfEnd,
  tellOfFailure,
  tellOfReceived,
  tellOfRequest,
  tellOfResponse,
  tellOfSent,
  tellThatAllIsSent,
  timestamp,
  toTexts,
};
