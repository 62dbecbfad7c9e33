'use strict';

// Connections of one server in another process: the sender of the sockets (SocketListSend) asks,
// the receiver (SocketListReceive) knows. Names of messages as in Node.

const EventEmitter = require('events');
const { codes: { ERR_CHILD_CLOSED_BEFORE_REPLY } } = require('internal/errors');

const NOTIFY_CLOSE = 'NODE_SOCKET_NOTIFY_CLOSE';
const ALL_CLOSED = 'NODE_SOCKET_ALL_CLOSED';
const GET_COUNT = 'NODE_SOCKET_GET_COUNT';
const COUNT = 'NODE_SOCKET_COUNT';

class SocketListSend extends EventEmitter {
  constructor(child, key) {
    super();
    this.key = key;
    this.child = child;
    child.once('exit', () => this.emit('exit', this));
  }

  /** Asks, and calls back with the answer that has our key. */
  _request(message, answer, swallowErrors, callback) {
    const { child } = this;
    const done = () => {
      child.removeListener('internalMessage', onAnswer);
      child.removeListener('disconnect', onClosed);
    };
    const onClosed = () => {
      done();
      callback(new ERR_CHILD_CLOSED_BEFORE_REPLY());
    };
    const onAnswer = (received) => {
      if (received.cmd !== answer || received.key !== this.key) return;
      done();
      callback(null, received);
    };
    if (!child.connected) {
      onClosed();
      return;
    }
    child._send(message, undefined, swallowErrors);
    child.once('disconnect', onClosed);
    child.on('internalMessage', onAnswer);
  }

  /** Calls back once the other process has closed all of them. */
  close(callback) {
    this._request({ cmd: NOTIFY_CLOSE, key: this.key }, ALL_CLOSED, true, callback);
  }

  getConnections(callback) {
    this._request({ cmd: GET_COUNT, key: this.key }, COUNT, false, (error, answer) => {
      if (error) callback(error);
      else callback(null, answer.count);
    });
  }
}

class SocketListReceive extends EventEmitter {
  constructor(child, key) {
    super();
    this.connections = 0;
    this.key = key;
    this.child = child;
    child.on('internalMessage', (message) => {
      if (message.key !== key) return;
      if (message.cmd === NOTIFY_CLOSE) this._tellWhenEmpty();
      else if (message.cmd === GET_COUNT) this._tell({ cmd: COUNT, key, count: this.connections });
    });
  }

  _tell(message) {
    // Without a parent nobody counts.
    if (this.child.connected) this.child._send(message, undefined, true);
  }

  _tellWhenEmpty() {
    const tell = () => this._tell({ cmd: ALL_CLOSED, key: this.key });
    if (this.connections === 0) tell();
    else this.once('empty', tell);
  }

  add({ socket }) {
    this.connections++;
    socket.once('close', () => {
      this.connections--;
      if (this.connections === 0) this.emit('empty', this);
    });
  }
}

module.exports = { SocketListReceive, SocketListSend };
