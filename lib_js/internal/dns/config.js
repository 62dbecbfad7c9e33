'use strict';

// /etc/resolv.conf, as resolv.conf(5) describes it.

const { isIP } = require('internal/net');

const RESOLV_CONF = '/etc/resolv.conf';
const DNS_PORT = 53;
/** glibc's MAXNS, MAXDNSRCH being generous. */
const SERVERS_MAX = 3;

/** @returns {{servers: {address: string, port: number}[], search: string[], ndots: number,
 *             timeoutMs: number | undefined, attempts: number | undefined, rotate: boolean}} */
function parse(text) {
  const config = {
    servers: [], search: [], ndots: 1, timeoutMs: undefined, attempts: undefined, rotate: false,
  };
  for (const line of text.split('\n')) {
    const words = line.replace(/[#;].*$/, '').trim().split(/\s+/);
    if (words[0] === 'nameserver' && isIP(words[1]) !== 0) {
      config.servers.push({ address: words[1], port: DNS_PORT });
    } else if (words[0] === 'search') {
      config.search = words.slice(1);
    } else if (words[0] === 'domain' && words[1] !== undefined) {
      config.search = [words[1]];
    } else if (words[0] === 'options') {
      for (const option of words.slice(1)) readOption(config, option);
    }
  }
  config.servers.length = Math.min(config.servers.length, SERVERS_MAX);
  if (config.servers.length === 0) config.servers.push({ address: '127.0.0.1', port: DNS_PORT });
  return config;
}

function readOption(config, option) {
  const { 0: name, 1: value } = option.split(':');
  const number = Number(value);
  const isNumber = value !== undefined && Number.isInteger(number) && number >= 0;
  if (name === 'ndots' && isNumber) config.ndots = Math.min(number, 15);
  else if (name === 'timeout' && isNumber) config.timeoutMs = Math.min(number, 30) * 1000;
  else if (name === 'attempts' && isNumber) config.attempts = Math.min(number, 5);
  else if (name === 'rotate') config.rotate = true;
}

let known;

/** Read once; a program that lives through a change of network makes a new Resolver. */
function systemConfig() {
  if (known === undefined) {
    const text = internalBinding('fs_ops').readFileUtf8(RESOLV_CONF);
    known = parse(typeof text === 'string' ? text : '');
  }
  return known;
}

/** The names to ask for, in order: RFC 1536 section 6, resolv.conf(5) `search` and `ndots`. */
function candidates(name, { search, ndots }) {
  if (name.endsWith('.') || search.length === 0) return [name];
  const dots = name.split('.').length - 1;
  const longer = search.map((domain) => `${name}.${domain}`);
  return dots >= ndots ? [name, ...longer] : [...longer, name];
}

module.exports = { DNS_PORT, candidates, parse, systemConfig };
