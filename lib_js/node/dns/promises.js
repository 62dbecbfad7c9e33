'use strict';

// Public module `dns/promises`; see `dns`.

const { ObjectDefineProperty } = primordials;

const { isIP } = require('internal/net');
const lookups = require('internal/dns/lookup');
const {
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
    const tell = lookups.observedLookup(hostname, query);
    setImmediate(() => {
      const found = lookups.find(hostname, query);
      if (found.length > 0) tell({ addresses: found.map((one) => one.address) });
      if (found.length === 0) reject(lookups.notFound(hostname));
      else resolve(query.all ? found : found[0]);
    });
  });
}

function lookupService(address, port) {
  if (arguments.length !== 2) throw new ERR_MISSING_ARGS('address', 'port');
  validateString(address, 'address');
  if (isIP(address) === 0) throw new ERR_INVALID_ARG_VALUE('address', address);
  validatePort(port);
  return new Promise((resolve) => {
    const tell = lookups.observed('lookupService', { host: address, port: +port });
    setImmediate(() => {
      const found = lookups.findService(address, +port);
      tell(found);
      resolve(found);
    });
  });
}

module.exports = {
  lookup,
  lookupService,
  getDefaultResultOrder: lookups.getDefaultResultOrder,
  setDefaultResultOrder: lookups.setDefaultResultOrder,
  ...lookups.errorCodes,
};

function defineQuery(key, question) {
  function query(name) {
    validateString(name, 'name');
    return Promise.reject(lookups.notBuilt(question, name));
  }
  ObjectDefineProperty(query, 'name', { __proto__: null, value: question });
  module.exports[key] = query;
}

for (const key in lookups.queries) defineQuery(key, lookups.queries[key]);
defineQuery('resolve', 'queryA');
