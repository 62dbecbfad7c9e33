'use strict';

// url.URLPattern is absent: it is not built yet.

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
  URLSearchParams,
  domainToASCII,
  domainToUnicode,

  // Utilities.
  pathToFileURL,
  fileURLToPath,
  fileURLToPathBuffer,
  urlToHttpOptions,
};
