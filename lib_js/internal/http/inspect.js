'use strict';

// What util.inspect() shows of messages, some of whose fields are made when they are asked for (on
// the fast lane most): Node's fields in Node's order, then what the program has added. Loaded when
// somebody looks.

const {
  ObjectCreate,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetPrototypeOf,
  ObjectHasOwn,
  ObjectKeys,
  SafeWeakMap,
} = primordials;

const { framingLines } = require('internal/http/framing');
const { kHeadFlags, kLane } = require('internal/http/symbols');

const REQUEST_FIELDS = [
  '_events', '_readableState', '_maxListeners', 'socket', 'httpVersionMajor', 'httpVersionMinor',
  'httpVersion', 'complete', 'rawHeaders', 'rawTrailers', 'joinDuplicateHeaders', 'aborted',
  'upgrade', 'url', 'method', 'statusCode', 'statusMessage', 'client', '_consuming', '_dumped',
];

const RESPONSE_FIELDS = [
  '_events', '_eventsCount', '_maxListeners', 'outputData', 'outputSize', 'writable', 'destroyed',
  '_last', 'chunkedEncoding', 'shouldKeepAlive', 'maxRequestsOnConnectionReached',
  '_defaultKeepAlive', 'useChunkedEncodingByDefault', 'sendDate', '_removedConnection',
  '_removedContLen', '_removedTE', 'strictContentLength', '_contentLength', '_hasBody', '_trailer',
  'finished', '_headerSent', '_closed', '_header', '_keepAliveTimeout', '_onPendingData', 'req',
  '_sent100', '_expect_continue',
];

/** Message -> what is shown in its place: one object each, so that circles are seen as such. */
const views = new SafeWeakMap();

function show(view, name, value) {
  ObjectDefineProperty(view, name, {
    __proto__: null, value, enumerable: true, configurable: true, writable: true,
  });
}

function viewOf(message, fields) {
  let view = views.get(message);
  if (view === undefined) {
    view = ObjectCreate(ObjectGetPrototypeOf(message));
    views.set(message, view);
  }
  for (let i = 0; i < fields.length; i++) show(view, fields[i], message[fields[i]]);
  const own = ObjectKeys(message);
  for (let i = 0; i < own.length; i++) show(view, own[i], message[own[i]]);
  return view;
}

/** What a request shows instead of itself; itself, if it has all fields. */
function shownRequest(req) {
  return ObjectHasOwn(req, 'rawHeaders') ? req : viewOf(req, REQUEST_FIELDS);
}

function shownResponse(res) {
  if (ObjectHasOwn(res, 'writable')) return res;
  const view = viewOf(res, RESPONSE_FIELDS);
  show(view, 'outputData', res.outputData ?? []);
  if (res[kLane] !== null && res._header !== null) {
    // The last lines are native's.
    show(view, '_header', `${res._header}${framingLines(res, res[kHeadFlags])}\r\n`);
  }
  return view;
}

/** Some fields of a server are kept among its settings: their values are shown. */
function shownServer(server) {
  const descriptor = ObjectGetOwnPropertyDescriptor(server, 'requestTimeout');
  return descriptor?.get === undefined ? server : viewOf(server, []);
}

module.exports = { shownRequest, shownResponse, shownServer };
