'use strict';

const {
  URL,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,
  fileURLToPath,
  fileURLToPathBuffer,
  pathToFileURL: fileToURL,
  urlToHttpOptions,
} = require('internal/url');
const { defineLazyProperties } = require('internal/util');
const { validateString } = require('internal/validators');
const {
  Url,
  urlFormat,
  urlParse,
  urlResolve,
  urlResolveObject,
} = require('internal/url/legacy');

function pathToFileURL(path, options) {
  validateString(path, 'path');
  return fileToURL(path, options);
}

module.exports = {
  // The original API.
  Url,
  parse: urlParse,
  resolve: urlResolve,
  resolveObject: urlResolveObject,
  format: urlFormat,

  // The WHATWG API.
  URL,
  URLPattern: undefined,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,

  // Utilities.
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer,
  urlToHttpOptions,
};

defineLazyProperties(module.exports, 'internal/url_pattern', ['URLPattern']);
