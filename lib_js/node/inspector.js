'use strict';

// node:inspector, inside of the process: sessions with V8's own DevTools domains (Runtime,
// Debugger, Profiler, HeapProfiler) and with Node's (Network, IO, DOMStorage, Storage,
// NodeRuntime, NodeTracing). Nobody connects from outside: there is no port to open.
//
// Missing: breakpoints in what was compiled before the first session (V8 numbers contexts then; a
// `debugger` statement stops everywhere), contexts of vm, domain NodeWorker.

const { ERR_INSPECTOR_NOT_ACTIVE, ERR_INSPECTOR_NOT_AVAILABLE } = require('internal/errors').codes;
const { DOMStorage, Network } = require('internal/inspector/events');
const { put } = require('internal/inspector/network_resources');
const { Session } = require('internal/inspector/session');

/** Ports of debuggers are not built. */
function open(port, host, wait) {
  throw new ERR_INSPECTOR_NOT_AVAILABLE();
}

/** Nothing is open, which is what Node says of it by doing nothing. */
function close() {}

function url() {
  return undefined;
}

function waitForDebugger() {
  throw new ERR_INSPECTOR_NOT_ACTIVE();
}

module.exports = {
  open,
  close,
  url,
  waitForDebugger,
  console: require('internal/console/engine').builtIn,
  Session,
  Network,
  NetworkResources: { put },
  DOMStorage,
};
