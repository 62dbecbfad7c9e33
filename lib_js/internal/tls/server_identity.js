'use strict';
// tls.checkServerIdentity(): is this certificate the one of that host? RFC 6125 with the narrowings
// that Node has: a wildcard only in the first of three or more labels, none beside Punycode, and
// nothing that is not printable ASCII in a name of the certificate.

const {
  ArrayIsArray,
  ArrayPrototypeIncludes,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  JSONParse,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  String,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
} = primordials;

const { domainToASCII } = require('internal/url');
const { isIP } = require('internal/net');
const { SocketAddress } = require('internal/net/socket_address');
const {
  ERR_TLS_CERT_ALTNAME_FORMAT,
  ERR_TLS_CERT_ALTNAME_INVALID,
} = require('internal/errors').codes;

/** A literal of JSON (ECMA-404) at the beginning: what OpenSSL could not print plainly. */
const QUOTED = /^"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/;
const UPPER = /[A-Z]+/g;
const PLAIN_LABEL = /^[\u0021-\u007f]+$/;

function withoutLastDot(name) {
  return StringPrototypeEndsWith(name, '.') ? StringPrototypeSlice(name, 0, -1) : name;
}

/** Only A-Z have a lower case here: that of other letters depends on who asks. */
function labelsOf(name) {
  const lower = RegExpPrototypeSymbolReplace(UPPER, name, toLower);
  return StringPrototypeSplit(withoutLastDot(lower), '.');
}

function toLower(text) {
  return StringPrototypeToLowerCase(text);
}

/** A first label, `pattern` perhaps with a star in it. */
function matchesFirstLabel(label, pattern, count) {
  const star = StringPrototypeIndexOf(pattern, '*');
  if (star === -1 || StringPrototypeIncludes(pattern, 'xn--')) return label === pattern;
  if (count < 3 || StringPrototypeIndexOf(pattern, '*', star + 1) !== -1) return false;
  return label.length >= pattern.length - 1 &&
    StringPrototypeStartsWith(label, StringPrototypeSlice(pattern, 0, star)) &&
    StringPrototypeEndsWith(label, StringPrototypeSlice(pattern, star + 1));
}

/** The labels of a host against one name of a certificate. */
function matches(labels, name) {
  if (!name) return false;
  const pattern = labelsOf(name);
  if (pattern.length !== labels.length) return false;
  for (let i = 0; i < pattern.length; i++) {
    if (RegExpPrototypeExec(PLAIN_LABEL, pattern[i]) === null) return false;
    if (i > 0 && pattern[i] !== labels[i]) return false;
  }
  return matchesFirstLabel(labels[0], pattern[0], pattern.length);
}

/** The alternative names, divided at the commas that are not within a quoted value. */
function splitAltNames(text) {
  if (!StringPrototypeIncludes(text, '"')) return StringPrototypeSplit(text, ', ');
  const names = [];
  let name = '';
  let at = 0;
  while (at < text.length) {
    const comma = StringPrototypeIndexOf(text, ',', at);
    const quote = StringPrototypeIndexOf(text, '"', at);
    if (quote !== -1 && (comma === -1 || quote < comma)) {
      const found = RegExpPrototypeExec(QUOTED, StringPrototypeSlice(text, quote));
      if (found === null) throw new ERR_TLS_CERT_ALTNAME_FORMAT();
      name += StringPrototypeSlice(text, at, quote) + JSONParse(found[0]);
      at = quote + found[0].length;
    } else if (comma !== -1) {
      ArrayPrototypePush(names, name + StringPrototypeSlice(text, at, comma));
      name = '';
      at = comma + 2; // A comma and a blank.
    } else {
      name += StringPrototypeSlice(text, at);
      break;
    }
  }
  ArrayPrototypePush(names, name);
  return names;
}

/** The one spelling of an address; undefined when it is none. */
function canonicalAddress(text) {
  const version = isIP(text);
  if (version === 0) return undefined;
  return new SocketAddress({ address: text, family: `ipv${version}` }).address;
}

/** The names and addresses that a certificate is for. */
function readAltNames(text) {
  const dns = [];
  const addresses = [];
  const names = text ? splitAltNames(text) : [];
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (StringPrototypeStartsWith(name, 'DNS:')) {
      ArrayPrototypePush(dns, StringPrototypeSlice(name, 4));
    } else if (StringPrototypeStartsWith(name, 'IP Address:')) {
      ArrayPrototypePush(addresses, canonicalAddress(StringPrototypeSlice(name, 11)));
    }
  }
  return { dns, addresses };
}

/** Why the certificate is not that of `host`; undefined when it is. */
function findFault(host, ascii, cert) {
  const subject = cert.subject;
  const subjectaltname = cert.subjectaltname;
  const { dns, addresses } = readAltNames(subjectaltname);
  if (isIP(host) !== 0) {
    const address = canonicalAddress(host);
    if (address !== undefined && ArrayPrototypeIncludes(addresses, address)) return undefined;
    return `IP: ${host} is not in the cert's list: ${ArrayPrototypeJoin(addresses, ', ')}`;
  }
  const labels = labelsOf(ascii);
  const isOurs = (name) => matches(labels, name);
  if (dns.length > 0) {
    return ArrayPrototypeSome(dns, isOurs) ? undefined :
      `Host: ${host}. is not in the cert's altnames: ${subjectaltname}`;
  }
  // The common name counts only where there are no other names.
  const cn = subject?.CN;
  if (!cn) return 'Cert does not contain a DNS name';
  const isFound = ArrayIsArray(cn) ? ArrayPrototypeSome(cn, isOurs) : isOurs(cn);
  return isFound ? undefined : `Host: ${host}. is not cert's CN: ${cn}`;
}

function checkServerIdentity(hostname, cert) {
  const name = String(hostname);
  const host = withoutLastDot(name);
  const reason = findFault(host, withoutLastDot(domainToASCII(name)), cert);
  if (reason === undefined) return undefined;
  return new ERR_TLS_CERT_ALTNAME_INVALID(reason, host, cert);
}

module.exports = { canonicalAddress, checkServerIdentity };
