'use strict';

// Streams that go to another thread: https://streams.spec.whatwg.org/#transferrable-streams
// The stream stays and is piped into a message port (or out of it); at the other end of the port a
// new stream is made. Messages are { type: 'chunk' | 'close' | 'error' | 'pull', value }.

const { PromisePrototypeThen, PromiseWithResolvers } = primordials;

const { DOMException } = require('internal/domexception');
const { pipeTo } = require('internal/webstreams/readable_pipe');
const { kState, resolved, setPromiseHandled } = require('internal/webstreams/util');

const PLAIN_PIPE = {
  __proto__: null,
  preventAbort: false,
  preventCancel: false,
  preventClose: false,
  signal: undefined,
};

function throwLocked(name) {
  throw new DOMException(`Cannot transfer a locked ${name}`, 'DataCloneError');
}

function messageError() {
  return new DOMException('Internal transferred ReadableStream error', 'DataCloneError');
}

/** Tells the other end of a failure. What cannot be cloned becomes the error that says so. */
function postError(port, value) {
  try {
    port.postMessage({ type: 'error', value });
  } catch (error) {
    port.postMessage({ type: 'error', value: error });
    throw error;
  }
}

function closeWith(port, reason) {
  try {
    postError(port, reason);
  } finally {
    port.close();
  }
}

/** The end of a port is in use: the thread waits for it, where it should. */
function keepAlive(end) {
  if (!end.refsLater) return;
  end.refsLater = false;
  end.port.ref();
}

/** The end of a port that a ReadableStream reads. */
class PortSource {
  /** @param {boolean} refsLater  the port keeps the thread alive from the first pull on */
  constructor(port, refsLater) {
    this.port = port;
    this.refsLater = refsLater;
    this.control = undefined;
    port.onmessage = ({ data: { type, value } }) => {
      const { control } = this;
      if (type === 'chunk') {
        control.enqueue(value);
        return;
      }
      if (type === 'close') control.close();
      else if (type === 'error') control.error(value);
      else return;
      port.close();
    };
    port.onmessageerror = () => {
      const error = messageError();
      port.postMessage({ type: 'error', value: error });
      this.control.error(error);
      port.close();
    };
    port.unref();
  }

  pull() {
    keepAlive(this);
    this.port.postMessage({ type: 'pull' });
  }

  cancel(reason) {
    closeWith(this.port, reason);
  }
}

/** The end of a port that a WritableStream writes. */
class PortSink {
  /** @param {boolean} refsLater  the port keeps the thread alive from the first write on */
  constructor(port, refsLater) {
    this.port = port;
    this.refsLater = refsLater;
    this.control = undefined;
    /** Until the other end pulls. */
    this.backpressure = PromiseWithResolvers();
    port.onmessage = ({ data: { type, value } }) => {
      if (type !== 'pull' && type !== 'error') return;
      if (type === 'error') this.control.errorIfNeeded(value);
      this.backpressure?.resolve();
      this.backpressure = undefined;
    };
    port.onmessageerror = () => {
      const error = messageError();
      port.postMessage({ type: 'error', value: error });
      this.control.errorIfNeeded(error);
      port.close();
    };
    port.unref();
  }

  write(chunk) {
    keepAlive(this);
    return PromisePrototypeThen(this.backpressure?.promise ?? resolved, () => {
      this.backpressure = PromiseWithResolvers();
      try {
        this.port.postMessage({ type: 'chunk', value: chunk });
      } catch (error) {
        this.port.postMessage({ type: 'error', value: error });
        this.port.close();
        throw error;
      }
    });
  }

  close() {
    this.port.postMessage({ type: 'close' });
    this.port.close();
  }

  abort(reason) {
    closeWith(this.port, reason);
  }
}

class Transfer {
  constructor() {
    const { MessageChannel } = require('internal/worker/io');
    const { port1, port2 } = new MessageChannel();
    this.port1 = port1;
    this.port2 = port2;
  }

  forget() {
    this.port1?.close();
    this.port1 = undefined;
    this.port2 = undefined;
  }
}

class ReadableTransfer extends Transfer {
  /** @returns {MessagePort} for the stream at the other end */
  begin(state) {
    const { createWritableStream } = require('internal/webstreams/writablestream');
    const sink = new PortSink(this.port1, false);
    const writable = createWritableStream(sink)[kState];
    sink.control = writable.control;
    sink.control.start();
    setPromiseHandled(pipeTo(state, writable, PLAIN_PIPE));
    return this.port2;
  }
}

class WritableTransfer extends Transfer {
  /** @returns {MessagePort} for the stream at the other end */
  begin(state) {
    const { createReadableStream } = require('internal/webstreams/readablestream');
    const source = new PortSource(this.port1, false);
    const readable = createReadableStream(source)[kState];
    source.control = readable.control;
    source.control.start();
    setPromiseHandled(pipeTo(readable, state, PLAIN_PIPE));
    return this.port2;
  }
}

/** What a message carries of a stream. */
function transferOf(state, Kind, name) {
  if (state.isLocked) {
    state.transfer?.forget();
    throwLocked(name);
  }
  state.transfer ??= new Kind();
  return { port: state.transfer.begin(state) };
}

module.exports = {
  PortSink, PortSource, ReadableTransfer, WritableTransfer, throwLocked, transferOf,
};
