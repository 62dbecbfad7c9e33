'use strict';

// A socket that has its address here and on which the workers listen by themselves: the kernel
// chooses who gets a connection.

const { SafeMap } = primordials;

const assert = require('internal/assert');

/** A handle, or -errno. */
function openShared(address, port, addressType, fd, flags) {
  const isDatagram = addressType === 'udp4' || addressType === 'udp6';
  // A descriptor is only handed on.
  if (isDatagram && !(fd > 0)) {
    const { _createSocketHandle } = require('internal/dgram');
    return _createSocketHandle(address, port, addressType, fd, flags);
  }
  const { createServerHandle } = require('internal/net/server');
  return createServerHandle(address, port, addressType, fd, flags);
}

function SharedHandle(key, address, { port, addressType, fd, flags }) {
  this.key = key;
  this.workers = new SafeMap();
  this.handle = null;
  this.errno = 0;
  const made = openShared(address, port, addressType, fd, flags);
  if (typeof made === 'number') this.errno = made;
  else this.handle = made;
}

SharedHandle.prototype.add = function(worker, send) {
  assert(!this.workers.has(worker.id));
  this.workers.set(worker.id, worker);
  send(this.errno, null, this.handle);
};

/** True when the last worker is gone, and the socket with it. */
SharedHandle.prototype.remove = function(worker) {
  if (!this.workers.delete(worker.id)) return false;
  if (this.workers.size !== 0) return false;
  this.handle?.close();
  this.handle = null;
  return true;
};

module.exports = SharedHandle;
