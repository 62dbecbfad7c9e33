'use strict';

// stream.compose(): a chain as one Duplex, written at its head and read at its tail.

const { ArrayPrototypeSlice } = primordials;

const { pipeline } = require('internal/streams/pipeline');
const Duplex = require('internal/streams/duplex');
const { destroyer } = require('internal/streams/destroy');
const { eos } = require('internal/streams/end-of-stream');
const {
  isNodeStream,
  isReadable,
  isWritable,
  isWebStream,
  isTransformStream,
  isWritableStream,
  isReadableStream,
} = require('internal/streams/utils');
const {
  AbortError,
  codes: { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS },
} = require('internal/errors');

function canRead(stream) {
  return !!(isReadable(stream) || isReadableStream(stream) || isTransformStream(stream));
}

function canWrite(stream) {
  return !!(isWritable(stream) || isWritableStream(stream) || isTransformStream(stream));
}

function validateChain(streams, given) {
  const last = streams.length - 1;
  for (let i = 0; i <= last; i++) {
    const stream = streams[i];
    if (!isNodeStream(stream) && !isWebStream(stream)) continue; // Functions and iterables.
    if (i < last && !canRead(stream)) {
      throw new ERR_INVALID_ARG_VALUE(`streams[${i}]`, given[i], 'must be readable');
    }
    if (i > 0 && !canWrite(stream)) {
      throw new ERR_INVALID_ARG_VALUE(`streams[${i}]`, given[i], 'must be writable');
    }
  }
}

module.exports = function compose(...streams) {
  if (streams.length === 0) throw new ERR_MISSING_ARGS('streams');
  if (streams.length === 1) return Duplex.from(streams[0]);

  const given = ArrayPrototypeSlice(streams);
  const last = streams.length - 1;
  if (typeof streams[0] === 'function') streams[0] = Duplex.from(streams[0]);
  if (typeof streams[last] === 'function') streams[last] = Duplex.from(streams[last]);
  validateChain(streams, given);

  const ends = new Ends();
  const head = streams[0];
  const tail = pipeline(streams, (error) => ends.onChainFinished(error));
  ends.writable = canWrite(head);
  ends.readable = canRead(tail);
  const duplex = ends.duplex = new Duplex({
    writableObjectMode: !!head?.writableObjectMode,
    readableObjectMode: !!tail?.readableObjectMode,
    writable: ends.writable,
    readable: ends.readable,
  });
  if (ends.writable) {
    if (isNodeStream(head)) writeToNode(duplex, head, ends);
    else if (isWebStream(head)) writeToWeb(duplex, head, ends);
    eos(isTransformStream(tail) ? tail.readable : tail, () => ends.call('onfinish'));
  }
  if (ends.readable) {
    if (isNodeStream(tail)) readFromNode(duplex, tail);
    else if (isWebStream(tail)) readFromWeb(duplex, tail);
  }
  duplex._destroy = function(error, callback) {
    if (!error && ends.onclose !== null) error = new AbortError();
    ends.ondrain = null;
    ends.onfinish = null;
    if (isNodeStream(tail)) destroyer(tail, error);
    if (ends.onclose === null) callback(error);
    else ends.onclose = callback;
  };
  return duplex;
};

// The callbacks of the composed stream that wait for the chain.
class Ends {
  constructor() {
    this.duplex = undefined;
    this.readable = false;
    this.writable = false;
    this.ondrain = null;
    this.onfinish = null;
    this.onclose = undefined; // null: the chain is over.
  }

  call(name) {
    const callback = this[name];
    this[name] = null;
    if (callback) callback();
  }

  onChainFinished(error) {
    const callback = this.onclose;
    this.onclose = null;
    if (callback) callback(error);
    else if (error) this.duplex.destroy(error);
    else if (!this.readable && !this.writable) this.duplex.destroy();
  }
}

function writeToNode(duplex, head, ends) {
  duplex._write = function(chunk, encoding, callback) {
    if (head.write(chunk, encoding)) callback();
    else ends.ondrain = callback;
  };
  duplex._final = function(callback) {
    head.end();
    ends.onfinish = callback;
  };
  head.on('drain', () => ends.call('ondrain'));
}

function writeToWeb(duplex, head, ends) {
  const writer = (isTransformStream(head) ? head.writable : head).getWriter();
  duplex._write = async function(chunk, encoding, callback) {
    try {
      await writer.ready;
      writer.write(chunk).catch(() => {}); // Told by writer.ready.
      callback();
    } catch (error) {
      callback(error);
    }
  };
  duplex._final = async function(callback) {
    try {
      await writer.ready;
      writer.close().catch(() => {});
      ends.onfinish = callback;
    } catch (error) {
      callback(error);
    }
  };
}

function readFromNode(duplex, tail) {
  duplex._read = function() {
    tail.resume();
  };
  tail.on('data', (chunk) => {
    if (!duplex.push(chunk)) tail.pause();
  });
  tail.on('end', () => duplex.push(null));
}

function readFromWeb(duplex, tail) {
  const reader = (isTransformStream(tail) ? tail.readable : tail).getReader();
  duplex._read = async function() {
    try {
      while (true) {
        const { value, done } = await reader.read();
        if (done) {
          duplex.push(null);
          return;
        }
        if (!duplex.push(value)) return;
      }
    } catch {
      // The pipeline has heard of it.
    }
  };
}
