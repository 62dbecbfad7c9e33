'use strict';

// What keeps the program running, as process.getActiveResourcesInfo() and its older relatives show
// it. Names of kinds are Node's.

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
} = primordials;

const { ticketOwners } = require('boot/turn');
const { Listener, openHandles } = require('internal/net/handle');
const { activeCounts } = require('internal/timers');

const TERMINAL = 3;

/** Handles that are open and referenced. */
function activeHandles() {
  const active = [];
  ArrayPrototypeForEach(openHandles(), (handle) => {
    if (typeof handle.hasRef === 'function' ? handle.hasRef() : true) {
      ArrayPrototypePush(active, handle);
    }
  });
  return active;
}

function kindOf(handle) {
  const isServer = handle instanceof Listener;
  const { owner } = handle;
  if (owner?.isTTY || (owner?.fd >= 0 &&
      internalBinding('process_ops').ttyInfo(owner.fd) === TERMINAL)) return 'TTYWrap';
  const isPipe = owner != null && (owner._pipeName != null || owner.fd !== undefined);
  if (isPipe) return isServer ? 'PipeServerWrap' : 'PipeWrap';
  return isServer ? 'TCPServerWrap' : 'TCPSocketWrap';
}

/** The objects that programs know: sockets and servers. */
function _getActiveHandles() {
  const owners = [];
  ArrayPrototypeForEach(activeHandles(), (handle) => {
    ArrayPrototypePush(owners, handle.owner ?? handle.socket ?? handle);
  });
  return owners;
}

function _getActiveRequests() {
  return ticketOwners();
}

function getActiveResourcesInfo() {
  const names = [];
  ArrayPrototypeForEach(ticketOwners(), (owner) => {
    ArrayPrototypePush(names, owner.resourceName ?? 'FSReqCallback');
  });
  ArrayPrototypeForEach(activeHandles(), (handle) => {
    ArrayPrototypePush(names, kindOf(handle));
  });
  const { timers, immediates } = activeCounts();
  for (let i = 0; i < timers; i++) ArrayPrototypePush(names, 'Timeout');
  for (let i = 0; i < immediates; i++) ArrayPrototypePush(names, 'Immediate');
  return names;
}

module.exports = { _getActiveHandles, _getActiveRequests, getActiveResourcesInfo };
