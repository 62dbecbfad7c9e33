'use strict';

// Web streams of Node's streams and the other way round: the names that Node has for them.
// Missing: adapters over StreamBase handles, which coring does not have.

const { newReadableStreamFromStreamReadable, newReadableWritablePairFromDuplex,
        newWritableStreamFromStreamWritable } = require('internal/webstreams/adapters/to_web');
const { newStreamDuplexFromReadableWritablePair, newStreamReadableFromReadableStream,
        newStreamWritableFromWritableStream } = require('internal/webstreams/adapters/to_node');

module.exports = {
  newReadableStreamFromStreamReadable,
  newReadableWritablePairFromDuplex,
  newStreamDuplexFromReadableWritablePair,
  newStreamReadableFromReadableStream,
  newStreamWritableFromWritableStream,
  newWritableStreamFromStreamWritable,
};
