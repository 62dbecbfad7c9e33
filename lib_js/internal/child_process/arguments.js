'use strict';

// The arguments of spawn() and its kin: checked in Node's order, and brought into one form.

const {
  ArrayIsArray,
  ArrayPrototypeFilter,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  NumberIsInteger,
  ObjectPrototypeHasOwnProperty,
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeToUpperCase,
} = primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_OUT_OF_RANGE },
} = require('internal/errors');
const { getValidatedPath } = require('internal/fs/utils');
const { getOptionValue } = require('internal/options');
const { convertToValidSignal, kEmptyObject } = require('internal/util');
const {
  isInt32,
  validateBoolean,
  validateFunction,
  validateObject,
  validateString,
} = require('internal/validators');

const DEP0190 = 'Passing args to a child process with shell option true can lead to security ' +
  'vulnerabilities, as the arguments are not escaped, only concatenated.';

let hasWarnedOfShellArguments = false;

function refuseNull(argument, name) {
  if (typeof argument === 'string' && StringPrototypeIncludes(argument, '\u0000')) {
    throw new ERR_INVALID_ARG_VALUE(name, argument, 'must be a string without null bytes');
  }
}

function refuseNulls(list, name) {
  for (let i = 0; i < list.length; ++i) refuseNull(list[i], `${name}[${i}]`);
}

function validateTimeout(timeout) {
  if (timeout != null && !(NumberIsInteger(timeout) && timeout >= 0)) {
    throw new ERR_OUT_OF_RANGE('timeout', 'an unsigned integer', timeout);
  }
}

function validateMaxBuffer(maxBuffer) {
  if (maxBuffer != null && !(typeof maxBuffer === 'number' && maxBuffer >= 0)) {
    throw new ERR_OUT_OF_RANGE('options.maxBuffer', 'a positive number', maxBuffer);
  }
}

/** @returns {number | undefined} */
function killSignalNumber(killSignal) {
  if (typeof killSignal === 'string' || typeof killSignal === 'number') {
    return convertToValidSignal(killSignal);
  }
  if (killSignal != null) {
    throw new ERR_INVALID_ARG_TYPE('options.killSignal', ['string', 'number'], killSignal);
  }
  return undefined;
}

function validateId(value, name) {
  if (value != null && !isInt32(value)) throw new ERR_INVALID_ARG_TYPE(name, 'int32', value);
}

function validateArgv0(argv0) {
  if (argv0 == null) return;
  validateString(argv0, 'options.argv0');
  refuseNull(argv0, 'options.argv0');
}

function validateOptionalBoolean(options, name) {
  if (options[name] != null) validateBoolean(options[name], `options.${name}`);
}

/** Checks what a spawn is told; gives the path of its working directory. */
function validateSpawnOptions(options) {
  const cwd = options.cwd != null ? getValidatedPath(options.cwd, 'options.cwd') : options.cwd;
  validateOptionalBoolean(options, 'detached');
  validateId(options.uid, 'options.uid');
  validateId(options.gid, 'options.gid');
  const { shell } = options;
  if (shell != null && typeof shell !== 'boolean' && typeof shell !== 'string') {
    throw new ERR_INVALID_ARG_TYPE('options.shell', ['boolean', 'string'], shell);
  }
  validateArgv0(options.argv0);
  validateOptionalBoolean(options, 'windowsHide');
  validateOptionalBoolean(options, 'windowsVerbatimArguments');
  return cwd;
}

/** The shell that runs `command`. Programs look at this for other platforms, too. */
function shellWords(shell, command) {
  const named = typeof shell === 'string' ? shell : undefined;
  if (process.platform !== 'win32') {
    const file = named ?? (process.platform === 'android' ? '/system/bin/sh' : '/bin/sh');
    return { file, args: ['-c', command], isVerbatim: false };
  }
  const file = named ?? (process.env.comspec || 'cmd.exe');
  if (RegExpPrototypeExec(/^(?:.*\\)?cmd(?:\.exe)?$/i, file) === null) {
    return { file, args: ['-c', command], isVerbatim: false };
  }
  return { file, args: ['/d', '/s', '/c', `"${command}"`], isVerbatim: true };
}

function warnOfShellArguments() {
  if (hasWarnedOfShellArguments) return;
  hasWarnedOfShellArguments = true;
  process.emitWarning(DEP0190, 'DeprecationWarning', 'DEP0190');
}

/** Windows has one variable for all spellings of a name: the first in order counts. */
function uniqueNames(names) {
  const seen = new SafeSet();
  return ArrayPrototypeFilter(ArrayPrototypeSort(names), (name) => {
    const upper = StringPrototypeToUpperCase(name);
    if (seen.has(upper)) return false;
    seen.add(upper);
    return true;
  });
}

/** NAME=value of every variable, inherited ones of `env` included. */
function environmentPairs(options, args) {
  let env = options.env || process.env;
  if (getOptionValue('--permission')) {
    env = require('internal/process/permission').inheritPermission(env, args);
  }
  const coverage = process.env.NODE_V8_COVERAGE;
  const isSet = options.env && ObjectPrototypeHasOwnProperty(options.env, 'NODE_V8_COVERAGE');
  if (coverage && !isSet) {
    env.NODE_V8_COVERAGE = coverage;
  }
  let names = [];
  for (const name in env) ArrayPrototypePush(names, name);
  if (process.platform === 'win32') names = uniqueNames(names);
  const pairs = [];
  for (let i = 0; i < names.length; i++) {
    const value = env[names[i]];
    if (value === undefined) continue;
    refuseNull(names[i], `options.env['${names[i]}']`);
    refuseNull(value, `options.env['${names[i]}']`);
    ArrayPrototypePush(pairs, `${names[i]}=${value}`);
  }
  return pairs;
}

function normalizeSpawnArguments(file, args, options) {
  validateString(file, 'file');
  refuseNull(file, 'file');
  if (file.length === 0) throw new ERR_INVALID_ARG_VALUE('file', file, 'cannot be empty');
  if (ArrayIsArray(args)) {
    args = ArrayPrototypeSlice(args);
  } else if (args == null) {
    args = [];
  } else if (typeof args !== 'object') {
    throw new ERR_INVALID_ARG_TYPE('args', 'object', args);
  } else {
    options = args;
    args = [];
  }
  refuseNulls(args, 'args');
  if (options === undefined) options = kEmptyObject;
  else validateObject(options, 'options');
  options = { __proto__: null, ...options };
  const cwd = validateSpawnOptions(options);
  let isVerbatim = !!options.windowsVerbatimArguments;
  if (options.shell) {
    refuseNull(options.shell, 'options.shell');
    if (args.length > 0) warnOfShellArguments();
    const command = ArrayPrototypeJoin([file, ...args], ' ');
    const words = shellWords(options.shell, command);
    ({ file, args } = words);
    isVerbatim ||= words.isVerbatim;
  }
  const argv0 = typeof options.argv0 === 'string' ? options.argv0 : file;
  return {
    __proto__: null,
    ...options,
    args: [argv0, ...args],
    cwd,
    detached: !!options.detached,
    envPairs: environmentPairs(options, args),
    file,
    windowsHide: !!options.windowsHide,
    windowsVerbatimArguments: isVerbatim,
  };
}

/** exec(command, options, callback) */
function normalizeExecArgs(command, options, callback) {
  validateString(command, 'command');
  refuseNull(command, 'command');
  if (typeof options === 'function') {
    callback = options;
    options = undefined;
  }
  options = { __proto__: null, ...options };
  options.shell = typeof options.shell === 'string' ? options.shell : true;
  return { file: command, options, callback };
}

/** execFile(file, args, options, callback), of which all but the first may be left out. */
function normalizeExecFileArgs(file, args, options, callback) {
  if (ArrayIsArray(args)) {
    args = ArrayPrototypeSlice(args);
  } else if (args != null && typeof args === 'object') {
    callback = options;
    options = args;
    args = null;
  } else if (typeof args === 'function') {
    callback = args;
    options = null;
    args = null;
  }
  args ??= [];
  if (typeof options === 'function') callback = options;
  else if (options != null) validateObject(options, 'options');
  options ??= kEmptyObject;
  if (callback != null) validateFunction(callback, 'callback');
  validateArgv0(options.argv0);
  return { file, args, options, callback };
}

module.exports = {
  environmentPairs,
  killSignalNumber,
  normalizeExecArgs,
  normalizeExecFileArgs,
  normalizeSpawnArguments,
  refuseNull,
  refuseNulls,
  validateMaxBuffer,
  validateTimeout,
};
