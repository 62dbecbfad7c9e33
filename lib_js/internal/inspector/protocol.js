'use strict';

// How Node's own domains of the DevTools protocol read messages of clients: what a command may
// hold, and the words for what it may not.

const {
  NumberIsInteger,
  ObjectPrototypeHasOwnProperty,
} = primordials;

// https://www.jsonrpc.org/specification#error_object
const INVALID_PARAMS = -32602;
const SERVER_ERROR = -32000;
const INT32_MAX = 2 ** 31 - 1;

/** What a domain throws to answer a command with an error. */
class ProtocolError {
  constructor(code, message, data) {
    this.code = code;
    this.message = message;
    this.data = data;
  }
}

function invalidParams(message) {
  return new ProtocolError(INVALID_PARAMS, message, undefined);
}

function serverError(message) {
  return new ProtocolError(SERVER_ERROR, message, undefined);
}

/** Where of a message something is wrong. Node also counts the bytes of its own encoding. */
function malformed(place, reason) {
  return new ProtocolError(
    INVALID_PARAMS, 'Invalid parameters', `Failed to deserialize ${place} - ${reason}`);
}

function readText(value, place) {
  if (typeof value !== 'string') throw malformed(place, 'BINDINGS: string value expected');
  return value;
}

function readFlag(value, place) {
  if (typeof value !== 'boolean') throw malformed(place, 'BINDINGS: bool value expected');
  return value;
}

function readInteger(value, place) {
  if (!NumberIsInteger(value) || value > INT32_MAX || value < -INT32_MAX - 1) {
    throw malformed(place, 'BINDINGS: int32 value expected');
  }
  return value;
}

/** A reader of objects with these fields: { name: [reader, is optional] }. Others are ignored. */
function record(fields) {
  return function readRecord(value, place) {
    if (typeof value !== 'object' || value === null) {
      throw malformed(place, 'CBOR: map start expected');
    }
    const result = { __proto__: null };
    for (const name in fields) {
      const { 0: read, 1: isOptional } = fields[name];
      if (ObjectPrototypeHasOwnProperty(value, name)) {
        result[name] = read(value[name], `${place}.${name}`);
      } else if (!isOptional) {
        throw malformed(`${place}.${name}`, 'BINDINGS: mandatory field missing');
      }
    }
    return result;
  };
}

/** A command without parameters: whatever comes with it is ignored. */
function readNothing() {}

module.exports = {
  ProtocolError,
  invalidParams,
  malformed,
  readFlag,
  readInteger,
  readNothing,
  readText,
  record,
  serverError,
};
