'use strict';

// Events of domain Network, as programs make them by inspector.Network: each is read from the
// program's object, in Node's order, into one of ours.

const {
  peek,
  takeBytes,
  takeHeaders,
  takeInteger,
  takeNumber,
  takeObject,
  takeText,
  takeTextOr,
} = require('internal/inspector/event_fields');

function takeRequest(event) {
  const request = takeObject(event, 'request');
  return {
    url: takeText(request, 'url', 'request.url in event'),
    method: takeText(request, 'method', 'request.method in event'),
    headers: takeHeaders(request, 'request'),
    hasPostData: peek(request, 'hasPostData') === true,
  };
}

function takeResponse(event) {
  const response = takeObject(event, 'response');
  return {
    url: takeText(response, 'url', 'response.url in event'),
    status: takeInteger(response, 'status', 'response.status in event'),
    statusText: takeText(response, 'statusText', 'response.statusText in event'),
    headers: takeHeaders(response, 'response'),
    mimeType: takeTextOr(response, 'mimeType', ''),
    charset: takeTextOr(response, 'charset', ''),
  };
}

function takeHandshake(event) {
  const response = takeObject(event, 'response');
  return {
    status: takeInteger(response, 'status', 'response.status in event'),
    statusText: takeText(response, 'statusText', 'response.statusText in event'),
    headers: takeHeaders(response, 'response'),
  };
}

/** { event: reader }. What a reader gives is what domains hear. */
const readers = {
  __proto__: null,

  requestWillBeSent: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
    wallTime: takeNumber(event, 'wallTime'),
    charset: takeTextOr(event, 'charset', ''),
    request: takeRequest(event),
  }),

  responseReceived: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
    type: takeText(event, 'type'),
    response: takeResponse(event),
  }),

  dataReceived: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
    dataLength: takeInteger(event, 'dataLength'),
    encodedDataLength: takeInteger(event, 'encodedDataLength'),
    data: takeBytes(event, 'data'),
  }),

  loadingFinished: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
  }),

  loadingFailed: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
    type: takeText(event, 'type'),
    errorText: takeText(event, 'errorText'),
  }),

  webSocketCreated: (event) => ({
    requestId: takeText(event, 'requestId'),
    url: takeText(event, 'url'),
  }),

  webSocketClosed: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
  }),

  webSocketHandshakeResponseReceived: (event) => ({
    requestId: takeText(event, 'requestId'),
    timestamp: takeNumber(event, 'timestamp'),
    response: takeHandshake(event),
  }),
};

/** What was sent of a request that somebody follows: bytes, or that these were all. */
function readSent(event, isFollowed) {
  const requestId = takeText(event, 'requestId');
  if (!isFollowed(requestId)) return undefined;
  if (peek(event, 'finished') === true) return { requestId, finished: true };
  takeNumber(event, 'timestamp');
  takeInteger(event, 'dataLength');
  return { requestId, finished: false, data: takeBytes(event, 'data') };
}

module.exports = { readSent, readers };
