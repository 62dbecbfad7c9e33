'use strict';

// The last lines of a head: what it takes to say where the message ends, and what becomes of the
// connection.

const { utcDate } = require('internal/http/date');
const {
  CONNECTION,
  CONTENT_LENGTH,
  DATE,
  EXPECT,
  TRAILER,
  TRANSFER_ENCODING,
  takeBuilder,
} = require('internal/http/head');
const { isLenientMessage } = require('internal/http/lenience');
const { kLane, kOutHeaders } = require('internal/http/symbols');
const { codes: { ERR_HTTP_TRAILER_INVALID } } = require('internal/errors');

// What decideFraming() says; the numbers are those of native's http.reply().
const ADD_DATE = 1;
const ADD_KEEP_ALIVE = 2;
const ADD_CLOSE = 4;
const ADD_LENGTH = 8;
const ADD_CHUNKED = 512;
const NO_KEEP_ALIVE_LINE = 1024;

/** Decides about the connection and the framing of the body from what the head has (`bits`). */
function decideFraming(message, bits) {
  let flags = 0;
  if (message.sendDate && (bits & DATE) === 0) flags |= ADD_DATE;
  if (message.chunkedEncoding && (message.statusCode === 204 || message.statusCode === 304)) {
    // These have no body, and a zero chunk would confuse proxies: end the connection instead.
    message.chunkedEncoding = false;
    message.shouldKeepAlive = false;
  }
  if (message._removedConnection) {
    message._last = !message.shouldKeepAlive;
  } else if ((bits & CONNECTION) === 0) {
    const keep = message.shouldKeepAlive &&
      ((bits & CONTENT_LENGTH) !== 0 || message.useChunkedEncodingByDefault || message.agent);
    if (keep && message.maxRequestsOnConnectionReached) {
      flags |= ADD_CLOSE;
    } else if (keep) {
      flags |= ADD_KEEP_ALIVE;
      if (!message._keepAliveTimeout || !message._defaultKeepAlive) flags |= NO_KEEP_ALIVE_LINE;
    } else {
      message._last = true;
      flags |= ADD_CLOSE;
    }
  }
  if ((bits & (CONTENT_LENGTH | TRANSFER_ENCODING)) === 0) {
    if (!message._hasBody) {
      message.chunkedEncoding = false;
    } else if (!message.useChunkedEncodingByDefault) {
      message._last = true;
    } else if ((bits & TRAILER) === 0 && !message._removedContLen &&
               typeof message._contentLength === 'number') {
      flags |= ADD_LENGTH;
    } else if (!message._removedTE) {
      flags |= ADD_CHUNKED;
      message.chunkedEncoding = true;
    } else {
      message._last = true; // The end of the body is the end of the connection.
    }
  }
  if ((bits & TRAILER) !== 0 && message.chunkedEncoding !== true) {
    throw new ERR_HTTP_TRAILER_INVALID();
  }
  return flags;
}

/** The header lines that `flags` ask for, in Node's order. */
function framingLines(message, flags) {
  let lines = '';
  if ((flags & ADD_DATE) !== 0) lines += `Date: ${utcDate()}\r\n`;
  if ((flags & ADD_CLOSE) !== 0) lines += 'Connection: close\r\n';
  if ((flags & ADD_KEEP_ALIVE) !== 0) {
    lines += 'Connection: keep-alive\r\n';
    if ((flags & NO_KEEP_ALIVE_LINE) === 0) {
      const seconds = Math.floor(message._keepAliveTimeout / 1000);
      const max = ~~message._maxRequestsPerSocket > 0 ?
        `, max=${message._maxRequestsPerSocket}` : '';
      lines += `Keep-Alive: timeout=${seconds}${max}\r\n`;
    }
  }
  if ((flags & ADD_LENGTH) !== 0) lines += `Content-Length: ${message._contentLength}\r\n`;
  if ((flags & ADD_CHUNKED) !== 0) lines += 'Transfer-Encoding: chunked\r\n';
  return lines;
}

/** `node` is the head node of a usual status line, or null when `firstLine` is the start. */
function storeHead(message, node, firstLine, headers) {
  const lenient = isLenientMessage(message);
  const builder = takeBuilder();
  builder.begin(message, lenient ? null : node, node === null ? firstLine : node.text, lenient);
  if (headers) {
    if (headers === message[kOutHeaders]) builder.addList(headers);
    else builder.addAll(headers);
  }
  const { bits } = builder;
  const head = builder.finish();
  const flags = decideFraming(message, bits);
  const lane = message[kLane];
  message._headerSent = false;
  if (lane !== null) {
    lane.storeHead(message, head, flags);
  } else {
    message._header = head + framingLines(message, flags) + '\r\n';
  }
  // The peer waits for the head before it sends or takes a body.
  if ((bits & EXPECT) !== 0) message._send('');
}

module.exports = { framingLines, storeHead };
