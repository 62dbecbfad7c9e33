'use strict';

// net.SocketAddress: an address, a port, a family; immutable.

const {
  Symbol,
} = primordials;

const { formatIPv6, parseIPv4, parseIPv6 } = require('internal/net');
const { codes: { ERR_INVALID_ARG_VALUE }, genericNodeError } = require('internal/errors');
const {
  validateObject,
  validatePort,
  validateString,
  validateUint32,
} = require('internal/validators');
const { customInspectSymbol: kInspect } = require('internal/util');
const { kClone, kDeserialize, markTransferMode } = require('internal/worker/transfer_symbols');

/** The address as a 128-bit number; IPv4 as the mapped IPv6 address (::ffff:a.b.c.d). */
const kNumber = Symbol('kNumber');

const IPV4_MAPPED = 0xffffn << 32n;

/** @returns {bigint | null} null if `address` is none of `family` */
function addressNumber(address, family) {
  if (family === 'ipv4') {
    const number = parseIPv4(address);
    return number === -1 ? null : IPV4_MAPPED | BigInt(number);
  }
  const groups = parseIPv6(address);
  if (groups === null) return null;
  let number = 0n;
  for (let i = 0; i < 8; i++) number = (number << 16n) | BigInt(groups[i]);
  return number;
}

class SocketAddress {
  #address;
  #port;
  #family;
  #flowlabel;

  static isSocketAddress(value) {
    return value?.[kNumber] !== undefined;
  }

  constructor(options = { __proto__: null }) {
    validateObject(options, 'options');
    let { family = 'ipv4' } = options;
    const {
      address = (family === 'ipv4' ? '127.0.0.1' : '::'),
      port = 0,
      flowlabel = 0,
    } = options;
    if (typeof family?.toLowerCase === 'function') family = family.toLowerCase();
    if (family !== 'ipv4' && family !== 'ipv6') {
      throw new ERR_INVALID_ARG_VALUE('options.family', options.family);
    }
    validateString(address, 'options.address');
    validatePort(port, 'options.port');
    validateUint32(flowlabel, 'options.flowlabel', false);
    const number = addressNumber(address, family);
    if (number === null) {
      throw genericNodeError('Invalid socket address', { code: 'ERR_INVALID_ADDRESS' });
    }
    this[kNumber] = number;
    this.#address = family === 'ipv4' ? address : formatIPv6(parseIPv6(address));
    this.#port = port | 0;
    this.#family = family;
    this.#flowlabel = flowlabel | 0;
    markTransferMode(this, true, false);
  }

  [kClone]() {
    return { data: this.toJSON(), deserializeInfo: 'internal/net/socket_address:SocketAddress' };
  }

  [kDeserialize]({ address, port, family, flowlabel }) {
    this[kNumber] = addressNumber(address, family);
    this.#address = address;
    this.#port = port;
    this.#family = family;
    this.#flowlabel = flowlabel;
  }

  get address() { return this.#address; }
  get port() { return this.#port; }
  get family() { return this.#family; }
  get flowlabel() { return this.#flowlabel; }

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `SocketAddress ${inspect(this.toJSON(), {
      ...options,
      depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }

  toJSON() {
    return {
      address: this.address,
      port: this.port,
      family: this.family,
      flowlabel: this.flowlabel,
    };
  }

  /** Reads 'ip:port'; undefined if it is none. */
  static parse(input) {
    validateString(input, 'input');
    const { URL } = require('internal/url');
    try {
      const { hostname, port } = new URL(`http://${input}`);
      if (hostname[0] === '[') {
        return new SocketAddress({
          address: hostname.slice(1, -1), port: port | 0, family: 'ipv6',
        });
      }
      return new SocketAddress({ address: hostname, port: port | 0 });
    } catch {
      return undefined;
    }
  }
}

module.exports = { SocketAddress, addressNumber, kNumber };
