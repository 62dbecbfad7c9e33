'use strict';

// X509Certificate. It holds the certificate's DER, and what that says once somebody asks.

const {
  ArrayIsArray,
  ArrayPrototypePush,
  BigIntPrototypeToString,
  Date,
  JSONParse,
  ObjectDefineProperties,
  ObjectHasOwn,
  RegExpPrototypeSymbolReplace,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeToUpperCase,
  Symbol,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE },
} = require('internal/errors');
const { Buffer } = require('buffer');
const { customInspectSymbol, kEmptyObject } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const { validateBoolean, validateObject, validateString } = require('internal/validators');
const {
  kClone,
  kDeserialize,
  markTransferMode,
} = require('internal/worker/transfer_symbols');
const { orThrow } = require('internal/crypto/failure');
const { kHandle } = require('internal/crypto/handles');
const { DEFAULT, formats } = require('internal/crypto/key_encoding');
const { PublicKeyObject, isKeyObject, nativeOf } = require('internal/crypto/key_object');
const { keyOf } = require('internal/crypto/native_key');
const { hidden } = require('internal/crypto/util');

const binding = internalBinding('crypto');

// What certificateCheck looks at.
const HOST = 0;
const EMAIL = 1;
const IP = 2;

const ALWAYS_CHECK_SUBJECT = 1;
const NO_WILDCARDS = 2;
const NO_PARTIAL_WILDCARDS = 4;
const MULTI_LABEL_WILDCARDS = 8;
const SINGLE_LABEL_SUBDOMAINS = 16;
const NEVER_CHECK_SUBJECT = 32;

/** A method that programs do not see. */
const kIdentity = Symbol('kIdentity');

const everyByte = /../g;

function flagsOf(options = kEmptyObject) {
  validateObject(options, 'options');
  const {
    subject = 'default',
    wildcards = true,
    partialWildcards = true,
    multiLabelWildcards = false,
    singleLabelSubdomains = false,
  } = { ...options };
  validateString(subject, 'options.subject');
  validateBoolean(wildcards, 'options.wildcards');
  validateBoolean(partialWildcards, 'options.partialWildcards');
  validateBoolean(multiLabelWildcards, 'options.multiLabelWildcards');
  validateBoolean(singleLabelSubdomains, 'options.singleLabelSubdomains');
  let flags = 0;
  if (subject === 'always') flags |= ALWAYS_CHECK_SUBJECT;
  else if (subject === 'never') flags |= NEVER_CHECK_SUBJECT;
  else if (subject !== 'default') throw new ERR_INVALID_ARG_VALUE('options.subject', subject);
  if (!wildcards) flags |= NO_WILDCARDS;
  if (!partialWildcards) flags |= NO_PARTIAL_WILDCARDS;
  if (multiLabelWildcards) flags |= MULTI_LABEL_WILDCARDS;
  if (singleLabelSubdomains) flags |= SINGLE_LABEL_SUBDOMAINS;
  return flags;
}

/** 'AB:CD' of a digest of the certificate. */
function fingerprint(der, algorithm) {
  const { hash } = require('internal/crypto/hash');
  const hex = StringPrototypeToUpperCase(hash(algorithm, der, 'hex'));
  return StringPrototypeSlice(RegExpPrototypeSymbolReplace(everyByte, hex, '$&:'), 0, -1);
}

/** What a clone is made with, before it is filled. */
const EMPTY = { __proto__: null };

let derOf;
let isX509Certificate;
let fill;
let issuedBy;

class X509Certificate {
  #der;
  #fields;
  #issuer;
  #publicKey;

  constructor(buffer) {
    if (buffer === EMPTY) return;
    if (typeof buffer === 'string') buffer = Buffer.from(buffer);
    if (!isArrayBufferView(buffer)) {
      throw new ERR_INVALID_ARG_TYPE(
        'buffer', ['string', 'Buffer', 'TypedArray', 'DataView'], buffer);
    }
    this.#der = orThrow(binding.certificateRead(buffer));
    markTransferMode(this, true, false);
  }

  static {
    isX509Certificate = (value) => typeof value === 'object' && value !== null && #der in value;
    derOf = (certificate) => certificate.#der;
    issuedBy = (certificate, issuer) => { certificate.#issuer = issuer; };
    fill = (certificate, der) => {
      certificate.#der = Buffer.from(der);
      markTransferMode(certificate, true, false);
    };
  }

  get #said() {
    return this.#fields ??= orThrow(binding.certificateFields(this.#der));
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    const { inspect } = require('internal/util/inspect');
    return `X509Certificate ${inspect({
      subject: this.subject,
      subjectAltName: this.subjectAltName,
      issuer: this.issuer,
      infoAccess: this.infoAccess,
      validFrom: this.validFrom,
      validTo: this.validTo,
      validFromDate: this.validFromDate,
      validToDate: this.validToDate,
      fingerprint: this.fingerprint,
      fingerprint256: this.fingerprint256,
      fingerprint512: this.fingerprint512,
      keyUsage: this.keyUsage,
      serialNumber: this.serialNumber,
      signatureAlgorithm: this.signatureAlgorithm,
      signatureAlgorithmOid: this.signatureAlgorithmOid,
    }, { ...options, depth: options.depth == null ? null : options.depth - 1 })}`;
  }

  get subject() {
    return this.#said.subject;
  }

  get subjectAltName() {
    return this.#said.subjectAltName;
  }

  get issuer() {
    return this.#said.issuer;
  }

  /** Known of peers of TLS only. */
  get issuerCertificate() {
    return this.#issuer;
  }

  get infoAccess() {
    return this.#said.infoAccess;
  }

  get validFrom() {
    return this.#said.validFrom;
  }

  get validTo() {
    return this.#said.validTo;
  }

  get validFromDate() {
    return this.#said.validFromDate ??= new Date(this.#said.validFromSeconds * 1000);
  }

  get validToDate() {
    return this.#said.validToDate ??= new Date(this.#said.validToSeconds * 1000);
  }

  get fingerprint() {
    return this.#said.fingerprint ??= fingerprint(this.#der, 'sha1');
  }

  get fingerprint256() {
    return this.#said.fingerprint256 ??= fingerprint(this.#der, 'sha256');
  }

  get fingerprint512() {
    return this.#said.fingerprint512 ??= fingerprint(this.#der, 'sha512');
  }

  get keyUsage() {
    return this.#said.keyUsage;
  }

  get serialNumber() {
    return this.#said.serialNumber;
  }

  get signatureAlgorithm() {
    return this.#said.signatureAlgorithm;
  }

  get signatureAlgorithmOid() {
    return this.#said.signatureAlgorithmOid;
  }

  get raw() {
    return this.#said.raw ??= Buffer.from(this.#der);
  }

  get publicKey() {
    return this.#publicKey ??=
      new PublicKeyObject(keyOf(binding.certificateKey(this.#der), 'public'));
  }

  toString() {
    return this.#said.pem ??= orThrow(binding.certificatePem(this.#der));
  }

  // There is no standard for certificates in JSON.
  toJSON() {
    return this.toString();
  }

  get ca() {
    return binding.certificateIsAuthority(this.#der);
  }

  checkHost(name, options) {
    validateString(name, 'name');
    return check(this.#der, HOST, name, 'name', flagsOf(options));
  }

  checkEmail(email, options) {
    validateString(email, 'email');
    return check(this.#der, EMAIL, email, 'email', flagsOf(options));
  }

  checkIP(ip, options) {
    validateString(ip, 'ip');
    return check(this.#der, IP, ip, 'ip', flagsOf(options));
  }

  checkIssued(otherCert) {
    if (!isX509Certificate(otherCert)) {
      throw new ERR_INVALID_ARG_TYPE('otherCert', 'X509Certificate', otherCert);
    }
    return binding.certificateIsIssuedBy(this.#der, derOf(otherCert));
  }

  checkPrivateKey(pkey) {
    return binding.certificateIsOfKey(this.#der, keyFor(pkey, 'private')[kHandle]);
  }

  verify(pkey) {
    return binding.certificateIsSignedBy(this.#der, keyFor(pkey, 'public')[kHandle]);
  }

  toLegacyObject() {
    return legacyObject(this, this.#said);
  }

  /** As much of that as tells whose it is. */
  [kIdentity]() {
    const { subjectEntries, subjectAltName } = this.#said;
    return { subject: byName(subjectEntries), subjectaltname: subjectAltName };
  }
}

ObjectDefineProperties(X509Certificate.prototype, {
  [kClone]: hidden(function() {
    return { data: derOf(this), deserializeInfo: 'internal/crypto/x509:ClonedCertificate' };
  }),
  [kDeserialize]: hidden(function(der) {
    fill(this, der);
  }),
});

/** Called when one was cloned; its kDeserialize fills it. */
function ClonedCertificate() {
  return new X509Certificate(EMPTY);
}
ClonedCertificate.prototype[kDeserialize] = () => {};

function keyFor(key, type) {
  if (!isKeyObject(key)) throw new ERR_INVALID_ARG_TYPE('pkey', 'KeyObject', key);
  const native = nativeOf(key);
  if (native.type !== type) throw new ERR_INVALID_ARG_VALUE('pkey', key);
  return native;
}

function check(der, what, text, name, flags) {
  const found = binding.certificateCheck(der, what, text, flags);
  if (found !== null) return found;
  binding.takeFailure();
  const error = new ERR_INVALID_ARG_VALUE(name, text);
  error.message = 'Invalid name';
  throw error;
}

// ---- the object that TLS gives of a peer

/** Entries by name, in a list where a name comes twice. */
function byName(entries) {
  const names = { __proto__: null };
  for (let i = 0; i < entries.length; i++) {
    const { 0: name, 1: value } = entries[i];
    if (!ObjectHasOwn(names, name)) names[name] = value;
    else if (ArrayIsArray(names[name])) ArrayPrototypePush(names[name], value);
    else names[name] = [names[name], value];
  }
  return names;
}

/** 'OCSP - URI:http://..' of each line, by what stands before the colon. */
function accessesByName(text) {
  const accesses = { __proto__: null };
  const lines = StringPrototypeSplit(text, '\n');
  for (let i = 0; i < lines.length; i++) {
    const at = StringPrototypeIndexOf(lines[i], ':');
    const name = StringPrototypeSlice(lines[i], 0, at);
    const value = StringPrototypeSlice(lines[i], at + 1);
    // What was unsafe to print stands in quotes.
    ArrayPrototypePush(accesses[name] ??= [], value[0] === '"' ? JSONParse(value) : value);
  }
  return accesses;
}

const nistNames = {
  '__proto__': null,
  'secp224r1': 'P-224',
  'prime256v1': 'P-256',
  'secp384r1': 'P-384',
  'secp521r1': 'P-521',
};

/** What is said of the key, by its kind. */
function legacyKey(native) {
  const { kind, details } = native;
  if (kind === 'rsa') {
    const { 0: modulus } = orThrow(binding.keyRsaParts(native[kHandle]));
    return {
      modulus: StringPrototypeToUpperCase(modulus.toString('hex')),
      exponent: `0x${BigIntPrototypeToString(details.publicExponent, 16)}`,
      pubkey: native.encode(formats.der, DEFAULT),
      bits: details.modulusLength,
    };
  }
  if (kind === 'ec') {
    return {
      pubkey: native.point(false),
      bits: binding.curveOf(details.namedCurve)[3],
      asn1Curve: details.namedCurve,
      nistCurve: nistNames[details.namedCurve],
    };
  }
  return {};
}

function legacyObject(certificate, said) {
  const key = legacyKey(nativeOf(certificate.publicKey));
  return {
    subject: byName(said.subjectEntries),
    issuer: byName(said.issuerEntries),
    subjectaltname: said.subjectAltName,
    infoAccess: said.infoAccess === undefined ? undefined : accessesByName(said.infoAccess),
    ca: certificate.ca,
    modulus: key.modulus,
    exponent: key.exponent,
    pubkey: key.pubkey,
    bits: key.bits,
    valid_from: said.validFrom,
    valid_to: said.validTo,
    fingerprint: certificate.fingerprint,
    fingerprint256: certificate.fingerprint256,
    fingerprint512: certificate.fingerprint512,
    ext_key_usage: said.keyUsage,
    serialNumber: said.serialNumber,
    raw: certificate.raw,
    asn1Curve: key.asn1Curve,
    nistCurve: key.nistCurve,
  };
}

module.exports = { ClonedCertificate, X509Certificate, isX509Certificate, issuedBy, kIdentity };
