'use strict';

// Pipelined requests of the fast lane. A request that comes while a response before it is open gets
// a response as on the slow lane: it keeps what is written until its turn comes, then goes through
// the connection's socket.

const { closeResponse } = require('internal/http/response');
const { kUniqueHeaders } = require('internal/http/head');
const { framingLines } = require('internal/http/framing');
const { kChunks, kHighWaterMark } = require('internal/http/outgoing');
const { kHeadFlags, kLane, kNeedDrain, kServerResponse, kSocket } =
  require('internal/http/symbols');

const native = internalBinding('http');

/** Flag of native's answered(). */
const CLOSE_AFTER = 64;

/** The responses of one connection that wait for their turn. */
class ResponseQueue {
  constructor(lane) {
    this.lane = lane;
    this.waiting = [];
    this.bytes = 0; // Written to those that wait.
    this.isHeld = false; // Native gives no further requests.
    lane.socket.on('drain', () => this.drained());
  }

  /** The open response of the lane becomes one that writes to the socket. */
  adopt(res) {
    const { socket } = this.lane;
    if (res._header !== null && !res._headerSent) {
      res._header += `${framingLines(res, res[kHeadFlags])}\r\n`;
    }
    res.outputData = [];
    res[kChunks] = [];
    res[kLane] = null;
    res[kSocket] = socket;
    res[kHighWaterMark] = socket.writableHighWaterMark;
    res.on('finish', () => this.answered(res));
  }

  respond(req, keepAlive) {
    const { lane } = this;
    const { server } = lane;
    if (!this.isHeld && (lane.socket.writableNeedDrain || this.isFull())) this.hold(true);
    const res = new server[kServerResponse](req, {
      highWaterMark: server.highWaterMark,
      rejectNonStandardBodyWrites: server.rejectNonStandardBodyWrites,
    });
    res._keepAliveTimeout = server.keepAliveTimeout;
    res._maxRequestsPerSocket = server.maxRequestsPerSocket;
    res._onPendingData = (delta) => {
      this.bytes += delta;
      if (this.isHeld) this.drained();
    };
    res.shouldKeepAlive = keepAlive;
    res[kUniqueHeaders] = server[kUniqueHeaders];
    res.on('finish', () => this.answered(res));
    this.waiting.push(res);
    return res;
  }

  isFull() {
    return this.bytes >= this.lane.socket.writableHighWaterMark;
  }

  hold(on) {
    this.isHeld = on;
    native.holdRequests(this.lane.number, on);
  }

  drained() {
    const { lane } = this;
    if (this.isHeld && this.bytes <= lane.socket.writableHighWaterMark && lane.isOpen) {
      this.hold(false);
    }
    const { res } = lane;
    if (res !== null && res[kLane] === null && !res.finished && res[kNeedDrain] &&
        res.writableLength === 0) {
      res[kNeedDrain] = false;
      res.emit('drain');
    }
  }

  /** The response before it is out. */
  next() {
    const { lane } = this;
    if (this.waiting.length === 0) return;
    const res = this.waiting.shift();
    lane.res = res;
    res.assignSocket(lane.socket);
  }

  answered(res) {
    const { lane } = this;
    if (lane.res !== res) return;
    lane.releaseRequest(res.req);
    res.detachSocket(lane.socket);
    process.nextTick(closeResponse, res);
    lane.res = null;
    // After an upgrade there is no lane any more.
    if (lane.isOpen) native.answered(lane.number, res._last ? CLOSE_AFTER : 0);
    if (res._last) lane.socket.destroySoon();
    else this.next();
  }
}

module.exports = { ResponseQueue };
