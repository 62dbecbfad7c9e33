'use strict';
// How a test file in a process of its own tells its parent what happens: on standard output,
// between whatever else the file writes there. A message is
//
//   mark (2 bytes)  length (4 bytes, big endian)  value as V8 serializes it
//
// where the mark is what V8 began every value with in Node 24: 0xff, which is in no UTF-8 text, and
// a version.

const { StringFromCharCode, TypedArrayPrototypeSubarray } = primordials;

const { Buffer } = require('buffer');
const { deserializeError, serializeError } = require('internal/error_serdes');
const { DefaultDeserializer, DefaultSerializer } = require('v8');

const kLengthBytes = 4;

const kMark = Buffer.from([0xff, 0x0f]);
const kHeadBytes = kMark.length + kLengthBytes;

/** @returns {Buffer} one event of the reporters' stream as a message */
function encodeMessage(item) {
  const { details } = item.data;
  const error = details?.error;
  // Errors lose their class and properties otherwise; other reporters see the error itself.
  if (error) details.error = serializeError(error);
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(kMark);
  serializer.writeRawBytes(Buffer.alloc(kLengthBytes));
  serializer.writeHeader();
  serializer.writeValue(item);
  if (error) details.error = error;
  const message = serializer.releaseBuffer();
  message.writeUInt32BE(message.length - kHeadBytes, kMark.length);
  return message;
}

/** Takes a child's output apart into events and text. */
class MessageReader {
  #bytes = Buffer.alloc(0);
  #isOver = false;
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
    let end = bytes.indexOf(kMark);
    if (end === -1) {
      // The last byte may be the first of a mark.
      const isHalf = !this.#isOver && bytes[bytes.length - 1] === kMark[0];
      end = isHalf ? bytes.length - 1 : bytes.length;
    }
    if (end > 0) {
      this.#bytes = TypedArrayPrototypeSubarray(bytes, end);
      this.#onText(TypedArrayPrototypeSubarray(bytes, 0, end).toString('utf8'));
    }
    return this.#bytes.length >= kMark.length;
  }

  /** Gives out the message that the bytes begin with; false when it is not whole. */
  #readMessage() {
    const bytes = this.#bytes;
    if (bytes.length < kHeadBytes) return false;
    const end = kHeadBytes + bytes.readUInt32BE(kMark.length);
    if (bytes.length < end) return false;
    this.#bytes = TypedArrayPrototypeSubarray(bytes, end);
    const value = TypedArrayPrototypeSubarray(bytes, kHeadBytes, end);
    const deserializer = new DefaultDeserializer(value);
    deserializer.readHeader();
    const item = deserializer.readValue();
    const { details } = item.data;
    if (details?.error) details.error = deserializeError(details.error);
    this.#onEvent(item);
    return true;
  }

  /** The child has ended: what looked like the begin of a message is text. */
  finish() {
    this.#isOver = true;
    while (this.#bytes.length > 0) {
      const first = this.#bytes[0];
      this.#bytes = TypedArrayPrototypeSubarray(this.#bytes, 1);
      this.#onText(StringFromCharCode(first));
      while (this.#readText() && this.#readMessage());
    }
  }
}

module.exports = { MessageReader, encodeMessage };
