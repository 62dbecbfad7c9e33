'use strict';

// A socket while it carries a request: its parser, the response, and giving it back to the agent.

const { current: currentFrame } = require('internal/async_context_frame');
const { watch } = require('internal/async_hooks');
const { HTTPClientAsyncResource } = require('internal/http/async_resources');
const { Parser, RESPONSE } = require('internal/http/parser');
const {
  IncomingMessage,
  endBody,
  pushBody,
  readStart,
  readStop,
  setHead,
  setVersionNumbers,
} = require('internal/http/incoming');
const { headersCountMax, lenientFlags } = require('internal/http/lenience');
const { kDetachAbortSignal, kNeedDrain, kSkipPendingData } = require('internal/http/symbols');
const { ConnResetException } = require('internal/errors');
const { openChannels } = require('internal/http/channels');

// Flags of a response's head.
const STATUS_MASK = 1023;
const HTTP_11 = 1024;
const KEEP_ALIVE = 2048;
const UPGRADE = 4096;

function emitErrorEvent(request, error) {
  const { clientError } = openChannels();
  if (clientError.hasSubscribers) clientError.publish({ request, error });
  request.emit('error', error);
}

function hangUp(req, socket) {
  socket._hadError = true;
  emitErrorEvent(req, new ConnResetException('socket hang up'));
}

/** 100, 102 to 199: the final response follows. */
function isInformational(status) {
  return status >= 100 && status < 200 && status !== 101;
}

/** What the parser of a response tells. */
class ResponseReceiver {
  constructor(req, socket) {
    this.req = req;
    this.socket = socket;
    this.parser = null;
    this.res = null;
    this.skipsBody = false;
  }

  onHead(flags, length, head) {
    const { req, socket, parser } = this;
    const res = new IncomingMessage(socket);
    const statusCode = flags & STATUS_MASK;
    if ((flags & HTTP_11) === 0) {
      setVersionNumbers(res, +head[5], +head[7]); // 'HTTP/1.0 200 OK'
    } else {
      res.httpVersionMajor = 1;
      res.httpVersionMinor = 1;
      res.httpVersion = '1.1';
    }
    res.statusCode = statusCode;
    res.statusMessage = statusMessageOf(head);
    res.upgrade = (flags & UPGRADE) !== 0;
    res.joinDuplicateHeaders = req.joinDuplicateHeaders;
    setHead(res, head, headersCountMax(req.maxHeadersCount));
    if (req.res) {
      // A second response: nobody asked for it.
      this.skipsBody = true;
      parser.incoming = req.res;
      req.res[kSkipPendingData] = true;
      socket.destroy();
      return false;
    }
    parser.incoming = res;
    req.res = res;
    if (res.upgrade || req.method === 'CONNECT') {
      res.upgrade = true;
      return true;
    }
    if (isInformational(statusCode)) {
      req.res = null;
      tellInformation(req, res);
      return false;
    }
    if (req.shouldKeepAlive && (flags & KEEP_ALIVE) === 0 && !req.upgradeOrConnect) {
      req.shouldKeepAlive = false;
    }
    startResponse(req, res, socket);
    return false;
  }

  onBody(chunk) {
    const res = this.parser.incoming;
    if (res === null || res[kSkipPendingData]) return;
    if (!pushBody(res, chunk)) readStop(this.socket);
  }

  onEnd(trailers) {
    const res = this.parser.incoming;
    if (res !== null && !res[kSkipPendingData]) endBody(res, trailers);
    readStart(this.socket);
  }
}

function statusMessageOf(head) {
  const end = head.indexOf('\r\n');
  const line = end === -1 ? head : head.slice(0, end);
  return line.slice(13); // 'HTTP/1.1 200 '
}

function tellInformation(req, res) {
  if (res.statusCode === 100) req.emit('continue');
  req.emit('information', {
    statusCode: res.statusCode,
    statusMessage: res.statusMessage,
    httpVersion: res.httpVersion,
    httpVersionMajor: res.httpVersionMajor,
    httpVersionMinor: res.httpVersionMinor,
    headers: res.headers,
    rawHeaders: res.rawHeaders,
  });
}

function startResponse(req, res, socket) {
  const { clientFinish } = openChannels();
  if (clientFinish.hasSubscribers) clientFinish.publish({ request: req, response: res });
  res.req = req;
  res.on('end', onResponseEnd);
  req.on('finish', onRequestFinish);
  socket.on('timeout', onResponseTimeout);
  // Without a listener nobody can read the body, so it must not hold up the socket.
  if (req.aborted || !req.emit('response', res)) res._dump();
  if (req.method !== 'HEAD' && res.statusCode === 304) res.complete = true;
}

// --- Listeners of a socket in use

function attachParser(req, socket) {
  const receiver = new ResponseReceiver(req, socket);
  const { getOptionValue } = require('internal/options');
  const parser = Parser.acquire(
    RESPONSE, receiver, req.maxHeaderSize || getOptionValue('--max-http-header-size'),
    lenientFlags(req.httpValidation, req.insecureHTTPParser), 0);
  parser.setRequestMethod(req.method);
  parser.frame = currentFrame();
  if (watch.isOn) parser.watch(new HTTPClientAsyncResource(req));
  receiver.parser = parser;
  req.socket = socket;
  parser.socket = socket;
  parser.outgoing = req;
  req.parser = parser;
  socket.parser = parser;
  socket._httpMessage = req;
  socket.on('data', onData);
  socket.on('end', onEnd);
  socket.on('close', onClose);
  socket.on('drain', onDrain);
}

function detachParser(socket) {
  const { parser } = socket;
  if (parser) {
    parser.finish();
    parser.free();
    socket.parser = null;
    if (socket._httpMessage) socket._httpMessage.parser = null;
  }
  socket.removeListener('data', onData);
  socket.removeListener('end', onEnd);
}

function onSocketError(error) {
  const req = this._httpMessage;
  if (req) {
    this._hadError = true;
    emitErrorEvent(req, error);
  }
  detachParser(this);
  this.destroy();
}

function onDrain() {
  const message = this._httpMessage;
  if (message && !message.finished && message[kNeedDrain]) {
    message[kNeedDrain] = false;
    message.emit('drain');
  }
}

function onData(bytes) {
  const req = this._httpMessage;
  const { parser } = this;
  const result = parser.execute(bytes);
  if (this.parser !== parser) return; // Given back by a listener.
  if (result instanceof Error) {
    parser.free();
    this.parser = null;
    detachParser(this);
    this.destroy();
    this._hadError = true;
    emitErrorEvent(req, result);
  } else if (parser.isTaken) {
    handOver(this, req, parser, bytes.subarray(result));
  } else if (parser.incoming?.complete && !isInformational(parser.incoming.statusCode)) {
    this.removeListener('drain', onDrain);
    parser.free();
    this.parser = null;
    req.parser = null;
    this.removeListener('data', onData);
    this.removeListener('end', onEnd);
  }
}

/** 101, or the answer to CONNECT: the socket is the program's now. */
function handOver(socket, req, parser, head) {
  const res = parser.incoming;
  req.res = res;
  socket.removeListener('drain', onDrain);
  if (req.timeoutCb) socket.removeListener('timeout', req.timeoutCb);
  socket.removeListener('timeout', onResponseTimeout);
  parser.free();
  socket.parser = null;
  req.parser = null;
  detachParser(socket);
  endBody(res, undefined);
  const eventName = req.method === 'CONNECT' ? 'connect' : 'upgrade';
  if (req.listenerCount(eventName) === 0) {
    socket.destroy();
    return;
  }
  req.upgradeOrConnect = true;
  socket.emit('agentRemove');
  socket.removeListener('close', onClose);
  socket.removeListener('error', onSocketError);
  socket._httpMessage = null;
  socket.readableFlowing = null;
  req.emit(eventName, res, socket, head);
  req.destroyed = true;
  req._closed = true;
  req.emit('close');
}

function onEnd() {
  const req = this._httpMessage;
  if (!req.res && !this._hadError) hangUp(req, this);
  detachParser(this);
  this.destroy();
}

function onClose() {
  const req = this._httpMessage;
  const { res } = req;
  req.destroyed = true;
  if (res) {
    if (!res.complete) res.destroy(new ConnResetException('aborted'));
    req._closed = true;
    req.emit('close');
    if (!res.aborted && res.readable) res.push(null);
  } else {
    if (!this._hadError) hangUp(req, this);
    req._closed = true;
    req.emit('close');
  }
  if (req.outputData) req.outputData.length = 0;
  detachParser(this);
}

// --- The response is over

function onResponseTimeout() {
  this._httpMessage?.res?.emit('timeout');
}

function onResponseEnd() {
  const { req } = this;
  const { socket } = req;
  this[kDetachAbortSignal]();
  if (socket) {
    if (req.timeoutCb) socket.removeListener('timeout', req.timeoutCb);
    socket.removeListener('timeout', onResponseTimeout);
  }
  req._ended = true;
  if (!req.shouldKeepAlive) {
    if (socket.writable) {
      if (typeof socket.destroySoon === 'function') socket.destroySoon();
      else socket.end();
    }
  } else if (req.writableFinished && !this.aborted) {
    giveBack(req);
  }
}

function onRequestFinish() {
  // The response may have been complete before the request was.
  if (this.shouldKeepAlive && this._ended && !this.destroyed) giveBack(this);
}

function giveBack(req) {
  const { socket } = req;
  if (req.timeoutCb) {
    socket.setTimeout(0, req.timeoutCb);
    req.timeoutCb = null;
  }
  socket.removeListener('close', onClose);
  socket.removeListener('error', onSocketError);
  socket.removeListener('data', onData);
  socket.removeListener('end', onEnd);
  process.nextTick(emitFreeNT, req);
  req.destroyed = true;
  // destroy() of the response must not reach the next request.
  if (req.res) req.res.socket = null;
}

function emitFreeNT(req) {
  req._closed = true;
  req.emit('close');
  req.socket?.emit('free');
}

module.exports = { attachParser, emitErrorEvent, onSocketError };
