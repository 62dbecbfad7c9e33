'use strict';

// The resolver behind the functions of node:dns and dns/promises themselves.

const { ObjectDefineProperty } = primordials;

const { ResolverBase } = require('internal/dns/resolver');

let resolver;

function defaultResolver() {
  return resolver ??= new ResolverBase();
}

/** Takes the place of the default one: what setServers() of the module does. */
function setServers(servers) {
  const replacement = new ResolverBase();
  replacement.setServers(servers);
  resolver = replacement;
}

function getServers() {
  return defaultResolver().getServers();
}

/** As Node calls them: it binds to a resolver, and binds anew. */
ObjectDefineProperty(setServers, 'name', { __proto__: null, value: 'defaultResolverSetServers' });
ObjectDefineProperty(getServers, 'name', { __proto__: null, value: 'bound getServers' });

module.exports = { defaultResolver, getServers, setServers };
