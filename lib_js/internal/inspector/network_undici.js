'use strict';

// Requests and sockets of undici (fetch and WebSocket), as domain Network tells of them.

const { StringPrototypeToLowerCase } = primordials;

const { Buffer } = require('buffer');
const { tell } = require('internal/inspector/network_domain');
const {
  isToldOf,
  kRequestId,
  nextRequestId,
  separator,
  tellOfEnd,
  tellOfFailure,
  tellOfReceived,
  tellOfRequest,
  tellOfResponse,
  tellOfSent,
  tellThatAllIsSent,
  timestamp,
  toTexts,
} = require('internal/inspector/network_hooks');

/** Which of undici's functions was called cannot be told. */
const TYPE = 'Fetch';

/** name, value, name, value ... of a request; a name that comes twice has its last value. */
function requestHeaders(flat) {
  const headers = { __proto__: null };
  for (let i = 0; i < flat.length; i += 2) headers[`${flat[i]}`] = `${flat[i + 1]}`;
  return headers;
}

/** The same of a response, where the values are put together. */
function responseHeaders(flat) {
  const headers = { __proto__: null };
  for (let i = 0; i < flat.length; i += 2) {
    const name = `${flat[i]}`;
    const before = headers[name];
    const value = `${flat[i + 1]}`;
    headers[name] = before === undefined ? value :
      `${before}${separator(StringPrototypeToLowerCase(name))}${value}`;
  }
  return headers;
}

function onCreated({ request }) {
  tellOfRequest(request, {
    url: `${request.origin}${request.path}`,
    method: request.method,
    headers: requestHeaders(request.headers),
    hasPostData: request.body !== null && request.body !== undefined,
  });
}

function onError({ request, error }) {
  tellOfFailure(request, TYPE, error);
}

function onChunkSent({ request, chunk }) {
  if (isToldOf(request)) {
    tellOfSent(request, typeof chunk === 'string' ? Buffer.from(chunk) : chunk);
  }
}

function onHeaders({ request, response }) {
  if (!isToldOf(request)) return;
  tellOfResponse(request, TYPE, {
    status: response.statusCode,
    statusText: response.statusText,
    headers: responseHeaders(response.headers),
  });
}

function onChunkReceived({ request, chunk }) {
  if (isToldOf(request)) tellOfReceived(request, chunk);
}

function onEnd({ request }) {
  if (isToldOf(request)) tellOfEnd(request);
}

/** undici tells of sockets when they are open. */
function onSocketOpen({ websocket, handshakeResponse }) {
  const { status, statusText, headers } = handshakeResponse;
  const requestId = nextRequestId();
  websocket[kRequestId] = requestId;
  tell('webSocketCreated', { requestId, url: `${websocket.url}`, initiator: undefined });
  tell('webSocketHandshakeResponseReceived', {
    requestId,
    timestamp: timestamp(),
    response: { status, statusText, headers: toTexts(headers) },
  });
}

function onSocketClose({ websocket }) {
  if (!isToldOf(websocket)) return;
  tell('webSocketClosed', { requestId: websocket[kRequestId], timestamp: timestamp() });
}

module.exports = {
  listeners: [
    ['undici:request:create', onCreated],
    ['undici:request:error', onError],
    ['undici:request:headers', onHeaders],
    ['undici:request:trailers', onEnd],
    ['undici:request:bodyChunkSent', onChunkSent],
    ['undici:request:bodySent', tellThatAllIsSent],
    ['undici:request:bodyChunkReceived', onChunkReceived],
    ['undici:websocket:open', onSocketOpen],
    ['undici:websocket:close', onSocketClose],
  ],
};
