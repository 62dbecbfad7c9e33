'use strict';

// Names that need no resolver: IP literals aside, what /etc/hosts says, and localhost (RFC 6761).

const { isIP } = require('internal/net');

const HOSTS_PATH = '/etc/hosts';
/** The file is read again after this time. */
const FRESH_MS = 1000;

let names = new Map();
let readAt = -Infinity;

function readHosts() {
  const now = Date.now();
  if (now >= readAt && now - readAt < FRESH_MS) return;
  readAt = now;
  const text = internalBinding('fs_ops').readFileUtf8(HOSTS_PATH);
  names = new Map();
  if (typeof text !== 'string') return; // No such file: no names.
  for (const line of text.split('\n')) {
    const hash = line.indexOf('#');
    const words = (hash === -1 ? line : line.slice(0, hash)).trim().split(/\s+/);
    const address = words[0];
    if (words.length < 2 || isIP(address) === 0) continue;
    for (let i = 1; i < words.length; i++) {
      const name = words[i].toLowerCase();
      const known = names.get(name);
      if (known === undefined) names.set(name, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  for (const addresses of names.values()) addresses.sort((a, b) => isIP(b) - isIP(a));
}

function isLocalhost(name) {
  return name === 'localhost' || name.endsWith('.localhost');
}

/**
 * Addresses of `hostname`, IPv6 first as getaddrinfo sorts them.
 * @returns {string[] | undefined}  undefined: no file knows it
 */
function findAddresses(hostname) {
  readHosts();
  let name = hostname.toLowerCase();
  if (name.endsWith('.')) name = name.slice(0, -1);
  return names.get(name) ?? (isLocalhost(name) ? ['::1', '127.0.0.1'] : undefined);
}

/** The name of an address, undefined if no file knows it. */
function findName(address) {
  readHosts();
  for (const { 0: name, 1: addresses } of names) {
    if (addresses.includes(address)) return name;
  }
  return address === '127.0.0.1' || address === '::1' ? 'localhost' : undefined;
}

module.exports = { findAddresses, findName };
