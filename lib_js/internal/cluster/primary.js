'use strict';

// `cluster` in the process that starts workers: forks them, and owns what they listen on.

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
  ObjectKeys,
  ObjectValues,
  RegExpPrototypeExec,
  SafeMap,
} = primordials;

const EventEmitter = require('events');
const assert = require('internal/assert');
const path = require('path');
const Worker = require('internal/cluster/worker');
const RoundRobinHandle = require('internal/cluster/round_robin_handle');
const SharedHandle = require('internal/cluster/shared_handle');
const { internal, sendHelper } = require('internal/cluster/utils');
const { codes: { ERR_SOCKET_BAD_PORT } } = require('internal/errors');
const { validatePort } = require('internal/validators');

const SCHED_NONE = 1;
const SCHED_RR = 2;
const PORT_MIN = 1024;
const PORT_MAX = 65535;
const INSPECT_OPTION = /--inspect(?:-brk|-port)?|--debug-port/;

const cluster = new EventEmitter();
const intercom = new EventEmitter();
/** What the workers listen on, by address. */
const handles = new SafeMap();

let lastId = 0;
let debugPortOffset = 1;
let isInitialized = false;

module.exports = cluster;

cluster.isWorker = false;
cluster.isMaster = true; // Deprecated alias. Must be same as isPrimary.
cluster.isPrimary = true;
cluster.Worker = Worker;
cluster.workers = {};
cluster.settings = {};
cluster.SCHED_NONE = SCHED_NONE; // Leave it to the operating system.
cluster.SCHED_RR = SCHED_RR; // Primary distributes connections.

/** NODE_CLUSTER_SCHED_POLICY, if it says anything. */
function policyOfEnvironment() {
  const policy = process.env.NODE_CLUSTER_SCHED_POLICY;
  if (policy === 'rr') return SCHED_RR;
  return policy === 'none' ? SCHED_NONE : SCHED_RR;
}

cluster.schedulingPolicy = policyOfEnvironment();

function emitSetup(settings) {
  cluster.emit('setup', settings);
}

/** The primary lets debuggers in: so shall its workers. */
function debugWorkers(message) {
  if (message.cmd !== 'NODE_DEBUG_ENABLED') return;
  const debug = (worker) => process._debugProcess(worker.process.pid);
  ArrayPrototypeForEach(ObjectValues(cluster.workers), (worker) => {
    if (worker.state === 'online' || worker.state === 'listening') debug(worker);
    else worker.once('online', () => debug(worker));
  });
}

cluster.setupPrimary = function(options) {
  const settings = {
    args: ArrayPrototypeSlice(process.argv, 2),
    exec: process.argv[1],
    execArgv: process.execArgv,
    silent: false,
    ...cluster.settings,
    ...options,
  };
  // Workers that profile write a file each.
  const isProfiling = ArrayPrototypeSome(settings.execArgv, (s) => s.startsWith('--prof'));
  const hasLogfile = ArrayPrototypeSome(settings.execArgv, (s) => s.startsWith('--logfile='));
  if (isProfiling && !hasLogfile) {
    settings.execArgv = [...settings.execArgv, '--logfile=v8-%p.log'];
  }
  cluster.settings = settings;
  process.nextTick(emitSetup, settings);
  if (isInitialized) return;
  isInitialized = true;
  process.on('internalMessage', debugWorkers);
  // From the first worker on the policy stays.
  policy = cluster.schedulingPolicy;
  assert(policy === SCHED_NONE || policy === SCHED_RR, `Bad cluster.schedulingPolicy: ${policy}`);
};

let policy;

// Deprecated alias must be same as setupPrimary
cluster.setupMaster = cluster.setupPrimary;

/** The port that a worker's inspector gets. */
function nextInspectPort() {
  const { inspectPort } = cluster.settings;
  if (typeof inspectPort === 'function') {
    const port = inspectPort();
    validatePort(port);
    return port;
  }
  if (inspectPort !== undefined) {
    validatePort(inspectPort);
    if (inspectPort !== 0 && inspectPort < PORT_MIN) {
      throw new ERR_SOCKET_BAD_PORT('Port', inspectPort, false);
    }
    return inspectPort;
  }
  let port = process.debugPort + debugPortOffset;
  if (port > PORT_MAX) port += PORT_MIN - PORT_MAX - 1;
  debugPortOffset++;
  return port;
}

function createWorkerProcess(id, env) {
  const { settings } = cluster;
  const execArgv = [...settings.execArgv];
  const isInspected = (arg) => RegExpPrototypeExec(INSPECT_OPTION, arg) !== null;
  if (ArrayPrototypeSome(execArgv, isInspected) || settings.inspectPort !== undefined) {
    ArrayPrototypePush(execArgv, `--inspect-port=${nextInspectPort()}`);
  }
  const { fork } = require('child_process');
  return fork(settings.exec, settings.args, {
    cwd: settings.cwd,
    env: { ...process.env, ...env, NODE_UNIQUE_ID: `${id}` },
    serialization: settings.serialization,
    silent: settings.silent,
    windowsHide: settings.windowsHide,
    execArgv,
    stdio: settings.stdio,
    gid: settings.gid,
    uid: settings.uid,
  });
}

function removeWorker(worker) {
  assert(worker);
  delete cluster.workers[worker.id];
  if (ObjectKeys(cluster.workers).length === 0) {
    assert(handles.size === 0, 'Resource leak detected.');
    intercom.emit('disconnect');
  }
}

function removeHandlesForWorker(worker) {
  assert(worker);
  handles.forEach((handle, key) => {
    if (handle.remove(worker)) handles.delete(key);
  });
}

/** The process of `worker` has ended. Its record stays while messages of it may still come. */
function onWorkerExit(worker, exitCode, signalCode) {
  if (!worker.isConnected()) {
    removeHandlesForWorker(worker);
    removeWorker(worker);
  }
  worker.exitedAfterDisconnect = !!worker.exitedAfterDisconnect;
  worker.state = 'dead';
  worker.emit('exit', exitCode, signalCode);
  cluster.emit('exit', worker, exitCode, signalCode);
}

function onWorkerDisconnect(worker) {
  removeHandlesForWorker(worker);
  if (worker.isDead()) removeWorker(worker);
  worker.exitedAfterDisconnect = !!worker.exitedAfterDisconnect;
  worker.state = 'disconnected';
  worker.emit('disconnect');
  cluster.emit('disconnect', worker);
}

function emitFork(worker) {
  cluster.emit('fork', worker);
}

cluster.fork = function(env) {
  cluster.setupPrimary();
  const id = ++lastId;
  const worker = new Worker({ id, process: createWorkerProcess(id, env) });
  worker.on('message', function(message, handle) {
    cluster.emit('message', this, message, handle);
  });
  worker.process.once('exit', (code, signal) => onWorkerExit(worker, code, signal));
  worker.process.once('disconnect', () => onWorkerDisconnect(worker));
  worker.process.on('internalMessage', internal(worker, onMessage));
  process.nextTick(emitFork, worker);
  cluster.workers[worker.id] = worker;
  return worker;
};

cluster.disconnect = function(callback) {
  const ids = ObjectKeys(cluster.workers);
  if (ids.length === 0) {
    process.nextTick(() => intercom.emit('disconnect'));
  } else {
    for (let i = 0; i < ids.length; i++) {
      const worker = cluster.workers[ids[i]];
      if (worker.isConnected()) worker.disconnect();
    }
  }
  if (typeof callback === 'function') intercom.once('disconnect', callback);
};

// --- What workers say

const receivers = {
  __proto__: null,

  online(worker) {
    worker.state = 'online';
    worker.emit('online');
    cluster.emit('online', worker);
  },

  queryServer,

  listening(worker, message) {
    const { addressType, address, port, fd } = message;
    const info = { addressType, address, port, fd };
    worker.state = 'listening';
    worker.emit('listening', info);
    cluster.emit('listening', worker, info);
  },

  exitedAfterDisconnect(worker, message) {
    worker.exitedAfterDisconnect = true;
    send(worker, { ack: message.seq });
  },

  close(worker, message) {
    // It may be gone: a worker that ends takes its share of all of them along.
    if (handles.get(message.key)?.remove(worker)) handles.delete(message.key);
  },
};

function onMessage(message, handle) {
  receivers[message.act]?.(this, message);
}

/** A unix path in the shorter of its two forms: it may have some hundred bytes only. */
function shortest(address) {
  const relative = path.relative(process.cwd(), address);
  return relative.length < address.length ? relative : address;
}

function openHandle(key, message) {
  let { address } = message;
  const { addressType } = message;
  if (message.port < 0 && typeof address === 'string' && address[0] !== '\0') {
    address = shortest(address);
  }
  // Datagrams have no connections to hand out.
  const isShared = policy !== SCHED_RR || addressType === 'udp4' || addressType === 'udp6';
  return isShared ? new SharedHandle(key, address, message) :
    new RoundRobinHandle(key, address, message);
}

/** A worker wants to listen. */
function queryServer(worker, message) {
  if (worker.exitedAfterDisconnect) return;
  const key = `${message.address}:${message.port}:${message.addressType}:` +
    `${message.fd}:${message.index}`;
  let handle = handles.get(key);
  if (handle === undefined) {
    handle = openHandle(key, message);
    handles.set(key, handle);
  }
  handle.data ||= message.data;
  handle.add(worker, (errno, reply, native) => {
    const { data } = handles.get(key) ?? handle;
    if (errno) handles.delete(key); // The next one tries again.
    send(worker, { errno, key, ack: message.seq, data, ...reply }, native);
  });
}

function send(worker, message, handle, callback) {
  return sendHelper(worker.process, message, handle, callback);
}

// --- What a primary does with a worker

Worker.prototype.disconnect = function() {
  this.exitedAfterDisconnect = true;
  send(this, { act: 'disconnect' });
  removeHandlesForWorker(this);
  return this;
};

Worker.prototype.destroy = function(signo) {
  this.process.kill(signo || 'SIGTERM');
};
