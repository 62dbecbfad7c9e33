'use strict';

// Public module `dns`: lookup() as the system finds names, resolve() and its relatives from name
// servers.

const { ObjectDefineProperty } = primordials;

const { isIP } = require('internal/net');
const { customPromisifyArgs } = require('internal/util');
const { defaultResolver, getServers, setServers } = require('internal/dns/default_resolver');
const lookups = require('internal/dns/lookup');
const { KINDS, ResolverBase, kindOf, sortedKinds } = require('internal/dns/resolver');
const {
  DNSException,
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS },
} = require('internal/errors');
const { validateFunction, validatePort, validateString } = require('internal/validators');

function answer(callback, query, error, found) {
  if (error !== null) callback(error);
  else if (query.all) callback(null, found);
  else callback(null, found[0].address, found[0].family);
}

function lookup(hostname, options, callback) {
  if (hostname) lookups.validateHostname(hostname);
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  } else if (options !== undefined && typeof options !== 'object' && typeof options !== 'number') {
    validateFunction(arguments.length === 2 ? options : callback, 'callback');
    throw new ERR_INVALID_ARG_TYPE('options', ['integer', 'object'], options);
  } else {
    validateFunction(callback, 'callback');
  }
  const query = lookups.readOptions(options);
  if (!hostname) {
    lookups.warnInvalidHostname(hostname);
    if (query.all) process.nextTick(callback, null, []);
    else process.nextTick(callback, null, null, query.family === 6 ? 6 : 4);
    return {};
  }
  const family = isIP(hostname);
  if (family !== 0) {
    if (query.all) process.nextTick(callback, null, [{ address: hostname, family }]);
    else process.nextTick(callback, null, hostname, family);
    return {};
  }
  const request = { callback, family: query.family, hostname };
  const errno = lookups.find(request, query, (error, found) => {
    answer(request.callback, query, error, found);
  });
  if (errno === 0) return request;
  process.nextTick(callback, new DNSException(errno, 'getaddrinfo', hostname));
  return {};
}
ObjectDefineProperty(lookup, customPromisifyArgs, {
  __proto__: null, value: ['address', 'family'], enumerable: false,
});

function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw new ERR_MISSING_ARGS('address', 'port', 'callback');
  validateString(address, 'address');
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  validateFunction(callback, 'callback');
  const request = { callback, hostname: address, port: +port };
  const errno = lookups.findService(request, (error, hostname, service) => {
    if (error !== null) request.callback(error);
    else request.callback(null, hostname, service);
  });
  if (errno !== 0) throw new DNSException(errno, 'getnameinfo', address);
  return request;
}
ObjectDefineProperty(lookupService, customPromisifyArgs, {
  __proto__: null, value: ['hostname', 'service'], enumerable: false,
});

class Resolver extends ResolverBase {}

function define(target, key, question, method) {
  ObjectDefineProperty(method, 'name', { __proto__: null, value: question });
  target[key] = method;
}

/** Takes the kind of records by name. */
function defineResolve(target, prefix) {
  define(target, 'resolve', `${prefix}resolve`, function query(hostname, rrtype, callback) {
    if (typeof rrtype === 'function') {
      callback = rrtype;
      rrtype = 'A';
    }
    const kind = kindOf(rrtype);
    return target[`resolve${kind.key}`].call(this, hostname, callback);
  });
}

/**
 * `resolve4(name[, options], callback)` and the like, on `this` or on the default resolver, where
 * Node's are bound and say so.
 */
function defineQueries(target, resolverOf, prefix) {
  const isSorted = prefix !== ''; // As Node has them.
  if (isSorted) defineResolve(target, prefix);
  for (const kind of isSorted ? sortedKinds() : KINDS) {
    const name = `${prefix}${kind.question}`;
    define(target, `resolve${kind.key}`, name, function query(name, options) {
      let callback = arguments[2];
      if (arguments.length <= 2) { // The options may be left out.
        callback = options;
        options = undefined;
      }
      validateString(name, 'name');
      validateFunction(callback, 'callback');
      ResolverBase.ask(resolverOf(this), kind, name, options ?? undefined, callback);
      return { bindingName: kind.question, callback, hostname: name };
    });
  }
  define(target, 'reverse', `${prefix}getHostByAddr`, function query(name, options) {
    const callback = arguments.length > 2 ? arguments[2] : options;
    validateString(name, 'name');
    validateFunction(callback, 'callback');
    ResolverBase.askNames(resolverOf(this), name, callback);
    return { bindingName: 'getHostByAddr', callback, hostname: name };
  });
  if (!isSorted) defineResolve(target, prefix);
}
defineQueries(Resolver.prototype, (self) => self, '');

module.exports = {
  lookup,
  lookupService,
  Resolver,
  getDefaultResultOrder: lookups.getDefaultResultOrder,
  setDefaultResultOrder: lookups.setDefaultResultOrder,
  setServers,
  ADDRCONFIG: lookups.ADDRCONFIG,
  ALL: lookups.ALL,
  V4MAPPED: lookups.V4MAPPED,
  ...lookups.errorCodes,
  getServers,
};
defineQueries(module.exports, defaultResolver, 'bound ');

ObjectDefineProperty(module.exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('dns/promises'); },
});
