'use strict';
// What `--expose-internals` tests load to reach native functions and primordials.

process.emitWarning(
  'These APIs are for internal testing only. Do not use them.',
  'internal/test/binding');

const { filterOwnProperties } = require('internal/util');

/** Bindings of Node's that coring has under another name. */
const elsewhere = {
  __proto__: null,
  tty_wrap: () => ({ isTTY: require('tty').isatty }),
  async_wrap: () => ({
    getPromiseHooks: require('internal/async_hooks/promises').getPromiseHooks,
    queueDestroyAsyncId: require('internal/async_hooks').emitDestroy,
    Providers: require('internal/async_hooks/providers').Providers,
  }),
  cares_wrap() {
    const cares = require('internal/dns/cares');
    cares.canonicalizeIP = require('internal/tls/server_identity').canonicalAddress;
    return cares;
  },
  constants: () => require('internal/legacy/processbinding').legacyBinding('constants'),
  http2: () => ({
    Http2Session: require('internal/http2/wire').Wire,
    Http2Stream: require('internal/http2/stream_state').StreamState,
    constants: require('internal/http2/constants').constants,
    nghttp2ErrorString: internalBinding('http2').errorText,
  }),
  pipe_wrap() {
    const { Pipe, pipeConstants: constants } = require('internal/net/bound_handles');
    return { Pipe, constants };
  },
  tcp_wrap() {
    const { TCP, tcpConstants: constants } = require('internal/net/bound_handles');
    return { ...internalBinding('tcp_wrap'), TCP, constants };
  },
  crypto() {
    const binding = internalBinding('crypto');
    binding.SecureContext ??= require('internal/tls/native_context').SecureContext;
    return binding;
  },
  tls_wrap() {
    const { TLSWrap } = require('internal/tls/wrap_handle');
    return { TLSWrap, HAVE_SSL_TRACE: false };
  },
  trace_events: () => require('internal/trace_events/control'),
  timers: () => ({ getLibuvNow: internalBinding('turn').updateNow }),
  worker: () => ({
    ...internalBinding('worker'),
    getEnvMessagePort: () => require('internal/worker/self').port,
  }),
  udp_wrap: () => require('internal/dgram/handle'),
  uv: () => require('internal/errno'),
};

function bindingOfNode(name) {
  return elsewhere[name] === undefined ? internalBinding(name) : elsewhere[name]();
}

module.exports = {
  filterOwnProperties,
  internalBinding: bindingOfNode,
  primordials,
};
