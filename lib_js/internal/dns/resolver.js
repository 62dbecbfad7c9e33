'use strict';

// What the Resolver of node:dns and the one of dns/promises have in common: servers, limits, and
// questions whose outcome is (error) or (null, result).

const { toASCII } = require('internal/dns/ascii');
const { Channel, TRIES } = require('internal/dns/channel');
const { DNS_PORT } = require('internal/dns/config');
const { KINDS, resultOf } = require('internal/dns/records');
const { TYPES } = require('internal/dns/wire');
const { findName } = require('internal/dns/hosts');
const {
  DNSException,
  codes: {
    ERR_DNS_SET_SERVERS_FAILED, ERR_INVALID_ARG_VALUE, ERR_INVALID_IP_ADDRESS,
  },
} = require('internal/errors');
const { isIP, isIPv4, isIPv6 } = require('internal/net');
const {
  validateArray, validateInt32, validatePort, validateString, validateUint32,
} = require('internal/validators');

const UV_EINVAL = -22;

const BRACKETED = /^\[([^[\]]*)\](?::(\d*))?$/;
const WITH_PORT = /^(.+?)(?::(\d+))?$/;

/** 'a', 'a:port' or '[a]:port' */
function parseServer(text) {
  if (isIP(text) !== 0) return { address: text, port: DNS_PORT };
  const { 1: address, 2: port } = BRACKETED.exec(text) ?? WITH_PORT.exec(text) ?? [];
  if (address === undefined || isIP(address) === 0) throw new ERR_INVALID_IP_ADDRESS(text);
  // 0 is what c-ares says for its own: the usual one.
  return { address, port: validatePort(Number(port ?? 0), 'Port') || DNS_PORT };
}

function showServer({ address, port }) {
  if (port === DNS_PORT) return address;
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** '4.3.2.1.in-addr.arpa', or the nibbles of an IPv6 address under ip6.arpa. */
function reverseName(address) {
  if (isIPv4(address)) return `${address.split('.').reverse().join('.')}.in-addr.arpa`;
  const { URL } = require('internal/url');
  const { hostname } = new URL(`http://[${address.split('%')[0]}]`);
  const { 0: head, 1: tail } = hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = new Array(8 - before.length - after.length).fill('0');
  const groups = [...before, ...(tail === undefined ? [] : zeros), ...after];
  const nibbles = groups.map((group) => group.padStart(4, '0')).join('');
  return `${[...nibbles].reverse().join('.')}.ip6.arpa`;
}

/** As Node's native layer words it. */
function localAddressError(message) {
  // eslint-disable-next-line no-restricted-syntax
  const error = new TypeError(message);
  error.code = 'ERR_INVALID_ARG_VALUE';
  return error;
}

class ResolverBase {
  #channel;

  constructor(options = undefined) {
    const { timeout = -1, tries = TRIES, maxTimeout = 0 } = options ?? {};
    validateInt32(timeout, 'options.timeout', -1);
    validateInt32(tries, 'options.tries', 1);
    validateUint32(maxTimeout, 'options.maxTimeout');
    this.#channel = new Channel(timeout, tries, maxTimeout);
  }

  cancel() {
    this.#channel.cancel();
  }

  getServers() {
    return this.#channel.getServers().map(showServer);
  }

  setServers(servers) {
    validateArray(servers, 'servers');
    const parsed = servers.map((server, index) => {
      validateString(server, `servers[${index}]`);
      return parseServer(server);
    });
    if (!this.#channel.isIdle) {
      throw new ERR_DNS_SET_SERVERS_FAILED('There are pending queries.', servers);
    }
    this.#channel.servers = parsed;
  }

  setLocalAddress(ipv4, ipv6) {
    validateString(ipv4, 'ipv4');
    if (ipv6 !== undefined) validateString(ipv6, 'ipv6');
    const version = isIP(ipv4);
    const other = ipv6 === undefined ? undefined : isIP(ipv6);
    if (version === 0 || other === 0) throw localAddressError('Invalid IP address.');
    if (version === other) throw localAddressError(`Cannot specify two IPv${version} addresses.`);
    const { localAddresses } = this.#channel;
    localAddresses[version] = ipv4;
    localAddresses[version === 4 ? 6 : 4] = ipv6;
  }

  /** @param {(error: Error | null, result?: unknown) => void} done */
  static ask(resolver, kind, name, options, done) {
    resolver.#channel.query(toASCII(name), TYPES[kind.type], (code, message) => {
      const result = code === null ? resultOf(kind, message, options) : undefined;
      if (result !== undefined) done(null, result);
      else done(new DNSException(code ?? 'ENODATA', kind.question, name));
    });
  }

  static askNames(resolver, address, done) {
    askNames(resolver.#channel, address, done);
  }
}

/** The names of an address: done(error) or done(null, names). */
function askNames(channel, address, done) {
  const fail = (code) => done(new DNSException(code, 'getHostByAddr', address));
  if (isIP(address) === 0) throw new DNSException(UV_EINVAL, 'getHostByAddr', address);
  const known = findName(address);
  if (known !== undefined) {
    process.nextTick(done, null, [known]);
    return;
  }
  channel.query(reverseName(address), TYPES.PTR, (code, message) => {
    const names = code === null ? resultOf(kindOfType('PTR'), message) : undefined;
    if (names !== undefined) done(null, names);
    else fail(code ?? 'ENOTFOUND');
  });
}

function kindOfType(type) {
  return KINDS.find((kind) => kind.type === type);
}

const RECORD_TYPES = KINDS.map((kind) => kind.type);

/** The kind that resolve(name, rrtype) asks for. */
/** By the names of their functions. */
function sortedKinds() {
  return KINDS.toSorted((one, other) => (one.key < other.key ? -1 : 1));
}

function kindOf(rrtype) {
  validateString(rrtype, 'rrtype');
  if (!RECORD_TYPES.includes(rrtype)) throw new ERR_INVALID_ARG_VALUE('rrtype', rrtype);
  return kindOfType(rrtype);
}

module.exports = { KINDS, ResolverBase, askNames, kindOf, kindOfType, sortedKinds };
