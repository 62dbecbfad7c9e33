'use strict';
// Names under which objects of http2 keep what programs shall not see. Node's, where its own tests
// ask for them.

const { Symbol } = primordials;

module.exports = {
  kBound: Symbol('bound-session'), // Of a socket: the session that has it.
  kInit: Symbol('init'),
  kMaybeDestroy: Symbol('maybe-destroy'),
  kProxySocket: Symbol('proxySocket'),
  kRequest: Symbol('request'),
  kResponse: Symbol('response'),
  kSensitiveHeaders: Symbol('sensitiveHeaders'),
  kSessions: Symbol('sessions'),
  kOptions: Symbol('options'),
  kSocket: Symbol('socket'),
  kState: Symbol('state'),
  kUpdateTimer: Symbol('update-timer'),
};
