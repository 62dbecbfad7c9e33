'use strict';

// Requests of https through a proxy: CONNECT to it (RFC 9110 9.3.6), then TLS with the origin
// inside of that connection. The proxy is told the origin's name and port, and nothing else.

const { NumberParseInt, ObjectAssign, StringPrototypeIncludes } = primordials;

const assert = require('internal/assert');
const { isIP } = require('internal/net');
const { kProxy, kWaitForProxyTunnel } = require('internal/http/symbols');
const { ERR_PROXY_TUNNEL } = require('internal/errors').codes;

/** A head that is longer is no answer of a proxy. */
const HEAD_LENGTH_MAX = 65536;

function endpointOf(agent, { host, port }) {
  const name = isIP(host) === 6 ? `[${host}]` : host;
  return `${name}:${port || agent.defaultPort}`;
}

/** What asks the proxy for a way to the origin. */
function requestOf(agent, proxy, endpoint) {
  // Requests were checked before; who calls createConnection() may say anything.
  assert(!StringPrototypeIncludes(endpoint, '\r') && !StringPrototypeIncludes(endpoint, '\n'));
  let request = `CONNECT ${endpoint} HTTP/1.1\r\n`;
  if (proxy.auth !== '') request += `proxy-authorization: ${proxy.auth}\r\n`;
  const isKept = agent.keepAlive || agent.maxSockets !== Infinity;
  if (isKept) request += 'proxy-connection: keep-alive\r\n';
  return `${request}host: ${endpoint}\r\n\r\n`;
}

class Tunnel {
  constructor(agent, options, prepare, callback) {
    this.proxy = agent[kProxy];
    this.options = options;
    this.prepare = prepare;
    this.callback = callback;
    this.timeoutMs = options.timeout;
    this.endpoint = endpointOf(agent, options);
    this.request = requestOf(agent, this.proxy, this.endpoint);
    this.head = '';
    this.isAnswered = false;
    this.onError = (error) => this.done(error);
    this.onEnd = () => this.fail('Connection to establish proxy tunnel ended unexpectedly');
    this.onReadable = () => this.read();
    this.onTimeout = () => {
      this.fail(`Connection to establish proxy tunnel timed out after ${this.timeoutMs}ms`,
                { proxyTunnelTimeout: this.timeoutMs });
    };
    this.socket = this.proxy.connect(() => this.ask());
    this.socket[kWaitForProxyTunnel] = true;
    this.socket.on('error', this.onError);
    if (this.timeoutMs) this.socket.setTimeout(this.timeoutMs, this.onTimeout);
  }

  fail(message, facts) {
    this.done(ObjectAssign(new ERR_PROXY_TUNNEL(message), facts));
  }

  /** Once: the connection to the origin, or why there is none. */
  done(error, secure) {
    if (this.isAnswered) return;
    this.isAnswered = true;
    if (error) {
      this.release();
      this.socket.destroy();
    }
    this.callback?.(error, secure);
  }

  /** The socket below is no more ours to listen to. */
  release() {
    const { socket } = this;
    socket.removeListener('error', this.onError);
    socket.removeListener('end', this.onEnd);
    socket.removeListener('readable', this.onReadable);
    socket.removeListener('timeout', this.onTimeout);
    socket.on('error', () => {}); // Of one that was given up.
    socket.setTimeout(0);
  }

  ask() {
    this.socket.on('end', this.onEnd);
    this.socket.on('readable', this.onReadable);
    this.socket.write(this.request);
    this.read();
  }

  read() {
    for (let bytes; !this.isAnswered && (bytes = this.socket.read()) !== null;) {
      this.head += bytes.latin1Slice();
      const end = this.head.indexOf('\r\n\r\n');
      if (end !== -1) {
        this.answer(this.head.slice(0, this.head.indexOf('\r\n')));
        return;
      }
      if (this.head.length > HEAD_LENGTH_MAX) this.fail('The answer of the proxy is too long');
    }
  }

  answer(statusLine) {
    const status = statusLine.split(' ')[1];
    if (status !== '200') {
      this.fail(
        `Failed to establish tunnel to ${this.endpoint} via ${this.proxy.href}: ${statusLine}`,
        { statusCode: NumberParseInt(status) });
      return;
    }
    this.release();
    try {
      this.secure();
    } catch (error) {
      this.done(error); // Options that TLS does not take.
    }
  }

  /** The tunnel stands: the origin's turn. */
  secure() {
    const { host, servername } = this.options;
    const options = { __proto__: null, ...this.options, socket: this.socket };
    if (servername === undefined && !isIP(host)) options.servername = host;
    const secure = require('tls').connect(options, () => {
      secure.removeListener('error', this.onError);
      secure.removeListener('timeout', this.onTimeout);
      secure.setTimeout(0);
      this.done(null, secure);
    });
    this.prepare(secure);
    secure.on('error', this.onError);
    secure.on('free', () => this.socket.emit('free'));
    if (this.timeoutMs) secure.setTimeout(this.timeoutMs, this.onTimeout);
  }
}

/**
 * The socket of the proxy's connection; `prepare` gets the one to the origin as soon as it is made,
 * and `callback(error, socket)` when it stands.
 */
function openTunnel(agent, options, prepare, callback) {
  return new Tunnel(agent, options, prepare, callback).socket;
}

module.exports = { openTunnel };
