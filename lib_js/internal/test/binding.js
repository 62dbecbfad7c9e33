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
    const { canonicalAddress } = require('internal/tls/server_identity');
    return { canonicalizeIP: canonicalAddress };
  },
  constants: () => require('internal/legacy/processbinding').legacyBinding('constants'),
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
