'use strict';

// What getPeerCertificate() and its like say: native gives certificates as DER, the rest is of
// X509Certificate. `infoAccess` in Node's old form is read here for `_tls_common`.

const {
  JSONParse,
  RegExpPrototypeExec,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const { X509Certificate, issuedBy, kIdentity } = require('internal/crypto/x509');

const binding = internalBinding('tls');

/** The certificate, then each one's issuer, as far as they are known. */
function orderChain(certificates, verified) {
  const chain = [certificates[0]];
  const rest = certificates.slice(1);
  for (let last = chain[0]; rest.length > 0; last = chain.at(-1)) {
    const at = rest.findIndex((other) => last.checkIssued(other));
    if (at === -1) break;
    chain.push(rest[at]);
    rest.splice(at, 1);
  }
  // The root is seldom sent; who verified the chain knows it.
  if (verified.length > chain.length &&
      chain.every((one, i) => one.fingerprint512 === verified[i].fingerprint512)) {
    return verified;
  }
  return chain;
}

function readAll(list) {
  return list === undefined ? [] : list.map((der) => new X509Certificate(der));
}

/** The X509Certificates of the peer, leaf first; undefined: it has none. */
function peerChain(connection) {
  const list = binding.peerCertificates(connection);
  if (list === undefined || list.length === 0) return undefined;
  return orderChain(readAll(list), readAll(binding.peerIssuers(connection)));
}

function legacyChain(chain) {
  const objects = chain.map((certificate) => certificate.toLegacyObject());
  for (let i = 0; i + 1 < objects.length; i++) objects[i].issuerCertificate = objects[i + 1];
  const last = chain.at(-1);
  if (last.checkIssued(last)) objects.at(-1).issuerCertificate = objects.at(-1);
  return objects[0];
}

/** Node's object of the peer; `isDetailed`: with its issuers. */
function peerCertificate(connection, isDetailed) {
  if (isDetailed) {
    const chain = peerChain(connection);
    return chain === undefined ? {} : legacyChain(chain);
  }
  const list = binding.peerCertificates(connection);
  return list?.length > 0 ? new X509Certificate(list[0]).toLegacyObject() : {};
}

/** As much of it as tells whose certificate it is. */
function peerIdentity(connection) {
  const list = binding.peerCertificates(connection);
  return list?.length > 0 ? new X509Certificate(list[0])[kIdentity]() : {};
}

function peerX509(connection) {
  const chain = peerChain(connection);
  if (chain === undefined) return undefined;
  for (let i = 0; i + 1 < chain.length; i++) issuedBy(chain[i], chain[i + 1]);
  return chain[0];
}

function ownCertificate(connection) {
  const der = binding.ownCertificate(connection);
  return der === undefined ? {} : new X509Certificate(der).toLegacyObject();
}

function ownX509(connection) {
  const der = binding.ownCertificate(connection);
  return der === undefined ? undefined : new X509Certificate(der);
}

/** Lines `key:value` of where to ask about a certificate; a strange value is written as JSON. */
function readInfoAccess(text) {
  const info = { __proto__: null };
  for (const line of StringPrototypeSplit(text, '\n')) {
    const found = RegExpPrototypeExec(/^([^:]*):(.*)$/s, line);
    if (found === null) continue;
    const { 1: key, 2: value } = found;
    (info[key] ??= []).push(StringPrototypeStartsWith(value, '"') ? JSONParse(value) : value);
  }
  return info;
}

function translatePeerCertificate(c) {
  if (!c) return null;
  if (c.issuerCertificate != null && c.issuerCertificate !== c) {
    c.issuerCertificate = translatePeerCertificate(c.issuerCertificate);
  }
  if (c.infoAccess != null) c.infoAccess = readInfoAccess(c.infoAccess);
  return c;
}

module.exports = {
  ownCertificate,
  ownX509,
  peerCertificate,
  peerIdentity,
  peerX509,
  translatePeerCertificate,
};
