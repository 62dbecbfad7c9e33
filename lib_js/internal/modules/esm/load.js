'use strict';
// From URL to source text: file:, data: and the library itself.

const {
  RegExpPrototypeExec,
  StringPrototypeIndexOf,
  StringPrototypeReplaceAll,
  StringPrototypeSlice,
  decodeURIComponent,
} = primordials;

const { codes: {
  ERR_INVALID_URL,
  ERR_UNKNOWN_MODULE_FORMAT,
  ERR_UNSUPPORTED_ESM_URL_SCHEME,
} } = require('internal/errors');
const { defaultGetFormat } = require('internal/modules/esm/get_format');
const { validateAttributes } = require('internal/modules/esm/assert');
const { URL } = require('internal/url');
const { kEmptyObject } = require('internal/util');

const DATA_TYPE = /^data:([^/]+\/[^;,]+)(?:;[^,]*)?,/;
const BASE64 = /; *base64$/i;
const BASE64_TEXT = /^[A-Za-z0-9+/]*={0,2}$/;

/** The text behind a data: URL. */
function dataSource(url) {
  const { href } = url;
  const end = url.hash === '' ? href.length : href.length - url.hash.length;
  const comma = StringPrototypeIndexOf(href, ',');
  if (comma === -1) throw new ERR_INVALID_URL(href);
  const header = StringPrototypeSlice(href, 5, comma);
  const body = StringPrototypeSlice(href, comma + 1, end);
  const { Buffer } = require('buffer');
  if (RegExpPrototypeExec(BASE64, header) !== null) {
    const text = StringPrototypeReplaceAll(percentDecode(body).toString('latin1'), ' ', '');
    if (RegExpPrototypeExec(BASE64_TEXT, text) === null) throw new ERR_INVALID_URL(href);
    return Buffer.from(text, 'base64');
  }
  return percentDecode(body);
}

/** Bytes of a URL part; a percent sign without two digits stands for itself. */
function percentDecode(text) {
  const { Buffer } = require('buffer');
  if (StringPrototypeIndexOf(text, '%') === -1) return Buffer.from(text);
  try {
    return Buffer.from(decodeURIComponent(text));
  } catch {
    // Not UTF-8: byte for byte.
  }
  const bytes = [];
  for (let i = 0; i < text.length; i++) {
    const digits = text[i] === '%' ? StringPrototypeSlice(text, i + 1, i + 3) : '';
    if (digits.length === 2 && RegExpPrototypeExec(/^[0-9a-f]{2}$/i, digits) !== null) {
      bytes[bytes.length] = +`0x${digits}`;
      i += 2;
    } else {
      bytes[bytes.length] = text.charCodeAt(i) & 0xFF;
    }
  }
  return Buffer.from(bytes);
}

/** @param {URL} url */
function getSourceSync(url) {
  const { protocol, href } = url;
  if (protocol === 'file:') {
    return { __proto__: null, responseURL: href, source: require('fs').readFileSync(url) };
  }
  if (protocol === 'data:') {
    return { __proto__: null, responseURL: href, source: dataSource(url) };
  }
  throw new ERR_UNSUPPORTED_ESM_URL_SCHEME(url, ['file', 'data']);
}

function throwIfUnsupportedURLScheme(url) {
  switch (url.protocol) {
    case 'file:':
    case 'data:':
    case 'node:':
    case 'coring:':
    // Refused when the source is asked for, with another list of schemes.
    case 'http:':
    case 'https:':
      return;
    default:
      throw new ERR_UNSUPPORTED_ESM_URL_SCHEME(url, ['file', 'data', 'node']);
  }
}

/** The last step of the chain of load hooks. */
function defaultLoadSync(url, context = kEmptyObject) {
  let { format, source } = context;
  const parsed = new URL(url);
  throwIfUnsupportedURLScheme(parsed);
  let responseURL = url;
  if (parsed.protocol === 'node:' || parsed.protocol === 'coring:') {
    source = null;
    format ??= 'builtin';
  } else if (format === 'addon') {
    source = null;
  } else {
    if (source == null) ({ responseURL, source } = getSourceSync(parsed));
    format ??= defaultGetFormat(parsed, { __proto__: context, source });
  }
  validateAttributes(url, format, context.importAttributes);
  return { __proto__: null, format, responseURL, source };
}

function throwUnknownModuleFormat(url, format) {
  const type = RegExpPrototypeExec(DATA_TYPE, url);
  throw new ERR_UNKNOWN_MODULE_FORMAT(type === null ? format : type[1], url);
}

module.exports = {
  defaultLoadSync,
  getSourceSync,
  throwUnknownModuleFormat,
};
