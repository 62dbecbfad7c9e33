'use strict';

// What node:dgram shares with those who make datagram sockets otherwise.

const { Symbol } = primordials;

const { codes: { ERR_SOCKET_BAD_TYPE } } = require('internal/errors');
const { UDP, numberOf } = require('internal/dgram/handle');
const { isIP } = require('internal/net');
const { guessHandleType } = require('internal/util');
const { validateFunction } = require('internal/validators');

const kStateSymbol = Symbol('state symbol');

const EINVAL = -22;

const kinds = { __proto__: null, udp4: 4, udp6: 6 };
const nowhere = { __proto__: null, udp4: '127.0.0.1', udp6: '::1' };

/** The address if it stands for itself. */
function ownAddress4(address) {
  const text = address || nowhere.udp4;
  return numberOf(text) === -1 ? undefined : text;
}

function ownAddress6(address) {
  const text = address || nowhere.udp6;
  return isIP(text) === 6 ? text : undefined;
}

function noOwnAddress(address) {
  return undefined;
}

/** A handle that finds addresses of its family; by ownAddress() at once, or not. */
function newHandle(type, lookup) {
  const kind = kinds[type];
  let ownAddress = noOwnAddress;
  if (lookup === undefined) {
    ownAddress = kind === 4 ? ownAddress4 : ownAddress6;
    lookup = (address, family, callback) => {
      if (isIP(address) === family) process.nextTick(callback, null, address, family);
      else require('dns').lookup(address, family, callback);
    };
  } else {
    validateFunction(lookup, 'lookup');
  }
  if (kind === undefined) throw new ERR_SOCKET_BAD_TYPE();
  const handle = new UDP(kind);
  handle.lookup = (address, callback) => lookup(address || nowhere[type], kind, callback);
  handle.ownAddress = ownAddress;
  return handle;
}

/** A bound handle, or -errno. */
function _createSocketHandle(address, port, addressType, fd, flags) {
  const handle = newHandle(addressType);
  let error = 0;
  if (typeof fd === 'number' && fd > 0) {
    const type = guessHandleType(fd);
    error = type === 'UDP' ? handle.open(fd) : EINVAL;
  } else if (port || address) {
    error = handle.bind(address, port || 0, flags ?? 0);
  }
  if (error === 0) return handle;
  handle.close();
  return error;
}

module.exports = { _createSocketHandle, kStateSymbol, newHandle };
