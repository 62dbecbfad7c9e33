'use strict';
// The origins that a server speaks for (RFC 8336): a client's set of them.

const { ERR_HTTP2_TOO_MANY_ORIGINS } = require('internal/errors').codes;
const { kState, kUpdateTimer } = require('internal/http2/symbols');
const { URL } = require('internal/url');

/** The set; it begins with the origin of the connection. */
function originsOf(session) {
  const state = session[kState];
  if (state.originSet !== undefined) return state.originSet;
  const { remoteAddress, remoteFamily, remotePort, servername } = state.socket;
  let host = servername;
  if (host === null || host === false) {
    host = remoteFamily === 'IPv6' ? `[${remoteAddress}]` : remoteAddress;
  }
  const port = remotePort == null ? '' : `:${remotePort}`;
  return state.originSet = new Set([new URL(`https://${host}${port}`).origin]);
}

function addOrigins(session, origins) {
  session[kUpdateTimer]();
  if (!session.encrypted || session.destroyed) return;
  const set = originsOf(session);
  const { originsMax } = session[kState];
  for (let i = 0; i < origins.length; i++) {
    if (set.size >= originsMax) {
      session.destroy(new ERR_HTTP2_TOO_MANY_ORIGINS(originsMax));
      return;
    }
    set.add(origins[i]);
  }
  session.emit('origin', origins);
}

module.exports = { addOrigins, originsOf };
