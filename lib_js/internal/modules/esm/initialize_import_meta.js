'use strict';
// import.meta

const { StringPrototypeStartsWith } = primordials;

const { getOptionValue } = require('internal/options');
const { fileURLToPath } = require('internal/url');
const { dirname } = require('path');

/**
 * @param {object} meta
 * @param {{ url: string, isMain: boolean }} about
 * @param {ModuleLoader} loader
 */
function initializeImportMeta(meta, { url, isMain }, loader) {
  if (StringPrototypeStartsWith(url, 'file:')) {
    const filename = fileURLToPath(url);
    meta.dirname = dirname(filename);
    meta.filename = filename;
  }
  meta.main = isMain;
  if (loader.allowImportMetaResolve) meta.resolve = function resolve(specifier, parentURL = url) {
    if (!getOptionValue('--experimental-import-meta-resolve')) parentURL = url;
    try {
      return loader.resolve(`${specifier}`, parentURL).url;
    } catch (error) {
      // What is missing has an address all the same.
      const isMissing = error?.code === 'ERR_MODULE_NOT_FOUND' ||
        error?.code === 'ERR_UNSUPPORTED_DIR_IMPORT';
      if (isMissing && error.url) return error.url;
      throw error;
    }
  };
  meta.url = url;
  return meta;
}

module.exports = { initializeImportMeta };
