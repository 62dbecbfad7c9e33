'use strict';

// WebAssembly.compileStreaming and instantiateStreaming: https://webassembly.github.io/spec/web-api/
// The module is compiled when all of it is there: it takes longer than compiling as it comes, and
// stacks do not know the URL of the response.

const {
  ErrorCaptureStackTrace, PromiseReject, StringPrototypeReplace, TypeError, globalThis,
} = primordials;

const { ERR_INVALID_ARG_TYPE, ERR_WEBASSEMBLY_RESPONSE } = require('internal/errors').codes;

// As they are before programs can change them, or nearly so: V8 has no others.
const { compile, instantiate } = globalThis.WebAssembly;

/** Errors name the function that was called. */
function renamed(error, name) {
  if (typeof error?.message === 'string') {
    const message = StringPrototypeReplace(
      error.message, /^WebAssembly\.(compile|instantiate)\(\)/, `WebAssembly.${name}()`);
    if (message !== error.message) {
      error.message = message;
      ErrorCaptureStackTrace(error);
    }
  }
  throw error;
}

function checkResponse(response) {
  const { Response } = require('npm/undici/index-fetch');
  if (!(response instanceof Response)) {
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

/** @returns {Promise<ArrayBuffer>} the body of a response, or of one that is still to come */
async function bytesOf(source) {
  const response = await source;
  checkResponse(response);
  return response.arrayBuffer();
}

async function compileFrom(source, name) {
  const bytes = await bytesOf(source);
  try {
    return await compile(bytes);
  } catch (error) {
    return renamed(error, name);
  }
}

async function instantiateFrom(source, imports) {
  const module = await compileFrom(source, 'instantiateStreaming');
  try {
    return { module, instance: await instantiate(module, imports) };
  } catch (error) {
    return renamed(error, 'instantiateStreaming');
  }
}

// Methods, as V8's own functions are no constructors either.
module.exports = {
  compileStreaming(source) {
    return compileFrom(source, 'compileStreaming');
  },
  instantiateStreaming(source, imports = undefined) {
    if (imports !== undefined && (imports === null || typeof imports !== 'object') &&
        typeof imports !== 'function') {
      return PromiseReject(new TypeError(
        'WebAssembly.instantiateStreaming(): Argument 1 must be an object'));
    }
    return instantiateFrom(source, imports);
  },
};
