'use strict';

// FileHandle.readableWebStream: the bytes of an open file as a stream of the web.

const { kRef, kUnref } = require('internal/fs/file_handle');
const { kEmptyObject } = require('internal/util');
const { validateBoolean, validateObject } = require('internal/validators');
const { ReadableStream } = require('internal/webstreams/readablestream');
const { kState } = require('internal/webstreams/util');

const CHUNK_BYTES = 16384;

function webStreamOf(handle, options = kEmptyObject) {
  validateObject(options, 'options');
  const { autoClose = false, type = 'bytes' } = options;
  validateBoolean(autoClose, 'options.autoClose');
  if (type !== 'bytes') {
    process.emitWarning('A non-"bytes" options.type has no effect. A byte-oriented steam is ' +
                        'always created.', 'ExperimentalWarning');
  }
  const finish = async () => {
    handle[kUnref]();
    if (autoClose) await handle.close();
  };
  const readable = new ReadableStream({
    type: 'bytes',
    autoAllocateChunkSize: CHUNK_BYTES,
    async pull(controller) {
      const { view } = controller.byobRequest;
      const { bytesRead } = await handle.read(view, 0, view.byteLength);
      if (bytesRead === 0) {
        controller.close();
        await finish();
      }
      controller.byobRequest.respond(bytesRead);
    },
    async cancel() {
      await finish();
    },
  });
  handle[kRef]();
  // Whoever has locked the stream for reading does not matter: there is nothing more to read.
  handle.once('close', () => readable[kState].cancel());
  return readable;
}

module.exports = { webStreamOf };
