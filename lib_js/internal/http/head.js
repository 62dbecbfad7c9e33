'use strict';

// Response and request heads as text. Servers send the same few heads again and again, so a head is
// looked up as a path: from the status line by (name, value) to the next node, whose text is the
// head so far. A hit costs two comparisons and no string is built or checked. Paths are few and
// bounded; what does not fit is simply concatenated.

const { STATUS_CODES } = require('internal/http/status');
const {
  checkInvalidHeaderChar,
  validateHeaderName,
  validateHeaderValue,
} = require('internal/http/tokens');
const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');

// Headers that decide about framing. The numbers are bits: a head has seen them or not.
const CONNECTION = 1;
const CONTENT_LENGTH = 2;
const TRANSFER_ENCODING = 4;
const DATE = 8;
const EXPECT = 16;
const TRAILER = 32;
const KEEP_ALIVE = 64;
const CONTENT_DISPOSITION = 128;
const COOKIE = 256;
const SET_COOKIE = 512;
/** Kinds that change the message when they are stored. */
const ACTING = CONNECTION | CONTENT_LENGTH | TRANSFER_ENCODING | KEEP_ALIVE;
const UNKEPT = CONTENT_DISPOSITION | COOKIE | SET_COOKIE;

const KINDS = {
  '__proto__': null,
  'connection': CONNECTION,
  'content-length': CONTENT_LENGTH,
  'transfer-encoding': TRANSFER_ENCODING,
  'date': DATE,
  'expect': EXPECT,
  'trailer': TRAILER,
  'keep-alive': KEEP_ALIVE,
  'content-disposition': CONTENT_DISPOSITION,
  'cookie': COOKIE,
  'set-cookie': SET_COOKIE,
};

const NAMES_MAX = 1024;
const NODES_MAX = 4096;
const CHILDREN_MAX = 4;
const KEPT_VALUE_LENGTH_MAX = 512;

/** A header name as the program writes it, checked once. */
class HeaderName {
  constructor(name) {
    this.lower = name.toLowerCase();
    this.kind = KINDS[this.lower] | 0;
    this.value = undefined; // The last value that was checked.
  }
}

const names = new Map();

/** Throws ERR_INVALID_HTTP_TOKEN for what is no name. */
function headerName(name) {
  let known = names.get(name);
  if (known === undefined) {
    validateHeaderName(name);
    known = new HeaderName(name);
    if (names.size < NAMES_MAX) names.set(name, known);
  }
  return known;
}

class HeadNode {
  constructor(text, name, value, kind) {
    this.text = text;
    this.name = name;
    this.value = value;
    this.kind = kind;
    this.children = [];
  }
}

let nodesCount = 0;
const statusNodes = [];

/** The node of a status line with its usual phrase. */
function statusNode(statusCode) {
  let node = statusNodes[statusCode];
  if (node === undefined) {
    node = new HeadNode(
      `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] || 'unknown'}\r\n`, '', '', 0);
    statusNodes[statusCode] = node;
  }
  return node;
}

function findChild(node, name, value) {
  const children = node.children;
  for (let i = 0; i < children.length; i++) {
    const child = children[i];
    if (child.name === name && child.value === value) return child;
  }
  return null;
}

const CLOSE = /(?:^|\W)close(?:$|\W)/i;
const CHUNKED = /(?:^|\W)chunked(?:$|\W)/i;

/** What storing a framing header does to its message. */
function act(message, kind, value) {
  switch (kind) {
    case CONNECTION:
      message._removedConnection = false;
      if (CLOSE.test(value)) message._last = true;
      else message.shouldKeepAlive = true;
      break;
    case CONTENT_LENGTH:
      message._contentLength = +value;
      message._removedContLen = false;
      break;
    case TRANSFER_ENCODING:
      message._removedTE = false;
      if (CHUNKED.test(value)) message.chunkedEncoding = true;
      break;
    case KEEP_ALIVE:
      message._defaultKeepAlive = false;
      break;
  }
}

/** Builds one head; lives for the duration of one call. */
class HeadBuilder {
  constructor() {
    this.message = null;
    this.node = null;
    this.text = '';
    this.bits = 0;
    this.lenient = false;
  }

  /** `firstLine` counts only without a node. */
  begin(message, node, firstLine, lenient) {
    this.message = message;
    this.node = node;
    this.text = firstLine;
    this.bits = 0;
    this.lenient = lenient;
  }

  finish() {
    this.message = null;
    const node = this.node;
    this.node = null;
    return node === null ? this.text : node.text;
  }

  add(name, value, validate) {
    const node = this.node;
    if (node !== null) {
      const child = findChild(node, name, value);
      if (child !== null) {
        this.node = child;
        const kind = child.kind;
        if (kind !== 0) {
          this.bits |= kind;
          if ((kind & ACTING) !== 0) act(this.message, kind, value);
        }
        return;
      }
    }
    this.addSlowly(name, value, validate);
  }

  addSlowly(name, value, validate) {
    const { kind, lower } = headerName(name);
    const { message } = this;
    if (kind === CONTENT_DISPOSITION && message._contentLength) value = asBytes(value);
    if (Array.isArray(value)) {
      const unique = message[kUniqueHeaders];
      const joined = (value.length > 1 && kind === COOKIE) || (unique && unique.has(lower));
      if (!joined) {
        this.leavePath();
        for (let i = 0; i < value.length; i++) this.addLine(name, value[i], kind, validate);
        return;
      }
      value = value.join('; ');
    }
    this.addLine(name, value, kind, validate);
  }

  addLine(name, value, kind, validate) {
    if (validate) validateHeaderValue(name, value, this.lenient);
    const line = `${name}: ${value}\r\n`;
    this.bits |= kind;
    if ((kind & ACTING) !== 0) act(this.message, kind, value);
    const { node } = this;
    if (node === null) {
      this.text += line;
      return;
    }
    if (node.children.length < CHILDREN_MAX && nodesCount < NODES_MAX && (kind & UNKEPT) === 0 &&
        (typeof value === 'number' ||
         (typeof value === 'string' && value.length <= KEPT_VALUE_LENGTH_MAX))) {
      const child = new HeadNode(node.text + line, name, value, kind);
      nodesCount++;
      node.children.push(child);
      this.node = child;
      return;
    }
    this.leavePath();
    this.text += line;
  }

  leavePath() {
    if (this.node !== null) {
      this.text = this.node.text;
      this.node = null;
    }
  }

  /** Headers as writeHead takes them: a flat array, pairs, or an object. */
  addAll(headers) {
    if (!Array.isArray(headers)) {
      const keys = Object.keys(headers);
      for (let i = 0; i < keys.length; i++) this.add(keys[i], headers[keys[i]], true);
    } else if (headers.length !== 0 && Array.isArray(headers[0])) {
      for (let i = 0; i < headers.length; i++) this.add(headers[i][0], headers[i][1], true);
    } else {
      if (headers.length % 2 !== 0) throw new ERR_INVALID_ARG_VALUE('headers', headers);
      for (let i = 0; i < headers.length; i += 2) this.add(headers[i], headers[i + 1], true);
    }
  }

  /** The list of setHeader(): lower-case name, name, value; already checked. */
  addList(list) {
    for (let i = 0; i < list.length; i += 3) this.add(list[i + 1], list[i + 2], false);
  }
}

// RFC 6266: the bytes of a file name go out as they are, though the head may be written as UTF-8.
function asBytes(value) {
  const { Buffer } = require('buffer');
  if (!Array.isArray(value)) return Buffer.from(value, 'latin1').toString();
  return value.map((item) => Buffer.from(item, 'latin1').toString());
}

/**
 * One builder serves all, unless it is still at work (toString() of an odd value builds a head
 * itself) or was left behind by an exception.
 */
let builder = new HeadBuilder();

function takeBuilder() {
  if (builder.message !== null) builder = new HeadBuilder();
  return builder;
}

/** True if a value just set needs no check because the same one was checked before. */
function isKnownValue(known, value) {
  return typeof value === 'string' && known.value === value;
}

function rememberValue(known, value) {
  if (typeof value === 'string' && value.length <= KEPT_VALUE_LENGTH_MAX &&
      (known.kind & UNKEPT) === 0) {
    known.value = value;
  }
}

const kUniqueHeaders = Symbol('kUniqueHeaders');

module.exports = {
  CONNECTION,
  CONTENT_LENGTH,
  DATE,
  EXPECT,
  TRAILER,
  TRANSFER_ENCODING,
  checkInvalidHeaderChar,
  headerName,
  isKnownValue,
  kUniqueHeaders,
  rememberValue,
  statusNode,
  takeBuilder,
};
