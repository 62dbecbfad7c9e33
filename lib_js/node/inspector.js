'use strict';

// node:inspector: sessions with V8's own DevTools domains (Runtime, Debugger, Profiler,
// HeapProfiler) and Node's (Network, IO, DOMStorage, Storage, NodeRuntime, NodeTracing) inside
// of the process, and the port for debuggers outside.
//
// Missing: domains of Node's own for workers (NodeWorker, Target).

const { SymbolDispose } = primordials;

const { ERR_INSPECTOR_ALREADY_ACTIVATED } = require('internal/errors').codes;
const { DOMStorage, Network } = require('internal/inspector/events');
const { put } = require('internal/inspector/network_resources');
const {
  checkPermission,
  closePort,
  getPlace,
  openPort,
  waitForDebugger,
} = require('internal/inspector/port');
const { Session } = require('internal/inspector/session');
const { isLoopback } = require('internal/net');
const { validateInt32 } = require('internal/validators');

const inspector = internalBinding('inspector');

const PORT_MAX = 65535;

function inspectorOpen(port, host, wait) {
  if (inspector.isEnabled()) throw new ERR_INSPECTOR_ALREADY_ACTIVATED();
  // Node takes all that is no number for no wish.
  const isNumber = typeof port === 'number' && port === port >>> 0;
  if (isNumber) validateInt32(port, 'port', 0, PORT_MAX);
  if (host && !isLoopback(`${host}`)) {
    process.emitWarning(
      'Binding the inspector to a public IP with an open port is insecure, ' +
      'as it allows external hosts to connect to the inspector ' +
      'and perform a remote code execution attack. ' +
      'Documentation can be found at ' +
      'https://nodejs.org/api/cli.html#--inspecthostport',
      'SecurityWarning');
  }
  const place = getPlace();
  if (isNumber) place.port = port;
  if (typeof host === 'string') place.host = host;
  checkPermission('StartIoThread');
  openPort();
  if (wait) waitForDebugger();
  return { __proto__: null, [SymbolDispose]() { closePort(); } };
}

function url() {
  return inspector.url();
}

module.exports = {
  open: inspectorOpen,
  close: process._debugEnd,
  url,
  waitForDebugger,
  console: require('internal/console/engine').builtIn,
  Session,
  Network,
  NetworkResources: { put },
  DOMStorage,
};
