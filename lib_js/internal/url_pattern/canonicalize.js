'use strict';
// Brings parts of a URL into the form that the URL parser gives them:
// https://urlpattern.spec.whatwg.org/#canon-encoding-callbacks

const { RegExpPrototypeExec, RegExpPrototypeSymbolReplace, StringPrototypeIndexOf,
        StringPrototypeSlice, StringPrototypeStartsWith, StringPrototypeToLowerCase, TypeError,
        hardenRegExp } = primordials;

const { URL } = require('internal/url');

const DUMMY = 'https://dummy.invalid/';
const SPECIAL = { __proto__: null, http: '80', https: '443', ws: '80', wss: '443', ftp: '21',
                  file: '' };

const addressChars = hardenRegExp(/^[[\]:0-9a-fA-F]*$/);
const leadingDigits = hardenRegExp(/^[0-9]+/);
const tabsAndLineEnds = hardenRegExp(/[\t\n\r]/g);

function invalid(what, value) {
  // eslint-disable-next-line no-restricted-syntax
  return new TypeError(`Invalid ${what}: ${value}`);
}

const isSpecial = (protocol) => SPECIAL[protocol] !== undefined;

function parsed(text, what) {
  const url = URL.parse(text);
  if (url === null) throw invalid(what, text);
  return url;
}

function protocol(value) {
  if (value === '') return '';
  return StringPrototypeSlice(parsed(`${value}://dummy.invalid`, 'protocol').protocol, 0, -1);
}

function username(value) {
  const url = new URL(DUMMY);
  url.username = value;
  return url.username;
}

function password(value) {
  const url = new URL(DUMMY);
  url.password = value;
  return url.password;
}

function hostname(value) {
  if (value === '') return '';
  const url = new URL(DUMMY);
  const before = url.hostname;
  url.hostname = value;
  // The setter says nothing when it refuses.
  if (url.hostname === before && value !== before) throw invalid('hostname', value);
  return url.hostname;
}

function addressHostname(value) {
  if (RegExpPrototypeExec(addressChars, value) === null) throw invalid('hostname', value);
  return StringPrototypeToLowerCase(value);
}

function port(value, scheme) {
  if (value === '') return '';
  const digits = RegExpPrototypeExec(
    leadingDigits, RegExpPrototypeSymbolReplace(tabsAndLineEnds, value, ''));
  if (digits === null || +digits[0] > 65535) throw invalid('port', value);
  const number = `${+digits[0]}`;
  if (scheme !== undefined && SPECIAL[scheme] === number) return '';
  return number;
}

function pathname(value) {
  if (value === '') return '';
  const isAbsolute = value[0] === '/';
  const url = new URL(DUMMY);
  url.pathname = isAbsolute ? value : `/-${value}`;
  return isAbsolute ? url.pathname : StringPrototypeSlice(url.pathname, 2);
}

function opaquePathname(value) {
  return value === '' ? '' : parsed(`data:${value}`, 'pathname').pathname;
}

function search(value) {
  if (value === '') return '';
  const url = new URL(DUMMY);
  url.search = value;
  return StringPrototypeSlice(url.search, 1);
}

function hash(value) {
  if (value === '') return '';
  const url = new URL(DUMMY);
  url.hash = value;
  return StringPrototypeSlice(url.hash, 1);
}

// ---- the parts of a URLPatternInit: https://urlpattern.spec.whatwg.org/#process-a-urlpatterninit

const PARTS = [
  'protocol', 'username', 'password', 'hostname', 'port', 'pathname', 'search', 'hash',
];

/** The parts of a URL without the signs that separate them. */
function partsOfURL(url) {
  return {
    __proto__: null,
    protocol: StringPrototypeSlice(url.protocol, 0, -1),
    username: url.username,
    password: url.password,
    hostname: url.hostname,
    port: url.port,
    pathname: url.pathname,
    search: StringPrototypeSlice(url.search, 1),
    hash: StringPrototypeSlice(url.hash, 1),
  };
}

function without(text, sign) {
  return StringPrototypeStartsWith(text, sign) ? StringPrototypeSlice(text, 1) : text;
}

function isAbsolutePathname(text, isPattern) {
  if (text === '') return false;
  if (text[0] === '/') return true;
  return isPattern && text[1] === '/' && (text[0] === '\\' || text[0] === '{');
}

/** Fills `result` from the base URL, as far as nothing before it in a URL was given. */
function inherit(result, init, base, isPattern, escape) {
  const take = isPattern ? escape : (text) => text;
  const url = partsOfURL(base);
  const lacks = (...names) => {
    for (let i = 0; i < names.length; i++) {
      if (init[names[i]] !== undefined) return false;
    }
    return true;
  };
  if (lacks('protocol')) result.protocol = take(url.protocol);
  if (!isPattern && lacks('protocol', 'hostname', 'port', 'username')) {
    result.username = take(url.username);
    if (lacks('password')) result.password = take(url.password);
  }
  if (lacks('protocol', 'hostname')) result.hostname = take(url.hostname);
  if (lacks('protocol', 'hostname', 'port')) result.port = take(url.port);
  if (lacks('protocol', 'hostname', 'port', 'pathname')) {
    result.pathname = take(url.pathname);
    if (lacks('search')) {
      result.search = take(url.search);
      if (lacks('hash')) result.hash = take(url.hash);
    }
  }
}

/** A path that is not absolute goes on from the base URL's. */
function joinPath(path, base, isPattern, escape) {
  const isOpaque = base.pathname[0] !== '/';
  if (isOpaque || isAbsolutePathname(path, isPattern)) return path;
  const basePath = isPattern ? escape(base.pathname) : base.pathname;
  let slash = -1;
  for (let at = StringPrototypeIndexOf(basePath, '/'); at !== -1;
    at = StringPrototypeIndexOf(basePath, '/', at + 1)) slash = at;
  return slash === -1 ? path : StringPrototypeSlice(basePath, 0, slash + 1) + path;
}

/**
 * @param init parts as strings, perhaps with `baseURL`
 * @param {boolean} isPattern  texts are patterns, and stay as they are
 * @param result what is there already
 */
function processInit(init, isPattern, result, escape) {
  let base;
  if (init.baseURL !== undefined) {
    base = parsed(init.baseURL, 'base URL');
    inherit(result, init, base, isPattern, escape);
  }
  const put = (name, text, canonicalize) => {
    result[name] = isPattern ? text : canonicalize(text);
  };
  if (init.protocol !== undefined) {
    const { length } = init.protocol;
    put('protocol', init.protocol[length - 1] === ':' ?
      StringPrototypeSlice(init.protocol, 0, -1) : init.protocol, protocol);
  }
  if (init.username !== undefined) put('username', init.username, username);
  if (init.password !== undefined) put('password', init.password, password);
  if (init.hostname !== undefined) put('hostname', init.hostname, hostname);
  const scheme = result.protocol ?? '';
  if (init.port !== undefined) put('port', init.port, (text) => port(text, scheme));
  if (init.pathname !== undefined) {
    const path = base === undefined ? init.pathname :
      joinPath(init.pathname, base, isPattern, escape);
    put('pathname', path, scheme === '' || isSpecial(scheme) ? pathname : opaquePathname);
  }
  if (init.search !== undefined) put('search', without(init.search, '?'), search);
  if (init.hash !== undefined) put('hash', without(init.hash, '#'), hash);
  return result;
}

module.exports = {
  PARTS, SPECIAL, addressHostname, hash, hostname, isSpecial, opaquePathname, partsOfURL, password,
  pathname, port, processInit, protocol, search, username,
};
