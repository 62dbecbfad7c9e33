'use strict';

// The URL class, over ada. Native parses and serialises; what is kept here is
// the serialisation and where its parts begin, so that getters only cut.

const {
  Boolean,
  Number,
  ObjectDefineProperties,
  StringPrototypeSlice,
  StringPrototypeToWellFormed,
  Symbol,
  SymbolFor,
  SymbolToStringTag,
  TypeError,
  Uint32Array,
  decodeURIComponent,
} = primordials;

const binding = internalBinding('url');
const {
  constants: { kDisallowCloneAndTransfer },
  privateSymbols: { transfer_mode_private_symbol },
} = internalBinding('util');
const {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_URL,
  ERR_MISSING_ARGS,
} = require('internal/errors').codes;
const { getConstructorOf, kEnumerableProperty } = require('internal/util');
const { kValidateObjectAllowObjects, validateObject } = require('internal/validators');
const {
  URLSearchParams,
  createOwned,
  onOwnerChange,
  replaceQuery,
} = require('internal/url/params');

const kInspect = SymbolFor('nodejs.util.inspect.custom');

// What update() may set; the numbers are native's.
const PROTOCOL = 0;
const HOST = 1;
const HOSTNAME = 2;
const PORT = 3;
const USERNAME = 4;
const PASSWORD = 5;
const PATHNAME = 6;
const SEARCH = 7;
const HASH = 8;
const HREF = 9;

// ada::scheme::type
const SCHEME_HTTP = 0;
const SCHEME_NOT_SPECIAL = 1;
const SCHEME_HTTPS = 2;
const SCHEME_FILE = 6;

const ABSENT = 0xffffffff;

// Native fills this: protocol_end, username_end, host_start, host_end, port,
// pathname_start, search_start, hash_start, scheme_type.
const parts = new Uint32Array(9);

const kContext = Symbol('context');
const kQuiet = Symbol('kParseURL');

/** Throws a plain TypeError, as the native code of Node does. */
function refuse(input, base) {
  const error = new TypeError('Invalid URL');
  error.code = 'ERR_INVALID_URL';
  error.input = input;
  if (base !== undefined) error.base = base;
  throw error;
}

let isURLInstance;
let getURLHref;

/** What inspect() shows of a URL's inside with showHidden. */
class URLContext {
  get hasPort() {
    return this.port !== ABSENT;
  }

  get hasSearch() {
    return this.search_start !== ABSENT;
  }

  get hasHash() {
    return this.hash_start !== ABSENT;
  }
}

class URL {
  #href = '';
  #protocolEnd = 0;
  #usernameEnd = 0;
  #hostStart = 0;
  #hostEnd = 0;
  #port = ABSENT;
  #pathStart = 0;
  #searchStart = ABSENT;
  #hashStart = ABSENT;
  #scheme = SCHEME_NOT_SPECIAL;
  #params;
  // The params were changed, and the href does not yet say so.
  #stale = false;

  static {
    isURLInstance = (value) => typeof value === 'object' && value !== null && #href in value;
    getURLHref = (url) => url.#current();
    onOwnerChange((url) => { url.#stale = true; });
  }

  constructor(input, base = undefined, quiet = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    this[transfer_mode_private_symbol] = kDisallowCloneAndTransfer;
    if (typeof input !== 'string') input = `${input}`;
    if (base !== undefined && typeof base !== 'string') base = `${base}`;
    const href = binding.parse(input, base, parts);
    if (href !== undefined) this.#take(href);
    else if (quiet !== kQuiet) refuse(input, base);
  }

  static parse(input, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    const url = new URL(input, base, kQuiet);
    return url.#href === '' ? null : url;
  }

  static canParse(url, base = undefined) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    if (typeof url !== 'string') url = `${url}`;
    if (base !== undefined && typeof base !== 'string') base = `${base}`;
    return binding.canParse(url, base);
  }

  static createObjectURL(obj) {
    const { createObjectURL, isBlob } = require('internal/blob');
    if (!isBlob(obj)) throw new ERR_INVALID_ARG_TYPE('obj', 'Blob', obj);
    return createObjectURL(obj);
  }

  static revokeObjectURL(url) {
    if (arguments.length === 0) throw new ERR_MISSING_ARGS('url');
    require('internal/blob').revokeObjectURL(`${url}`);
  }

  /** Makes an href and the parts that native has just left the URL's own. */
  #take(href) {
    this.#href = href;
    this.#protocolEnd = parts[0];
    this.#usernameEnd = parts[1];
    this.#hostStart = parts[2];
    this.#hostEnd = parts[3];
    this.#port = parts[4];
    this.#pathStart = parts[5];
    this.#searchStart = parts[6];
    this.#hashStart = parts[7];
    this.#scheme = parts[8];
  }

  // Getters call this, setters read #stale first: which of the two it is shows
  // in V8's message for a receiver that is no URL.
  #current() {
    if (this.#stale) this.#renew();
    return this.#href;
  }

  /** Takes over what was changed through searchParams. */
  #renew() {
    this.#stale = false;
    const query = `${this.#params}`;
    this.#take(binding.update(this.#href, SEARCH, query && `?${query}`, parts));
  }

  /** Sets one part; false if native refused it. */
  #update(action, value) {
    const href = binding.update(this.#href, action, value, parts);
    if (typeof href !== 'string') return false;
    this.#take(href);
    return true;
  }

  #search() {
    if (this.#searchStart === ABSENT) return '';
    const end = this.#hashStart === ABSENT ? this.#href.length : this.#hashStart;
    if (end - this.#searchStart <= 1) return '';
    return StringPrototypeSlice(this.#href, this.#searchStart, end);
  }

  /** After the query may have been replaced; equal queries leave the params alone. */
  #reloadParams(before) {
    if (this.#params === undefined) return;
    const search = this.#search();
    if (search !== before) replaceQuery(this.#params, search);
  }

  [kInspect](depth, opts) {
    const { inspect } = require('internal/util/inspect');
    if (typeof depth === 'number' && depth < 0) return this;
    const constructor = getConstructorOf(this) || URL;
    const shown = { __proto__: { constructor } };
    shown.href = this.href;
    shown.origin = this.origin;
    shown.protocol = this.protocol;
    shown.username = this.username;
    shown.password = this.password;
    shown.host = this.host;
    shown.hostname = this.hostname;
    shown.port = this.port;
    shown.pathname = this.pathname;
    shown.search = this.search;
    shown.searchParams = this.searchParams;
    shown.hash = this.hash;
    if (opts.showHidden) shown[kContext] = this.#context();
    return `${constructor.name} ${inspect(shown, opts)}`;
  }

  #context() {
    const context = new URLContext();
    context.href = this.#href;
    context.protocol_end = this.#protocolEnd;
    context.username_end = this.#usernameEnd;
    context.host_start = this.#hostStart;
    context.host_end = this.#hostEnd;
    context.pathname_start = this.#pathStart;
    context.search_start = this.#searchStart;
    context.hash_start = this.#hashStart;
    context.port = this.#port;
    context.scheme_type = this.#scheme;
    return context;
  }

  toString() {
    return this.#current();
  }

  get href() {
    return this.#current();
  }

  set href(value) {
    if (this.#stale) this.#renew();
    value = `${value}`;
    const before = this.#search();
    if (!this.#update(HREF, value)) throw new ERR_INVALID_URL(value);
    this.#reloadParams(before);
  }

  get origin() {
    if (this.#scheme === SCHEME_FILE) return 'null';
    if (this.#scheme !== SCHEME_NOT_SPECIAL) return `${this.protocol}//${this.host}`;
    if (this.protocol !== 'blob:') return 'null';
    const inner = URL.parse(this.pathname);
    if (inner === null) return 'null';
    return inner.#scheme === SCHEME_HTTP || inner.#scheme === SCHEME_HTTPS ?
      inner.origin : 'null';
  }

  get protocol() {
    return StringPrototypeSlice(this.#href, 0, this.#protocolEnd);
  }

  set protocol(value) {
    if (this.#stale) this.#renew();
    this.#update(PROTOCOL, `${value}`);
  }

  get username() {
    const start = this.#protocolEnd + 2;
    return start < this.#usernameEnd ?
      StringPrototypeSlice(this.#href, start, this.#usernameEnd) : '';
  }

  set username(value) {
    if (this.#stale) this.#renew();
    this.#update(USERNAME, `${value}`);
  }

  get password() {
    return this.#hostStart > this.#usernameEnd ?
      StringPrototypeSlice(this.#href, this.#usernameEnd + 1, this.#hostStart) : '';
  }

  set password(value) {
    if (this.#stale) this.#renew();
    this.#update(PASSWORD, `${value}`);
  }

  get host() {
    let start = this.#hostStart;
    if (this.#href[start] === '@') start++;
    // Behind an empty host ada may have put a '/.' before the path.
    return start === this.#hostEnd ?
      '' : StringPrototypeSlice(this.#href, start, this.#pathStart);
  }

  set host(value) {
    if (this.#stale) this.#renew();
    this.#update(HOST, `${value}`);
  }

  get hostname() {
    let start = this.#hostStart;
    // Behind credentials.
    if (this.#href[start] === '@') start++;
    return StringPrototypeSlice(this.#href, start, this.#hostEnd);
  }

  set hostname(value) {
    if (this.#stale) this.#renew();
    this.#update(HOSTNAME, `${value}`);
  }

  get port() {
    return this.#port === ABSENT ? '' : `${this.#port}`;
  }

  set port(value) {
    if (this.#stale) this.#renew();
    this.#update(PORT, `${value}`);
  }

  get pathname() {
    let end = this.#searchStart;
    if (end === ABSENT) end = this.#hashStart;
    return StringPrototypeSlice(this.#href, this.#pathStart, end === ABSENT ? undefined : end);
  }

  set pathname(value) {
    if (this.#stale) this.#renew();
    this.#update(PATHNAME, `${value}`);
  }

  get search() {
    this.#current();
    return this.#search();
  }

  set search(value) {
    if (this.#stale) this.#renew();
    value = StringPrototypeToWellFormed(`${value}`);
    const before = this.#search();
    if (this.#update(SEARCH, value)) this.#reloadParams(before);
  }

  get searchParams() {
    return this.#params ??= createOwned(this.#search(), this);
  }

  get hash() {
    return this.#hashStart === ABSENT || this.#href.length - this.#hashStart <= 1 ?
      '' : StringPrototypeSlice(this.#href, this.#hashStart);
  }

  set hash(value) {
    if (this.#stale) this.#renew();
    this.#update(HASH, `${value}`);
  }

  toJSON() {
    return this.#current();
  }
}

ObjectDefineProperties(URL.prototype, {
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'URL' },
  toString: kEnumerableProperty,
  href: kEnumerableProperty,
  origin: kEnumerableProperty,
  protocol: kEnumerableProperty,
  username: kEnumerableProperty,
  password: kEnumerableProperty,
  host: kEnumerableProperty,
  hostname: kEnumerableProperty,
  port: kEnumerableProperty,
  pathname: kEnumerableProperty,
  search: kEnumerableProperty,
  searchParams: kEnumerableProperty,
  hash: kEnumerableProperty,
  toJSON: kEnumerableProperty,
});
ObjectDefineProperties(URL, {
  canParse: kEnumerableProperty,
  parse: kEnumerableProperty,
  createObjectURL: kEnumerableProperty,
  revokeObjectURL: kEnumerableProperty,
});

/**
 * True for anything that looks like a WHATWG URL, also one of another realm.
 * `auth` and `path` tell it from what url.parse() gives.
 */
function isURL(value) {
  return Boolean(value?.href && value.protocol && value.auth === undefined &&
    value.path === undefined);
}

function domainToASCII(domain) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS('domain');
  return binding.domainToASCII(`${domain}`);
}

function domainToUnicode(domain) {
  if (arguments.length < 1) throw new ERR_MISSING_ARGS('domain');
  return binding.domainToUnicode(`${domain}`);
}

/** The options that http.request() takes for a URL. */
function urlToHttpOptions(url) {
  validateObject(url, 'url', kValidateObjectAllowObjects);
  const { hostname, pathname, port, username, password, search } = url;
  const options = {
    __proto__: null,
    // What the user has added to the object.
    ...url,
    protocol: url.protocol,
    hostname: hostname && hostname[0] === '[' ? StringPrototypeSlice(hostname, 1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  };
  if (port !== '') options.port = Number(port);
  if (username || password) {
    options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  }
  return options;
}

/** The origin of a URL given as text. */
function getURLOrigin(url) {
  return new URL(url).origin;
}

module.exports = {
  URL,
  URLParse: URL.parse,
  URLSearchParams,
  domainToASCII,
  domainToUnicode,
  getURLHref,
  getURLOrigin,
  isURL,
  isURLInstance,
  urlToHttpOptions,
};

// These need the class above, and are needed wherever it is.
const files = require('internal/url/file');

module.exports.fileURLToPath = files.fileURLToPath;
module.exports.fileURLToPathBuffer = files.fileURLToPathBuffer;
module.exports.pathToFileURL = files.pathToFileURL;
module.exports.toPathIfFileURL = files.toPathIfFileURL;
