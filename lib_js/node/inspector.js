'use strict';

// Sessions of this thread with V8. There is no debugger: nothing listens, so open() only says so, and
// what tells a listening debugger something (console, Network, DOMStorage) is absent.

const {
  ERR_INSPECTOR_NOT_ACTIVE,
  ERR_INSPECTOR_NOT_AVAILABLE,
} = require('internal/errors').codes;
const { Session } = require('internal/inspector_session');

function inspectorOpen(port, host, wait) { // eslint-disable-line no-unused-vars
  throw new ERR_INSPECTOR_NOT_AVAILABLE();
}

/** Nothing is open. */
function _debugEnd() {}

function url() {
  return undefined;
}

function inspectorWaitForDebugger() {
  throw new ERR_INSPECTOR_NOT_ACTIVE();
}

module.exports = {
  open: inspectorOpen,
  close: _debugEnd,
  url,
  waitForDebugger: inspectorWaitForDebugger,
  Session,
};
