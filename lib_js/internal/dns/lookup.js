'use strict';

// What lookup() of dns and of dns/promises have in common.

const { isIP } = require('internal/net');
const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const cares = require('internal/dns/cares');
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

/** By cares' numbers. */
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

/** Calls back as what hooks see as a request of native. */
function asRequest(type, call) {
  if (!watch.isOn) return call;
  const resource = new resources.Request(type);
  return (...args) => resources.callRequest(resource, () => call(...args));
}

/**
 * Begins to look for the addresses of `request.hostname`.
 * @param {(error: Error | null, found?: {address: string, family: number}[]) => void} done
 * @returns {number} 0, or why it could not begin
 */
function find(request, query, done) {
  const { hostname } = request;
  const { family, hints, order } = query;
  const tell = isObserved() ? observe('lookup', {
    hostname, family, hints, verbatim: order === 'verbatim', order,
  }) : undefined;
  request.oncomplete = asRequest('GETADDRINFOREQWRAP', (errno, addresses) => {
    if (errno !== null) {
      done(new DNSException(errno, 'getaddrinfo', hostname));
      return;
    }
    tell?.({ addresses });
    const found = [];
    for (const address of addresses) found.push({ address, family: family || isIP(address) });
    done(null, found);
  });
  return cares.getaddrinfo(request, hostname, family, hints, ORDERS.indexOf(order));
}

/**
 * The name and the service of `request.hostname`, an address, and `request.port`.
 * @param {(error: Error | null, hostname?: string, service?: string) => void} done
 * @returns {number} 0, or why it could not begin
 */
function findService(request, done) {
  const { hostname: address, port } = request;
  const tell = isObserved() ? observe('lookupService', { host: address, port }) : undefined;
  request.oncomplete = asRequest('GETNAMEINFOREQWRAP', (errno, hostname, service) => {
    if (errno !== null) {
      done(new DNSException(errno, 'getnameinfo', address));
      return;
    }
    tell?.({ hostname, service });
    done(null, hostname, service);
  });
  return cares.getnameinfo(request, address, port);
}

/** Does anybody want to know how long what concerns names takes? */
function isObserved() {
  return observerCounts[DNS] !== 0;
}

/** @returns {(detail) => void} to be called with what was found, when it was found */
function observe(name, detail) {
  const { startPerf, stopPerf } = require('internal/perf/observe');
  const target = {};
  startPerf(target, 'lookup', { type: 'dns', name, detail });
  return (found) => stopPerf(target, 'lookup', { detail: found });
}

module.exports = {
  ADDRCONFIG,
  ALL,
  V4MAPPED,
  errorCodes,
  find,
  findService,
  getDefaultResultOrder,
  readOptions,
  setDefaultResultOrder,
  validateHostname,
  warnInvalidHostname,
};
