'use strict';

// Methods of process that are the same on every core.

const {
  ArrayPrototypeForEach,
  Error,
  FunctionPrototypeCall,
  ObjectKeys,
  ReflectApply,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  SymbolFor,
} = primordials;

const { BuiltinModule } = require('internal/bootstrap/realm');
const { signals } = require('internal/constants_os');
const {
  ErrnoException,
  UVException,
  genericNodeError,
  codes: {
    ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_UNKNOWN_SIGNAL,
    ERR_WORKER_UNSUPPORTED_OPERATION,
  },
} = require('internal/errors');
const { emitExperimentalWarning, getSystemErrorName } = require('internal/util');
const { getOptionValue } = require('internal/options');
const traces = require('internal/trace_events/flags');
const {
  validateArray, validateBoolean, validateObject, validateString,
} = require('internal/validators');

const ops = internalBinding('process_ops');

const kRef = SymbolFor('nodejs.ref');
const kUnref = SymbolFor('nodejs.unref');

/** --trace-exit: who ends the process. */
function traceExit() {
  const { threadId } = require('internal/worker/self');
  const thread = threadId === 0 ? '' : `, thread:${threadId}`;
  let text = `(node:${process.pid}${thread}) WARNING: Exited the environment with code ` +
    `${process.exitCode || 0}\n`;
  const limit = Error.stackTraceLimit;
  if (typeof limit !== 'number' || limit < 1) {
    ops.writeSync(2, text);
    return;
  }
  // Frames of the library count here, unlike in an error's stack.
  ArrayPrototypeForEach(internalBinding('util').getCallSites(limit), (site) => {
    const place = `${site.scriptName}:${site.lineNumber}:${site.columnNumber}`;
    text += `    at ${site.functionName ? `${site.functionName} (${place})` : place}\n`;
  });
  ops.writeSync(2, `${text}\n`);
}

/** The last that a thread does before it ends, whatever the reason. */
function closeThread() {
  require('internal/modules/helpers').getCompileCache()?.persist();
  if (getOptionValue('--cpu-prof') || getOptionValue('--heap-prof')) {
    require('internal/v8/profile_files').writeProfiles();
  }
  if (traces.environment) require('internal/trace_events/metadata').tellEnd();
}

function exit(code) {
  if (arguments.length !== 0) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', process.exitCode || 0);
  }
  if (getOptionValue('--trace-exit')) traceExit();
  // A listener may have changed it; reallyExit may have been replaced by one
  // that returns.
  process.reallyExit(process.exitCode || 0);
}

function reallyExit(code) {
  closeThread();
  // Debuggers look at what there is until they go.
  if (BuiltinModule.map.get('internal/inspector/port')?.loaded) {
    internalBinding('inspector').part();
  }
  ops.reallyExit(code | 0);
}

function kill(pid, sig) {
  // eslint-disable-next-line eqeqeq
  if (pid != (pid | 0)) throw new ERR_INVALID_ARG_TYPE('pid', 'number', pid);
  let number = sig;
  // Zero asks whether the process is there.
  if (sig !== (sig | 0)) {
    const name = sig || 'SIGTERM';
    number = signals[name];
    if (!number) throw new ERR_UNKNOWN_SIGNAL(name);
  }
  const errno = process._kill(pid | 0, number);
  if (errno < 0) throw new ErrnoException(errno, 'kill');
  return true;
}

function _kill(pid, signal) {
  return ops.kill(pid, signal);
}

/** Bindings that an embedder would have linked in: there are none. */
function _linkedBinding(module) {
  const name = `${module}`;
  if (getOptionValue('--permission')) {
    require('internal/process/permission').check('addon', name);
  }
  throw genericNodeError(`No such binding was linked: ${name}`, { code: 'ERR_INVALID_MODULE' });
}

function loadEnvFile(path = undefined) {
  let file = '.env';
  if (path != null) {
    const { getValidatedPath } = require('internal/fs/utils');
    file = getValidatedPath(path);
  }
  if (getOptionValue('--permission')) {
    require('internal/process/permission').check('fs.read', `${file}`);
  }
  const text = internalBinding('fs_ops').readFileUtf8(`${file}`, -1);
  if (typeof text !== 'string') {
    throw new UVException({ errno: text, syscall: 'open', path: file });
  }
  const entries = require('util').parseEnv(text);
  const names = ObjectKeys(entries);
  for (let i = 0; i < names.length; i++) {
    // What is set already wins over the file.
    if (process.env[names[i]] === undefined) process.env[names[i]] = entries[names[i]];
  }
}

const REPLACED_TEXT = 'must be a string without null bytes';
const REPLACED_ENV_TEXT =
  'must be an object with string keys and values without null bytes';

function isCString(value) {
  return typeof value === 'string' && !StringPrototypeIncludes(value, '\0');
}

/** Goes on as another program: nothing of this one is left, not even its 'exit' listeners. */
function execve(execPath, args = [], env = process.env) {
  emitExperimentalWarning('process.execve');
  if (!require('internal/worker/self').isMainThread) {
    throw new ERR_WORKER_UNSUPPORTED_OPERATION('Calling process.execve');
  }
  validateString(execPath, 'execPath');
  validateArray(args, 'args');
  for (let i = 0; i < args.length; i++) {
    if (!isCString(args[i])) throw new ERR_INVALID_ARG_VALUE(`args[${i}]`, args[i], REPLACED_TEXT);
  }
  validateObject(env, 'env');
  const variables = [];
  const names = ObjectKeys(env);
  for (let i = 0; i < names.length; i++) {
    if (!isCString(names[i]) || !isCString(env[names[i]])) {
      throw new ERR_INVALID_ARG_VALUE('env', env, REPLACED_ENV_TEXT);
    }
    variables[i] = `${names[i]}=${env[names[i]]}`;
  }
  const { channel } = require('diagnostics_channel');
  const executed = channel('process.execve');
  if (executed.hasSubscribers) executed.publish({ execPath, args, env: variables });
  if (getOptionValue('--permission')) {
    require('internal/process/permission').check('child', execPath);
  }
  const errno = ops.execve(execPath, args, variables);
  // The program has given up what it had: there is no way back.
  const { stack } = new Error();
  const code = getSystemErrorName(errno);
  ops.writeSync(2, `process.execve failed with error code ${code}\n` +
    `${StringPrototypeSlice(stack, StringPrototypeIndexOf(stack, '\n') + 1)}\n`);
  ops.abort();
}

function ref(maybeRefable) {
  const method = maybeRefable?.[kRef] || maybeRefable?.ref;
  if (typeof method === 'function') FunctionPrototypeCall(method, maybeRefable);
}

function unref(maybeRefable) {
  const method = maybeRefable?.[kUnref] || maybeRefable?.unref;
  if (typeof method === 'function') FunctionPrototypeCall(method, maybeRefable);
}

function _rawDebug(...args) {
  const { format } = require('internal/util/inspect');
  ops.writeSync(2, `${ReflectApply(format, null, args)}\n`);
}

function setSourceMapsEnabled(enabled) {
  validateBoolean(enabled, 'enabled');
  if (enabled === areSourceMapsEnabled()) return;
  require('internal/source_map/source_map_cache').setSourceMapsSupport(
    enabled, { __proto__: null, nodeModules: enabled, generatedCode: enabled });
}

function areSourceMapsEnabled() {
  return require('internal/modules/helpers').getSourceMapCache() !== undefined;
}

module.exports = {
  _kill,
  _linkedBinding,
  _rawDebug,
  areSourceMapsEnabled,
  closeThread,
  execve,
  exit,
  traceExit,
  kill,
  loadEnvFile,
  reallyExit,
  ref,
  setSourceMapsEnabled,
  unref,
};
