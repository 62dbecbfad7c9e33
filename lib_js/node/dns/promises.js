'use strict';

// Public module `dns/promises`; see `dns`.

const { ObjectDefineProperty } = primordials;

const { isIP } = require('internal/net');
const { defaultResolver, getServers, setServers } = require('internal/dns/default_resolver');
const lookups = require('internal/dns/lookup');
const { KINDS, ResolverBase, kindOf, sortedKinds } = require('internal/dns/resolver');
const {
  DNSException,
  codes: { ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS },
} = require('internal/errors');
const { validatePort, validateString } = require('internal/validators');

function lookup(hostname, options) {
  if (hostname) lookups.validateHostname(hostname);
  const query = lookups.readOptions(options);
  return new Promise((resolve, reject) => {
    if (!hostname) {
      lookups.warnInvalidHostname(hostname);
      resolve(query.all ? [] : { address: null, family: query.family === 6 ? 6 : 4 });
      return;
    }
    const family = isIP(hostname);
    if (family !== 0) {
      const result = { address: hostname, family };
      resolve(query.all ? [result] : result);
      return;
    }
    const request = { family: query.family, hostname, resolve, reject };
    const errno = lookups.find(request, query, (error, found) => {
      if (error !== null) request.reject(error);
      else request.resolve(query.all ? found : found[0]);
    });
    if (errno !== 0) reject(new DNSException(errno, 'getaddrinfo', hostname));
  });
}

function lookupService(address, port) {
  if (arguments.length !== 2) throw new ERR_MISSING_ARGS('address', 'port');
  validateString(address, 'address');
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  return new Promise((resolve, reject) => {
    const request = { hostname: address, port: +port, resolve, reject };
    const errno = lookups.findService(request, (error, hostname, service) => {
      if (error !== null) request.reject(error);
      else request.resolve({ hostname, service });
    });
    if (errno !== 0) reject(new DNSException(errno, 'getnameinfo', address));
  });
}

class Resolver extends ResolverBase {}

function define(target, key, question, method) {
  ObjectDefineProperty(method, 'name', { __proto__: null, value: question });
  target[key] = method;
}

function promiseOf(ask) {
  return new Promise((resolve, reject) => {
    ask((error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}

/** Takes the kind of records by name. */
function defineResolve(target, prefix) {
  define(target, 'resolve', `${prefix}resolve`, function query(hostname, rrtype) {
    const kind = kindOf(rrtype === undefined ? 'A' : rrtype);
    return target[`resolve${kind.key}`].call(this, hostname);
  });
}

/** `resolve4(name[, options])` and the like, on `this` or on the default resolver. */
function defineQueries(target, resolverOf, prefix) {
  const isSorted = prefix !== ''; // As Node has them.
  if (isSorted) defineResolve(target, prefix);
  for (const kind of isSorted ? sortedKinds() : KINDS) {
    const name = `${prefix}${kind.question}`;
    define(target, `resolve${kind.key}`, name, function query(name, options) {
      validateString(name, 'name');
      const resolver = resolverOf(this);
      return promiseOf((done) =>
        ResolverBase.ask(resolver, kind, name, options ?? undefined, done));
    });
  }
  define(target, 'reverse', `${prefix}getHostByAddr`, function query(name, options) {
    validateString(name, 'name');
    const resolver = resolverOf(this);
    return promiseOf((done) => ResolverBase.askNames(resolver, name, done));
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
  ...lookups.errorCodes,
  getServers,
};
defineQueries(module.exports, defaultResolver, 'bound ');
