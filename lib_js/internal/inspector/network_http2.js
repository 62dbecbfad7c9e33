'use strict';

// Streams of http2 clients, as domain Network tells of them.

const { ArrayPrototypeMap } = primordials;

const { Buffer } = require('buffer');
const { constants: { NGHTTP2_NO_ERROR } } = require('internal/http2/constants');
const {
  followBody,
  isToldOf,
  tellOfEnd,
  tellOfFailure,
  tellOfRequest,
  tellOfResponse,
  tellOfSent,
  tellThatAllIsSent,
  toTexts,
} = require('internal/inspector/network_hooks');

const TYPE = 'Other';

function onCreated({ stream, headers: given }) {
  const headers = toTexts(given);
  tellOfRequest(stream, {
    url: `${headers[':scheme']}://${headers[':authority']}${headers[':path']}`,
    method: headers[':method'],
    headers,
    hasPostData: !stream.writableEnded,
  });
}

function onError({ stream, error }) {
  tellOfFailure(stream, TYPE, error);
}

function toBytes({ chunk, encoding }) {
  return typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk;
}

/** The bytes of one write, or of several that went together. */
function written(writev, data, encoding) {
  if (!writev) return toBytes({ chunk: data, encoding });
  return Buffer.concat(data.allBuffers ? data : ArrayPrototypeMap(data, toBytes));
}

function onChunkSent({ stream, writev, data, encoding }) {
  if (isToldOf(stream)) tellOfSent(stream, written(writev, data, encoding));
}

function onResponse({ stream, headers }) {
  if (!isToldOf(stream)) return;
  tellOfResponse(stream, TYPE, {
    status: headers[':status'],
    statusText: '',
    headers: toTexts(headers),
  });
  followBody(stream, stream);
}

function onClose({ stream }) {
  // Of failures the channel of errors tells.
  if (isToldOf(stream) && stream.rstCode === NGHTTP2_NO_ERROR) tellOfEnd(stream);
}

module.exports = {
  listeners: [
    ['http2.client.stream.created', onCreated],
    ['http2.client.stream.error', onError],
    ['http2.client.stream.finish', onResponse],
    ['http2.client.stream.close', onClose],
    ['http2.client.stream.bodyChunkSent', onChunkSent],
    ['http2.client.stream.bodySent', tellThatAllIsSent],
  ],
};
