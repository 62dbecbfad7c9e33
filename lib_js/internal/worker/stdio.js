'use strict';
// A worker's stdin, stdout and stderr, on both sides: streams whose chunks travel through the port
// between worker and maker. The reader asks for more, so that a fast writer waits for it.

const { ArrayPrototypeForEach, ArrayPrototypeMap, ArrayPrototypePush, Symbol } = primordials;

const { Readable, Writable } = require('stream');

const kCountsReference = Symbol('kIncrementsPortRef');
const kStdioWantsMoreDataCallback = Symbol('kStdioWantsMoreDataCallback');

/** Types of messages between a worker and its maker. */
const messageTypes = {
  UP_AND_RUNNING: 'upAndRunning',
  COULD_NOT_SERIALIZE_ERROR: 'couldNotSerializeError',
  ERROR_MESSAGE: 'errorMessage',
  DEPENDENCY: 'dependency',
  STDIO_PAYLOAD: 'stdioPayload',
  STDIO_WANTS_MORE_DATA: 'stdioWantsMoreData',
  LOAD_SCRIPT: 'loadScript',
};

const kHolders = Symbol('kWaitingStreams');

// Streams that wait for the other side keep the port, and by it the thread, alive.
function hold(port) {
  port[kHolders] ??= 0;
  if (port[kHolders]++ === 0) port.ref();
}

function release(port) {
  if (--port[kHolders] === 0) port.unref();
}

class ReadableWorkerStdio extends Readable {
  constructor(port, name) {
    super();
    this.port = port;
    this.name = name;
    this[kCountsReference] = true;
    this.hasStarted = false;
    this.on('end', () => {
      if (this.hasStarted && this[kCountsReference]) release(this.port);
    });
  }

  _read() {
    if (!this.hasStarted && this[kCountsReference]) {
      this.hasStarted = true;
      hold(this.port);
    }
    this.port.postMessage({ type: messageTypes.STDIO_WANTS_MORE_DATA, stream: this.name });
  }

  /** What the other side has written. */
  take(chunks) {
    ArrayPrototypeForEach(chunks, ({ chunk, encoding }) => this.push(chunk, encoding));
  }
}

class WritableWorkerStdio extends Writable {
  constructor(port, name) {
    super({ decodeStrings: false });
    this.port = port;
    this.name = name;
    this.waiting = [];
  }

  _writev(chunks, callback) {
    this.port.postMessage({
      type: messageTypes.STDIO_PAYLOAD,
      stream: this.name,
      chunks: ArrayPrototypeMap(chunks, ({ chunk, encoding }) => ({ chunk, encoding })),
    });
    if (process._exiting) {
      // Nobody will be there to ask for more.
      callback();
      return;
    }
    ArrayPrototypePush(this.waiting, callback);
    if (this.waiting.length === 1) hold(this.port);
  }

  _final(callback) {
    this.port.postMessage({
      type: messageTypes.STDIO_PAYLOAD,
      stream: this.name,
      chunks: [{ chunk: null, encoding: '' }],
    });
    callback();
  }

  /** The reader has room: what was written counts as written. */
  [kStdioWantsMoreDataCallback]() {
    const { waiting } = this;
    this.waiting = [];
    if (waiting.length > 0) release(this.port);
    ArrayPrototypeForEach(waiting, (callback) => callback());
  }
}

module.exports = {
  ReadableWorkerStdio,
  WritableWorkerStdio,
  kCountsReference,
  kStdioWantsMoreDataCallback,
  messageTypes,
};
