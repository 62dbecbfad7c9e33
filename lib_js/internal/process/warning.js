'use strict';

// process.emitWarning(), and the listener of 'warning' that prints to stderr as Node does.

const { ArrayIsArray, Error, ErrorCaptureStackTrace, ErrorPrototypeToString, SafeSet, String } =
  primordials;

const {
  codes: { ERR_INVALID_ARG_TYPE },
  isErrorStackTraceLimitWritable,
} = require('internal/errors');
const { validateString } = require('internal/validators');

let silenced; // Names and codes given with --disable-warning.
let hintShown = false;
let file; // Where --redirect-warnings or --diagnostic-dir sends the text; '' is stderr.
let fileDescriptor;

function emitWarning(warning, type, code, ctor) {
  if (type === 'DeprecationWarning' && process.noDeprecation) return;

  // emitWarning(warning, { type, code, ctor, detail }), (warning, ctor), (warning, type, ctor)
  let detail;
  if (type !== null && typeof type === 'object' && !ArrayIsArray(type)) {
    const options = type;
    ctor = options.ctor;
    code = options.code;
    if (typeof options.detail === 'string') detail = options.detail;
    type = options.type || 'Warning';
  } else if (typeof type === 'function') {
    ctor = type;
    code = undefined;
    type = 'Warning';
  }
  if (type !== undefined) validateString(type, 'type');
  if (typeof code === 'function') {
    ctor = code;
    code = undefined;
  } else if (code !== undefined) {
    validateString(code, 'code');
  }

  if (typeof warning === 'string') {
    warning = createWarning(warning, type, code, ctor, detail);
  } else if (!(warning instanceof Error)) {
    throw new ERR_INVALID_ARG_TYPE('warning', ['Error', 'string'], warning);
  }

  if (warning.name === 'DeprecationWarning') {
    if (process.noDeprecation) return;
    if (process.throwDeprecation) {
      // Thrown later, so that it cannot be caught where the warning was caused.
      process.nextTick(() => { throw warning; });
      return;
    }
  }
  process.nextTick(emitWarningEvent, warning);
}

function emitWarningEvent(warning) {
  process.emit('warning', warning);
}

// For a process that is about to end and will see no further tick.
function emitWarningSync(warning, type, code, ctor) {
  process.emit('warning', createWarning(warning, type, code, ctor));
}

function createWarning(message, type, code, ctor, detail) {
  // The stack is captured once, below, without our own frames.
  const stackTraceLimit = Error.stackTraceLimit;
  const writable = isErrorStackTraceLimitWritable();
  if (writable) Error.stackTraceLimit = 0;
  const warning = new Error(message);
  if (writable) Error.stackTraceLimit = stackTraceLimit;
  warning.name = String(type || 'Warning');
  if (code !== undefined) warning.code = code;
  if (detail !== undefined) warning.detail = detail;
  ErrorCaptureStackTrace(warning, ctor || process.emitWarning);
  return warning;
}

function option(name) {
  return require('internal/options').getOptionValue(name);
}

function isSilenced(warning) {
  silenced ??= new SafeSet(option('--disable-warning'));
  if (silenced.size === 0) return false;
  return (warning.code && silenced.has(warning.code)) ||
    (warning.name && silenced.has(warning.name));
}

/** What the program was called by: the name that a user would type again. */
function programName() {
  return require('path').basename(process.argv0 || 'node', '.exe');
}

function onWarning(warning) {
  if (!(warning instanceof Error) || isSilenced(warning)) return;
  const isDeprecation = warning.name === 'DeprecationWarning';
  if (isDeprecation && process.noDeprecation) return;
  const trace = process.traceProcessWarnings || (isDeprecation && process.traceDeprecation);

  let text = `(node:${process.pid}) `;
  if (warning.code) text += `[${warning.code}] `;
  if (trace && warning.stack) text += warning.stack;
  else if (typeof warning.toString === 'function') text += warning.toString();
  else text += ErrorPrototypeToString(warning);
  if (typeof warning.detail === 'string') text += `\n${warning.detail}`;
  if (!trace && !hintShown) {
    hintShown = true;
    const flag = isDeprecation ? '--trace-deprecation' : '--trace-warnings';
    text += `\n(Use \`${programName()} ${flag} ...\` to show where the warning was created)`;
  }

  file ??= option('--diagnostic-dir') || option('--redirect-warnings') || '';
  if (file === '') print(text);
  else appendToFile(text);
}

function print(text) {
  require('internal/console/global').error(text);
}

function appendToFile(text) {
  const fs = require('fs');
  if (fileDescriptor === undefined) {
    try {
      fileDescriptor = fs.openSync(file, 'a');
    } catch {
      // An unwritable file must not hide the warning.
      print(text);
      return;
    }
    process.on('exit', closeFile);
  }
  fs.appendFile(fileDescriptor, `${text}\n`, (error) => {
    if (error) print(text);
  });
}

function closeFile() {
  try {
    require('fs').closeSync(fileDescriptor);
  } catch {
    // The process exits anyway.
  }
}

module.exports = { emitWarning, emitWarningSync, onWarning, programName };
