'use strict';

// Methods of process that are the same on every core.

const {
  FunctionPrototypeCall,
  ObjectKeys,
  ReflectApply,
  SymbolFor,
} = primordials;

const { signals } = require('internal/constants_os');
const {
  ErrnoException,
  UVException,
  codes: { ERR_INVALID_ARG_TYPE, ERR_UNKNOWN_SIGNAL },
} = require('internal/errors');
const { validateBoolean } = require('internal/validators');

const ops = internalBinding('process_ops');

const kRef = SymbolFor('nodejs.ref');
const kUnref = SymbolFor('nodejs.unref');

let sourceMaps = false;

function exit(code) {
  if (arguments.length !== 0) process.exitCode = code;
  if (!process._exiting) {
    process._exiting = true;
    process.emit('exit', process.exitCode || 0);
  }
  // A listener may have changed it; reallyExit may have been replaced by one
  // that returns.
  process.reallyExit(process.exitCode || 0);
}

function reallyExit(code) {
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

function loadEnvFile(path = undefined) {
  let file = '.env';
  if (path != null) {
    const { getValidatedPath } = require('internal/fs/utils');
    file = getValidatedPath(path);
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

/** Remembered only: stack traces are not mapped back to sources yet. */
function setSourceMapsEnabled(val) {
  validateBoolean(val, 'val');
  sourceMaps = val;
}

function areSourceMapsEnabled() {
  return sourceMaps;
}

module.exports = {
  _kill,
  _rawDebug,
  areSourceMapsEnabled,
  exit,
  kill,
  loadEnvFile,
  reallyExit,
  ref,
  setSourceMapsEnabled,
  unref,
};
