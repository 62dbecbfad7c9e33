'use strict';

// Ports that questions are asked from. The kernel draws each, so that nobody can guess where an
// answer is awaited; one that has asked several questions is given up. A question has its port for
// itself, and ports are kept only while others wait for answers.

const { UDP, SendWrap } = require('internal/dgram/handle');
const { isIP } = require('internal/net');

const QUESTIONS_MAX = 16;
const IDLE_MAX = 64;

/** A socket connected to one server. */
class Port {
  constructor(server, local) {
    this.server = server;
    this.local = local;
    this.exchange = undefined;
    this.questionsCount = 0;
    this.isClosed = false;
    const kind = isIP(server.address);
    const handle = this.handle = new UDP(kind);
    handle.onmessage = (count, _, bytes) => this.receive(count, bytes);
    // Hears of a question that had to wait and then could not be sent: it is still the port's one.
    this.request = new SendWrap();
    this.request.oncomplete = (status) => {
      if (status < 0) this.exchange?.fail('ECONNREFUSED');
    };
    this.errno = (local === undefined ? 0 : handle.bind(local, 0, 0)) ||
      handle.connect(server.address, server.port) || handle.recvStart();
  }

  /** 0, or a number below it if there is no such way. */
  ask(exchange, bytes) {
    if (this.errno) return this.errno;
    this.exchange = exchange;
    this.questionsCount++;
    const result = this.handle.send(this.request, [bytes], 0, '');
    return result < 0 ? result : 0;
  }

  receive(count, bytes) {
    if (this.exchange !== undefined) this.exchange.receive(count, bytes);
    else if (count < 0) this.close();
  }

  close() {
    this.isClosed = true;
    this.exchange = undefined;
    this.handle.closeLater();
  }
}

class Ports {
  constructor() {
    this.idle = [];
  }

  take(server, local) {
    const { idle } = this;
    while (idle.length !== 0) {
      const port = idle.pop();
      if (!port.isClosed && port.server === server && port.local === local) return port;
      port.close();
    }
    return new Port(server, local);
  }

  /** The question is answered. */
  give(port) {
    port.exchange = undefined;
    if (port.questionsCount === QUESTIONS_MAX || this.idle.length === IDLE_MAX) port.close();
    else this.idle.push(port);
  }

  close() {
    while (this.idle.length !== 0) this.idle.pop().close();
  }
}

module.exports = { Ports };
