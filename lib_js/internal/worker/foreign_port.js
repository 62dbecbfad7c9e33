'use strict';
// A MessagePort that has moved to a vm context: an object of that context with a port of this one
// behind it. There is no EventTarget over there: what comes goes to `onmessage` and
// `onmessageerror`, once start() was called.

const { codes: { ERR_INVALID_ARG_TYPE } } = require('internal/errors');
const vm = require('vm');

// Evaluated in the other context: its functions and errors are of there.
const SOURCE = `(function(methods) {
  'use strict';
  function MessagePort() {
    throw new TypeError('Illegal constructor');
  }
  const own = Object.create(MessagePort.prototype);
  for (const name of ['postMessage', 'start', 'close', 'drain', 'ref', 'unref', 'hasRef']) {
    MessagePort.prototype[name] = function(...args) { return methods[name](args); };
  }
  return own;
})`;

let script;

/** @returns {object} an object of the context `sandbox` belongs to */
function makeForeign(port, sandbox, drain) {
  script ??= new vm.Script(SOURCE, { filename: 'node:internal/worker/foreign_port' });
  return script.runInContext(sandbox)({
    postMessage: (args) => port.postMessage(...args),
    start: () => port.start(),
    close: () => port.close(),
    drain: () => drain(port),
    ref: () => port.ref(),
    unref: () => port.unref(),
    hasRef: () => port.hasRef(),
  });
}

/** Gives a message, or the error that it became, to the object's handler. */
function emitForeign(foreign, type, data, ports) {
  const handler = foreign[`on${type}`];
  if (typeof handler !== 'function') return;
  foreign[`on${type}`]({ data, target: foreign, type, ports: ports ?? [] });
}

function checkSandbox(sandbox) {
  const isObject = (typeof sandbox === 'object' && sandbox !== null) ||
    typeof sandbox === 'function';
  if (isObject && vm.isContext(sandbox)) return;
  const error = new ERR_INVALID_ARG_TYPE('contextifiedSandbox', 'Object', sandbox);
  error.message = 'Invalid context argument';
  throw error;
}

module.exports = { checkSandbox, emitForeign, makeForeign };
