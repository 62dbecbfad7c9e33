'use strict';
// URLPattern: https://urlpattern.spec.whatwg.org/
// Names, order and errors of properties are those of Node's, which is native.

const {
  ObjectDefineProperty,
  ReflectConstruct,
  RegExpPrototypeExec,
  StringPrototypeToWellFormed,
  TypeError,
  hardenRegExp,
} = primordials;

const { URL } = require('internal/url');
const canonicalize = require('internal/url_pattern/canonicalize');
const { PLAIN, matchesSpecialScheme, parseConstructorString } =
  require('internal/url_pattern/constructor_string');
const { Component, escapePattern } = require('internal/url_pattern/parse');

const { PARTS, SPECIAL, processInit, partsOfURL } = canonicalize;

const HOSTNAME = { __proto__: null, delimiter: '.', prefix: '' };
const PATHNAME = { __proto__: null, delimiter: '/', prefix: '/' };

/** A pattern for an IPv6 address. */
const addressStart = hardenRegExp(/^(?:\[.|[{\\]\[)/u);

function coded(code, message) {
  // eslint-disable-next-line no-restricted-syntax
  const error = new TypeError(message);
  error.code = code;
  return error;
}

const isObject = (value) => (typeof value === 'object' && value !== null) ||
  typeof value === 'function';

/** WebIDL's URLPatternInit. */
function toInit(value) {
  const init = { __proto__: null };
  if (value === undefined || value === null) return init;
  const read = (name) => {
    const part = value[name];
    if (part !== undefined) init[name] = StringPrototypeToWellFormed(`${part}`);
  };
  read('baseURL');
  read('hash');
  read('hostname');
  read('password');
  read('pathname');
  read('port');
  read('protocol');
  read('search');
  read('username');
  return init;
}

/** The component for each part, from a string or an init. */
function compile(input, baseURL, ignoreCase) {
  let init;
  if (typeof input === 'string') {
    init = parseConstructorString(input);
    if (baseURL !== undefined) init.baseURL = baseURL;
    // eslint-disable-next-line no-restricted-syntax
    else if (init.protocol === undefined) throw new TypeError('A base URL is needed');
  } else {
    // eslint-disable-next-line no-restricted-syntax
    if (baseURL !== undefined) throw new TypeError('A base URL is part of the object');
    init = input;
  }
  const texts = processInit(init, true, { __proto__: null }, escapePattern);
  for (let i = 0; i < PARTS.length; i++) texts[PARTS[i]] ??= '*';
  const defaultPort = SPECIAL[texts.protocol];
  if (defaultPort && texts.port === defaultPort) texts.port = '';

  const make = (name, encode, options = PLAIN, folds = false) =>
    new Component(texts[name], encode, options, folds);
  const isAddress = RegExpPrototypeExec(addressStart, texts.hostname) !== null;
  const components = { __proto__: null };
  components.protocol = make('protocol', canonicalize.protocol);
  components.username = make('username', canonicalize.username);
  components.password = make('password', canonicalize.password);
  components.hostname = make(
    'hostname', isAddress ? canonicalize.addressHostname : canonicalize.hostname, HOSTNAME);
  components.port = make('port', (text) => canonicalize.port(text));
  components.pathname = matchesSpecialScheme(components.protocol) ?
    make('pathname', canonicalize.pathname, PATHNAME, ignoreCase) :
    make('pathname', canonicalize.opaquePathname, PLAIN, ignoreCase);
  components.search = make('search', canonicalize.search, PLAIN, ignoreCase);
  components.hash = make('hash', canonicalize.hash, PLAIN, ignoreCase);
  return components;
}

/** The parts of what is matched; undefined if it is no URL. */
function inputParts(input, baseURL) {
  if (typeof input === 'string') {
    const url = URL.parse(input, baseURL);
    return url === null ? undefined : partsOfURL(url);
  }
  const parts = { __proto__: null };
  for (let i = 0; i < PARTS.length; i++) parts[PARTS[i]] = '';
  try {
    return processInit(input, false, parts, escapePattern);
  } catch {
    return undefined;
  }
}

function match(components, input, baseURL, verb) {
  if (typeof input !== 'string' && baseURL !== undefined) {
    throw coded('ERR_OPERATION_FAILED', `Failed to ${verb} URLPattern`);
  }
  const parts = inputParts(input, baseURL);
  if (parts === undefined) return null;
  const found = {};
  for (let i = 0; i < PARTS.length; i++) {
    const name = PARTS[i];
    const result = components[name].exec(parts[name]);
    if (result === null) return null;
    found[name] = components[name].result(parts[name], result);
  }
  return found;
}

function checkedInput(input) {
  if (input === undefined || input === null) return { __proto__: null };
  if (typeof input === 'string') return StringPrototypeToWellFormed(input);
  if (isObject(input)) return toInit(input);
  throw coded('ERR_INVALID_ARG_TYPE', 'URLPattern input needs to be a string or an object');
}

function checkedBase(count, baseURL) {
  if (count < 2 || baseURL === undefined) return undefined;
  if (baseURL === null) return 'null';
  if (typeof baseURL === 'string') return StringPrototypeToWellFormed(baseURL);
  throw coded('ERR_INVALID_ARG_TYPE', 'baseURL must be a string');
}

/** The overloads (input, baseURL, options) and (input, options). */
function readArguments(args) {
  const { 0: input, 1: second, 2: third } = args;
  if (input !== undefined && input !== null && typeof input !== 'string' && !isObject(input)) {
    throw coded('ERR_INVALID_ARG_TYPE', 'Input must be an object or a string');
  }
  let baseURL;
  let options;
  if (args.length > 2) {
    if (isObject(second)) throw coded('ERR_INVALID_ARG_TYPE', 'baseURL must be a string');
    if (typeof second !== 'string' && second !== undefined && second !== null) {
      throw coded('ERR_INVALID_ARG_TYPE', 'baseURL must be a string');
    }
    baseURL = StringPrototypeToWellFormed(`${second}`);
    options = third;
    if (options !== undefined && options !== null && !isObject(options)) {
      throw coded('ERR_INVALID_ARG_TYPE', 'options must be an object');
    }
  } else if (typeof second === 'string') {
    baseURL = StringPrototypeToWellFormed(second);
  } else if (second !== undefined && second !== null) {
    if (!isObject(second)) {
      throw coded('ERR_INVALID_ARG_TYPE', 'second argument must be a string or object');
    }
    options = second;
  }
  const given = typeof input === 'string' ? StringPrototypeToWellFormed(input) : toInit(input);
  return { given, baseURL, ignoreCase: !!options?.ignoreCase };
}

let componentsOf;

class Pattern {
  #components;

  constructor(args) {
    const { given, baseURL, ignoreCase } = readArguments(args);
    try {
      this.#components = compile(given, baseURL, ignoreCase);
    } catch {
      throw coded('ERR_INVALID_URL_PATTERN', 'Failed to construct URLPattern');
    }
  }

  static {
    componentsOf = (self) => {
      if (typeof self === 'object' && self !== null && #components in self) {
        return self.#components;
      }
      // eslint-disable-next-line no-restricted-syntax
      throw new TypeError('Illegal invocation');
    };
  }
}

// A function and not a class: called without `new` it throws an error of its own.
function URLPattern() {
  if (new.target === undefined) {
    throw coded('ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`');
  }
  return ReflectConstruct(Pattern, [arguments], new.target);
}

function define(name, descriptor) {
  ObjectDefineProperty(URLPattern.prototype, name, { __proto__: null, ...descriptor });
}

delete URLPattern.prototype.constructor;
for (let i = 0; i < PARTS.length; i++) {
  const name = PARTS[i];
  define(name, {
    get() { return componentsOf(this)[name].pattern; }, enumerable: true, configurable: false,
  });
}

define('hasRegExpGroups', {
  get() {
    const components = componentsOf(this);
    for (const name in components) {
      if (components[name].hasRegExpGroups) return true;
    }
    return false;
  },
  enumerable: true,
  configurable: false,
});

const methods = {
  exec(input = undefined, baseURL = undefined) {
    const components = componentsOf(this);
    const base = checkedBase(arguments.length, baseURL);
    const given = checkedInput(input);
    const found = match(components, given, base, 'exec');
    if (found === null) return null;
    const inputs = base === undefined ? [input ?? {}] : [input, baseURL];
    return { inputs, ...found };
  },
  test(input = undefined, baseURL = undefined) {
    const components = componentsOf(this);
    const base = checkedBase(arguments.length, baseURL);
    return match(components, checkedInput(input), base, 'test') !== null;
  },
};

define('exec', { value: methods.exec, writable: true, enumerable: true, configurable: true });
define('test', { value: methods.test, writable: true, enumerable: true, configurable: true });
define('constructor', {
  value: URLPattern, writable: true, enumerable: false, configurable: true,
});

module.exports = { URLPattern };
