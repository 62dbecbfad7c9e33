'use strict';

// WebAssembly.compileStreaming() and instantiateStreaming(): V8 hands over what it was given, and
// gets the bytes of the response as they come.
// https://webassembly.github.io/spec/web-api/#streaming-modules

const { Uint8Array } = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_WEBASSEMBLY_RESPONSE },
} = require('internal/errors');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');

const native = internalBinding('wasm_web_api');

function isResponse(value) {
  return value instanceof require('npm/undici/index-fetch').Response;
}

function checkResponse(response) {
  if (!isResponse(response)) {
    throw new ERR_INVALID_ARG_TYPE(
      'source', ['Response', 'Promise resolving to Response'], response);
  }
  const type = response.headers.get('Content-Type');
  if (type !== 'application/wasm') {
    throw new ERR_WEBASSEMBLY_RESPONSE(`has unsupported MIME type '${type}'`);
  }
  if (!response.ok) throw new ERR_WEBASSEMBLY_RESPONSE(`has status code ${response.status}`);
  if (response.bodyUsed) throw new ERR_WEBASSEMBLY_RESPONSE('body has already been used');
}

function bytesOf(chunk) {
  if (isArrayBufferView(chunk)) return chunk;
  if (isAnyArrayBuffer(chunk)) return new Uint8Array(chunk);
  throw new ERR_INVALID_ARG_TYPE('chunk', ['ArrayBufferView', 'ArrayBuffer'], chunk);
}

/** @param {number} stream  @param {unknown} source */
async function compileStream(stream, source) {
  try {
    const response = await source;
    checkResponse(response);
    if (response.url) native.setURL(stream, response.url);
    const { body } = response;
    if (body !== null) {
      for await (const chunk of body) native.push(stream, bytesOf(chunk));
    }
    native.finish(stream);
  } catch (error) {
    native.abort(stream, error);
  }
}

module.exports = { compileStream };
