'use strict';

// Between file URLs and paths, those of Windows included.

const {
  NumberPrototypeToString,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  StringPrototypeCharCodeAt,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypePadStart,
  StringPrototypeSearch,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToUpperCase,
  decodeURIComponent,
} = primordials;

const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
  ERR_INVALID_FILE_URL_HOST,
  ERR_INVALID_FILE_URL_PATH,
  ERR_INVALID_URL_SCHEME,
} = require('internal/errors').codes;
const { kEmptyObject } = require('internal/util');
const { percentDecode } = require('internal/querystring');
const { URL, domainToUnicode, isURL } = require('internal/url');
const path = require('path');

const slashes = /\//g;
const encodedSlash = /%2f/i;
const encodedSlashes = /%2f|%5c/i;
const hostnameEnd = /[#?/]/;
const drive = /^\/[a-z]:/i;

// What the parser would take for something else than a part of the path, and
// what Node encodes beyond that.
const mayBeUnsafe = /[\0-\x20%\\?#[\]|~]/;
const unsafePosix = /[\0-\x20%\\?#[\]|~]/g;
const unsafeWindows = /[\0-\x20%?#[\]|~]/g;
function decode(text) {
  return StringPrototypeIncludes(text, '%') ? decodeURIComponent(text) : text;
}

function decodeToBuffer(text) {
  const { Buffer } = require('buffer');
  return percentDecode(Buffer.from(text, 'utf8'), false);
}

function posixPath(url) {
  if (url.hostname !== '') throw new ERR_INVALID_FILE_URL_HOST(process.platform);
  const { pathname } = url;
  if (RegExpPrototypeExec(encodedSlash, pathname) !== null) {
    throw new ERR_INVALID_FILE_URL_PATH('must not include encoded / characters', url);
  }
  return decode(pathname);
}

function windowsPath(url) {
  const { hostname, pathname } = url;
  if (RegExpPrototypeExec(encodedSlashes, pathname) !== null) {
    throw new ERR_INVALID_FILE_URL_PATH('must not include encoded \\ or / characters', url);
  }
  const local = decode(RegExpPrototypeSymbolReplace(slashes, pathname, '\\'));
  // A host makes it \\server\share.
  if (hostname !== '') return `\\\\${domainToUnicode(hostname)}${local}`;
  if (RegExpPrototypeExec(drive, decode(pathname)) === null) {
    throw new ERR_INVALID_FILE_URL_PATH('must be absolute', url);
  }
  return StringPrototypeSlice(local, 1);
}

function checkFileURL(value) {
  if (typeof value === 'string') value = new URL(value);
  else if (!isURL(value)) throw new ERR_INVALID_ARG_TYPE('path', ['string', 'URL'], value);
  if (value.protocol !== 'file:') throw new ERR_INVALID_URL_SCHEME('file');
  return value;
}

function fileURLToPath(path, options = kEmptyObject) {
  const windows = options?.windows;
  const url = checkFileURL(path);
  return windows ? windowsPath(url) : posixPath(url);
}

/**
 * The same as bytes, for paths that are no UTF-8. Encoded slashes are not looked
 * for: in the encoding of such a path the byte may be part of a character.
 */
function fileURLToPathBuffer(path, options = kEmptyObject) {
  const windows = options?.windows;
  const url = checkFileURL(path);
  const { hostname, pathname } = url;
  if (!windows) {
    if (hostname !== '') throw new ERR_INVALID_FILE_URL_HOST(process.platform);
    return decodeToBuffer(pathname);
  }
  const local = decodeToBuffer(RegExpPrototypeSymbolReplace(slashes, pathname, '\\'));
  if (hostname !== '') {
    const { Buffer } = require('buffer');
    return Buffer.concat([Buffer.from(`\\\\${domainToUnicode(hostname)}`), local]);
  }
  const letter = local[1] | 0x20;
  if (letter < 97 || letter > 122 || local[2] !== 58) {
    throw new ERR_INVALID_FILE_URL_PATH('must be absolute', url);
  }
  return local.subarray(1);
}

function percentEncode(char) {
  const hex = NumberPrototypeToString(StringPrototypeCharCodeAt(char, 0), 16);
  return `%${StringPrototypePadStart(StringPrototypeToUpperCase(hex), 2, '0')}`;
}

function encodePath(text, windows) {
  if (RegExpPrototypeExec(mayBeUnsafe, text) === null) return text;
  return RegExpPrototypeSymbolReplace(
    windows ? unsafeWindows : unsafePosix, text, percentEncode);
}

/** \\server\share\file, also with the prefix \\?\UNC\. */
function shareToURL(share) {
  const start = StringPrototypeStartsWith(share, '\\\\?\\UNC\\') ? 8 : 2;
  const serverEnd = StringPrototypeIndexOf(share, '\\', start);
  if (serverEnd === -1) throw new ERR_INVALID_ARG_VALUE('path', share, 'Missing UNC resource path');
  if (serverEnd === 2) throw new ERR_INVALID_ARG_VALUE('path', share, 'Empty UNC servername');
  const server = StringPrototypeSlice(share, start, serverEnd);
  // As when a hostname is set: what follows a '#', '?' or '/' is dropped.
  const end = StringPrototypeSearch(server, hostnameEnd);
  const host = end === -1 ? server : StringPrototypeSlice(server, 0, end);
  return new URL(`file://${host}${encodePath(StringPrototypeSlice(share, serverEnd), true)}`);
}

function pathToFileURL(filepath, options = kEmptyObject) {
  const windows = options?.windows ?? false;
  if (windows && StringPrototypeStartsWith(filepath, '\\\\')) return shareToURL(filepath);
  let resolved = windows ? path.win32.resolve(filepath) : path.posix.resolve(filepath);
  if (windows && StringPrototypeStartsWith(resolved, '\\\\')) return shareToURL(resolved);
  // resolve() has taken a trailing separator away.
  const last = filepath[filepath.length - 1];
  if ((last === '/' || (windows && last === '\\')) && resolved[resolved.length - 1] !== '/') {
    resolved += '/';
  }
  const root = windows && resolved[0] !== '\\' ? '/' : '';
  return new URL(`file://${root}${encodePath(resolved, windows)}`);
}

function toPathIfFileURL(value) {
  return isURL(value) ? fileURLToPath(value) : value;
}

module.exports = { fileURLToPath, fileURLToPathBuffer, pathToFileURL, toPathIfFileURL };
