'use strict';

// process.report: when a diagnostic report is written, where, and under which name. What is in it
// stands in report_content.js.

const {
  Date,
  JSONStringify,
  StringPrototypePadStart,
  StringPrototypeToUpperCase,
} = primordials;

const { signals } = require('internal/constants_os');
const {
  codes: { ERR_ACCESS_DENIED, ERR_SYNTHETIC, ERR_UNKNOWN_SIGNAL },
} = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { validateBoolean, validateObject, validateString } = require('internal/validators');

const INDENT = 2;

function content() {
  return require('internal/process/report_content');
}

let sequence = 0;

// What the command line said, then what the program set.
const settings = {
  directory: getOptionValue('--report-dir') || getOptionValue('--diagnostic-dir'),
  filename: getOptionValue('--report-filename'),
  compact: getOptionValue('--report-compact'),
  excludeNetwork: getOptionValue('--report-exclude-network'),
  excludeEnv: getOptionValue('--report-exclude-env'),
  signal: getOptionValue('--report-signal') || 'SIGUSR2',
  reportOnFatalError: getOptionValue('--report-on-fatalerror'),
  reportOnSignal: getOptionValue('--report-on-signal'),
  reportOnUncaughtException: getOptionValue('--report-uncaught-exception'),
};

const pad = (number, width) => StringPrototypePadStart(`${number}`, width, '0');

/** report.<date>.<time>.<pid>.<thread>.<sequence>.json, in local time */
function defaultName(date) {
  const day = `${date.getFullYear()}${pad(date.getMonth() + 1, 2)}${pad(date.getDate(), 2)}`;
  const time = `${pad(date.getHours(), 2)}${pad(date.getMinutes(), 2)}${pad(date.getSeconds(), 2)}`;
  const { threadId } = require('internal/worker/self');
  return `report.${day}.${time}.${process.pid}.${threadId}.${pad(++sequence, 3)}.json`;
}

function print(text) {
  internalBinding('process_ops').writeSync(2, text);
}

/** @returns {string} the name of the file */
function write(event, trigger, file, error, limitBytes) {
  const date = new Date();
  const name = file || settings.filename || defaultName(date);
  const report = content().collect({
    event, trigger, filename: name, error, date, settings, limitBytes,
  });
  const text = `${JSONStringify(report, null, settings.compact ? 0 : INDENT)}\n`;
  if (name === 'stdout' || name === 'stderr') {
    internalBinding('process_ops').writeSync(name === 'stdout' ? 1 : 2, text);
    return name;
  }
  const path = settings.directory === '' ? name : `${settings.directory}/${name}`;
  try {
    require('fs').writeFileSync(path, text);
  } catch (failure) {
    print(`\nFailed to open Node.js report file: ${name}${settings.directory === '' ? '' :
      ` directory: ${settings.directory}`} (errno: ${-failure.errno})\n`);
    return '';
  }
  print(`\nWriting Node.js report to file: ${name}\nNode.js report completed\n`);
  return name;
}

function onSignal(signal) {
  write(signal, 'Signal', undefined, undefined);
}

function listen() {
  if (settings.reportOnSignal) process.on(settings.signal, onSignal);
}

function stopListening() {
  process.removeListener(settings.signal, onSignal);
}

function checkSignal(signal) {
  validateString(signal, 'signal');
  if (signals[signal] !== undefined) return;
  if (signals[StringPrototypeToUpperCase(signal)] !== undefined) {
    throw new ERR_UNKNOWN_SIGNAL(`${signal} (signals must use all capital letters)`);
  }
  throw new ERR_UNKNOWN_SIGNAL(signal);
}

function checkMayWrite(file) {
  if (!getOptionValue('--permission')) return;
  const { directory } = settings;
  const name = file ?? settings.filename;
  let resource = directory || process.cwd();
  if (name) resource = directory ? `${directory}/${name}` : name;
  if (!process.permission.has('fs.write', resource)) {
    throw new ERR_ACCESS_DENIED(
      'Access to this API has been restricted', 'FileSystemWrite', resource);
  }
}

function setBoolean(name, value) {
  validateBoolean(value, name);
  settings[name] = value;
}

const report = {
  writeReport(file, err) {
    if (typeof file === 'object' && file !== null) {
      err = file;
      file = undefined;
    } else if (file !== undefined) {
      validateString(file, 'file');
      file = require('internal/fs/utils').getValidatedPath(file);
    }
    checkMayWrite(file);
    if (err === undefined) err = new ERR_SYNTHETIC();
    else validateObject(err, 'err');
    return write('JavaScript API', 'API', file, err);
  },

  getReport(err) {
    if (err === undefined) err = new ERR_SYNTHETIC();
    else validateObject(err, 'err');
    const date = new Date();
    return content().collect({
      event: 'JavaScript API', trigger: 'GetReport', filename: null, error: err, date, settings,
    });
  },

  get directory() { return settings.directory; },
  set directory(dir) {
    validateString(dir, 'directory');
    settings.directory = dir;
  },

  get filename() { return settings.filename; },
  set filename(name) {
    validateString(name, 'filename');
    settings.filename = name;
  },

  get compact() { return settings.compact; },
  set compact(value) { setBoolean('compact', value); },

  get excludeNetwork() { return settings.excludeNetwork; },
  set excludeNetwork(value) { setBoolean('excludeNetwork', value); },

  get signal() { return settings.signal; },
  set signal(sig) {
    checkSignal(sig);
    stopListening();
    settings.signal = sig;
    listen();
  },

  get reportOnFatalError() { return settings.reportOnFatalError; },
  set reportOnFatalError(value) { setBoolean('reportOnFatalError', value); },

  get reportOnSignal() { return settings.reportOnSignal; },
  set reportOnSignal(value) {
    setBoolean('reportOnSignal', value);
    stopListening();
    listen();
  },

  get reportOnUncaughtException() { return settings.reportOnUncaughtException; },
  set reportOnUncaughtException(value) { setBoolean('reportOnUncaughtException', value); },

  get excludeEnv() { return settings.excludeEnv; },
  set excludeEnv(value) { setBoolean('excludeEnv', value); },
};

/** An exception that ends the program. */
function reportException(error) {
  if (settings.reportOnUncaughtException) write('Exception', 'Exception', undefined, error);
}

/** The heap limit was reached. */
function reportHeapLimit(limitBytes) {
  if (!settings.reportOnFatalError) return;
  const event = 'Allocation failed - JavaScript heap out of memory';
  write(event, 'OOMError', undefined, undefined, limitBytes);
}

module.exports = { listen, report, reportException, reportHeapLimit };
