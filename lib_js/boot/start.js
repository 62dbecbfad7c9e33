'use strict';
// From revived snapshot to running program. Native calls start(runtime) once:
// run-time state goes into process, preloads run, then the main mode is chosen
// in Node's order: --eval, --check, FILE, standard input.

const {
  ArrayPrototypeForEach,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectPrototype,
  RegExpPrototypeExec,
  StringPrototypeSplit,
  globalThis,
} = primordials;

const { getOptionValue, setOptions } = require('internal/options');
const { leaveMain } = require('internal/async_hooks');
const { BuiltinModule } = require('internal/bootstrap/realm');
const {
  emitBeforeExit,
  emitExit,
  onUncaught,
  reportHeapLimit,
} = require('internal/process/execution');

const FD_TTY = 3;

/** Read-only properties that Node keeps for old programs; present only when set, but for lists. */
const OPTION_ALIASES = [
  ['_eval', '--eval'],
  ['_print_eval', '--print'],
  ['_syntax_check_only', '--check'],
  ['_preload_modules', '--require'],
  ['noDeprecation', '--no-deprecation'],
  ['noProcessWarnings', '--no-warnings'],
  ['traceProcessWarnings', '--trace-warnings'],
  ['throwDeprecation', '--throw-deprecation'],
  ['traceDeprecation', '--trace-deprecation'],
];

function defineOptionAliases() {
  ArrayPrototypeForEach(OPTION_ALIASES, ({ 0: name, 1: option }) => {
    const value = getOptionValue(option);
    if (!value) return;
    ObjectDefineProperty(process, name, {
      __proto__: null, value, writable: false, enumerable: true, configurable: true,
    });
  });
}

/** Web Storage, which is loaded when it is first asked for. */
function defineStorages() {
  const { defineLazyProperties } = internalBinding('util');
  defineLazyProperties(globalThis, 'internal/webstorage', ['Storage'], false);
  ArrayPrototypeForEach(['localStorage', 'sessionStorage'], (name) => {
    const accessors = {
      get [name]() {
        return require('internal/webstorage')[name];
      },
      set [name](value) {
        ObjectDefineProperty(globalThis, name, {
          __proto__: null, value, writable: true, enumerable: true, configurable: true,
        });
      },
    };
    const descriptor = ObjectGetOwnPropertyDescriptor(accessors, name);
    ObjectDefineProperty(globalThis, name, { __proto__: null, ...descriptor });
  });
}

/** Options that change what is global, or how it behaves. */
function adjustGlobals() {
  if (getOptionValue('--zero-fill-buffers')) require('internal/buffer').clearUnsafeBuffers();
  if (getOptionValue('--no-experimental-global-navigator')) {
    delete globalThis.navigator;
    delete globalThis.Navigator;
  }
  if (getOptionValue('--no-experimental-websocket')) {
    delete globalThis.WebSocket;
    delete globalThis.CloseEvent;
  }
  if (getOptionValue('--experimental-eventsource')) {
    const { defineLazyProperties } = internalBinding('util');
    defineLazyProperties(globalThis, 'npm/undici/index-fetch', ['EventSource'], false);
  }
  if (getOptionValue('--experimental-webstorage')) defineStorages();
  if (getOptionValue('--no-experimental-sqlite')) BuiltinModule.hideSqlite();
  if (getOptionValue('--use-env-proxy')) require('internal/http/proxy').useEnvironment();
  const mode = getOptionValue('--disable-proto');
  if (mode) require('internal/disable_proto').disableProto(ObjectPrototype, mode);
}

function setUpWarnings() {
  if (getOptionValue('--pending-deprecation')) {
    const { deprecate } = require('internal/util');
    process.binding = deprecate(
      process.binding, 'process.binding() is deprecated. Please use public APIs instead.',
      'DEP0111');
  }
  if (getOptionValue('--no-warnings') || process.env.NODE_NO_WARNINGS === '1') return;
  process.on('warning', require('internal/process/warning').onWarning);
}

/** Turns argv[1] into an absolute path; the directory may be gone, then it stays. */
function expandMainPath() {
  const typed = process.argv[1];
  if (!typed || typed[0] === '-') return undefined;
  try {
    process.argv[1] = require('path').resolve(typed);
  } catch {
    // process.cwd() fails in a removed directory: the path stays as typed.
  }
  return process.argv[1];
}

/** --watch: the program runs in a process of its own. */
function isWatching() {
  if (getOptionValue('--test')) return false;
  return getOptionValue('--watch') || (getOptionValue('--watch-path')?.length ?? 0) > 0;
}

function initializeLoaders() {
  require('internal/modules/cjs/loader').initializeCJS();
  require('internal/modules/esm/utils').initializeESM();
  if (getOptionValue('--enable-source-maps')) process.setSourceMapsEnabled(true);
  if (process.env.NODE_COMPILE_CACHE) {
    require('internal/modules/compile_cache').enableCompileCache(undefined);
  }
  // They may make tests: the runner loads them itself, once there is something to hold tests.
  if (getOptionValue('--test') && getOptionValue('--test-isolation') === 'none') return;
  // They are for the program that is watched.
  if (isWatching()) return;
  const preloads = getOptionValue('--require') ?? [];
  if (preloads.length > 0) {
    require('internal/modules/cjs/loader').Module._preloadModules(preloads);
  }
}

function warnOfConfigFile() {
  if (getOptionValue('--experimental-config-file') === '') return;
  require('internal/util').emitExperimentalWarning('--experimental-config-file');
}

/** --frozen-intrinsics: after preloads, as those may mend what is missing. */
function freezeIfAsked() {
  if (!getOptionValue('--frozen-intrinsics')) return;
  process.emitWarning(
    'Frozen intristics is an experimental feature and might change at any time',
    'ExperimentalWarning');
  require('internal/freeze_intrinsics').freezeIntrinsics();
}

/** Options that make the process listen to a signal. */
function setUpSignals() {
  if (getOptionValue('--report-on-signal')) require('internal/process/report').listen();
  const signal = getOptionValue('--heapsnapshot-signal');
  if (signal === '') return;
  require('internal/validators').validateSignalName(signal);
  process.on(signal, () => require('v8').writeHeapSnapshot());
}

/** --permission, and what is wrong without it. */
function setUpPermission(main) {
  if (getOptionValue('--permission') || getOptionValue('--permission-audit')) {
    require('internal/process/permission').initializePermission(main);
  } else if (getOptionValue('--allow-fs-read').length > 0 ||
             getOptionValue('--allow-fs-write').length > 0) {
    require('internal/process/permission').checkOptionsWithoutModel();
  }
}

/** From the first line on: V8 counts only in code that it compiles afterwards. */
function startCoverage() {
  const folder = process.env.NODE_V8_COVERAGE;
  if (!folder && !getOptionValue('--experimental-test-coverage')) return;
  const { collect, setCoverageFolder } = require('internal/v8/coverage');
  collect();
  if (!folder) return;
  // Children and workers write to the same folder, wherever they are.
  process.env.NODE_V8_COVERAGE = require('path').resolve(folder);
  setCoverageFolder(process.env.NODE_V8_COVERAGE);
}

/** --cpu-prof and --heap-prof: written when the thread ends. */
function startProfiles() {
  if (!getOptionValue('--cpu-prof') && !getOptionValue('--heap-prof')) return;
  require('internal/v8/profile_files').startProfiles();
}

/** --trace-event-categories; threads begin to trace when they know who they are. */
function startTracing({ worker }) {
  const categories = getOptionValue('--trace-event-categories');
  if (categories === '' || worker !== undefined) return;
  require('internal/trace_events/control').startTracing(StringPrototypeSplit(categories, ','));
}

/** `coring perf APP`, unless a file of that name is meant, as it would be to Node. */
function isPerfCommand(argv) {
  return argv[1] === 'perf' && argv.length > 2 && require('internal/main/perf').isCommand();
}

/** Brings the process to where the user's first line could run. */
function prepare(runtime) {
  setOptions(runtime.options);
  require('boot/process').patchProcess(runtime);
  require('boot/turn').startTurns({
    uncaught: onUncaught,
    beforeExit: emitBeforeExit,
    exit: emitExit,
    heapLimit: reportHeapLimit,
  });
  require('internal/perf/clock').setTimeOrigin(runtime.hrtimeOrigin, runtime.timeOriginMs);
  defineOptionAliases();
  adjustGlobals();
  setUpWarnings();
  const { NODE_DEBUG } = process.env;
  if (NODE_DEBUG) require('internal/util/debuglog').initializeDebugEnv(NODE_DEBUG);
  const snapshots = getOptionValue('--heapsnapshot-near-heap-limit');
  if (snapshots > 0) require('internal/heap_utils').snapshotNearHeapLimit(snapshots);
  if (getOptionValue('--trace-uncaught')) internalBinding('errors').traceUncaught();
  startTracing(runtime);
  startCoverage();
  startProfiles();
  if (getOptionValue('--experimental-stream-iter')) {
    BuiltinModule.exposeStreamIter();
    require('internal/fs/iter').extendFileHandle();
  }
  if (getOptionValue('--expose-internals')) BuiltinModule.exposeInternals();
}

/** Started by a process that talks to this one: opens the channel, and joins its cluster. */
function joinParent() {
  const { NODE_CHANNEL_FD: fd, NODE_CHANNEL_SERIALIZATION_MODE: mode } = process.env;
  if (fd) {
    delete process.env.NODE_CHANNEL_FD;
    delete process.env.NODE_CHANNEL_SERIALIZATION_MODE;
    require('child_process')._forkChild(+fd, mode || 'json');
    if (process.env.WATCH_REPORT_DEPENDENCIES) {
      require('internal/watch_mode/report').startReporting();
    }
  }
  if (process.env.NODE_UNIQUE_ID) {
    require('cluster')._setupWorker();
    delete process.env.NODE_UNIQUE_ID;
  }
}

function runEval() {
  const { runSource } = require('internal/process/execution');
  require('internal/modules/helpers').addBuiltinLibsToObject(globalThis, '<eval>');
  runSource('[eval]', getOptionValue('--eval'));
}

function runStdin() {
  const { readStdin, runSource } = require('internal/process/execution');
  readStdin((source) => {
    process._eval = source;
    runSource('[stdin]', source);
  });
}

/** What is left before the user's first line; `main` is what --permission lets the program read. */
function finishPreparing(main) {
  setUpPermission(main);
  warnOfConfigFile();
  // The processes that these two start are what is debugged.
  if (getOptionValue('--inspect') && !getOptionValue('--test') && !isWatching()) {
    require('internal/inspector/port').startByOptions();
  }
  if (getOptionValue('--trace-sigint')) {
    require('internal/util/trace_sigint').setTraceSigInt(true);
  }
  if (getOptionValue('--trace-sync-io')) {
    require('internal/process/trace_sync_io').traceSyncIO();
  }
  setUpSignals();
  const metrics = getOptionValue('--metrics');
  if (metrics) require('internal/metrics').startMetrics(metrics);
  joinParent();
  initializeLoaders();
  freezeIfAsked();
  internalBinding('performance').markBootstrapComplete();
  // User code must not see what the library last matched through RegExp.$1.
  RegExpPrototypeExec(/^/, '');
}

function start(runtime) {
  if (runtime.worker !== undefined) {
    require('internal/main/worker_thread').startWorker(runtime, prepare, initializeLoaders);
    return undefined;
  }
  const { argv } = runtime;
  prepare(runtime);
  if (runtime.isApplication) {
    // Whatever the command line says, and argv[1] stays as it is.
    finishPreparing(undefined);
    require('internal/main/embedding').runApplication();
    leaveMain();
    return undefined;
  }
  const script = getOptionValue('--run');
  if (script) require('internal/process/run_script').runScript(script, argv.slice(1));
  const hasEval = getOptionValue('--eval') !== undefined;
  const hasFile = !hasEval && argv.length > 1 && argv[1] !== '' && argv[1] !== '-';
  const checkOnly = !hasEval && getOptionValue('--check');
  const isTestRunner = getOptionValue('--test');
  const isWatched = isWatching();
  const isPerf = hasFile && !isTestRunner && !isWatched && isPerfCommand(argv);
  const isRepl = !hasFile && !checkOnly && !isTestRunner && argv[1] !== '-' &&
    (getOptionValue('--interactive') ||
     (!hasEval && internalBinding('process_ops').ttyInfo(0) === FD_TTY));
  const isEntryUrl = hasFile && getOptionValue('--entry-url');
  const main = hasFile && !isEntryUrl && !isTestRunner && !isWatched ? expandMainPath() : argv[1];
  finishPreparing(hasFile ? main : undefined);
  if (isRepl) return require('internal/main/repl').runRepl(hasEval);
  if (hasEval) return runEval();
  if (checkOnly) {
    const { checkSyntax } = require('internal/process/execution');
    return checkSyntax(hasFile ? main : undefined);
  }
  if (isTestRunner) return require('internal/main/test_runner').runTests();
  if (isWatched) return require('internal/main/watch_mode').runWatched();
  if (isPerf) return require('internal/main/perf').runPerf(process.argv.slice(2));
  if (!hasFile) return runStdin();
  require('internal/modules/cjs/loader').Module.runMain(main);
  leaveMain();
  return undefined;
}

module.exports = { start };
