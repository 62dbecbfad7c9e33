'use strict';

// node:sea: what an application finds in its own file. getRawAsset gives a copy, where Node gives
// the memory of the file itself, which a program that writes to it dies of.

const {
  codes: {
    ERR_NOT_IN_SINGLE_EXECUTABLE_APPLICATION,
    ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND,
  },
} = require('internal/errors');
const { validateString } = require('internal/validators');

function isSea() {
  return internalBinding('sea').isSea();
}

function getRawAsset(key) {
  validateString(key, 'key');
  if (!isSea()) throw new ERR_NOT_IN_SINGLE_EXECUTABLE_APPLICATION();
  const asset = internalBinding('sea').asset(key);
  if (asset === undefined) throw new ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND(key);
  return asset;
}

function getAsset(key, encoding) {
  if (encoding !== undefined) validateString(encoding, 'encoding');
  const asset = getRawAsset(key);
  if (encoding === undefined) return asset;
  const { TextDecoder } = require('internal/encoding');
  return new TextDecoder(encoding).decode(asset);
}

function getAssetAsBlob(key, options) {
  const asset = getRawAsset(key);
  const { Blob } = require('internal/blob');
  return new Blob([asset], options);
}

function getAssetKeys() {
  if (!isSea()) throw new ERR_NOT_IN_SINGLE_EXECUTABLE_APPLICATION();
  return internalBinding('sea').assetKeys();
}

module.exports = {
  isSea,
  getAsset,
  getRawAsset,
  getAssetAsBlob,
  getAssetKeys,
};
