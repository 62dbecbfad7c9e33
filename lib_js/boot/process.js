'use strict';

// The process object. Evaluated at build time, when it gets everything that is
// the same in every start; patchProcess(runtime) adds the rest when a process
// begins. `version` is Node's, whose behaviour coring has; `versions.coring`
// tells the two apart.

const {
  FunctionPrototypeCall,
  NumberIsNaN,
  ObjectCreate,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectFreeze,
  ObjectKeys,
  ObjectSetPrototypeOf,
  SymbolToStringTag,
} = primordials;

const EventEmitter = require('events');
const { ErrnoException, codes: { ERR_MISSING_ARGS } } = require('internal/errors');
const { validateInteger } = require('internal/validators');
const { getEnvironmentSpellings, getOptionValue } = require('internal/options');
const perThread = require('internal/process/per_thread');
const ownState = require('internal/process/own_state');
const usage = require('internal/process/usage');
const traces = require('internal/trace_events/flags');
const {
  startListeningIfSignal,
  stopListeningIfSignal,
} = require('internal/process/signal');

const ops = internalBinding('process_ops');

const NODE_VERSION = '24.21.0';
const RELEASES = `https://nodejs.org/download/release/v${NODE_VERSION}/node-v${NODE_VERSION}`;
const SIGUSR1 = 10;

// Versions of the parts that coring shares with Node, and of the interfaces
// that programs look up here. A part that is not built has no entry.
const VERSIONS = {
  node: NODE_VERSION,
  ada: '4.0.0',
  amaro: '1.1.11',
  // Of the library in crate brotlic; got offers brotli to servers only where a version stands here.
  brotli: '1.0.9',
  coring: ops.coringVersion,
  // Of the ICU within V8: third_party/icu of the v8 crate.
  icu: '78.2',
  merve: '1.2.2',
  modules: '137',
  napi: '10',
  ncrypto: '0.0.1',
  nghttp2: '1.68.1',
  // What AWS-LC says to be compatible with.
  openssl: '1.1.1',
  // Of crate libsqlite3-sys; node/sqlite.test.js asks SQLite itself.
  sqlite: '3.54.1',
  undici: '7.29.1',
  unicode: '17.0',
  uv: '1.52.1',
  v8: ops.v8Version,
  zstd: '1.5.7',
};

// What of Node's build settings programs, gyp files and Node's tests ask for.
const CONFIG = {
  variables: {
    asan: 0,
    coverage: false,
    debug_node: false,
    host_arch: ops.arch,
    is_debug: 0,
    napi_build_version: '10',
    node_byteorder: 'little',
    node_module_version: 137,
    node_no_browser_globals: false,
    node_prefix: '/usr/local',
    node_shared: false,
    node_shared_openssl: false,
    node_use_amaro: true,
    node_use_openssl: true,
    node_without_node_options: false,
    openssl_is_boringssl: true,
    openssl_is_fips: false,
    single_executable_application: true,
    target_arch: ops.arch,
    ubsan: 0,
    v8_enable_i18n_support: typeof Intl === 'object' ? 1 : 0,
    v8_enable_inspector: 1,
    v8_enable_pointer_compression: 0,
    v8_enable_sandbox: 0,
    v8_enable_webassembly: 1,
    want_separate_host_toolset: 0,
  },
  target_defaults: {
    cflags: [],
    configurations: {},
    default_configuration: 'Release',
    defines: [],
    include_dirs: [],
    libraries: [],
  },
};

// Native functions in Node: no constructors, so methods here.
const natives = {
  _debugEnd() { require('internal/inspector/port').closePort(); },
  _debugProcess(pid) {
    if (typeof pid !== 'number') throw new ERR_MISSING_ARGS('pid');
    const errno = ops.kill(pid, SIGUSR1);
    if (errno < 0) throw new ErrnoException(errno, 'kill');
  },
  abort() { ops.abort(); },
  availableMemory() { return ops.availableMemory(); },
  constrainedMemory() { return ops.constrainedMemory(); },
  dlopen(...args) { require('internal/process/dlopen').dlopen(...args); },
  uptime() { return ops.uptime(); },
};

function freezeDeep(object) {
  const keys = ObjectKeys(object);
  for (let i = 0; i < keys.length; i++) {
    if (typeof object[keys[i]] === 'object') freezeDeep(object[keys[i]]);
  }
  return ObjectFreeze(object);
}

function defineConstant(name, value, configurable = false) {
  ObjectDefineProperty(process, name, {
    __proto__: null, configurable, enumerable: true, value, writable: false,
  });
}

function defineAccessor(name, get, set) {
  ObjectDefineProperty(process, name, {
    __proto__: null, configurable: true, enumerable: true, get, set,
  });
}

/** A getter whose first value, or what is written, becomes a plain property. */
function defineLazy(name, make) {
  const put = (value) => {
    ObjectDefineProperty(process, name, {
      __proto__: null, configurable: true, enumerable: true, value, writable: true,
    });
    return value;
  };
  defineAccessor(name, () => put(make()), put);
}

function makeEventEmitter() {
  const constructor = { process: function() {} }.process;
  const proto = ObjectCreate(EventEmitter.prototype, {
    constructor: {
      __proto__: null, configurable: true, enumerable: false, value: constructor, writable: true,
    },
  });
  constructor.prototype = proto;
  ObjectSetPrototypeOf(process, proto);
  ObjectDefineProperty(process, SymbolToStringTag, {
    __proto__: null, configurable: false, enumerable: false, value: 'process', writable: true,
  });
  FunctionPrototypeCall(EventEmitter, process);
}

/** An object with these fields, which can be defined anew but not written. */
function unwritable(fields) {
  const object = {};
  const names = ObjectKeys(fields);
  for (let i = 0; i < names.length; i++) {
    ObjectDefineProperty(object, names[i], {
      __proto__: null,
      configurable: true,
      enumerable: true,
      value: fields[names[i]],
      writable: false,
    });
  }
  return object;
}

function addIdentity() {
  defineConstant('version', `v${NODE_VERSION}`, true);
  defineConstant('versions', unwritable(VERSIONS), true);
  defineConstant('arch', ops.arch, true);
  defineConstant('platform', 'linux', true);
  defineConstant('release', unwritable({
    name: 'node',
    lts: 'Krypton',
    sourceUrl: `${RELEASES}.tar.gz`,
    headersUrl: `${RELEASES}-headers.tar.gz`,
  }), true);
  process._rawDebug = perThread._rawDebug;
}

function addExit() {
  let exiting = false;
  let exitCode;
  process.domain = null;
  defineAccessor('_exiting', () => exiting, (value) => { exiting = !!value; });
  ObjectDefineProperty(process, 'exitCode', {
    __proto__: null,
    configurable: false,
    enumerable: true,
    get: () => exitCode,
    set(code) {
      if (code === null || code === undefined) {
        exitCode = undefined;
        return;
      }
      let value = code;
      if (typeof code === 'string' && code !== '' && NumberIsNaN(value = +code)) value = code;
      validateInteger(value, 'code');
      exitCode = value;
    },
  });
}

function addMethods() {
  ObjectDefineProperty(process, 'config', {
    __proto__: null, configurable: true, enumerable: true, value: freezeDeep(CONFIG),
  });
  process.dlopen = natives.dlopen;
  process.uptime = natives.uptime;
  process._debugProcess = natives._debugProcess;
  process._debugEnd = natives._debugEnd;
  process._startProfilerIdleNotifier = () => {};
  process._stopProfilerIdleNotifier = () => {};
  process._linkedBinding = perThread._linkedBinding;
  process.reallyExit = perThread.reallyExit;
  process._kill = perThread._kill;
  process.loadEnvFile = perThread.loadEnvFile;
  process.cpuUsage = usage.cpuUsage;
  process.threadCpuUsage = usage.threadCpuUsage;
  process.resourceUsage = usage.resourceUsage;
  process.memoryUsage = usage.memoryUsage;
  process.constrainedMemory = natives.constrainedMemory;
  process.availableMemory = natives.availableMemory;
  process.kill = perThread.kill;
  process.execve = perThread.execve;
  process.exit = perThread.exit;
  process.ref = perThread.ref;
  process.unref = perThread.unref;
  let finalization;
  defineAccessor(
    'finalization',
    () => finalization ??= require('internal/process/finalization').createFinalization(),
    (value) => { finalization = value; });
  process.hrtime = usage.hrtime;
  process.openStdin = function() {
    process.stdin.resume();
    return process.stdin;
  };
  process.getuid = ownState.getuid;
  process.geteuid = ownState.geteuid;
  process.getgid = ownState.getgid;
  process.getegid = ownState.getegid;
  process.getgroups = ownState.getgroups;
  addActivity();
}

/** Loaded when first called: rarely asked for. */
function addActivity() {
  const active = (name) => ({
    [name]() { return require('internal/process/active')[name](); },
  }[name]);
  process._getActiveHandles = active('_getActiveHandles');
  process._getActiveRequests = active('_getActiveRequests');
  process.getActiveResourcesInfo = active('getActiveResourcesInfo');
  defineAccessor('report', () => require('internal/process/report').report);
}

function addFeatures() {
  const features = {
    inspector: true,
    debug: false,
    uv: true,
    ipv6: true,
    tls_alpn: true,
    tls_sni: true,
    tls_ocsp: true,
    tls: true,
    // AWS-LC is of BoringSSL's family.
    openssl_is_boringssl: true,
    get cached_builtins() { return true; },
    get require_module() { return getOptionValue('--require-module') ?? true; },
    get quic() { return false; },
    get typescript() {
      if (getOptionValue('--experimental-transform-types')) return 'transform';
      return getOptionValue('--strip-types') === false ? false : 'strip';
    },
  };
  defineConstant('features', features);
}

function addLibrary() {
  const execution = require('internal/process/execution');
  process._fatalException = execution.onGlobalUncaughtException;
  process.setUncaughtExceptionCaptureCallback = execution.setUncaughtExceptionCaptureCallback;
  process.hasUncaughtExceptionCaptureCallback = execution.hasUncaughtExceptionCaptureCallback;
  process.emitWarning = require('internal/process/warning').emitWarning;
  const { nextTick, tickCallback } = require('internal/process/task_queues');
  process.nextTick = nextTick;
  process._tickCallback = tickCallback;
  defineAccessor('sourceMapsEnabled', perThread.areSourceMapsEnabled);
  process.setSourceMapsEnabled = perThread.setSourceMapsEnabled;
  // Loaded when first called: the module loader itself needs a process.
  process.getBuiltinModule = function getBuiltinModule(id) {
    return require('internal/modules/helpers').getBuiltinModule(id);
  };
  const stdio = (name) => () => require('internal/bootstrap/stdio')[name]();
  defineAccessor('stdout', stdio('getStdout'));
  defineAccessor('stdin', stdio('getStdin'));
  defineAccessor('stderr', stdio('getStderr'));
  process.abort = natives.abort;
  process.umask = ownState.umask;
  process.chdir = ownState.chdir;
  process.cwd = ownState.cwd;
  process.setegid = ownState.setegid;
  process.seteuid = ownState.seteuid;
  process.initgroups = ownState.initgroups;
  process.setgroups = ownState.setgroups;
  process.setgid = ownState.setgid;
  process.setuid = ownState.setuid;
  process.on('newListener', startListeningIfSignal);
  process.on('removeListener', stopListeningIfSignal);
}

makeEventEmitter();
addIdentity();
addExit();
addMethods();
addFeatures();
addLibrary();

/**
 * What only a running process knows.
 * @param {{argv: string[], argv0: string, execArgv: string[], execPath: string,
 *          }} runtime
 */
function patchProcess(runtime) {
  const { createEnv } = require('internal/process/env');
  process.env = createEnv();
  if (getOptionValue('--trace-env')) {
    process.env = require('internal/process/env_trace').traced(process.env);
  }
  let title = getOptionValue('--title') || runtime.argv0;
  if (getOptionValue('--title')) ops.setTitle(title);
  ObjectDefineProperties(process, {
    title: {
      __proto__: null,
      configurable: true,
      enumerable: true,
      get: () => title,
      set(value) {
        title = `${value}`;
        ops.setTitle(title);
        if (traces.isOn) {
          require('internal/trace_events/metadata').describeTitle(title);
        }
      },
    },
  });
  process.argv = runtime.argv;
  process.execArgv = runtime.execArgv;
  process.pid = ops.pid();
  defineAccessor('ppid', () => ops.ppid());
  process.execPath = runtime.execPath;
  const port = () => require('internal/inspector/port');
  defineAccessor('debugPort', () => port().getDebugPort(), (value) => port().setDebugPort(value));
  defineConstant('argv0', runtime.argv0);
  ObjectDefineProperty(process, 'pid', { __proto__: null, writable: false });
  defineLazy('allowedNodeEnvironmentFlags', () => {
    const { createAllowedFlags } = require('internal/process/allowed_flags');
    return createAllowedFlags(getEnvironmentSpellings());
  });
}

module.exports = { patchProcess };
