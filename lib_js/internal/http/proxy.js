'use strict';

// Requests through an http proxy: what an environment says of it, and what it makes of a request.
// Loaded by agents that have an environment with proxies (`proxyEnv`), and by
// http.setGlobalProxyFromEnv(). Proxies that are themselves reached over TLS are not built.

const { Buffer } = require('buffer');
const { URL } = require('internal/url');
const { isIPv4 } = require('internal/net');
const { validateHeaderValue } = require('internal/http/tokens');
const { validateObject, validatePort } = require('internal/validators');
const {
  codes: { ERR_INVALID_ARG_VALUE, ERR_PROXY_INVALID_CONFIG },
} = require('internal/errors');

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
/** What in the value of a Host header would be something else than host and port. */
const NO_AUTHORITY = /[@/?#\\]/;

/** A rule of NO_PROXY: does it speak of this host? */
function compileRule(rule) {
  if (rule === '*') return () => true;
  if (rule.startsWith('*.')) return (host) => host.endsWith(rule.slice(1));
  if (rule.startsWith('.')) return (host) => host === rule.slice(1) || host.endsWith(rule);
  const { 0: first, 1: last } = rule.split('-');
  if (isIPv4(first) && isIPv4(last)) {
    const { BlockList } = require('internal/net/blocklist');
    const range = new BlockList();
    range.addRange(first, last);
    return (host) => isIPv4(host) && range.check(host);
  }
  return (host, port) => rule === host || rule === `${host}:${port}`;
}

function parseURL(text) {
  if (!/[\r\n]/.test(text)) {
    const url = URL.parse(text);
    if (url !== null) return url;
  }
  throw new ERR_PROXY_INVALID_CONFIG(`Invalid proxy URL: ${text}`);
}

function bare(host) {
  return host[0] === '[' ? host.slice(1, -1) : host;
}

class Proxy {
  constructor(text, noProxy) {
    const url = parseURL(text);
    const { username, password } = url;
    this.protocol = url.protocol;
    this.host = bare(url.hostname);
    this.port = url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : +url.port;
    this.auth = '';
    if (username || password) {
      const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
      this.auth = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    this.rules = [];
    for (const rule of (noProxy ?? '').split(',')) {
      if (rule.trim() !== '') this.rules.push(compileRule(rule.trim().toLowerCase()));
    }
  }

  /** Do requests to this host go by the proxy? */
  serves(host, port) {
    const name = bare(host).toLowerCase();
    return !this.rules.some((rule) => rule(name, port));
  }

  /** Options of a connection to the origin become those of one to the proxy. */
  redirect(options) {
    if (this.protocol === 'https:') {
      throw new ERR_PROXY_INVALID_CONFIG('Proxies that are reached over TLS are not built');
    }
    return { __proto__: null, ...options, host: this.host, port: this.port };
  }

  /** The headers that the proxy reads itself. */
  addHeaders(req) {
    if (this.auth !== '') req.setHeader('proxy-authorization', this.auth);
    req.setHeader('proxy-connection', req.shouldKeepAlive ? 'keep-alive' : 'close');
  }
}

/** The proxy that `env` names for requests of a protocol; null: none. */
function findProxy(env, protocol) {
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  const text = env[name] || env[name.toUpperCase()];
  return text ? new Proxy(text, env.no_proxy || env.NO_PROXY) : null;
}

// --- What a request for a proxy says: it names the origin in three places, which must agree.

function checkHost(value, origin) {
  const url = typeof value === 'string' && !NO_AUTHORITY.test(value) ?
    URL.parse(`http://${value}`) : null;
  if (url !== null && url.host === origin.host) return;
  throw new ERR_INVALID_ARG_VALUE(
    'Host in options.headers', value, `must match the request authority (${origin.host})`);
}

function checkPairs(headers) {
  if (!Array.isArray(headers[0])) return headers;
  return headers.flatMap((pair, i) => {
    if (Array.isArray(pair)) return [pair[0], pair[1]];
    throw new ERR_INVALID_ARG_VALUE(
      `options.headers[${i}]`, typeof pair,
      'must be an array when headers is passed as an array of pairs');
  });
}

function checkHosts(headers, origin) {
  const list = Array.isArray(headers) ? checkPairs(headers) : Object.entries(headers).flat();
  let isSeen = false;
  for (let i = 0; i + 1 < list.length; i += 2) {
    if (`${list[i]}`.toLowerCase() !== 'host') continue;
    if (isSeen) {
      throw new ERR_INVALID_ARG_VALUE(
        'options.headers', '(redacted)', 'must not contain duplicate Host headers');
    }
    isSeen = true;
    checkHost(list[i + 1], origin);
  }
}

/** The request target as proxies want it: a whole URL. */
function absolutePath(path, origin) {
  if (path.startsWith('/')) return `http://${origin.host}${path}`;
  const url = SCHEME.test(path) ? URL.parse(path) : null;
  if (url === null) {
    throw new ERR_INVALID_ARG_VALUE(
      'options.path', path, 'must be in absolute-form or start with /');
  }
  if (url.protocol !== 'http:') {
    throw new ERR_INVALID_ARG_VALUE(
      'options.path', url.protocol,
      'must use http: scheme when specified as an absolute URL');
  }
  if (url.username || url.password) {
    url.username = '';
    url.password = '';
    throw new ERR_INVALID_ARG_VALUE(
      'options.path', url.href, 'must not contain userinfo, use options.auth instead');
  }
  if (url.host !== origin.host) {
    throw new ERR_INVALID_ARG_VALUE(
      'options.path', url, `must match the request authority (${origin.host})`);
  }
  return url.href;
}

/** Checks what a request says of its origin, and gives the path to ask the proxy for. */
function pathForProxy(authority, port, path, options) {
  validateHeaderValue('Host', authority);
  validatePort(port, 'options.port');
  const origin = new URL(`http://${authority}`);
  if (options.headers) checkHosts(options.headers, origin);
  // OPTIONS * asks about the server itself.
  return options.method === 'OPTIONS' && path === '*' ? path : absolutePath(path, origin);
}

/** http.setGlobalProxyFromEnv(); gives the function that undoes it. */
function setGlobalProxyFromEnv(env) {
  validateObject(env, 'proxyEnv');
  findProxy(env, 'https:'); // It may be wrong, and is wanted as soon as there is https.
  const agents = require('internal/http/agent');
  const before = agents.getGlobalAgent();
  agents.setGlobalAgent(new agents.Agent({ ...agents.GLOBAL_OPTIONS, proxyEnv: env }));
  return function restore() {
    agents.setGlobalAgent(before);
  };
}

module.exports = { findProxy, pathForProxy, setGlobalProxyFromEnv };
