'use strict';

// NODE_DEBUG logging, and the timers of the console.

const {
  MathFloor, Number, NumberPrototypeToFixed, ObjectDefineProperty, RegExp, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, SafeArrayIterator, StringPrototypePadStart,
  StringPrototypeReplaceAll, StringPrototypeSplit, StringPrototypeToLowerCase,
  StringPrototypeToUpperCase, hardenRegExp,
} = primordials;

const specialCharacters = hardenRegExp(/[|\\{}()[\]^$+?.]/g);

/** undefined: NODE_DEBUG was not read yet; null: it is empty. */
let sections;
let loggers = { __proto__: null };

/** @param {string | undefined} debugEnv  NODE_DEBUG: names with `*`, separated by commas */
function initializeDebugEnv(debugEnv) {
  loggers = { __proto__: null };
  if (!debugEnv) {
    sections = null;
    return;
  }
  let pattern = RegExpPrototypeSymbolReplace(specialCharacters, debugEnv, '\\$&');
  pattern = StringPrototypeReplaceAll(pattern, '*', '.*');
  pattern = StringPrototypeReplaceAll(pattern, ',', '$|^');
  sections = hardenRegExp(new RegExp(`^${pattern}$`, 'i'));
}

function isEnabled(set) {
  // The environment is not part of the snapshot.
  if (sections === undefined) initializeDebugEnv(process.env.NODE_DEBUG);
  return sections !== null && RegExpPrototypeExec(sections, set) !== null;
}

function warnOfSecrets(set) {
  if (set !== 'HTTP' && set !== 'HTTP2') return;
  process.emitWarning(
    `Setting the NODE_DEBUG environment variable to '${StringPrototypeToLowerCase(set)}' can ` +
    'expose sensitive data (such as passwords, tokens and authentication headers) in the ' +
    'resulting log.');
}

const silent = () => {};

function makeLogger(set, enabled) {
  if (!enabled) return silent;
  warnOfSecrets(set);
  const { pid } = process;
  return function debug(...args) {
    const { format, formatWithOptions, inspect } = require('internal/util/inspect');
    const colors = require('internal/util/colors').shouldColorize(process.stderr);
    const message = formatWithOptions({ colors }, ...new SafeArrayIterator(args));
    process.stderr.write(format('%s %s: %s\n', set, inspect(pid, { colors }), message));
  };
}

function getLogger(set, enabled) {
  return loggers[set] ??= makeLogger(set, enabled);
}

/**
 * Public `util.debuglog`.
 * @param {(fn: Function) => void} [cb]  gets the real function at the first call, to replace this
 */
function debuglog(set, cb) {
  let enabled;
  let real;

  const test = () => {
    if (enabled === undefined) {
      set = StringPrototypeToUpperCase(set);
      enabled = isEnabled(set);
    }
    return enabled;
  };
  const defineEnabled = (fn) => ObjectDefineProperty(fn, 'enabled', {
    __proto__: null, get: test, configurable: true, enumerable: true,
  });

  const logger = (...args) => {
    if (real === undefined) {
      test();
      real = getLogger(set, enabled);
      if (typeof cb === 'function') cb(defineEnabled(real));
    }
    if (enabled) real(...new SafeArrayIterator(args));
  };
  return defineEnabled(logger);
}

// ---- timers ------------------------------------------------------------------------------------

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;

const twoDigits = (value) => StringPrototypePadStart(`${value}`, 2, '0');

/** '1.5ms', '2.250s', '1:02.003 (m:ss.mmm)', '1:00:02.003 (h:mm:ss.mmm)' */
function formatTime(ms) {
  if (ms < second) return `${Number(NumberPrototypeToFixed(ms, 3))}ms`;
  if (ms < minute) return `${NumberPrototypeToFixed(ms / second, 3)}s`;
  const hours = MathFloor(ms / hour);
  const minutes = MathFloor(ms % hour / minute);
  const rest = NumberPrototypeToFixed(ms % minute / second, 3);
  const { 0: seconds, 1: millis } = StringPrototypeSplit(rest, '.');
  const tail = `${twoDigits(seconds)}.${millis}`;
  return hours === 0 ? `${minutes}:${tail} (m:ss.mmm)` :
    `${hours}:${twoDigits(minutes)}:${tail} (h:mm:ss.mmm)`;
}

/** @param {Map<string, [number, number]>} timers  label -> when it began */
function time(timers, implementation, label = 'default') {
  label = `${label}`;
  if (timers.has(label)) {
    process.emitWarning(`Label '${label}' already exists for ${implementation}`);
    return;
  }
  timers.set(label, process.hrtime());
}

/** @param {(label: string, time: string, args?: any[]) => void} log */
function timeLog(timers, implementation, log, label = 'default', args = undefined) {
  label = `${label}`;
  const start = timers.get(label);
  if (start === undefined) {
    process.emitWarning(`No such label '${label}' for ${implementation}`);
    return;
  }
  const { 0: seconds, 1: nanos } = process.hrtime(start);
  const elapsed = formatTime(seconds * 1000 + nanos / 1e6);
  if (args === undefined) {
    log(label, elapsed);
  } else {
    log(label, elapsed, args);
  }
}

function timeEnd(timers, implementation, log, label = 'default') {
  timeLog(timers, implementation, log, label);
  timers.delete(`${label}`);
}

module.exports = { debuglog, formatTime, initializeDebugEnv, time, timeEnd, timeLog };
