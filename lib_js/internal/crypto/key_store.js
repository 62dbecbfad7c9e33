'use strict';

// Private keys by URL, which OpenSSL loads from stores. AWS-LC has none: files are read here, and
// every other kind of URL is refused as OpenSSL refuses what it has no loader for.

const {
  NumberPrototypeToString,
  StringPrototypeIncludes,
  StringPrototypePadStart,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToUpperCase,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { fileURLToPath, getURLHref } = require('internal/url');
const { validateString } = require('internal/validators');
const { bytesOf } = require('internal/crypto/encodings');
const { lastError, nativeError, toError } = require('internal/crypto/failure');
const { DEFAULT, encodings, formats, isStringOrBuffer } =
  require('internal/crypto/key_encoding');
const { keyOf } = require('internal/crypto/native_key');
const { getArrayBufferOrView } = require('internal/crypto/util');

const binding = internalBinding('crypto');

/** What was given, looked at. The program's own accessors of URLs are not asked. */
function storeInput(url, name, passphrase, encoding, properties) {
  let uri = getURLHref(url);
  const isFile = StringPrototypeStartsWith(uri, 'file:');
  if (isFile) uri = fileURLToPath(uri);
  if (StringPrototypeIncludes(uri, '\u0000')) {
    throw new ERR_INVALID_ARG_VALUE(name, url, 'must be a URL without null bytes');
  }
  if (passphrase !== undefined) {
    if (!isStringOrBuffer(passphrase)) {
      throw new ERR_INVALID_ARG_VALUE(`${name}.passphrase`, passphrase);
    }
    passphrase = bytesOf(getArrayBufferOrView(passphrase, `${name}.passphrase`, encoding));
  }
  if (properties !== undefined) {
    validateString(properties, `${name}.properties`);
    if (StringPrototypeIncludes(properties, '\u0000')) {
      throw new ERR_INVALID_ARG_VALUE(
        `${name}.properties`, properties, 'must be a string without null bytes');
    }
  }
  return { store: { uri, isFile, passphrase } };
}

const UNSUPPORTED = 'error:1608010C:STORE routines::unsupported';

function unsupported() {
  return toError([
    UNSUPPORTED, 'ERR_OSSL_OSSL_STORE_UNSUPPORTED', 'STORE routines', undefined, 'unsupported',
    [UNSUPPORTED],
  ]);
}

/** As OpenSSL says what the system said. */
function systemError({ errno }) {
  const { getSystemErrorMessage } = require('internal/util');
  const text = getSystemErrorMessage(errno);
  const said = StringPrototypeToUpperCase(text[0]) + StringPrototypeSlice(text, 1);
  const number = StringPrototypePadStart(NumberPrototypeToString(-errno, 16), 7, '0');
  const message = `error:8${number}:system library::${said}`;
  return toError([message, undefined, 'system library', undefined, undefined, [message]]);
}

function readFile(path) {
  try {
    return require('fs').readFileSync(path);
  } catch (error) {
    throw error.errno === undefined ? error : systemError(error);
  }
}

const DER_TYPES = ['pkcs8', 'pkcs1', 'sec1'];

/** The key from a file: PEM, or DER. */
function openStore({ uri, isFile, passphrase }) {
  if (!isFile) throw unsupported();
  const bytes = readFile(uri);
  const handle = binding.keyOfPrivate(bytes, formats.pem, DEFAULT, passphrase);
  if (handle !== null) return keyOf(handle, 'private');
  const error = lastError();
  if (error.reason !== 'NO_START_LINE') throw error;
  for (let i = 0; i < DER_TYPES.length; i++) {
    const found =
      binding.keyOfPrivate(bytes, formats.der, encodings[DER_TYPES[i]], passphrase);
    if (found !== null) return keyOf(found, 'private');
    binding.takeFailure();
  }
  throw nativeError('ERR_CRYPTO_OPERATION_FAILED',
                    'Failed to load private key through an OpenSSL STORE loader');
}

module.exports = { openStore, storeInput };
