'use strict';

// What lookup() of dns and of dns/promises have in common.

const { isIP } = require('internal/net');
const { findName } = require('internal/dns/hosts');
const {
  DNSException,
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const {
  validateBoolean,
  validateNumber,
  validateOneOf,
  validateString,
} = require('internal/validators');

const { observerCounts, constants: { NODE_PERFORMANCE_ENTRY_TYPE_DNS: DNS } } =
  internalBinding('performance');

const ADDRCONFIG = 0x20;
const ALL = 0x10;
const V4MAPPED = 0x08;

const errorCodes = {
  NODATA: 'ENODATA',
  FORMERR: 'EFORMERR',
  SERVFAIL: 'ESERVFAIL',
  NOTFOUND: 'ENOTFOUND',
  NOTIMP: 'ENOTIMP',
  REFUSED: 'EREFUSED',
  BADQUERY: 'EBADQUERY',
  BADNAME: 'EBADNAME',
  BADFAMILY: 'EBADFAMILY',
  BADRESP: 'EBADRESP',
  CONNREFUSED: 'ECONNREFUSED',
  TIMEOUT: 'ETIMEOUT',
  EOF: 'EOF',
  FILE: 'EFILE',
  NOMEM: 'ENOMEM',
  DESTRUCTION: 'EDESTRUCTION',
  BADSTR: 'EBADSTR',
  BADFLAGS: 'EBADFLAGS',
  NONAME: 'ENONAME',
  BADHINTS: 'EBADHINTS',
  NOTINITIALIZED: 'ENOTINITIALIZED',
  LOADIPHLPAPI: 'ELOADIPHLPAPI',
  ADDRGETNETWORKPARAMS: 'EADDRGETNETWORKPARAMS',
  CANCELLED: 'ECANCELLED',
};

const ORDERS = ['verbatim', 'ipv4first', 'ipv6first'];
const FAMILIES = [0, 4, 6];

let defaultOrder;

function getDefaultResultOrder() {
  if (defaultOrder === undefined) {
    const { getOptionValue } = require('internal/options');
    defaultOrder = getOptionValue('--dns-result-order') || 'verbatim';
  }
  return defaultOrder;
}

function setDefaultResultOrder(value) {
  validateOneOf(value, 'dnsOrder', ORDERS);
  defaultOrder = value;
}

/** Checks options in Node's order and gives them one shape. */
function readOptions(options) {
  const query = { family: 0, hints: 0, all: false, order: getDefaultResultOrder() };
  if (typeof options === 'number') {
    validateOneOf(options, 'family', FAMILIES);
    query.family = options + 0;
    return query;
  }
  if (options !== undefined && typeof options !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
  }
  if (options?.hints != null) {
    validateNumber(options.hints, 'options.hints');
    query.hints = options.hints >>> 0;
    if ((query.hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0) {
      throw new ERR_INVALID_ARG_VALUE('hints', query.hints);
    }
  }
  if (options?.family != null) {
    if (options.family === 'IPv4') {
      query.family = 4;
    } else if (options.family === 'IPv6') {
      query.family = 6;
    } else {
      validateOneOf(options.family, 'options.family', FAMILIES);
      query.family = options.family + 0;
    }
  }
  if (options?.all != null) {
    validateBoolean(options.all, 'options.all');
    query.all = options.all;
  }
  if (options?.verbatim != null) {
    validateBoolean(options.verbatim, 'options.verbatim');
    query.order = options.verbatim ? 'verbatim' : 'ipv4first';
  }
  if (options?.order != null) {
    validateOneOf(options.order, 'options.order', ORDERS);
    query.order = options.order;
  }
  return query;
}

function validateHostname(hostname) {
  validateString(hostname, 'hostname');
  if (hostname.includes('\u0000')) {
    throw new ERR_INVALID_ARG_VALUE('hostname', hostname, 'must be a string without null bytes');
  }
}

let warned = false;

function warnInvalidHostname(hostname) {
  if (warned) return;
  warned = true;
  process.emitWarning(
    `The provided hostname "${hostname}" is not a valid ` +
    'hostname, and is supported in the dns module solely for compatibility.',
    'DeprecationWarning', 'DEP0118');
}

/** What an observer of lookups is told. */
function observedLookup(hostname, { family, hints, order }) {
  return observed('lookup', { hostname, family, hints, verbatim: order === 'verbatim', order });
}

/** @param {(error: Error | null, found?: {address: string, family: number}[]) => void} done */
function find(hostname, query, done) {
  const { findByName } = require('internal/dns/addresses');
  const { channelOf } = require('internal/dns/default_resolver');
  const tell = observedLookup(hostname, query);
  findByName(channelOf(), hostname, query.family, (errno, addresses) => {
    if (errno !== 0) {
      done(new DNSException(errno, 'getaddrinfo', hostname));
      return;
    }
    let found = addresses.map((address) => ({ address, family: isIP(address) }));
    if (query.order !== 'verbatim') {
      const first = query.order === 'ipv4first' ? 4 : 6;
      found = [...found.filter((entry) => entry.family === first),
               ...found.filter((entry) => entry.family !== first)];
    }
    tell({ addresses: found.map(({ address }) => address) });
    done(null, found);
  });
}

/**
 * Tells observers of 'dns' how long something took.
 * @returns {(detail) => void} to be called with what was found, when it was found
 */
function observed(name, detail) {
  if (observerCounts[DNS] === 0) return () => {};
  const { startPerf, stopPerf } = require('internal/perf/observe');
  const target = {};
  startPerf(target, 'lookup', { type: 'dns', name, detail });
  return (found) => stopPerf(target, 'lookup', { detail: found });
}

/** Well-known services that getnameinfo would read from /etc/services. */
const SERVICES = {
  __proto__: null,
  21: 'ftp', 22: 'ssh', 23: 'telnet', 25: 'smtp', 53: 'domain', 80: 'http', 110: 'pop3',
  143: 'imap2', 443: 'https', 993: 'imaps', 995: 'pop3s',
};

/** @returns {{hostname: string, service: string}} as getnameinfo without a resolver */
function findService(address, port) {
  return { hostname: findName(address) ?? address, service: SERVICES[port] ?? `${port}` };
}

module.exports = {
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  errorCodes,
  find,
  findService,
  getDefaultResultOrder,
  observed,
  readOptions,
  setDefaultResultOrder,
  validateHostname,
  warnInvalidHostname,
};
