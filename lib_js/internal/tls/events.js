'use strict';

// What happens on a connection besides bytes, told to its TLSSocket: the handshake's questions and
// its end, sessions, keys for the log, errors.

const { RegExpPrototypeExec, Symbol } = primordials;

const {
  HANDSHAKE_DONE,
  KEYLOG,
  NEW_SESSION,
  OCSP_RESPONSE,
  PAUSED,
  PAUSED_PSK,
  RENEGOTIATION,
} = require('internal/tls/wrap_handle');
const { sealSession } = require('internal/tls/session');

const binding = internalBinding('tls');

/** What tls.connect() was called with. */
const kConnectOptions = Symbol('connect-options');
/** Functions of the program that native has questions for: psk, sni, alpn. */
const kCallbacks = Symbol('callbacks');
/** The peer is who it should be. */
const kIsVerified = Symbol('verified');
/** A session that came before that was known. */
const kPendingSession = Symbol('pendingSession');

const NO_CERTIFICATE = /peer.did.not.return.a.certificate/i;

function tellKeys(socket, handle) {
  const lines = binding.takeKeylog(handle.connection);
  for (let i = 0; i < lines.length; i++) socket.emit('keylog', lines[i]);
}

function takeClientSessions(socket, handle) {
  const sessions = binding.takeSessions(handle.connection);
  for (let i = 0; i < sessions.length; i++) {
    const session = sealSession(sessions[i][1], socket[kConnectOptions]);
    if (socket[kIsVerified]) socket.emit('session', session);
    else socket[kPendingSession] = session;
  }
}

/** Called with bytes that tell the client of a session: they wait until the program has kept it. */
function beforeSession(handle) {
  const { server } = handle.socket;
  if (server === undefined || server.listenerCount('newSession') === 0) return;
  handle.block();
  handle.isKeepingSession = true;
}

function takeServerSessions(socket, handle) {
  const sessions = binding.takeSessions(handle.connection);
  const { server } = socket;
  if (server === undefined || sessions.length === 0) {
    sessionsKept(socket, handle);
    return;
  }
  socket._newSessionPending = true;
  let left = sessions.length;
  for (let i = 0; i < sessions.length; i++) {
    const { 0: id, 1: session } = sessions[i];
    let isDone = false;
    const done = () => {
      if (isDone) return;
      isDone = true;
      if (--left === 0) sessionsKept(socket, handle);
    };
    let isHeard = false;
    try {
      isHeard = server.emit('newSession', id, session, done);
    } catch (error) {
      server.emit('error', error);
    }
    if (!isHeard) done();
  }
}

function sessionsKept(socket, handle) {
  if (handle.isKeepingSession) {
    handle.isKeepingSession = false;
    handle.unblock();
  }
  socket._newSessionPending = false;
  if (!socket._securePending) return;
  socket._securePending = false;
  socket._finishInit();
}

function onevents(handle, events) {
  const socket = handle.socket;
  if ((events & KEYLOG) !== 0) tellKeys(socket, handle);
  if (handle.closing) return;
  if ((events & OCSP_RESPONSE) !== 0) {
    socket.emit('OCSPResponse', binding.ocspResponse(handle.connection));
  }
  if (handle.closing) return;
  if ((events & PAUSED) !== 0) {
    const { answerHello } = require('internal/tls/hello');
    answerHello(socket, handle, socket[kCallbacks]);
  }
  if ((events & PAUSED_PSK) !== 0) {
    const { answerPsk } = require('internal/tls/psk');
    answerPsk(socket, handle, socket[kCallbacks].psk);
  }
  if (handle.closing) return;
  if ((events & NEW_SESSION) !== 0) {
    if (handle.isServer) takeServerSessions(socket, handle);
    else takeClientSessions(socket, handle);
  }
  if ((events & (HANDSHAKE_DONE | RENEGOTIATION)) === 0 || handle.closing) return;
  if (socket._newSessionPending) socket._securePending = true;
  else socket._finishInit();
}

function onerror(handle, error) {
  const socket = handle.socket;
  if (socket._hadError) return;
  socket._hadError = true;
  if (!socket._secureEstablished) {
    // Who hears of it may still ask the socket.
    socket._closeAfterHandlingError = true;
    socket.destroy(error);
  } else if (handle.isServer && socket._rejectUnauthorized &&
             RegExpPrototypeExec(NO_CERTIFICATE, error.message) !== null) {
    socket.destroy();
  } else {
    socket._emitTLSError(error);
  }
}

module.exports = {
  kCallbacks,
  kConnectOptions,
  kIsVerified,
  kPendingSession,
  listeners: { beforeSession, onerror, onevents },
};
