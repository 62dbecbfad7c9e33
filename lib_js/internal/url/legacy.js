'use strict';

// url.parse(), url.format() and url.resolve(), as Node had them before there
// was a standard. What they do with odd input is what programs rely on, so it
// is kept to the letter; new code should use URL.

const {
  ArrayPrototypeConcat,
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypePush,
  ArrayPrototypeShift,
  ArrayPrototypeSplice,
  ArrayPrototypeUnshift,
  Boolean,
  FunctionPrototypeCall,
  ObjectAssign,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  SafeSet,
  StringPrototypeCharCodeAt,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeLastIndexOf,
  StringPrototypeReplaceAll,
  StringPrototypeSearch,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  decodeURIComponent,
} = primordials;

const binding = internalBinding('url');
const { isInsideNodeModules } = internalBinding('util');
const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_URL,
} = require('internal/errors').codes;
const { encodeComponent } = require('internal/querystring');
const { URL, domainToASCII } = require('internal/url');
const { validateObject, validateString } = require('internal/validators');
const querystring = require('querystring');

const HOSTNAME_LENGTH_MAX = 255;

const HOSTLESS = new SafeSet(['javascript', 'javascript:']);
// Those that are always followed by '//'.
const SLASHED = new SafeSet([
  'http', 'http:', 'https', 'https:', 'ftp', 'ftp:', 'gopher', 'gopher:',
  'file', 'file:', 'ws', 'ws:', 'wss', 'wss:',
]);

const blanks = /^[\0-\x20\xa0\ufeff]+|[\0-\x20\xa0\ufeff]+$/g;
const queryOrHash = /[?#]/;
const scheme = /^[a-z0-9.+-]+:/i;
const userAtHost = /^\/\/[^@/]+@[^@/]+/;
const pathOnly = /^(\/\/?(?!\/)[^?\s]*)(\?[^\s]*)?$/;
const afterAuthority = /[#/?]/;
const lineBreak = /[\t\n\r]/;
const lineBreaks = /[\t\n\r]/g;
const notHost = /[ "%';<>\\^`{|}]/;
const portAtEnd = /:[0-9]*$/;
const hostnameEnd = /[/\\#?:]/;
const forbiddenInHost = /[\0\t\n\r #%/:<>?@[\\\]^|]/;
const forbiddenInIpv6 = /[\0\t\n\r #%/<>?@\\^|]/;
const needsIdna = /[^\0-\x7f]|xn--/;
const anyToEscape = /[\t\n\r "'<>\\^`{|}]/;
const toEscape = /[\t\n\r "'<>\\^`{|}]/g;
const hashOrQuestion = /[#?]/g;

const ESCAPES = {
  '__proto__': null,
  '\t': '%09', '\n': '%0A', '\r': '%0D', ' ': '%20', '"': '%22', "'": '%27', '<': '%3C',
  '>': '%3E', '\\': '%5C', '^': '%5E', '`': '%60', '{': '%7B', '|': '%7C', '}': '%7D',
  '#': '%23', '?': '%3F',
};

const DEP0169 = '`url.parse()` behavior is not standardized and prone to errors that have ' +
  'security implications. Use the WHATWG URL API instead. CVEs are not issued for ' +
  '`url.parse()` vulnerabilities.';

let parseWarned = false;
let portWarned = false;

function Url() {
  this.protocol = null;
  this.slashes = null;
  this.auth = null;
  this.host = null;
  this.port = null;
  this.hostname = null;
  this.hash = null;
  this.search = null;
  this.query = null;
  this.pathname = null;
  this.path = null;
  this.href = null;
}

function escapeAll(search, pattern, text) {
  // Nearly always there is nothing to do.
  if (RegExpPrototypeExec(search, text) === null) return text;
  return RegExpPrototypeSymbolReplace(pattern, text, (char) => ESCAPES[char]);
}

function isBracketed(hostname) {
  return hostname[0] === '[' && hostname[hostname.length - 1] === ']';
}

function isBlank(text, at) {
  const code = StringPrototypeCharCodeAt(text, at);
  return code <= 32 || code === 0xa0 || code === 0xfeff;
}

/** Without blanks around it, and with '\' as '/' in front of the query. */
function tidy(url) {
  const text = url !== '' && (isBlank(url, 0) || isBlank(url, url.length - 1)) ?
    RegExpPrototypeSymbolReplace(blanks, url, '') : url;
  if (!StringPrototypeIncludes(text, '\\')) return text;
  const end = StringPrototypeSearch(text, queryOrHash);
  if (end === -1) return StringPrototypeReplaceAll(text, '\\', '/');
  const front = StringPrototypeReplaceAll(StringPrototypeSlice(text, 0, end), '\\', '/');
  return `${front}${StringPrototypeSlice(text, end)}`;
}

/** Anything with a fragment or a possible user is left to the long way. */
function isSimple(text) {
  if (StringPrototypeIncludes(text, '#')) return false;
  const question = StringPrototypeIndexOf(text, '?');
  const at = StringPrototypeIndexOf(text, '@');
  return at === -1 || (question !== -1 && question < at);
}

function parseSimple(self, match, withQuery) {
  const search = match[2];
  self.path = self.href = match[0];
  self.pathname = match[1];
  if (search) {
    self.search = search;
    const query = StringPrototypeSlice(search, 1);
    self.query = withQuery ? querystring.parse(query) : query;
  } else if (withQuery) {
    self.query = { __proto__: null };
  }
}

/** Cuts off what cannot stand in a hostname; it becomes the start of the path. */
function cutHostname(self, rest, url) {
  const { hostname } = self;
  const end = StringPrototypeSearch(hostname, hostnameEnd);
  if (end === -1) return rest;
  if (hostname[end] === ':' && !portWarned) {
    portWarned = true;
    process.emitWarning(
      `The URL ${url} is invalid. Future versions of Node.js will throw an error.`,
      'DeprecationWarning', 'DEP0170');
  }
  self.hostname = StringPrototypeSlice(hostname, 0, end);
  return `/${StringPrototypeSlice(hostname, end)}${rest}`;
}

function normalizeHostname(hostname, isIpv6, url) {
  if (hostname.length > HOSTNAME_LENGTH_MAX) return '';
  hostname = StringPrototypeToLowerCase(hostname);
  if (hostname === '') return '';
  if (isIpv6) {
    if (RegExpPrototypeExec(forbiddenInIpv6, hostname) !== null) throw new ERR_INVALID_URL(url);
    return hostname;
  }
  hostname = toASCII(hostname);
  if (hostname === '' || RegExpPrototypeExec(forbiddenInHost, hostname) !== null) {
    throw new ERR_INVALID_URL(url);
  }
  return hostname;
}

/** What IDNA makes of a lower-case hostname, '' if it refuses it. */
function toASCII(hostname) {
  const { toASCII: convert } = internalBinding('encoding_binding');
  if (convert !== undefined) return convert(hostname);
  if (RegExpPrototypeExec(needsIdna, hostname) === null) return hostname;
  // With a last label that is no number, lest a URL's parser take it for an IPv4 address.
  return StringPrototypeSlice(domainToASCII(`${hostname}.a`), 0, -2);
}

/** Takes user, host and port off the front of rest; returns what is behind them. */
function takeAuthority(self, rest, url) {
  let end = StringPrototypeSearch(rest, afterAuthority);
  if (end === -1) end = rest.length;
  let authority = StringPrototypeSlice(rest, 0, end);
  if (RegExpPrototypeExec(lineBreak, authority) !== null) {
    authority = RegExpPrototypeSymbolReplace(lineBreaks, authority, '');
  }
  rest = StringPrototypeSlice(rest, end);

  const at = StringPrototypeLastIndexOf(authority, '@');
  if (at !== -1) {
    self.auth = decodeURIComponent(StringPrototypeSlice(authority, 0, at));
    authority = StringPrototypeSlice(authority, at + 1);
  }
  const bad = StringPrototypeSearch(authority, notHost);
  if (bad !== -1) {
    rest = `${StringPrototypeSlice(authority, bad)}${rest}`;
    authority = StringPrototypeSlice(authority, 0, bad);
  }
  self.host = authority;
  self.parseHost();
  if (typeof self.hostname !== 'string') self.hostname = '';

  const isIpv6 = isBracketed(self.hostname);
  if (!isIpv6) rest = cutHostname(self, rest, url);
  self.hostname = normalizeHostname(self.hostname, isIpv6, url);
  self.host = `${self.hostname}${self.port ? `:${self.port}` : ''}`;
  if (isIpv6) {
    self.hostname = StringPrototypeSlice(self.hostname, 1, -1);
    if (rest[0] !== '/') rest = `/${rest}`;
  }
  return rest;
}

/** Path, query and fragment. */
function takeRest(self, rest, withQuery) {
  const hash = StringPrototypeIndexOf(rest, '#');
  if (hash !== -1) {
    self.hash = StringPrototypeSlice(rest, hash);
    rest = StringPrototypeSlice(rest, 0, hash);
  }
  const question = StringPrototypeIndexOf(rest, '?');
  if (question !== -1) {
    self.search = StringPrototypeSlice(rest, question);
    self.query = StringPrototypeSlice(rest, question + 1);
    if (withQuery) self.query = querystring.parse(self.query);
    rest = StringPrototypeSlice(rest, 0, question);
  } else if (withQuery) {
    self.query = { __proto__: null };
  }
  if (rest !== '') self.pathname = rest;
}

function joinPath(self) {
  return `${self.pathname || ''}${self.search || ''}`;
}

Url.prototype.parse = function parse(url, parseQueryString, slashesDenoteHost) {
  validateString(url, 'url');
  let rest = tidy(url);
  if (!slashesDenoteHost && isSimple(rest)) {
    const match = RegExpPrototypeExec(pathOnly, rest);
    if (match !== null) {
      parseSimple(this, match, parseQueryString);
      return this;
    }
  }

  const given = RegExpPrototypeExec(scheme, rest)?.[0];
  const protocol = given && StringPrototypeToLowerCase(given);
  if (given) {
    this.protocol = protocol;
    rest = StringPrototypeSlice(rest, given.length);
  }
  const isHostless = HOSTLESS.has(protocol);
  let slashes = false;
  if (slashesDenoteHost || given || RegExpPrototypeExec(userAtHost, rest) !== null) {
    slashes = StringPrototypeStartsWith(rest, '//');
    if (slashes && !isHostless) {
      rest = StringPrototypeSlice(rest, 2);
      this.slashes = true;
    }
  }
  // As it was given: of 'HTTP:x' Node takes x for a host.
  if (!isHostless && (slashes || (given && !SLASHED.has(given)))) {
    rest = takeAuthority(this, rest, url);
  }
  if (!isHostless) rest = escapeAll(anyToEscape, toEscape, rest);
  takeRest(this, rest, parseQueryString);
  if (SLASHED.has(protocol) && this.hostname && !this.pathname) this.pathname = '/';
  if (this.pathname || this.search) this.path = joinPath(this);
  this.href = this.format();
  return this;
};

function formatHost(self) {
  let auth = '';
  if (self.auth) {
    auth = `${encodeComponent(self.auth)}@`;
    if (StringPrototypeIncludes(auth, '%3A')) auth = StringPrototypeReplaceAll(auth, '%3A', ':');
  }
  if (self.host) return `${auth}${self.host}`;
  if (!self.hostname) return '';
  const isBareIpv6 = StringPrototypeIncludes(self.hostname, ':') && !isBracketed(self.hostname);
  const hostname = isBareIpv6 ? `[${self.hostname}]` : self.hostname;
  return `${auth}${hostname}${self.port ? `:${self.port}` : ''}`;
}

Url.prototype.format = function format() {
  let protocol = this.protocol || '';
  if (protocol && !StringPrototypeEndsWith(protocol, ':')) protocol += ':';
  let host = formatHost(this);
  let pathname = this.pathname || '';
  let hash = this.hash || '';
  const query = this.query !== null && typeof this.query === 'object' ?
    querystring.stringify(this.query) : '';
  let search = this.search || (query && `?${query}`);

  pathname = escapeAll(queryOrHash, hashOrQuestion, pathname);
  if (this.slashes || SLASHED.has(protocol)) {
    if (this.slashes || host) {
      if (pathname && pathname[0] !== '/') pathname = `/${pathname}`;
      host = `//${host}`;
    } else if (StringPrototypeStartsWith(protocol, 'file')) {
      host = '//';
    }
  }
  if (StringPrototypeIncludes(search, '#')) {
    search = StringPrototypeReplaceAll(search, '#', '%23');
  }
  if (hash && hash[0] !== '#') hash = `#${hash}`;
  if (search && search[0] !== '?') search = `?${search}`;
  return `${protocol}${host}${pathname}${search}${hash}`;
};

Url.prototype.resolve = function resolve(relative) {
  return this.resolveObject(urlParse(relative, false, true)).format();
};

function finish(result) {
  result.href = result.format();
  return result;
}

/** A relative URL with a slashed protocol of its own. */
function resolveProtocol(result, relative) {
  result.protocol = relative.protocol;
  if (!relative.host && !HOSTLESS.has(relative.protocol) &&
      relative.protocol !== 'file:' && relative.protocol !== 'file') {
    // The first name in the path is the host.
    const path = StringPrototypeSplit(relative.pathname || '', '/');
    let host;
    while (path.length > 0 && !host) host = ArrayPrototypeShift(path);
    relative.host = host || '';
    relative.hostname ||= '';
    if (path[0] !== '') ArrayPrototypeUnshift(path, '');
    if (path.length < 2) ArrayPrototypeUnshift(path, '');
    result.pathname = ArrayPrototypeJoin(path, '/');
  } else {
    result.pathname = relative.pathname;
  }
  result.search = relative.search;
  result.query = relative.query;
  result.host = relative.host || '';
  result.auth = relative.auth;
  result.hostname = relative.hostname || relative.host;
  result.port = relative.port;
  if (result.pathname || result.search) result.path = joinPath(result);
  result.slashes ||= relative.slashes;
  return finish(result);
}

/** Puts a host where, of URLs like mailto:, the path begins. */
function hostIntoPath(path, host) {
  if (!host) return;
  if (path[0] === '') path[0] = host;
  else ArrayPrototypeUnshift(path, host);
}

/** The reverse: 'user@host' as the first name of the path. */
function hostOutOfPath(result, host) {
  result.hostname = result.host = host;
  if (!host || StringPrototypeIndexOf(host, '@') <= 0) return;
  const parts = StringPrototypeSplit(host, '@');
  result.auth = ArrayPrototypeShift(parts);
  result.host = result.hostname = ArrayPrototypeShift(parts);
}

/** Takes '.' and '..' out; returns how many '..' are left over. */
function collapse(path) {
  let ups = 0;
  for (let i = path.length - 1; i >= 0; i--) {
    const name = path[i];
    if (name !== '.' && name !== '..' && ups === 0) continue;
    ArrayPrototypeSplice(path, i, 1);
    if (name === '..') ups++;
    else if (name !== '.') ups--;
  }
  return ups;
}

function takeHostOf(result, relative) {
  if (relative.host || relative.host === '') {
    if (result.host !== relative.host) result.auth = null;
    result.host = relative.host;
    result.port = relative.port;
  }
  if (relative.hostname || relative.hostname === '') {
    if (result.hostname !== relative.hostname) result.auth = null;
    result.hostname = relative.hostname;
  }
}

function startsWithSlash(pathname) {
  return Boolean(pathname) && pathname[0] === '/';
}

/** The common case: a path, or a query, to be seen from where result is. */
function resolvePath(result, relative) {
  const isRelativeAbsolute = Boolean(relative.host) || startsWithSlash(relative.pathname);
  let mustEndAbsolute = isRelativeAbsolute || startsWithSlash(result.pathname) ||
    Boolean(result.host && relative.pathname);
  const removeAllDots = mustEndAbsolute;
  let path = result.pathname ? StringPrototypeSplit(result.pathname, '/') : [];
  const relativePath = relative.pathname ? StringPrototypeSplit(relative.pathname, '/') : [];
  const isSlashless = Boolean(result.protocol) && !SLASHED.has(result.protocol);

  if (isSlashless) {
    result.hostname = '';
    result.port = null;
    hostIntoPath(path, result.host);
    result.host = '';
    if (relative.protocol) {
      relative.hostname = null;
      relative.port = null;
      result.auth = null;
      hostIntoPath(relativePath, relative.host);
      relative.host = null;
    }
    mustEndAbsolute &&= relativePath[0] === '' || path[0] === '';
  }

  if (isRelativeAbsolute) {
    takeHostOf(result, relative);
    result.search = relative.search;
    result.query = relative.query;
    path = relativePath;
  } else if (relativePath.length > 0) {
    ArrayPrototypePop(path);
    path = ArrayPrototypeConcat(path, relativePath);
    result.search = relative.search;
    result.query = relative.query;
  } else if (relative.search !== null && relative.search !== undefined) {
    if (isSlashless) hostOutOfPath(result, ArrayPrototypeShift(path));
    result.search = relative.search;
    result.query = relative.query;
    if (result.pathname !== null || result.search !== null) result.path = joinPath(result);
    return finish(result);
  }

  if (path.length === 0) {
    result.pathname = null;
    result.path = result.search ? `/${result.search}` : null;
    return finish(result);
  }
  return finishPath(result, relative, path, isSlashless, mustEndAbsolute, removeAllDots);
}

function finishPath(result, relative, path, isSlashless, mustEndAbsolute, removeAllDots) {
  const last = path[path.length - 1];
  const endsInDots = (last === '.' || last === '..') &&
    (result.host || relative.host || path.length > 1);
  let ups = collapse(path);
  if (!mustEndAbsolute && !removeAllDots) {
    while (ups-- > 0) ArrayPrototypeUnshift(path, '..');
  }
  if (mustEndAbsolute && path[0] !== '' && !startsWithSlash(path[0])) {
    ArrayPrototypeUnshift(path, '');
  }
  if ((endsInDots || last === '') &&
      !StringPrototypeEndsWith(ArrayPrototypeJoin(path, '/'), '/')) {
    ArrayPrototypePush(path, '');
  }
  const isAbsolute = path[0] === '' || startsWithSlash(path[0]);
  if (isSlashless) {
    hostOutOfPath(result, isAbsolute || path.length === 0 ? '' : ArrayPrototypeShift(path));
  }
  mustEndAbsolute ||= Boolean(result.host && path.length > 0);
  if (mustEndAbsolute && !isAbsolute) ArrayPrototypeUnshift(path, '');

  if (path.length === 0) {
    result.pathname = null;
    result.path = null;
  } else {
    result.pathname = ArrayPrototypeJoin(path, '/');
  }
  if (result.pathname !== null || result.search !== null) result.path = joinPath(result);
  result.auth = relative.auth || result.auth;
  result.slashes ||= relative.slashes;
  return finish(result);
}

Url.prototype.resolveObject = function resolveObject(relative) {
  if (typeof relative === 'string') {
    const text = relative;
    relative = new Url();
    relative.parse(text, false, true);
  }
  const result = new Url();
  ObjectAssign(result, this);
  // A fragment is never inherited.
  result.hash = relative.hash;
  if (relative.href === '') return finish(result);

  if (relative.slashes && !relative.protocol) {
    // //host/path: everything but the protocol is the relative one's.
    const { protocol } = result;
    ObjectAssign(result, relative);
    result.protocol = protocol;
    if (SLASHED.has(protocol) && result.hostname && !result.pathname) {
      result.path = result.pathname = '/';
    }
    return finish(result);
  }
  if (relative.protocol && relative.protocol !== result.protocol) {
    if (SLASHED.has(relative.protocol)) return resolveProtocol(result, relative);
    ObjectAssign(result, relative);
    return finish(result);
  }
  return resolvePath(result, relative);
};

Url.prototype.parseHost = function parseHost() {
  let { host } = this;
  const port = RegExpPrototypeExec(portAtEnd, host)?.[0];
  if (port) {
    if (port !== ':') this.port = StringPrototypeSlice(port, 1);
    host = StringPrototypeSlice(host, 0, host.length - port.length);
  }
  if (host) this.hostname = host;
};

function urlParse(url, parseQueryString, slashesDenoteHost) {
  if (!parseWarned && !isInsideNodeModules(4)) {
    parseWarned = true;
    process.emitWarning(DEP0169, 'DeprecationWarning', 'DEP0169');
  }
  if (url instanceof Url) return url;
  const parsed = new Url();
  parsed.parse(url, parseQueryString, slashesDenoteHost);
  return parsed;
}

function option(options, name, preset) {
  const value = options?.[name];
  return value != null ? Boolean(value) : preset;
}

function urlFormat(urlObject, options) {
  if (typeof urlObject === 'string') {
    urlObject = urlParse(urlObject);
  } else if (typeof urlObject !== 'object' || urlObject === null) {
    throw new ERR_INVALID_ARG_TYPE('urlObject', ['Object', 'string'], urlObject);
  } else if (urlObject instanceof URL) {
    if (options) validateObject(options, 'options');
    return binding.format(
      urlObject.href, option(options, 'fragment', true), option(options, 'unicode', false),
      option(options, 'search', true), option(options, 'auth', true));
  }
  return FunctionPrototypeCall(Url.prototype.format, urlObject);
}

function urlResolve(source, relative) {
  return urlParse(source, false, true).resolve(relative);
}

function urlResolveObject(source, relative) {
  return source ? urlParse(source, false, true).resolveObject(relative) : relative;
}

module.exports = { Url, urlFormat, urlParse, urlResolve, urlResolveObject };
