'use strict';

// Names as name servers know them.

/** What is in this form stays as it is; a last label that begins with a digit may be a number. */
const PLAIN = /^(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*$/;

/** What cannot be put in ASCII stays what it is, and will not be found. */
function toASCII(name) {
  if (PLAIN.test(name) && !name.includes('xn--')) return name;
  return require('internal/url').domainToASCII(name) || name;
}

module.exports = { toASCII };
