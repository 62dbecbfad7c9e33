'use strict';

// keyObject.toCryptoKey(): the same key, as WebCrypto would import it.

const { lazyDOMException } = require('internal/util');
const { importKey } = require('internal/crypto/web/transport');
const { isAsymmetric } = require('internal/crypto/web/asymmetric');
const { normalizeAlgorithm } = require('internal/crypto/web/registry');
const { converters } = require('internal/crypto/webidl');

function toCryptoKey(native, algorithm, extractable, keyUsages) {
  const normalized =
    normalizeAlgorithm(converters.AlgorithmIdentifier(algorithm), 'importKey');
  const isExtractable = converters.boolean(extractable);
  const usages = converters['sequence<KeyUsage>'](keyUsages);
  if (isAsymmetric(normalized.name) === (native.type === 'secret')) {
    throw lazyDOMException('Unrecognized algorithm name', 'NotSupportedError');
  }
  return importKey('native', native, normalized, isExtractable, usages);
}

module.exports = { toCryptoKey };
