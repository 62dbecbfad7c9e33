'use strict';

// A listener of the primary whose connections go to the workers in turn: to whoever has been free
// for longest.

const {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  Boolean,
  SafeMap,
} = primordials;

const assert = require('internal/assert');
const net = require('net');
const { StreamHandle } = require('internal/net/handle');
const { sendHelper } = require('internal/cluster/utils');

const IPV6_ONLY = 2;
const EINVAL = -22;

function RoundRobinHandle(key, address, { port, fd, flags, backlog, readableAll, writableAll }) {
  this.key = key;
  this.all = new SafeMap();
  this.free = new SafeMap();
  this.handles = []; // Connections that no worker was free for.
  this.handle = null;
  this.server = net.createServer();
  if (fd >= 0) {
    this.server.listen({ fd, backlog });
  } else if (port >= 0) {
    this.server.listen({
      port, host: address, ipv6Only: Boolean(flags & IPV6_ONLY), backlog,
    });
  } else {
    this.server.listen({ path: address, backlog, readableAll, writableAll });
  }
  // In front of the workers' own: the handle is theirs from then on.
  this.server.once('listening', () => {
    this.handle = this.server._handle;
    this.handle.owner = this;
    this.server._handle = null;
    this.server = null;
  });
}

/** Called for every connection, by the handle that this owns. */
RoundRobinHandle.prototype._onaccept = function(listener, number) {
  if (number < 0) this.distribute(number, undefined);
  else this.distribute(0, new StreamHandle(number, listener.isPipe));
};

/** `send(errno, reply, handle)` once it listens, or cannot. */
RoundRobinHandle.prototype.add = function(worker, send) {
  assert(!this.all.has(worker.id));
  this.all.set(worker.id, worker);
  const done = () => {
    if (this.handle.isPipe) {
      send(null, null, null); // It has no name to tell.
    } else {
      const sockname = {};
      this.handle.getsockname(sockname);
      send(null, { sockname }, null);
    }
    this.handoff(worker);
  };
  if (this.server === null) {
    done();
    return;
  }
  this.server.once('listening', done);
  this.server.once('error', (error) => {
    // Something that no system call said is still a reason.
    send(error.errno ?? EINVAL, null);
  });
};

/** True when the last worker is gone, and the listener with it. */
RoundRobinHandle.prototype.remove = function(worker) {
  if (!this.all.delete(worker.id)) return false;
  this.free.delete(worker.id);
  if (this.all.size !== 0) return false;
  while (this.handles.length > 0) ArrayPrototypeShift(this.handles).close();
  this.handle?.close();
  this.handle = null;
  return true;
};

RoundRobinHandle.prototype.distribute = function(error, handle) {
  if (error) return; // The client was quicker away; there is nobody to tell.
  ArrayPrototypePush(this.handles, handle);
  for (const { 0: id, 1: worker } of this.free) {
    this.free.delete(id);
    this.handoff(worker);
    return;
  }
};

RoundRobinHandle.prototype.handoff = function(worker) {
  if (!this.all.has(worker.id)) return;
  if (this.handles.length === 0) {
    this.free.set(worker.id, worker);
    return;
  }
  const handle = ArrayPrototypeShift(this.handles);
  sendHelper(worker.process, { act: 'newconn', key: this.key }, handle, (reply) => {
    if (reply.accepted) handle.close();
    else this.distribute(0, handle); // The worker closes: another one takes it.
    this.handoff(worker);
  });
};

module.exports = RoundRobinHandle;
