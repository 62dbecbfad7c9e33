'use strict';
// The reporter `tap`: the Test Anything Protocol, version 13, with details in YAML.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  DatePrototypeToISOString,
  ObjectEntries,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  RegExpPrototypeSymbolSplit,
  SafeSet,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  hardenRegExp,
} = primordials;

const { inspectWithNoCustomRetry } = require('internal/errors');
const { isError, kEmptyObject } = require('internal/util');
const { isDate } = require('internal/util/types');
const { kUnwrapErrors } = require('internal/test_runner/failure');

const lineEnd = hardenRegExp(/\r\n|\n/);
const special = hardenRegExp(/[\b\f\t\n\r\v\\#]/g);
const frameHead = hardenRegExp(/^ {4}at /);
const inspectOptions = { __proto__: null, colors: false, breakLength: Infinity };

const escapes = {
  '__proto__': null,
  // A backslash that stands for a control character is escaped once more.
  '\b': '\\\\b',
  '\f': '\\\\f',
  '\t': '\\\\t',
  '\n': '\\\\n',
  '\r': '\\\\r',
  '\v': '\\\\v',
  '\\': '\\\\',
  '#': '\\#',
};

function tapEscape(text) {
  return RegExpPrototypeSymbolReplace(special, text, (letter) => escapes[letter]);
}

function indent(nesting) {
  return StringPrototypeRepeat('    ', nesting);
}

async function* tapReporter(source) {
  yield 'TAP version 13\n';
  for await (const { type, data } of source) {
    const chunks = formatEvent(type, data);
    for (let i = 0; i < chunks.length; i++) yield chunks[i];
  }
}

/** @returns {string[]} programs that read the reporter see the pieces that Node gives out, too */
function formatEvent(type, data) {
  switch (type) {
    case 'test:fail': {
      const place = data.file ? `${data.file}:${data.line}:${data.column}` : null;
      return [formatTest('not ok', data), formatDetails(data.nesting, data.details, place)];
    }
    case 'test:pass':
      return [formatTest('ok', data), formatDetails(data.nesting, data.details, null)];
    case 'test:plan':
      return [`${indent(data.nesting)}1..${data.count}\n`];
    case 'test:start':
      return [`${indent(data.nesting)}# Subtest: ${tapEscape(data.name)}\n`];
    case 'test:stderr':
    case 'test:stdout':
      return formatOutput(data.message);
    case 'test:diagnostic':
    case 'test:log':
      return [`${indent(data.nesting)}# ${tapEscape(data.message)}\n`];
    case 'test:coverage': {
      const { getCoverageReport } = require('internal/test_runner/reporter/coverage_table');
      return [getCoverageReport(`${indent(data.nesting)}# `, data.summary, '')];
    }
    case 'test:interrupted':
      return ArrayPrototypeMap(data.tests, formatInterrupted);
    default:
      return [];
  }
}

function formatOutput(message) {
  const lines = ArrayPrototypeFilter(
    RegExpPrototypeSymbolSplit(lineEnd, message), (line) => line !== '');
  return ArrayPrototypeMap(lines, (line) => `# ${tapEscape(line)}\n`);
}

function formatInterrupted({ name, file, line, column }) {
  const place = file ? ` at ${file}:${line}:${column}` : '';
  return `# ${tapEscape(`Interrupted while running: ${name}${place}`)}\n`;
}

function formatTest(status, { nesting, testNumber, name, skip, todo, expectFailure }) {
  const reason = (value) => (
    typeof value === 'string' && value !== '' ? ` ${tapEscape(value)}` : '');
  let line = `${indent(nesting)}${status} ${testNumber}`;
  if (name) line += ` ${tapEscape(`- ${name}`)}`;
  if (skip !== undefined) line += ` # SKIP${reason(skip)}`;
  else if (todo !== undefined) line += ` # TODO${reason(todo)}`;
  else if (expectFailure !== undefined) line += ` # EXPECTED FAILURE${reason(expectFailure)}`;
  return `${line}\n`;
}

function formatDetails(nesting, details = kEmptyObject, place) {
  const margin = indent(nesting);
  const { error } = details;
  let text = `${margin}  ---\n`;
  text += toYaml(margin, 'duration_ms', details.duration_ms);
  text += toYaml(margin, 'type', details.type);
  if (place !== null) text += toYaml(margin, 'location', place);
  text += typeof error === 'object' && error !== null ?
    objectToYaml(margin, error, new SafeSet()) : toYaml(margin, null, error);
  return `${text}${margin}  ...\n`;
}

/** One property, its lines indented below `margin`. */
function toYaml(margin, name, value, seen) {
  if (value === undefined) return '';
  const head = `${margin}  ${name}:`;
  if (value === null) return `${head} ~\n`;
  if (typeof value === 'object') {
    // YAML's dates are those of ISO 8601.
    const date = isDate(value) ? ` ${DatePrototypeToISOString(value)}` : '';
    return `${head}${date}\n${objectToYaml(`${margin}  `, value, seen, margin)}`;
  }
  if (typeof value === 'string') {
    const lines = RegExpPrototypeSymbolSplit(lineEnd, value);
    if (lines.length > 1) return `${head} |-\n${block(margin, lines)}`;
  }
  return `${head} ${inspectWithNoCustomRetry(value, inspectOptions)}\n`;
}

function block(margin, lines) {
  return `${margin}    ${ArrayPrototypeJoin(lines, `\n${margin}    `)}\n`;
}

/**
 * All properties of an object.
 * @param {string} errorMargin  what an error's own words are indented by, as in Node one step less
 */
function objectToYaml(margin, object, seen, errorMargin = margin) {
  seen.add(object);
  const isErrorObject = isError(object);
  const entries = ObjectEntries(object);
  let text = '';
  for (let i = 0; i < entries.length; i++) {
    const { 0: key, 1: value } = entries[i];
    if (isErrorObject && (key === 'cause' || key === 'code')) continue;
    text += seen.has(value) ?
      `${margin}  ${key}: <Circular>\n` : toYaml(margin, key, value, seen);
  }
  return isErrorObject ? text + errorToYaml(errorMargin, object, seen) : text;
}

function isAssertionLike(value) {
  return typeof value === 'object' && value !== null && 'expected' in value && 'actual' in value;
}

function errorToYaml(margin, error, seen) {
  // A failure that only wraps an error of the program shows that one's words.
  const isWrapper = error.code === 'ERR_TEST_FAILURE' && kUnwrapErrors.has(error.failureType);
  const cause = isWrapper ? error.cause : undefined;
  const assertion = isAssertionLike(cause) ? cause : isAssertionLike(error) ? error : undefined;
  const code = cause?.code ?? error.code;
  const name = cause?.name ?? error.name;
  let text = toYaml(margin, 'error', cause?.message ?? error.message ?? '<unknown error>', seen);
  if (code) text += toYaml(margin, 'code', code, seen);
  if (name && name !== 'Error') text += toYaml(margin, 'name', name, seen);
  if (assertion !== undefined) {
    // Each looks for circles on its own.
    text += toYaml(margin, 'expected', assertion.expected, new SafeSet(seen));
    text += toYaml(margin, 'actual', assertion.actual, new SafeSet(seen));
    const operator = assertion.operator ?? error.operator;
    if (operator) text += toYaml(margin, 'operator', operator, seen);
  }
  const frames = framesOf(cause?.stack ?? error.stack);
  if (frames.length > 0) text += `${margin}  stack: |-\n${block(margin, frames)}`;
  return text;
}

function framesOf(stack) {
  const frames = [];
  if (typeof stack !== 'string') return frames;
  const lines = RegExpPrototypeSymbolSplit(lineEnd, stack);
  for (let i = 0; i < lines.length; i++) {
    const head = RegExpPrototypeExec(frameHead, lines[i]);
    if (head === null || head[0].length === lines[i].length) continue;
    ArrayPrototypePush(frames, StringPrototypeSlice(lines[i], head[0].length));
  }
  return frames;
}

module.exports = tapReporter;
