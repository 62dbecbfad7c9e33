'use strict';

// What getaddrinfo(3) and getnameinfo(3) would answer, under the names and with the requests of
// Node's binding cares_wrap: both begin a search and give 0, and call `request.oncomplete` later.

const { systemConfig } = require('internal/dns/config');
const { isIP, isIPv4 } = require('internal/net');

const DNS_ORDER_VERBATIM = 0;
const DNS_ORDER_IPV4_FIRST = 1;
const DNS_ORDER_IPV6_FIRST = 2;

// Flags of getaddrinfo(3), netdb.h.
const AI_V4MAPPED = 0x08;
const AI_ALL = 0x10;

const EAI_AGAIN = -3001;
const EAI_NONAME = -3008;

const SERVICES_PATH = '/etc/services';

// glibc's RES_TIMEOUT and RES_DFLRETRY.
const TIMEOUT_MS = 5000;
const ATTEMPTS = 2;

let channel;
let services; // Port -> name, of TCP.

function readServices() {
  const names = new Map();
  const text = internalBinding('fs_ops').readFileUtf8(SERVICES_PATH);
  if (typeof text !== 'string') return names; // No such file: no names.
  for (const { 1: name, 2: port } of text.matchAll(/^([^\s#]+)\s+(\d+)\/tcp\b/gm)) {
    if (!names.has(port)) names.set(port, name);
  }
  return names;
}

function serviceName(port) {
  services ??= readServices();
  return services.get(`${port}`) ?? `${port}`;
}

/** The system's name servers, as resolv.conf(5) has them asked: setServers() is not for lookups. */
function systemChannel() {
  if (channel === undefined) {
    const { Channel } = require('internal/dns/channel');
    const { timeoutMs = TIMEOUT_MS, attempts = ATTEMPTS } = systemConfig();
    channel = new Channel(timeoutMs, attempts, timeoutMs, true);
  }
  return channel;
}

/** @returns {string[]} the addresses of one family before the others */
function ordered(addresses, order) {
  if (order === DNS_ORDER_VERBATIM) return addresses;
  const first = order === DNS_ORDER_IPV4_FIRST ? 4 : 6;
  return [...addresses.filter((address) => isIP(address) === first),
          ...addresses.filter((address) => isIP(address) !== first)];
}

/** V4MAPPED: who wants IPv6 takes IPv4 if there is nothing else, or with ALL besides. */
function mapped(addresses, hints) {
  const six = addresses.filter((address) => !isIPv4(address));
  if (six.length > 0 && (hints & AI_ALL) === 0) return six;
  return [...six, ...addresses.filter(isIPv4).map((address) => `::ffff:${address}`)];
}

/** @param {object} request  oncomplete(errno or null, addresses) */
function getaddrinfo(request, hostname, family, hints, order) {
  const { findByName } = require('internal/dns/addresses');
  const maps = family === 6 && (hints & AI_V4MAPPED) !== 0;
  findByName(systemChannel(), hostname, maps ? 0 : family, (errno, addresses) => {
    if (errno !== 0) request.oncomplete(errno);
    else request.oncomplete(null, ordered(maps ? mapped(addresses, hints) : addresses, order));
  });
  return 0;
}

/** @param {object} request  oncomplete(errno or null, name, service) */
function getnameinfo(request, address, port) {
  const { askNames } = require('internal/dns/resolver');
  askNames(systemChannel(), address, (error, names) => {
    if (error === null) request.oncomplete(null, names[0], serviceName(port));
    else request.oncomplete(error.code === 'ENOTFOUND' ? EAI_NONAME : EAI_AGAIN);
  });
  return 0;
}

module.exports = {
  DNS_ORDER_IPV4_FIRST,
  DNS_ORDER_IPV6_FIRST,
  DNS_ORDER_VERBATIM,
  getaddrinfo,
  getnameinfo,
};
