'use strict';

// node:stream/web: the web streams, which are globals too.

const {
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
} = require('internal/webstreams/readablestream');
const { ByteLengthQueuingStrategy, CountQueuingStrategy } =
  require('internal/webstreams/queuingstrategies');
const { TextDecoderStream, TextEncoderStream } = require('internal/webstreams/encoding');
const { TransformStream, TransformStreamDefaultController } =
  require('internal/webstreams/transformstream');
const { WritableStream, WritableStreamDefaultController, WritableStreamDefaultWriter } =
  require('internal/webstreams/writablestream');

const { defineLazyProperties } = require('internal/util');

module.exports = {
  ReadableStream,
  ReadableStreamDefaultReader,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableByteStreamController,
  ReadableStreamDefaultController,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultWriter,
  WritableStreamDefaultController,
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  TextEncoderStream,
  TextDecoderStream,
};

defineLazyProperties(module.exports, 'internal/webstreams/compression', [
  'CompressionStream', 'DecompressionStream',
]);
