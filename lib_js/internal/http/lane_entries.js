'use strict';

// Page entries of the fast lane: finds the connection and calls it, in its async context.

const { Lane } = require('internal/http/lane');
const { leaveLane } = require('internal/http/lane_socket');
const { clientError } = require('internal/http/routing');
const { makeError: makeParseError } = require('internal/http/parse_error');
const { find, put, take } = require('internal/net/handle');
const kinds = require('internal/net/kinds');
const { registerKind } = require('boot/turn');
const { watch } = require('internal/async_hooks');
const { enter, leave } = require('internal/async_hooks/resources');
const { set: setFrame } = require('internal/async_context_frame');
const { Buffer } = require('buffer');
const { FastBuffer } = require('internal/buffer');
const { codes: { ERR_HTTP_REQUEST_TIMEOUT } } = require('internal/errors');

const native = internalBinding('http');

function onRequest(number, flags, length, head) {
  const lane = find(number);
  if (lane === undefined) return;
  if (lane.frame !== undefined) setFrame(lane.frame);
  if (watch.isOn) callWatched(lane, () => lane.request(flags, length, head));
  else lane.request(flags, length, head);
  setFrame(undefined);
}

/** In the scopes that Node has: the connection's, and that of its requests in it. */
function callWatched(lane, call) {
  const outer = enter(lane);
  if (lane.message === null) {
    call();
  } else {
    const inner = enter(lane.message);
    call();
    leave(inner);
  }
  leave(outer);
}

function receiver(receive) {
  return function(number, a, b, value) {
    const lane = find(number);
    if (lane === undefined) return;
    if (lane.frame !== undefined) setFrame(lane.frame);
    if (watch.isOn) callWatched(lane, () => receive(lane, a, value, b));
    else receive(lane, a, value, b);
    setFrame(undefined);
  };
}

function onAccept(number, listenerNumber) {
  const listener = find(listenerNumber);
  const server = listener?.owner;
  if (!server) {
    native.destroy(number);
    return;
  }
  const lane = new Lane(number, server, listener.frame);
  put(number, lane);
  if (lane.frame !== undefined) setFrame(lane.frame);
  if (watch.isOn) {
    const id = enter(listener);
    server._onlane(lane);
    leave(id);
  } else {
    server._onlane(lane);
  }
  setFrame(undefined);
}

/** Native found an error in what the client sent. */
function parseError(lane, index, rawPacket, bytesParsed) {
  const bytes = rawPacket === undefined ? Buffer.alloc(0) :
    new FastBuffer(rawPacket.buffer, rawPacket.byteOffset, rawPacket.byteLength);
  const error = makeParseError(index, bytesParsed, bytes);
  const { socket } = lane;
  lane.hasFailed = true;
  if (error.code === 'HPE_INVALID_EOF_STATE' && !socket.destroyed && !socket.isPaused()) {
    lane.endError = error; // Told with 'end', as in Node; no more will come.
    lane.handle.handleRead(0);
    return;
  }
  clientError(lane.server, error, socket);
  if (!lane.isOpen || socket.destroyed || socket.writableEnded || lane.res !== null) return;
  // The program keeps the connection: what comes next is as wrong as what came before.
  if (leaveLane(lane) === null) return;
  socket.on('data', (chunk) => {
    clientError(lane.server, makeParseError(index, 0, chunk), socket);
  });
  socket.on('end', () => socket.end());
}

function onTimeout(lane, what) {
  if (what === 0) {
    clientError(lane.server, new ERR_HTTP_REQUEST_TIMEOUT(), lane.socket);
  } else if (what === 2 && lane.facade === null && lane.server.listenerCount('timeout') === 0) {
    native.close(lane.number); // Nobody watches the end of an idle connection.
  } else {
    lane.socket._onTimeout();
  }
}

registerKind(kinds.httpRequest, onRequest);
registerKind(kinds.httpBody, receiver((lane, a, memory) => lane.body(memory)));
registerKind(kinds.httpBodyEnd, receiver((lane, a, trailers) => lane.bodyEnd(trailers)));
registerKind(kinds.httpDrain, receiver((lane, status) => lane.drained(status)));
registerKind(kinds.httpGone, receiver((lane, status) => {
  take(lane.number);
  lane.gone(status);
}));
registerKind(kinds.httpError, receiver(parseError));
registerKind(kinds.httpAccept, onAccept);
registerKind(kinds.httpTimeout, receiver(onTimeout));

module.exports = { acceptLane: onAccept };
