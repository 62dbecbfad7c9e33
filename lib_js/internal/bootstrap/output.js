'use strict';

// The stream behind process.stdout and process.stderr, and behind
// tty.WriteStream: every write is done when write() returns, as Node does it
// for files and terminals. For pipes Node does so, too, on Linux.

const {
  FunctionPrototypeCall,
  ObjectSetPrototypeOf,
} = primordials;

const { Buffer } = require('buffer');
const { ErrnoException } = require('internal/errors');
const { Writable } = require('stream');

const ops = internalBinding('process_ops');

function SyncOutput(fd) {
  FunctionPrototypeCall(Writable, this, { decodeStrings: false });
  this.fd = fd;
  // Node's are sockets that cannot be read, or file streams that say the same.
  this.readable = false;
  this.bytesWritten = 0;
}
ObjectSetPrototypeOf(SyncOutput.prototype, Writable.prototype);
ObjectSetPrototypeOf(SyncOutput, Writable);

SyncOutput.prototype._write = function(chunk, encoding, callback) {
  let data = chunk;
  let bytes;
  if (typeof chunk !== 'string') {
    bytes = chunk.byteLength;
  } else if (encoding === 'utf8' || encoding === 'utf-8') {
    bytes = Buffer.byteLength(chunk);
  } else {
    data = Buffer.from(chunk, encoding);
    bytes = data.byteLength;
  }
  const errno = ops.writeSync(this.fd, data);
  if (errno < 0) {
    callback(new ErrnoException(errno, 'write'));
    return;
  }
  this.bytesWritten += bytes;
  callback();
};

// Nothing here keeps the loop alive.
SyncOutput.prototype.ref = function ref() {
  return this;
};
SyncOutput.prototype.unref = function unref() {
  return this;
};

SyncOutput.prototype.destroySoon = SyncOutput.prototype.destroy;

module.exports = { SyncOutput };
