'use strict';

// --insecure-http-parser, httpValidation and insecureHTTPParser: how strict the parser is.

const { kLane } = require('internal/http/symbols');

/** Values of `lenientFlags` that native knows. */
const STRICT = 0;
const ALL = 1;
const HEADER_VALUES = 2;

const HEADERS_COUNT_MAX = 1000;

let insecure;

/** The command line's word; warns once when it is used. */
function isLenient() {
  if (insecure === undefined) {
    const { getOptionValue } = require('internal/options');
    insecure = Boolean(getOptionValue('--insecure-http-parser'));
    if (insecure) process.emitWarning('Using insecure HTTP parsing');
  }
  return insecure;
}

function lenientFlags(httpValidation, insecureHTTPParser) {
  if (httpValidation === 'strict') return STRICT;
  if (httpValidation === 'relaxed') return HEADER_VALUES;
  if (httpValidation === 'insecure') return ALL;
  return (insecureHTTPParser === undefined ? isLenient() : insecureHTTPParser) ? ALL : STRICT;
}

/** How a message that is no response of a lane finds out. */
function findLenience(message) {
  if (message.httpValidation !== undefined) return message.httpValidation !== 'strict';
  const lane = message[kLane];
  const server = lane !== null ? lane.server : message.req?.socket?.server;
  if (server?.httpValidation !== undefined) return server.httpValidation !== 'strict';
  if (typeof message.insecureHTTPParser === 'boolean') return message.insecureHTTPParser;
  if (typeof server?.insecureHTTPParser === 'boolean') return server.insecureHTTPParser;
  return isLenient();
}

function isLenientMessage(message) {
  const lane = message[kLane];
  return lane !== null ? lane.lenient : message._isLenientHeaderValidation();
}

/** Header lines that a request may have: Node's default, or a server's `maxHeadersCount`. */
function headersCountMax(maxHeadersCount) {
  return typeof maxHeadersCount === 'number' ? maxHeadersCount : HEADERS_COUNT_MAX;
}

module.exports = { findLenience, headersCountMax, isLenient, isLenientMessage, lenientFlags };
