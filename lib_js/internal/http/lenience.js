'use strict';

// --insecure-http-parser, httpValidation and insecureHTTPParser: how strict the parser is.

/** Values of `lenientFlags` that native knows. */
const STRICT = 0;
const ALL = 1;
const HEADER_VALUES = 2;

let insecure;

/** The command line's word; warns once when it is used. */
function isLenient() {
  if (insecure === undefined) {
    const { getOptionValue } = require('internal/options');
    insecure = Boolean(getOptionValue('--insecure-http-parser'));
    if (insecure) process.emitWarning('Using insecure HTTP parsing');
  }
  return insecure;
}

function lenientFlags(httpValidation, insecureHTTPParser) {
  if (httpValidation === 'strict') return STRICT;
  if (httpValidation === 'relaxed') return HEADER_VALUES;
  if (httpValidation === 'insecure') return ALL;
  return (insecureHTTPParser === undefined ? isLenient() : insecureHTTPParser) ? ALL : STRICT;
}

module.exports = { isLenient, lenientFlags };
