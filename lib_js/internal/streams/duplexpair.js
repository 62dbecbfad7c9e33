'use strict';

// stream.duplexPair(): two Duplexes, each of which reads what the other writes.

const { Symbol } = primordials;

const Duplex = require('internal/streams/duplex');
const assert = require('internal/assert');

const kCallback = Symbol('Callback'); // Of the other side's write, until we have been read.
const kOther = Symbol('OtherSide');

class DuplexSide extends Duplex {
  constructor(options) {
    super(options);
    this[kCallback] = null;
    this[kOther] = null;
  }

  _read() {
    const callback = this[kCallback];
    if (callback) {
      this[kCallback] = null;
      callback();
    }
  }

  _write(chunk, encoding, callback) {
    const other = this[kOther];
    assert(other[kCallback] === null);
    if (chunk.length === 0) {
      // Nobody would ever read it.
      process.nextTick(callback);
    } else {
      other.push(chunk);
      other[kCallback] = callback;
    }
  }

  _final(callback) {
    this[kOther].on('end', callback);
    this[kOther].push(null);
  }

  _destroy(error, callback) {
    const other = this[kOther];
    if (!other.destroyed) {
      process.nextTick(() => {
        if (other.destroyed) return;
        if (error) other.destroy(); // The error is ours alone.
        else other.push(null);
      });
    }
    callback(error);
  }
}

function duplexPair(options) {
  const first = new DuplexSide(options);
  const second = new DuplexSide(options);
  first[kOther] = second;
  second[kOther] = first;
  return [first, second];
}

module.exports = duplexPair;
