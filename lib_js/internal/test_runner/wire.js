'use strict';
// How a test file in a process of its own tells its parent what happens: on standard output,
// between whatever else the file writes there. A message is
//
//   header  length (4 bytes, big endian)  header  value as V8 serializes it
//
// where the header (0xff and a version) is what V8 begins every value with, and `length` counts the
// value without its header. 0xff is in no UTF-8 text.

const { StringFromCharCode, TypedArrayPrototypeSubarray } = primordials;

const { Buffer } = require('buffer');
const { deserializeError, serializeError } = require('internal/error_serdes');
const { DefaultDeserializer, DefaultSerializer } = require('v8');

const kLengthBytes = 4;

let header;

function getHeader() {
  if (header === undefined) {
    const serializer = new DefaultSerializer();
    serializer.writeHeader();
    header = serializer.releaseBuffer();
  }
  return header;
}

/** @returns {Buffer} one event of the reporters' stream as a message */
function encodeMessage(item) {
  const headerBytes = getHeader().length;
  const { details } = item.data;
  const error = details?.error;
  // Errors lose their class and properties otherwise; other reporters see the error itself.
  if (error) details.error = serializeError(error);
  const serializer = new DefaultSerializer();
  serializer.writeHeader();
  serializer.writeRawBytes(Buffer.alloc(kLengthBytes));
  serializer.writeHeader();
  serializer.writeValue(item);
  if (error) details.error = error;
  const message = serializer.releaseBuffer();
  message.writeUInt32BE(message.length - kLengthBytes - headerBytes, headerBytes);
  return message;
}

/** Takes a child's output apart into events and text. */
class MessageReader {
  #bytes = Buffer.alloc(0);
  #onEvent;
  #onText;

  constructor(onEvent, onText) {
    this.#onEvent = onEvent;
    this.#onText = onText;
  }

  push(chunk) {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    while (this.#readText() && this.#readMessage());
  }

  /** Gives out what stands before the next message; true when one may begin. */
  #readText() {
    const bytes = this.#bytes;
    if (bytes.length === 0) return false;
    const mark = getHeader();
    let end = bytes.indexOf(mark);
    if (end === -1) {
      // The last byte may be the first of a header.
      end = bytes[bytes.length - 1] === mark[0] ? bytes.length - 1 : bytes.length;
    }
    if (end > 0) {
      this.#bytes = TypedArrayPrototypeSubarray(bytes, end);
      this.#onText(TypedArrayPrototypeSubarray(bytes, 0, end).toString('utf8'));
    }
    return this.#bytes.length >= mark.length;
  }

  /** Gives out the message that the bytes begin with; false when it is not whole. */
  #readMessage() {
    const bytes = this.#bytes;
    const start = getHeader().length + kLengthBytes;
    if (bytes.length < start) return false;
    const end = start + bytes.readUInt32BE(getHeader().length);
    if (bytes.length < end) return false;
    this.#bytes = TypedArrayPrototypeSubarray(bytes, end);
    const deserializer = new DefaultDeserializer(TypedArrayPrototypeSubarray(bytes, start, end));
    deserializer.readHeader();
    const item = deserializer.readValue();
    const { details } = item.data;
    if (details?.error) details.error = deserializeError(details.error);
    this.#onEvent(item);
    return true;
  }

  /** The child has ended: what looked like the begin of a message is text. */
  finish() {
    while (this.#bytes.length > 0) {
      const first = this.#bytes[0];
      this.#bytes = TypedArrayPrototypeSubarray(this.#bytes, 1);
      this.#onText(StringFromCharCode(first));
      while (this.#readText() && this.#readMessage());
    }
  }
}

module.exports = { MessageReader, encodeMessage };
