'use strict';

// Public module `dns`: lookup() of literals, /etc/hosts and localhost. Everything that has to ask
// a server answers ENOTIMP until the resolver is built.

const { ObjectDefineProperty } = primordials;

const { isIP } = require('internal/net');
const { customPromisifyArgs } = require('internal/util');
const lookups = require('internal/dns/lookup');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_MISSING_ARGS },
} = require('internal/errors');
const { setImmediateAs } = require('internal/timers');
const { validateFunction, validatePort, validateString } = require('internal/validators');

function answer(callback, hostname, query, tell) {
  const found = lookups.find(hostname, query);
  if (found.length > 0) tell({ addresses: found.map(({ address }) => address) });
  if (found.length === 0) callback(lookups.notFound(hostname));
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
  const tell = lookups.observedLookup(hostname, query);
  setImmediateAs('GETADDRINFOREQWRAP', answer, [callback, hostname, query, tell]);
  return request;
}
ObjectDefineProperty(lookup, customPromisifyArgs, {
  __proto__: null, value: ['address', 'family'], enumerable: false,
});

function answerService(callback, address, port, tell) {
  const { hostname, service } = lookups.findService(address, port);
  tell({ hostname, service });
  callback(null, hostname, service);
}

function lookupService(address, port, callback) {
  if (arguments.length !== 3) throw new ERR_MISSING_ARGS('address', 'port', 'callback');
  validateString(address, 'address');
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  validateFunction(callback, 'callback');
  const tell = lookups.observed('lookupService', { host: address, port: +port });
  setImmediateAs('GETNAMEINFOREQWRAP', answerService, [callback, address, +port, tell]);
  return { callback, hostname: address, port: +port };
}
ObjectDefineProperty(lookupService, customPromisifyArgs, {
  __proto__: null, value: ['hostname', 'service'], enumerable: false,
});

module.exports = {
  lookup,
  lookupService,
  getDefaultResultOrder: lookups.getDefaultResultOrder,
  setDefaultResultOrder: lookups.setDefaultResultOrder,
  ADDRCONFIG: lookups.ADDRCONFIG,
  ALL: lookups.ALL,
  V4MAPPED: lookups.V4MAPPED,
  ...lookups.errorCodes,
};

function defineQuery(key, question) {
  function query(name, ...rest) {
    validateString(name, 'name');
    const callback = rest[rest.length - 1];
    validateFunction(callback, 'callback');
    process.nextTick(callback, lookups.notBuilt(question, name));
  }
  ObjectDefineProperty(query, 'name', { __proto__: null, value: question });
  module.exports[key] = query;
}

for (const key in lookups.queries) defineQuery(key, lookups.queries[key]);
defineQuery('resolve', 'queryA');

ObjectDefineProperty(module.exports, 'promises', {
  __proto__: null,
  configurable: true,
  enumerable: true,
  get() { return require('dns/promises'); },
});
