'use strict';
// A test file that runs in a process of its own. Its tests are reported as if they were the root's:
// the file itself is reported only when it has no tests, or fails by itself.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  ArrayPrototypePushApply,
  ArrayPrototypeSome,
  ObjectAssign,
  RegExpPrototypeExec,
  SafePromiseAll,
  SafeSet,
  String,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { getOptionValue, getOptionsAsFlagsFromBinding } = require('internal/options');
const {
  kAborted,
  kCancelledByParent,
  kSubtestsFailed,
  kTestCodeFailure,
  kTestTimeoutFailure,
} = require('internal/test_runner/failure');
const { Test } = require('internal/test_runner/test');
const { kEmitMessage } = require('internal/test_runner/tests_stream');
const { countCompletedTest } = require('internal/test_runner/utils');
const { resolve } = require('path');

/** Options that are for this process alone; the second kind brings a value. */
const kOwnFlags = [
  '--test', '--experimental-test-coverage', '--test-randomize', '--watch',
  '--experimental-default-config-file',
];
const kOwnOptions = [
  '--experimental-test-tag-filter', '--test-reporter', '--test-reporter-destination',
  '--test-random-seed', '--experimental-config-file',
];

/** A line that the file's own summary consists of: 'pass 3'. */
const summaryLine = /^(?:tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [^ ]*$/;

const kCancelling = new SafeSet()
  .add(kCancelledByParent).add(kAborted).add(kTestTimeoutFailure);

/** Events that tell when things happen: they are not kept back for the order of the report. */
const kUnordered = new SafeSet()
  .add('test:enqueue').add('test:dequeue').add('test:complete').add('test:log');

class FileTest extends Test {
  #waiting = [];
  #childrenCount = 0;
  #reader;
  failedSubtests = false;

  constructor(options) {
    super(options);
    this.loc ??= { __proto__: null, line: 1, column: 1, file: resolve(this.name) };
    // The limit is for the tests inside.
    this.timeout = null;
  }

  /** Tags are those of the tests inside, which filter themselves. */
  willBeFilteredByTags() {
    return false;
  }

  #isSilent() {
    return this.#childrenCount > 0 &&
      (!this.error || this.error.failureType === kSubtestsFailed);
  }

  /** Passes one event of the file's on, as one of the root's. */
  #emit({ type, data }) {
    // One process that runs all files has no name.
    if (this.name !== '') data.entryFile = this.loc.file;
    const isTop = data.nesting === 0;
    // There is one plan and one summary for all files.
    if (isTop && type === 'test:plan' && this.#isSilent()) return;
    if (isTop && type === 'test:diagnostic' &&
        RegExpPrototypeExec(summaryLine, data.message) !== null) {
      return;
    }
    if (type === 'test:pass' || type === 'test:fail') this.#count(type, data, isTop);
    this.reporter[kEmitMessage](type, data);
  }

  #count(type, data, isTop) {
    const { harness } = this.root;
    if (isTop) data.testNumber = harness.counters.topLevel + 1;
    const { details } = data;
    countCompletedTest({
      __proto__: null,
      skipped: data.skip !== undefined,
      isTodo: data.todo !== undefined,
      passed: type === 'test:pass',
      cancelled: kCancelling.has(details?.error?.failureType),
      nesting: data.nesting,
      reportedType: details?.type,
    }, harness);
  }

  /** Takes an event of the file's: it is passed on when it is the file's turn. */
  addToReport(item) {
    const { type, data } = item;
    if (kUnordered.has(type)) {
      this.#emit(item);
      return;
    }
    if (type === 'test:pass' || type === 'test:fail') {
      this.#childrenCount++;
      if (type === 'test:fail' && data.nesting === 0) this.failedSubtests = true;
    }
    ArrayPrototypePush(this.#waiting, item);
    if (this.isClearToSend()) this.#emitWaiting();
  }

  #emitWaiting() {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let i = 0; i < waiting.length; i++) this.#emit(waiting[i]);
  }

  #addText(type, message) {
    this.addToReport({
      __proto__: null, type, data: { __proto__: null, file: this.name, message },
    });
  }

  /** Takes what the file has written to its standard output. */
  parseMessage(chunk) {
    if (this.#reader === undefined) {
      const { MessageReader } = require('internal/test_runner/wire');
      this.#reader = new MessageReader((item) => this.addToReport(item),
                                       (text) => this.#addText('test:stdout', text));
    }
    this.#reader.push(chunk);
  }

  addErrorLine(line) {
    this.#addText('test:stderr', `${line}\n`);
  }

  drain() {
    this.#reader?.finish();
    this.#emitWaiting();
  }

  /** Only together with the result, and only if there is one. */
  reportStarted() {}

  report() {
    this.drain();
    if (this.#isSilent()) return;
    super.reportStarted();
    super.report();
  }
}

/** The words without what is not for files. */
function forFiles(words) {
  return ArrayPrototypeFilter(words, (flag, i) => (
    !ArrayPrototypeIncludes(kOwnFlags, flag) &&
    !ArrayPrototypeSome(kOwnOptions, (option) => (
      flag === option || StringPrototypeStartsWith(flag, `${option}=`) ||
      (option !== '--experimental-config-file' && i > 0 && words[i - 1] === option)))));
}

/** What a file of options says, which nobody but this process reads. */
function flagsOfConfigFile() {
  if (getOptionValue('--experimental-config-file') === '') return [];
  const { execArgv } = process;
  return ArrayPrototypeFilter(getOptionsAsFlagsFromBinding(), (flag) => {
    const { 0: name } = StringPrototypeSplit(flag, '=', 1);
    return !ArrayPrototypeSome(execArgv, (typed) => (
      typed === name || StringPrototypeStartsWith(typed, `${name}=`)));
  });
}

function inheritedFlags() {
  const words = forFiles(flagsOfConfigFile());
  ArrayPrototypePushApply(words, forFiles(process.execArgv));
  return words;
}

/** The command line of one file's process; without `path`, of one that runs `options.named`. */
function argumentsFor(path, options) {
  const words = inheritedFlags();
  const add = (name, value) => {
    ArrayPrototypePush(words, value === true ? name : `${name}=${value}`);
  };
  const addAll = (name, values) => {
    for (let i = 0; i < (values?.length ?? 0); i++) add(name, values[i]);
  };
  if (options.forceExit === true) add('--test-force-exit', true);
  addAll('--test-name-pattern', options.testNamePatterns);
  addAll('--test-skip-pattern', options.testSkipPatterns);
  addAll('--experimental-test-tag-filter', options.testTagFilters);
  if (options.only === true) add('--test-only', true);
  const { timeout } = options.root;
  if (timeout != null) add('--test-timeout', timeout);
  if (options.rerunFailuresFilePath) add('--test-rerun-failures', options.rerunFailuresFilePath);
  if (options.randomize) add('--test-randomize', true);
  if (options.randomSeed != null) add('--test-random-seed', options.randomSeed);
  ArrayPrototypePushApply(words, options.execArgv);
  const { isUsingInspector, nextInspectPort } = require('internal/inspector/child_port');
  if (isUsingInspector()) add('--inspect-port', nextInspectPort(options.inspectPort));
  if (path === null) {
    ArrayPrototypePush(words, '--test', '--test-isolation=none');
    ArrayPrototypePushApply(words, options.named);
  } else {
    ArrayPrototypePush(words, path);
  }
  ArrayPrototypePushApply(words, options.argv);
  return words;
}

function environmentFor(options) {
  const env = { __proto__: null, NODE_TEST_CONTEXT: 'child-v8', ...(options.env || process.env) };
  if (options.isolation === 'process') env.NODE_TEST_WORKER_ID = String(options.nextWorkerId());
  if (options.root.harness.shouldColorizeTestFiles) env.FORCE_COLOR = '1';
  return env;
}

/** Calls `onLine` with each line of a stream of text. */
function readLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text) => {
    rest += text;
    let end;
    while ((end = StringPrototypeIndexOf(rest, '\n')) !== -1) {
      const isCRLF = end > 0 && rest[end - 1] === '\r';
      onLine(StringPrototypeSlice(rest, 0, isCRLF ? end - 1 : end));
      rest = StringPrototypeSlice(rest, end + 1);
    }
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/**
 * Runs one file, or with `path` null all of them; the promise settles when it has ended.
 * @param {FileWatch} [watch]  wants to know of the process, and what it depends on
 */
function runTestFile(path, options, watch) {
  const test = options.root.createSubtest(FileTest, path ?? '', {
    __proto__: null, signal: options.signal,
  }, async ({ signal }) => {
    const { spawn } = require('child_process');
    const { once } = require('events');
    const { finished } = require('internal/streams/end-of-stream');
    const env = environmentFor(options);
    const stdio = ['pipe', 'pipe', 'pipe'];
    if (watch !== undefined) {
      env.WATCH_REPORT_DEPENDENCIES = '1';
      stdio[3] = 'ipc';
    }
    const child = spawn(process.execPath, argumentsFor(path, options), {
      __proto__: null, signal, encoding: 'utf8', env, stdio, cwd: options.cwd,
    });
    watch?.onChild(path, child);
    let failure;
    child.on('error', (error) => {
      failure = error;
    });
    child.stdout.on('data', (chunk) => test.parseMessage(chunk));
    readLines(child.stderr, (line) => test.addErrorLine(line));
    const { 0: { 0: code, 1: signalName } } = await SafePromiseAll([
      once(child, 'exit', { __proto__: null, signal }),
      finished(child.stdout, { __proto__: null, signal }),
    ]);
    watch?.onChildEnd(path, ended);
    if (code === 0 && signalName === null) return;
    const type = test.failedSubtests ? kSubtestsFailed : kTestCodeFailure;
    throw failure ?? ObjectAssign(new ERR_TEST_FAILURE('test failed', type), {
      __proto__: null,
      exitCode: code,
      signal: signalName,
      // It would only show how files are run.
      stack: undefined,
    });
  });
  const ended = test.start();
  return ended;
}

module.exports = { FileTest, runTestFile };
