'use strict';

// The port to which debuggers connect: --inspect and its like, node:inspector's open(), SIGUSR1.
// A thread of native's serves it; V8 answers in this one. Nothing of it exists before it is asked
// for.

const {
  ArrayPrototypeIncludes,
  RangeError,
  ReflectApply,
  StringPrototypeSplit,
} = primordials;

const { codes: { ERR_INSPECTOR_NOT_ACTIVE }, hideStackFrames } = require('internal/errors');
const { getOptionValue } = require('internal/options');

const inspector = internalBinding('inspector');

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 9229;
const PORT_MIN = 1024;
const PORT_MAX = 65535;

/** Where the port is, or would be. */
let place;

/** The program pauses at its first statement, which has not run yet. */
let pausesOnStart = false;

function getPlace() {
  place ??= { host: DEFAULT_HOST, port: DEFAULT_PORT, ...getOptionValue('--inspect-port') };
  return place;
}

function getDebugPort() {
  return getPlace().port;
}

/** What is written to process.debugPort. */
function setDebugPort(value) {
  const port = value | 0;
  if ((port !== 0 && port < PORT_MIN) || port > PORT_MAX) {
    // Node makes this error natively: its stack does not name the code.
    const error = new RangeError('process.debugPort must be 0 or in range 1024 to 65535');
    error.code = 'ERR_OUT_OF_RANGE';
    throw error;
  }
  getPlace().port = port;
}

/** Who the process is, in lists: the program's file, or the process itself. */
function target() {
  const main = process.argv[1];
  if (!main) return { title: `${process.argv0}[${process.pid}]`, url: 'file://' };
  let path = main;
  try {
    path = require('fs').realpathSync(main);
  } catch {
    // Then by the name that it was given.
  }
  return { title: main, url: `file://${path}` };
}

function hasPermissionModel() {
  return getOptionValue('--permission') || getOptionValue('--permission-audit');
}

/** Throws where the permission model forbids it. */
const checkPermission = hideStackFrames((resource) => {
  if (hasPermissionModel()) {
    require('internal/process/permission').check('inspector', resource);
  }
});

function warnOfProfileSignal(event) {
  if (event === 'SIGPROF') {
    process.emitWarning('process.on(SIGPROF) is reserved while debugging');
  }
}

/** @returns {boolean} whether the port is open; if not, the user was told why. */
function openPort() {
  const { host, port } = getPlace();
  inspector.prepare();
  require('internal/inspector/remote_domains').loadDomains();
  const { title, url } = target();
  const published = getOptionValue('--inspect-publish-uid') || 'stderr,http';
  const places = StringPrototypeSplit(published, ',');
  const isOpen = inspector.listen(
    host, port, title, url, `node.js/${process.version}`,
    ArrayPrototypeIncludes(places, 'stderr'), ArrayPrototypeIncludes(places, 'http'),
    require('npm/devtools-protocol/json/js_protocol'));
  if (!isOpen) return false;
  getPlace().port = inspector.portNumber();
  require('internal/inspector/console').tellOfConsole();
  process.on('newListener', warnOfProfileSignal);
  // Workers of a cluster shall have theirs.
  process.emit('internalMessage', { cmd: 'NODE_DEBUG_ENABLED' });
  return true;
}

function closePort() {
  if (!inspector.isEnabled()) return;
  inspector.leaveAll();
  inspector.unlisten();
  process.removeListener('newListener', warnOfProfileSignal);
}

/** SIGUSR1 came. */
function openBySignal() {
  if (inspector.isEnabled()) return;
  try {
    checkPermission('StartIoThread');
  } catch {
    return; // Nobody is there to be told.
  }
  openPort();
}

function waitForDebugger() {
  if (!inspector.isEnabled()) throw new ERR_INSPECTOR_NOT_ACTIVE();
  // Sessions of the program may hear of it, too.
  const { setWaitingForDebugger } = require('internal/inspector/node_runtime_domain');
  setWaitingForDebugger(true);
  inspector.waitForDebugger();
  setWaitingForDebugger(false);
}

/** What the command line asks for, before the first line of the program. */
function startByOptions() {
  if (!getOptionValue('--inspect')) return;
  if (hasPermissionModel() && !getOptionValue('--allow-inspector')) {
    // Only a pause that cannot be made is told.
    pausesOnStart = getOptionValue('--inspect-brk');
    return;
  }
  // Each core of several has a port of its own.
  if (getDebugPort() !== 0) getPlace().port += internalBinding('turn').core();
  // As Node, the program runs without the port that cannot be opened.
  const isOpen = openPort();
  const waits = getOptionValue('--inspect-brk') || getOptionValue('--inspect-wait');
  if (!isOpen || !waits) return;
  pausesOnStart = getOptionValue('--inspect-brk');
  inspector.waitForDebugger();
}

/** Calls the first function of the program, before whose first statement a debugger waits. */
function callOnStart(fn, receiver, ...args) {
  if (pausesOnStart) {
    pausesOnStart = false;
    checkPermission('PauseOnNextJavascriptStatement');
    return inspector.callAndPauseOnStart(fn, receiver, ...args);
  }
  return ReflectApply(fn, receiver, args);
}

module.exports = {
  callOnStart,
  checkPermission,
  closePort,
  getDebugPort,
  getPlace,
  openBySignal,
  openPort,
  setDebugPort,
  startByOptions,
  waitForDebugger,
};
