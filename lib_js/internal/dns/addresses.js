'use strict';

// The addresses of a name, as getaddrinfo(3) finds them: /etc/hosts, then DNS, both families at
// once, the names that the search list makes one after the other.

const { UDP } = require('internal/dgram/handle');
const { toASCII } = require('internal/dns/ascii');
const { candidates, systemConfig } = require('internal/dns/config');
const { findAddresses } = require('internal/dns/hosts');
const { TYPES } = require('internal/dns/wire');
const { isIP } = require('internal/net');
const { setImmediate } = require('internal/timers');

const EAI_AGAIN = -3001;
const EAI_NONAME = -3008;

/** Is there a way to the address? Connecting a datagram socket asks for a route, no more. */
function isReachable(address, family) {
  const handle = new UDP(family);
  const errno = handle.connect(address, 9);
  handle.closeLater();
  return errno === 0;
}

/** RFC 6724, as far as it decides between families: what cannot be reached comes last. */
function sorted(six, four) {
  if (six.length === 0) return four;
  if (four.length === 0) return six;
  return isReachable(six[0], 6) ? [...six, ...four] : [...four, ...six];
}

function addAddresses({ answers }, type, found) {
  for (const record of answers) {
    if (record.type === type) found.push(record.data.address);
  }
}

/** One name after the other, until one has addresses. */
class Search {
  /** @param {0 | 4 | 6} family  0: both */
  constructor(channel, names, family, done) {
    this.channel = channel;
    this.names = names;
    this.family = family;
    this.done = done;
    this.index = 0;
    this.errno = EAI_NONAME;
    this.waiting = 0;
    this.isUncertain = false;
    this.six = [];
    this.four = [];
  }

  ask() {
    if (this.index === this.names.length) {
      this.done(this.errno);
      return;
    }
    const name = this.names[this.index++];
    this.waiting = this.family === 0 ? 2 : 1;
    this.isUncertain = false;
    if (this.family !== 4) this.find(name, TYPES.AAAA, this.six);
    if (this.family !== 6) this.find(name, TYPES.A, this.four);
  }

  find(name, type, found) {
    this.channel.query(name, type, (code, message) => {
      if (code === null) addAddresses(message, type, found);
      this.answered(code);
    });
  }

  answered(code) {
    if (code !== null && code !== 'ENOTFOUND' && code !== 'EBADNAME') this.isUncertain = true;
    if (--this.waiting > 0) return;
    const all = sorted(this.six, this.four);
    if (all.length > 0) {
      this.done(0, all);
      return;
    }
    if (this.isUncertain) this.errno = EAI_AGAIN;
    this.ask();
  }
}

/**
 * @param {(errno: number, addresses?: string[]) => void} done  never called before this returns
 */
function findByName(channel, hostname, family, done) {
  const known = findAddresses(hostname);
  if (known !== undefined) {
    const fitting = known.filter((address) => family === 0 || isIP(address) === family);
    if (fitting.length > 0) {
      setImmediate(done, 0, fitting);
      return;
    }
  }
  new Search(channel, candidates(toASCII(hostname), systemConfig()), family, done).ask();
}

module.exports = { findByName };
