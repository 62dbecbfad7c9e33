'use strict';

// Ports of processes that this one starts, when it is debugged itself: counted up from its own.

const { ArrayPrototypeSome, RegExpPrototypeExec } = primordials;

const { validatePort } = require('internal/validators');

const PORT_MIN = 1024;
const PORT_MAX = 65535;
const INSPECT_OPTION = /--inspect(?:-brk|-port)?|--debug-port/;

let offset = 1;

function isInspected(word) {
  return RegExpPrototypeExec(INSPECT_OPTION, word) !== null;
}

/** Whether what is started with these words has a port. */
function isUsingInspector(execArgv = process.execArgv) {
  return ArrayPrototypeSome(execArgv, isInspected) || isInspected(process.env.NODE_OPTIONS ?? '');
}

/** @param {number | (() => number) | undefined} wish what the program wants it to be */
function nextInspectPort(wish) {
  let port = wish;
  if (typeof port === 'function') {
    port = port();
  } else if (port == null) {
    port = process.debugPort + offset;
    if (port > PORT_MAX) port += PORT_MIN - PORT_MAX - 1;
    offset++;
  }
  validatePort(port);
  return port;
}

module.exports = { isUsingInspector, nextInspectPort };
