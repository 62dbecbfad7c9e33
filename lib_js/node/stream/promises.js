'use strict';

// node:stream/promises.

const { ArrayPrototypePop, Promise } = primordials;

const { isIterable, isNodeStream, isWebStream } = require('internal/streams/utils');
const { pipelineImpl } = require('internal/streams/pipeline');
const { finished } = require('internal/streams/end-of-stream');

require('stream'); // Its operators must be on Readable before streams are made.

function pipeline(...streams) {
  return new Promise((resolve, reject) => {
    let options;
    const last = streams[streams.length - 1];
    if (last && typeof last === 'object' &&
        !isNodeStream(last) && !isIterable(last) && !isWebStream(last)) {
      const { signal, end } = ArrayPrototypePop(streams);
      options = { signal, end };
    }
    pipelineImpl(streams, (error, value) => {
      if (error) reject(error);
      else resolve(value);
    }, options);
  });
}

module.exports = { finished, pipeline };
