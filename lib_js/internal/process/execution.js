'use strict';
// Running source that is no file (-e, -p, standard input), checking syntax, and
// what happens to exceptions that nobody caught and to a process that ends.

const {
  ArrayPrototypeForEach,
  FunctionPrototype,
  RegExpPrototypeExec,
  Symbol,
  globalThis,
} = primordials;

const { codes: {
  ERR_EVAL_ESM_CANNOT_PRINT,
  ERR_INVALID_ARG_TYPE,
  ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET,
} } = require('internal/errors');
const { BuiltinModule } = require('internal/bootstrap/realm');
const { getOptionValue } = require('internal/options');
const { closeThread } = require('internal/process/per_thread');
const lazyURL = require('internal/util/lazy').getLazy(() => require('internal/url'));
const path = require('path');

const EXIT_UNCAUGHT = 1;
const EXIT_NO_HANDLER = 6;
const EXIT_HANDLER_THREW = 7;
const EXIT_UNSETTLED_AWAIT = 13;

const noop = FunctionPrototype;

function tryGetCwd() {
  try {
    return process.cwd();
  } catch {
    // The directory is gone. Not right, but there is nothing better.
    return path.dirname(process.execPath);
  }
}

let evalCount = 0;

function runAsModule(source, print, mayHaveTypes = false) {
  if (print) throw new ERR_EVAL_ESM_CANNOT_PRINT();
  const url = `${lazyURL().pathToFileURL(`${process.cwd()}/`)}[eval${++evalCount}]`;
  const { runEntryPointWithESMLoader } = require('internal/modules/run_main');
  runEntryPointWithESMLoader((loader) => loader.eval(source, url, true, mayHaveTypes));
}

/** Puts `require` and its like on the global object, as code without a file expects. */
function exposeModule(name) {
  const { Module } = require('internal/modules/cjs/loader');
  const { makeRequireFunction } = require('internal/modules/helpers');
  const cwd = tryGetCwd();
  const module = new Module(name);
  module.filename = path.join(cwd, name);
  module.paths = Module._nodeModulePaths(cwd);
  globalThis.module = module;
  globalThis.exports = module.exports;
  globalThis.__filename = name;
  globalThis.__dirname = '.';
  globalThis.require = makeRequireFunction(module);
  return module;
}

function compileForRun(name, source) {
  const { compileScript } = internalBinding('contextify');
  const { importFrom, registerImporter } = require('internal/modules/esm/utils');
  const symbol = Symbol(name);
  registerImporter(symbol, (specifier, attributes, phase) => {
    const { href } = lazyURL().pathToFileURL(path.join(tryGetCwd(), name));
    return importFrom(href)(specifier, attributes, phase);
  });
  return compileScript(source, name, 0, 0, symbol).script;
}

/** Calls `main` from where Node's wrapper of such a script does: line 6, column 24 of it. */
const WRAPPER = '\n\n\n\n\n             (main) => main();';

function runAsScript(name, compile, print) {
  exposeModule(name);
  const run = () => {
    const script = compile();
    const { compileScript, runScript } = internalBinding('contextify');
    const wrapper = compileScript(WRAPPER, `${name}-wrapper`, 0, 0, undefined).script;
    const call = runScript(wrapper, null, -1, true);
    // Until now RegExp.$1 is the library's.
    RegExpPrototypeExec(/^/, '');
    const isPaused = getOptionValue('--inspect-brk');
    const result = isPaused ?
      call(() => require('internal/inspector/port').callOnStart(
        runScript, undefined, script, null, -1, true)) :
      call(() => runScript(script, null, -1, true));
    if (print) {
      const { log } = require('internal/console/global');
      process.on('exit', () => log(result));
    }
  };
  const { isLoaderOnCommandLine, runEntryPointWithESMLoader } =
    require('internal/modules/run_main');
  if (isLoaderOnCommandLine()) {
    runEntryPointWithESMLoader(run);
  } else {
    run();
  }
}

function hasModuleSyntax(name, source) {
  // Without the wrapper's variables: `const require = ...` is fine here.
  return getOptionValue('--experimental-detect-module') !== false &&
    internalBinding('modules').containsModuleSyntax(source, name, undefined, true);
}

/** Nobody says what it is: JavaScript, or else TypeScript; a script, or else a module. */
function runUnknown(name, source, print) {
  const mayHaveTypes = getOptionValue('--strip-types') !== false;
  if (hasModuleSyntax(name, source)) {
    runAsModule(source, print, mayHaveTypes);
    return;
  }
  let script;
  try {
    script = compileForRun(name, source);
  } catch (error) {
    if (!mayHaveTypes) throw error;
    const { belowPlace, compileWithoutTypes } = require('internal/modules/typescript');
    const compile = (text) => (hasModuleSyntax(name, text) ? 'module' : compileForRun(name, text));
    script = compileWithoutTypes(error, source, compile, belowPlace);
  }
  if (script === 'module') runAsModule(source, print, true);
  else runAsScript(name, () => script, print);
}

/** Text that is no file, from the command line, standard input, or for a worker. */
function runText(name, source, print) {
  const inputType = getOptionValue('--input-type');
  if (!inputType) {
    runUnknown(name, source, print);
    return;
  }
  const { formatWithoutTypes, isTypeScript } = require('internal/modules/helpers');
  if (isTypeScript(inputType)) {
    const { EVAL, stripTypeScriptModuleTypes } = require('internal/modules/typescript');
    source = stripTypeScriptModuleTypes(source, EVAL);
  }
  if (formatWithoutTypes(inputType) === 'module') runAsModule(source, print);
  else runAsScript(name, () => compileForRun(name, source), print);
}

/** -e, -p and standard input: `name` is '[eval]' or '[stdin]'. */
function runSource(name, source) {
  runText(name, source, getOptionValue('--print'));
}

/** A worker's script without a file: `code` is its text. */
function runWorkerSource(name, code) {
  runText(name, code, false);
}

function readStdin(callback) {
  process.stdin.setEncoding('utf8');
  let source = '';
  process.stdin.on('data', (chunk) => {
    source += chunk;
  });
  process.stdin.on('end', () => callback(source));
}

/** Compiles without running; throws the SyntaxError. */
function compileOnly(source, filename) {
  const { containsModuleSyntax, createSourceText } = internalBinding('modules');
  let format = getOptionValue('--input-type') || 'commonjs';
  if (filename !== '[stdin]') {
    const { defaultResolve } = require('internal/modules/esm/resolve');
    const { defaultGetFormat } = require('internal/modules/esm/get_format');
    const { URL, pathToFileURL } = lazyURL();
    const { href } = pathToFileURL(filename);
    const { url } = defaultResolve(href, { parentURL: href });
    format = defaultGetFormat(new URL(url));
  }
  if (format === 'module' || (format == null && containsModuleSyntax(source, filename))) {
    createSourceText(filename, source, undefined);
    return;
  }
  const { wrapSafe } = require('internal/modules/cjs/loader');
  wrapSafe(filename, source, undefined, format);
}

/** -c */
function checkSyntax(main) {
  let check;
  if (main !== undefined) {
    const { Module } = require('internal/modules/cjs/loader');
    const filename = Module._resolveFilename(main);
    const source = require('fs').readFileSync(filename, 'utf8');
    check = () => compileOnly(source, filename);
  } else {
    check = () => readStdin((source) => compileOnly(source, '[stdin]'));
  }
  if ((getOptionValue('--import') ?? []).length > 0) {
    require('internal/modules/run_main').runEntryPointWithESMLoader(check);
  } else {
    check();
  }
}

// Uncaught exceptions.

let captureCallback = null;

function setUncaughtExceptionCaptureCallback(fn) {
  if (fn === null) {
    captureCallback = null;
    return;
  }
  if (typeof fn !== 'function') {
    throw new ERR_INVALID_ARG_TYPE('fn', ['Function', 'null'], fn);
  }
  if (captureCallback !== null) throw new ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET();
  captureCallback = fn;
}

function hasUncaughtExceptionCaptureCallback() {
  return captureCallback !== null;
}

/** Of a worker, which has its own way with what nobody captures. */
function callUncaughtExceptionCapture(error) {
  captureCallback(error);
}

function isLoaded(id) {
  return BuiltinModule.map.get(id)?.loaded === true;
}

function report(error, place, frames) {
  require('internal/process/report_uncaught').reportUncaught(error, place, frames);
}

/**
 * What native calls for an exception nobody caught: true when the program goes on, else the exit
 * code; the error is printed. Throws what a listener threw: native comes back with that as
 * `isRethrown`, only to have it printed.
 */
function onUncaught(error, fromPromise, place, isRethrown, frames) {
  if (isRethrown) {
    report(error, place, frames);
    if (getOptionValue('--abort-on-uncaught-exception')) process.abort();
    return EXIT_HANDLER_THREW;
  }
  const handle = process._fatalException;
  if (typeof handle !== 'function') {
    report(error, place, frames);
    return EXIT_NO_HANDLER;
  }
  if (captureCallback === null && getOptionValue('--abort-on-uncaught-exception')) {
    report(error, place, frames);
    process.abort();
  }
  if (handle(error, fromPromise) !== false) return true;
  report(error, place, frames);
  // An 'exit' listener that throws finds no code set.
  return +(process.exitCode ?? EXIT_UNCAUGHT);
}

/** --report-uncaught-exception, or the same set by the program. */
function reportException(error) {
  if (!getOptionValue('--report-uncaught-exception') &&
      !isLoaded('internal/process/report')) return;
  try {
    require('internal/process/report').reportException(error);
  } catch {
    // A report that fails must not hide what it is about.
  }
}

/** What the callback throws itself ends the program, with a core if one was asked for. */
function callCapture(error) {
  try {
    captureCallback(error);
  } catch (thrown) {
    if (!getOptionValue('--abort-on-uncaught-exception')) throw thrown;
    report(thrown, '');
    process.abort();
  }
}

/** The heap is full, and JavaScript has been ended: with a little more heap a report is written. */
function reportHeapLimit(limitBytes) {
  if (!getOptionValue('--report-on-fatalerror') && !isLoaded('internal/process/report')) return;
  require('internal/process/report').reportHeapLimit(limitBytes);
}

/** process._fatalException: false when nobody took the error, and the program ends. */
function onGlobalUncaughtException(error, fromPromise) {
  const origin = fromPromise ? 'unhandledRejection' : 'uncaughtException';
  process.emit('uncaughtExceptionMonitor', error, origin);
  if (captureCallback !== null) {
    callCapture(error);
  } else if (!process.emit('uncaughtException', error, origin)) {
    reportException(error);
    try {
      if (!process._exiting) {
        process._exiting = true;
        process.exitCode = EXIT_UNCAUGHT;
        process.emit('exit', EXIT_UNCAUGHT);
      }
    } catch {
      // The first error is the one to tell about.
    }
    closeThread();
    return false;
  }
  // The loop turns once more, so that ticks scheduled before the throw run.
  require('internal/timers').setImmediate(noop);
  require('internal/async_hooks').unwindScopes();
  return true;
}

// The end.

/** The loop has run dry. Native asks afterwards whether there is new work. */
function emitBeforeExit() {
  require('internal/async_hooks').tellDestroyed();
  process.emit('beforeExit', process.exitCode || 0);
}

/** Where top-level await is stuck, in Node's words. */
function reportUnsettledAwait() {
  if (getOptionValue('--no-warnings')) return;
  const { getEntryPoint } = require('internal/modules/esm/loader');
  const job = getEntryPoint();
  if (job === undefined) return;
  const { writeSync } = internalBinding('process_ops');
  const { stalledAwait } = internalBinding('modules');
  ArrayPrototypeForEach(stalledAwait(job.wrap), (text) => writeSync(2, `${text}\n`));
}

/** @returns {number} the exit code */
function emitExit() {
  const isUnsettled = require('internal/modules/run_main').isEntryPointPending();
  if (!process._exiting) {
    process._exiting = true;
    if (isUnsettled) process.exitCode ??= EXIT_UNSETTLED_AWAIT;
    process.emit('exit', process.exitCode || 0);
  }
  closeThread();
  const code = process.exitCode ?? 0;
  if (isUnsettled && code === EXIT_UNSETTLED_AWAIT) reportUnsettledAwait();
  return code;
}

module.exports = {
  callUncaughtExceptionCapture,
  checkSyntax,
  emitBeforeExit,
  emitExit,
  hasUncaughtExceptionCaptureCallback,
  onGlobalUncaughtException,
  onUncaught,
  readStdin,
  reportHeapLimit,
  runSource,
  runWorkerSource,
  setUncaughtExceptionCaptureCallback,
  tryGetCwd,
};
