'use strict';

// Questions to name servers: one after the other, with time limits, over UDP, and over TCP when an
// answer does not fit. A channel has its own servers; cancel() ends all its questions.

const { Buffer } = require('buffer');
const AsyncContextFrame = require('internal/async_context_frame');
const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const { systemConfig } = require('internal/dns/config');
const {
  MessageError, decode, encodeQuery, isEchoOf, setId,
} = require('internal/dns/wire');
const { Ports } = require('internal/dns/ports');
const { append, isEmpty, itemsOf, newList, remove } = require('internal/linkedlist');
const { isIP } = require('internal/net');
const { clearTimeout, setTimeout } = require('internal/timers');

const TIMEOUT_MS = 2000;
const TRIES = 4;

/** c-ares' words for a server's refusals (RFC 1035 section 4.1.1). */
const RCODES = ['', 'EFORMERR', 'ESERVFAIL', 'ENOTFOUND', 'ENOTIMP', 'EREFUSED'];
/** Of a server that may be the only one that does not know. */
const REFUSALS = new Set(['ESERVFAIL', 'ENOTIMP', 'EREFUSED']);

const ECONNREFUSED = -111;

class Channel {
  /**
   * @param {number} timeoutMs  of the first try at each server; -1: the default
   * @param {number} tries  rounds over all servers
   * @param {number} maxTimeoutMs  0: no bound
   * @param {boolean} asksNext  a refusal is not the last word, as in getaddrinfo(3); c-ares under
   *     Node takes the first answer
   */
  constructor(timeoutMs = -1, tries = TRIES, maxTimeoutMs = 0, asksNext = false) {
    this.timeoutMs = timeoutMs;
    this.tries = tries;
    this.maxTimeoutMs = maxTimeoutMs;
    this.asksNext = asksNext;
    this.servers = undefined;
    this.localAddresses = { 4: undefined, 6: undefined };
    this.pending = newList();
    this.ports = new Ports();
    this.next = 0;
  }

  getServers() {
    return this.servers ?? systemConfig().servers;
  }

  /**
   * @param {(code: string | null, message?: object) => void} callback  c-ares' code of the failure
   */
  query(name, type, callback) {
    const query = new Query(this, name, type, callback);
    append(this.pending, query);
    query.begin();
    return query;
  }

  get isIdle() {
    return isEmpty(this.pending);
  }

  /** What callbacks ask meanwhile goes on. */
  cancel() {
    for (const query of itemsOf(this.pending)) query.finish('ECANCELLED');
  }

  limit(round) {
    const first = this.timeoutMs >= 0 ? this.timeoutMs : systemConfig().timeoutMs ?? TIMEOUT_MS;
    const limit = first * 2 ** round;
    return this.maxTimeoutMs > 0 ? Math.min(limit, this.maxTimeoutMs) : limit;
  }
}

/** One question, until a server has answered it or none will. */
class Query {
  constructor(channel, name, type, callback) {
    this.channel = channel;
    this.name = name;
    this.type = type;
    this.callback = callback;
    this.frame = AsyncContextFrame.current();
    this.resource = watch.isOn ? new resources.Request('QUERYWRAP') : undefined;
    this.servers = channel.getServers();
    this.first = systemConfig().rotate ? channel.next++ : 0;
    this.step = 0;
    this.worst = 'ETIMEOUT';
    this.exchange = undefined;
    this.isDone = false;
    this._idleNext = null;
    this._idlePrev = null;
    this.bytes = encodeQuery(0, name, type);
  }

  begin() {
    if (this.bytes === null) {
      process.nextTick(() => this.finish('EBADNAME'));
      return;
    }
    this.ask();
  }

  ask() {
    if (this.step >= this.servers.length * this.channel.tries) {
      this.finish(this.worst);
      return;
    }
    const server = this.servers[(this.first + this.step) % this.servers.length];
    const limitMs = this.channel.limit(Math.floor(this.step / this.servers.length));
    this.step++;
    this.talk(new Exchange(this, server, limitMs));
  }

  talk(exchange) {
    this.exchange = exchange;
    exchange.begin();
  }

  /** An exchange ended without an answer that counts. */
  failed(code) {
    this.exchange = undefined;
    if (this.isDone) return;
    this.worst = code;
    this.ask();
  }

  answered(exchange, message) {
    this.exchange = undefined;
    if (message.isTruncated && !exchange.isStream) {
      this.talk(new StreamExchange(this, exchange.server, exchange.limitMs));
      return;
    }
    const code = message.rcode === 0 ? null : RCODES[message.rcode] ?? 'ENODATA';
    if (this.channel.asksNext && REFUSALS.has(code) && this.step < this.servers.length) {
      this.failed(code);
      return;
    }
    this.finish(code, message);
  }

  finish(code, message) {
    if (this.isDone) return;
    this.isDone = true;
    this.exchange?.end();
    remove(this);
    if (this.channel.isIdle) this.channel.ports.close();
    AsyncContextFrame.set(this.frame);
    if (this.resource === undefined) this.callback(code, message);
    else resources.callRequest(this.resource, () => this.callback(code, message));
    AsyncContextFrame.set(undefined);
  }

  /** Does the channel wait for nothing else? */
  get isAlone() {
    return this._idleNext === this._idlePrev;
  }

  /** Is this the answer to what was asked? */
  matches(message, id, bytes) {
    if (!message.isResponse || message.id !== id) return false;
    // Some servers refuse without repeating the question.
    if (message.questionsCount === 0) return message.rcode !== 0;
    return isEchoOf(bytes, this.bytes);
  }

  /** What is asked, under `id`. Bytes of another try may still be on their way. */
  question(id) {
    const bytes = this.step === 1 ? this.bytes : Buffer.from(this.bytes);
    setId(bytes, id);
    return bytes;
  }
}

/** One datagram to one server, from a port that no other question has meanwhile. */
class Exchange {
  constructor(query, server, limitMs) {
    this.query = query;
    this.server = server;
    this.limitMs = limitMs;
    this.id = internalBinding('udp_wrap').randomId();
    this.isStream = false;
    this.isOver = false;
    this.isAnswered = false;
    this.port = undefined;
  }

  begin() {
    this.timer = setTimeout(() => this.fail('ETIMEOUT'), this.limitMs);
    this.start();
  }

  start() {
    const { channel } = this.query;
    const local = channel.localAddresses[isIP(this.server.address)];
    this.port = channel.ports.take(this.server, local);
    const errno = this.port.ask(this, this.query.question(this.id));
    if (errno) process.nextTick(() => this.fail('ECONNREFUSED'));
  }

  receive(count, bytes) {
    if (this.isOver) return;
    if (count < 0) {
      this.fail(count === ECONNREFUSED ? 'ECONNREFUSED' : 'ETIMEOUT');
      return;
    }
    let message;
    try {
      message = decode(bytes);
    } catch (error) {
      if (!(error instanceof MessageError)) throw error;
      this.end();
      this.query.finish('EBADRESP');
      return;
    }
    // Somebody else's answer: ours may still come.
    if (!this.query.matches(message, this.id, bytes)) return;
    this.isAnswered = true;
    this.end();
    this.query.answered(this, message);
  }

  fail(code) {
    if (this.isOver) return;
    this.end();
    this.query.failed(code);
  }

  end() {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    this.close();
  }

  close() {
    // Others wait, so that there will be more to ask.
    if (this.isAnswered && !this.query.isAlone) this.query.channel.ports.give(this.port);
    else this.port?.close();
  }
}

/** The same question over TCP: RFC 7766, two bytes of length before each message. */
class StreamExchange extends Exchange {
  constructor(query, server, limitMs) {
    super(query, server, limitMs);
    this.isStream = true;
    this.received = [];
    this.receivedBytes = 0;
  }

  start() {
    const { createConnection } = require('net');
    const { address, port } = this.server;
    const localAddress = this.query.channel.localAddresses[isIP(address)];
    const socket = this.socket = createConnection({ host: address, port, localAddress });
    const question = this.query.question(this.id);
    const length = Buffer.alloc(2);
    length.writeUInt16BE(question.length, 0);
    socket.write(Buffer.concat([length, question]));
    socket.on('data', (chunk) => this.collect(chunk));
    socket.on('error', () => this.fail('ECONNREFUSED'));
    socket.on('end', () => this.fail('EOF'));
  }

  collect(chunk) {
    this.received.push(chunk);
    this.receivedBytes += chunk.length;
    if (this.receivedBytes < 2) return;
    const all = Buffer.concat(this.received);
    const length = all.readUInt16BE(0);
    if (all.length >= length + 2) this.receive(length, all.subarray(2, length + 2));
  }

  close() {
    this.socket?.destroy();
  }
}

module.exports = { Channel, TRIES };
