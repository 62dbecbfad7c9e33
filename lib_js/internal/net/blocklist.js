'use strict';

// net.BlockList: single addresses, ranges and subnets, all as intervals of 128-bit numbers.

const {
  ObjectFreeze,
  Symbol,
} = primordials;

const { SocketAddress, addressNumber, kNumber } = require('internal/net/socket_address');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { validateInt32, validateString } = require('internal/validators');
const { customInspectSymbol: kInspect } = require('internal/util');

const { kClone, kDeserialize, markTransferMode } = require('internal/worker/transfer_symbols');

const kRules = Symbol('kRules');

const ALL_BITS = (1n << 128n) - 1n;

class Rule {
  constructor(text, first, last) {
    this.text = text;
    this.first = first;
    this.last = last;
  }
}

function familyName(address) {
  return address.family === 'ipv4' ? 'IPv4' : 'IPv6';
}

function toAddress(value, name, family) {
  if (SocketAddress.isSocketAddress(value)) return value;
  validateString(value, name);
  validateString(family, 'family');
  return new SocketAddress({ address: value, family });
}

function parseCIDR(cidr) {
  validateString(cidr, 'cidr');
  const slash = cidr.lastIndexOf('/');
  if (slash === -1) {
    throw new ERR_INVALID_ARG_VALUE(
      'cidr', cidr, 'must contain a prefix length (e.g. "10.0.0.0/8")');
  }
  const address = cidr.slice(0, slash);
  const text = cidr.slice(slash + 1);
  const prefix = Number.parseInt(text, 10);
  if (`${prefix}` !== text || Number.isNaN(prefix)) {
    throw new ERR_INVALID_ARG_VALUE('cidr', cidr, 'prefix length must be a valid integer');
  }
  return { address, prefix, family: address.includes(':') ? 'ipv6' : 'ipv4' };
}

function addressRule(address) {
  return new Rule(
    `Address: ${familyName(address)} ${address.address}`, address[kNumber], address[kNumber]);
}

function rangeRule(start, end, family) {
  const first = toAddress(start, 'start', family);
  const last = toAddress(end, 'end', family);
  return new Rule(
    `Range: ${familyName(first)} ${first.address}-${last.address}`, first[kNumber], last[kNumber]);
}

function subnetRule(network, prefix, family) {
  const address = toAddress(network, 'network', family);
  const isIPv4 = address.family === 'ipv4';
  validateInt32(prefix, 'prefix', 0, isIPv4 ? 32 : 128);
  prefix += 0; // No -0.
  const hostBits = BigInt(isIPv4 ? 32 - prefix : 128 - prefix);
  const mask = (1n << hostBits) - 1n;
  const first = address[kNumber] & (ALL_BITS ^ mask);
  return new Rule(
    `Subnet: ${familyName(address)} ${address.address}/${prefix}`, first, first | mask);
}

const RULE_TEXT = /^(Address|Range|Subnet): IPv([46]) ([0-9a-fA-F.:]+)(?:([-/])([0-9a-fA-F.:]+))?/;

class BlockList {
  constructor() {
    this[kRules] = [];
    markTransferMode(this, true, false);
  }

  /** The clone has the rules of now; Node's shares later ones, too. */
  [kClone]() {
    return { data: this[kRules], deserializeInfo: 'internal/net/blocklist:BlockList' };
  }

  [kDeserialize](rules) {
    this[kRules] = rules;
  }

  static isBlockList(value) {
    return value?.[kRules] !== undefined;
  }

  static PRIVATE_RANGES = ObjectFreeze([
    '10.0.0.0/8',
    '172.16.0.0/12',
    '192.168.0.0/16',
    '127.0.0.0/8',
    '::1/128',
    '169.254.0.0/16',
    'fe80::/10',
    'fc00::/7',
  ]);

  [kInspect](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `BlockList ${inspect({ rules: this.rules }, {
      ...options,
      depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }

  #add(rule) {
    if (!this[kRules].some((other) => other.text === rule.text)) this[kRules].unshift(rule);
  }

  #remove(rule) {
    const index = this[kRules].findIndex((other) => other.text === rule.text);
    if (index !== -1) this[kRules].splice(index, 1);
  }

  addAddress(address, family = 'ipv4') {
    this.#add(addressRule(toAddress(address, 'address', family)));
  }

  addAddresses(addresses, family = 'ipv4') {
    if (!Array.isArray(addresses)) throw new ERR_INVALID_ARG_TYPE('addresses', 'Array', addresses);
    validateString(family, 'family');
    const rules = addresses.map(
      (address, i) => addressRule(toAddress(address, `addresses[${i}]`, family)));
    for (const rule of rules) this.#add(rule);
  }

  addRange(start, end, family = 'ipv4') {
    start = toAddress(start, 'start', family);
    const rule = rangeRule(start, end, family);
    if (rule.first > rule.last) {
      throw new ERR_INVALID_ARG_VALUE('start', start, 'must come before end');
    }
    this.#add(rule);
  }

  addSubnet(network, prefix, family = 'ipv4') {
    this.#add(subnetRule(network, prefix, family));
  }

  addCIDR(cidr) {
    const { address, prefix, family } = parseCIDR(cidr);
    this.addSubnet(address, prefix, family);
  }

  addCIDRs(cidrs) {
    if (!Array.isArray(cidrs)) throw new ERR_INVALID_ARG_TYPE('cidrs', 'Array', cidrs);
    // All are read before the first counts.
    const parsed = cidrs.map((cidr, i) => {
      validateString(cidr, `cidrs[${i}]`);
      return parseCIDR(cidr);
    });
    for (const { address, prefix, family } of parsed) this.addSubnet(address, prefix, family);
  }

  removeAddress(address, family = 'ipv4') {
    this.#remove(addressRule(toAddress(address, 'address', family)));
  }

  removeRange(start, end, family = 'ipv4') {
    this.#remove(rangeRule(start, end, family));
  }

  removeSubnet(network, prefix, family = 'ipv4') {
    this.#remove(subnetRule(network, prefix, family));
  }

  removeCIDR(cidr) {
    const { address, prefix, family } = parseCIDR(cidr);
    this.removeSubnet(address, prefix, family);
  }

  check(address, family = 'ipv4') {
    let number;
    if (SocketAddress.isSocketAddress(address)) {
      number = address[kNumber];
    } else {
      validateString(address, 'address');
      validateString(family, 'family');
      number = addressNumber(address, family.toLowerCase() === 'ipv4' ? 'ipv4' : 'ipv6');
      if (number === null) return false;
    }
    for (let i = 0; i < this[kRules].length; i++) {
      const rule = this[kRules][i];
      if (number >= rule.first && number <= rule.last) return true;
    }
    return false;
  }

  clear() {
    this[kRules] = [];
  }

  get rules() {
    return this[kRules].map((rule) => rule.text);
  }

  get size() {
    return this[kRules].length;
  }

  toJSON() {
    return this.rules;
  }

  fromJSON(data) {
    let items = data;
    if (typeof data === 'string') {
      items = JSON.parse(data);
    }
    if (!Array.isArray(items) || items.some((item) => typeof item !== 'string')) {
      throw new ERR_INVALID_ARG_TYPE('data', ['string', 'string[]'], data);
    }
    for (const item of items) {
      const match = RULE_TEXT.exec(item);
      if (match === null) continue;
      const { 1: kind, 2: version, 3: first, 4: mark, 5: second } = match;
      const family = `ipv${version}`;
      if (kind === 'Address' && mark === undefined) this.addAddress(first, family);
      else if (kind === 'Range' && mark === '-') this.addRange(first, second, family);
      else if (kind === 'Subnet' && mark === '/') this.addSubnet(first, +second, family);
    }
  }
}

module.exports = { BlockList };
