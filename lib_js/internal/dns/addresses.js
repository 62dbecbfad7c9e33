'use strict';

// The addresses of a name, as getaddrinfo(3) finds them: /etc/hosts, then DNS, both families at
// once, the names that the search list makes one after the other.

const { UDP } = require('internal/dgram/handle');
const { candidates, systemConfig } = require('internal/dns/config');
const { findAddresses } = require('internal/dns/hosts');
const { TYPES } = require('internal/dns/wire');
const { isIP } = require('internal/net');

const EAI_AGAIN = -3001;
const EAI_NONAME = -3008;

const V6_TYPE = [6, TYPES.AAAA];
const V4_TYPE = [4, TYPES.A];

/** Is there a way to the address? Connecting a datagram socket asks for a route, no more. */
function isReachable(address, family) {
  const handle = new UDP(family);
  const errno = handle.connect(address, 9);
  handle.closeLater();
  return errno === 0;
}

/** RFC 6724, as far as it decides between families: what cannot be reached comes last. */
function sorted(six, four) {
  if (six.length === 0 || four.length === 0) return [...six, ...four];
  return isReachable(six[0], 6) ? [...six, ...four] : [...four, ...six];
}

function addressesIn(message, type) {
  const found = message.answers.filter((record) => record.type === type);
  return found.map((record) => record.data.address);
}

/** @param {(errno: number, addresses?: string[]) => void} done */
function ask(channel, name, family, done) {
  const wanted = [V6_TYPE, V4_TYPE].filter(([kind]) => family === 0 || family === kind);
  const found = { 4: [], 6: [] };
  let waiting = wanted.length;
  let isUncertain = false;
  for (const { 0: kind, 1: type } of wanted) {
    channel.query(name, type, (code, message) => {
      if (code === null) found[kind] = addressesIn(message, type);
      else if (code !== 'ENOTFOUND' && code !== 'EBADNAME') isUncertain = true;
      if (--waiting > 0) return;
      const all = sorted(found[6], found[4]);
      if (all.length > 0) done(0, all);
      else done(isUncertain ? EAI_AGAIN : EAI_NONAME);
    });
  }
}

/**
 * @param {(errno: number, addresses?: string[]) => void} done  never called before this returns
 */
function findByName(channel, hostname, family, done) {
  const known = findAddresses(hostname);
  if (known.length > 0) {
    const fitting = known.filter((address) => family === 0 || isIP(address) === family);
    if (fitting.length > 0) {
      setImmediate(done, 0, fitting);
      return;
    }
  }
  const names = candidates(require('internal/url').domainToASCII(hostname) || hostname,
                           systemConfig());
  let index = 0;
  const next = (worst) => {
    if (index === names.length) {
      done(worst);
      return;
    }
    ask(channel, names[index++], family, (errno, addresses) => {
      if (errno === 0) done(0, addresses);
      else next(errno === EAI_AGAIN ? errno : worst);
    });
  };
  next(EAI_NONAME);
}

module.exports = { findByName };
