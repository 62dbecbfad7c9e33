'use strict';

// Requests through an http proxy: what an environment says of it, and what it makes of a request.
// Loaded by agents that have an environment with proxies (`proxyEnv`), and by
// http.setGlobalProxyFromEnv(). Requests of https go through a tunnel (internal/http/tunnel).

const { Buffer } = require('buffer');
const { URL } = require('internal/url');
const { isIPv4, parseIPv4 } = require('internal/net');
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
  const { 0: first, 1: last } = rule.split('-').map((part) => part.trim());
  if (isIPv4(first) && isIPv4(last)) {
    const [low, high] = [parseIPv4(first), parseIPv4(last)];
    return (host) => isIPv4(host) && parseIPv4(host) >= low && parseIPv4(host) <= high;
  }
  return (host, port) => rule === host || rule === `${host}:${port}`;
}

function invalidURL(text) {
  return new ERR_PROXY_INVALID_CONFIG(`Invalid proxy URL: ${text}`);
}

function parseURL(text) {
  const url = URL.parse(text);
  if (url === null) throw invalidURL(text);
  return url;
}

function bare(host) {
  return host[0] === '[' ? host.slice(1, -1) : host;
}

class Proxy {
  constructor(text, noProxy) {
    const url = parseURL(text);
    const { username, password } = url;
    url.username = url.password = '';
    this.href = username || password ? url.href : text; // For messages.
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

  /** Do requests with these options go by the proxy? */
  serves({ host, port, socketPath }) {
    if (socketPath) return false;
    const name = bare(host || 'localhost').toLowerCase();
    return !this.rules.some((rule) => rule(name, port));
  }

  /** A connection to the proxy itself; `callback` when it stands. */
  connect(callback) {
    const { host, port } = this;
    const { connect } = this.protocol === 'https:' ? require('tls') : require('net');
    return connect({ host, port }, callback);
  }

  /** The headers that the proxy reads itself. */
  addHeaders(req) {
    if (this.auth !== '') req.setHeader('proxy-authorization', this.auth);
    req.setHeader('proxy-connection', req.shouldKeepAlive ? 'keep-alive' : 'close');
  }
}

/** What `env` says of requests of a protocol. */
function textOf(env, protocol) {
  const name = protocol === 'https:' ? 'https_proxy' : 'http_proxy';
  return env[name] || env[name.toUpperCase()];
}

/** The proxy that `env` names for requests of a protocol; null: none. */
function findProxy(env, protocol) {
  const text = textOf(env, protocol);
  if (!text) return null;
  if (/[\r\n]/.test(text)) throw invalidURL(text);
  // Others may be meant for other clients.
  return /^https?:\/\//.test(text) ? new Proxy(text, env.no_proxy || env.NO_PROXY) : null;
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

/** The URL of the proxy that `env` names for a protocol; undefined: none. */
function urlFor(env, protocol) {
  const text = textOf(env, protocol);
  if (findProxy(env, protocol) !== null) return text;
  if (text) parseURL(text); // Agents pass over what is no URL, but here it was meant.
  return undefined;
}

/** fetch() asks undici's dispatcher; gives the one before. */
function setDispatcher(options) {
  const { EnvHttpProxyAgent, getGlobalDispatcher, setGlobalDispatcher } =
    require('npm/undici/index-fetch');
  const before = getGlobalDispatcher();
  setGlobalDispatcher(new EnvHttpProxyAgent(options));
  return () => setGlobalDispatcher(before);
}

/** --use-env-proxy, for fetch(): the agents of http and https look by themselves. */
function useEnvironment() {
  const { env } = process;
  if (env.http_proxy || env.HTTP_PROXY || env.https_proxy || env.HTTPS_PROXY) setDispatcher();
}

/** http.setGlobalProxyFromEnv(); gives the function that undoes it. */
function setGlobalProxyFromEnv(env) {
  validateObject(env, 'proxyEnv');
  const httpProxy = urlFor(env, 'http:');
  const httpsProxy = urlFor(env, 'https:');
  if (!httpProxy && !httpsProxy) return () => {};
  const noProxy = env.no_proxy || env.NO_PROXY;
  const restoreDispatcher = setDispatcher({ __proto__: null, httpProxy, httpsProxy, noProxy });
  const agents = require('internal/http/agent');
  const https = require('https');
  const agent = agents.getGlobalAgent();
  const secureAgent = https.globalAgent;
  const options = { ...agents.GLOBAL_OPTIONS, proxyEnv: { ...env } };
  if (httpProxy) agents.setGlobalAgent(new agents.Agent(options));
  if (httpsProxy) https.globalAgent = new https.Agent(options);
  return function restore() {
    restoreDispatcher();
    if (httpProxy) agents.setGlobalAgent(agent);
    if (httpsProxy) https.globalAgent = secureAgent;
  };
}

module.exports = { findProxy, pathForProxy, setGlobalProxyFromEnv, useEnvironment };
