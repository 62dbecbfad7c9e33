'use strict';
// One test: how it is made, run, ended and reported. Suites and hooks are tests of a kind; the root
// of the tree is a test without a parent.
//
// The life of a test: made by its parent's createSubtest(); queued by start(); run(); then
// postRun() closes what is open below and hands it to the parent, which calls finalize() when it is
// this test's turn to be reported.

const {
  ArrayFrom,
  ArrayPrototypeConcat,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypePushApply,
  ArrayPrototypeSplice,
  ArrayPrototypeUnshift,
  ArrayPrototypeUnshiftApply,
  FunctionPrototype,
  MathMax,
  Number,
  ObjectFreeze,
  PromisePrototypeThen,
  PromiseResolve,
  ReflectApply,
  SafePromiseRace,
  SafeSet,
  StringPrototypeStartsWith,
  SymbolDispose,
} = primordials;

const { AbortController } = require('internal/abort_controller');
const { AbortError, codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_TEST_FAILURE,
} } = require('internal/errors');
const { queueMicrotask } = require('internal/process/task_queues');
const { TIMEOUT_MAX } = require('internal/timers');
const { kEmptyObject, once } = require('internal/util');
const { isPromise } = require('internal/util/types');
const {
  validateAbortSignal,
  validateNumber,
  validateOneOf,
  validateString,
  validateUint32,
} = require('internal/validators');
const { Trace } = require('internal/test_runner/channel');
const { SuiteContext, TestContext } = require('internal/test_runner/context');
const { Deadline } = require('internal/test_runner/deadline');
const { checkExpectation, parseExpectFailure } = require('internal/test_runner/expectation');
const {
  isTestFailureError,
  kAborted,
  kCallbackAndPromisePresent,
  kCancelledByParent,
  kExpectedFailure,
  kHookFailure,
  kParentAlreadyFinished,
  kSubtestsFailed,
  kTestCodeFailure,
  kTestTimeoutFailure,
  kUnwrapErrors,
} = require('internal/test_runner/failure');
const { SubtestQueue } = require('internal/test_runner/queue');
const { PlaceNames, replayPassed } = require('internal/test_runner/replay');
const { Owner } = require('internal/test_runner/scope');
const {
  isFiltered,
  isFilteredByName,
  isFilteredByTags,
  noteSelection,
} = require('internal/test_runner/selection');
const { kEmptyTagArray,
        validateAndCanonicalizeTagValues } = require('internal/test_runner/tag_filter');
const { TestsStream, getUnreadStream } = require('internal/test_runner/tests_stream');
const { createDeferredCallback, createSeededGenerator,
        countCompletedTest } = require('internal/test_runner/utils');

const { bigint: hrtime } = process.hrtime;
const noop = FunctionPrototype;
const kHookNames = ['before', 'after', 'beforeEach', 'afterEach'];
const kOnce = { __proto__: null, preserveReturnValue: true };

class Test extends Owner {
  reportedType = 'test';
  abortController = new AbortController();
  // Set while the test runs and afterwards.
  startTime = null;
  endTime = null;
  passed = false;
  error = null;
  cancelled = false;
  finished = false;
  reportOrder = 0;
  testNumber = 0;
  attempt = undefined;
  passedAttempt = undefined;
  mock = null;
  plan = null;
  diagnostics = [];
  // See selection.js.
  filtered = false;
  filteredByName = false;
  filteredByTag = false;
  hasOnlyTests = false;
  hooks = {
    __proto__: null, before: [], after: [], beforeEach: [], afterEach: [], ownAfterEachCount: 0,
  };
  #tags = null;
  #isStartReported = false;
  #context;

  constructor(options) {
    super('Test');
    const { parent, skip, todo, plan } = options;
    let { fn, name } = options;
    if (typeof fn !== 'function') fn = noop;
    if (typeof name !== 'string' || name === '') name = fn.name || '<anonymous>';
    this.name = name;
    this.fn = fn;
    this.only = options.only;
    this.parent = parent instanceof Test ? parent : null;
    this.#setTags(options.tags);
    if (this.parent === null) this.#takeRoot(options);
    else this.#takeParent();
    this.#setConcurrency(options.concurrency);
    this.#setTimeout(options.timeout);
    if (skip) this.fn = noop;
    this.#setSignal(options.signal);
    this.expectedAssertions = plan;
    this.expectFailure = parseExpectFailure(options.expectFailure) || this.parent?.expectFailure;
    this.skipped = skip !== undefined && skip !== false;
    this.isTodo = (todo !== undefined && todo !== false) || this.parent?.isTodo;
    this.message = typeof skip === 'string' ? skip : typeof todo === 'string' ? todo : null;
    const { randomize, randomSeed } = this.config;
    this.queue = new SubtestQueue(this, randomize ? createSeededGenerator(randomSeed) : null);
    this.loc = locate(options.loc, this.config.sourceMaps);
    const { previousRuns } = this.root.harness;
    if (this.loc !== undefined && previousRuns != null) replayPassed(this, previousRuns);
  }

  #takeRoot({ harness, entryFile, reporter }) {
    this.root = this;
    this.harness = harness;
    this.config = harness.config;
    this.concurrency = 1;
    this.nesting = 0;
    this.timeout = null;
    this.entryFile = entryFile;
    this.reporter = reporter ?? new TestsStream();
    this.only = this.runOnlySubtests = this.config.only;
    this.placeNames = new PlaceNames();
    this.nextTestId = 1;
    this.testId = 0;
  }

  #takeParent() {
    const { parent } = this;
    this.root = parent.root;
    this.config = parent.config;
    this.concurrency = parent.concurrency;
    this.nesting = parent.parent === null ? parent.nesting : parent.nesting + 1;
    this.timeout = parent.timeout;
    this.entryFile = parent.entryFile;
    this.reporter = parent.reporter;
    this.runOnlySubtests = false;
    this.testId = this.root.nextTestId++;
    noteSelection(this);
  }

  #setTags(tags) {
    const own = tags === undefined ?
      kEmptyTagArray : validateAndCanonicalizeTagValues(tags, 'options.tags');
    this.tagSet = new SafeSet(this.parent?.tagSet);
    for (let i = 0; i < own.length; i++) this.tagSet.add(own[i]);
  }

  get tags() {
    this.#tags ??= this.tagSet.size === 0 ?
      kEmptyTagArray : ObjectFreeze(ArrayFrom(this.tagSet));
    return this.#tags;
  }

  #setConcurrency(concurrency) {
    if (typeof concurrency === 'number') {
      validateUint32(concurrency, 'options.concurrency', true);
      this.concurrency = concurrency;
    } else if (concurrency === true) {
      this.concurrency = this.parent === null ?
        MathMax(require('os').availableParallelism() - 1, 1) : Infinity;
    } else if (concurrency === false) {
      this.concurrency = 1;
    } else if (concurrency != null) {
      throw new ERR_INVALID_ARG_TYPE('options.concurrency', ['boolean', 'number'], concurrency);
    }
  }

  #setTimeout(timeout) {
    if (timeout === Infinity) return;
    if (timeout != null) {
      validateNumber(timeout, 'options.timeout', 0, TIMEOUT_MAX);
      this.timeout = timeout;
      return;
    }
    const fallback = this.config.timeout;
    if (fallback == null || fallback === Infinity) return;
    validateNumber(fallback, 'this.config.timeout', 0, TIMEOUT_MAX);
    this.timeout = fallback;
  }

  #setSignal(signal) {
    this.signal = this.abortController.signal;
    validateAbortSignal(signal, 'options.signal');
    this.outerSignal = signal;
    if (!signal) return;
    const { kResistStopPropagation } = require('internal/event_target');
    signal.addEventListener('abort', this.#onAbort,
                            { __proto__: null, [kResistStopPropagation]: true });
  }

  willBeFilteredByName() {
    return isFilteredByName(this);
  }

  willBeFilteredByTags() {
    return isFilteredByTags(this);
  }

  // ---- subtests

  get subtests() {
    return this.queue.tests;
  }

  addTest(name, options, fn, overrides) {
    return this.createSubtest(Test, name, options, fn, overrides);
  }

  /** Accepts (name, options, fn) with any of them left out. */
  createSubtest(Class, name, options, fn, overrides) {
    if (typeof name === 'function') {
      fn = name;
    } else if (name !== null && typeof name === 'object') {
      fn = options;
      options = name;
    } else if (typeof options === 'function') {
      fn = options;
    }
    if (options === null || typeof options !== 'object') options = kEmptyObject;
    // Whoever comes too late is reported at the top.
    const isLate = this.finished || this.buildPhaseFinished;
    const parent = isLate ? this.root : this;
    const test = new Class({ __proto__: null, fn, name, parent, ...options, ...overrides });
    parent.queue.add(test);
    if (isLate) {
      test.fail(new ERR_TEST_FAILURE(
        'test could not be started because its parent finished', kParentAlreadyFinished));
    }
    return test;
  }

  /** @returns {Promise<void> | undefined} settles when the test has run */
  start() {
    const { queue } = this.parent;
    this.filtered = isFiltered(this);
    if (this.filtered) {
      this.reporter = getUnreadStream();
      this.run = this.filteredRun;
    } else {
      this.testNumber = ++queue.outputCount;
    }
    // Stacks of errors go through here; a frame more would hide one of the program's.
    return queue.admit(this, !this.root.harness.buildPromise) ?? this.run();
  }

  // ---- hooks

  inheritHooks() {
    const { hooks } = this;
    const { beforeEach, afterEach } = this.parent.hooks;
    ArrayPrototypeUnshiftApply(hooks.beforeEach, beforeEach);
    ArrayPrototypePushApply(hooks.afterEach, afterEach);
  }

  createHook(kind, fn, loc, options) {
    validateOneOf(kind, 'hook name', kHookNames);
    const { TestHook } = require('internal/test_runner/hook');
    const hook = new TestHook(this, kind, fn, loc, options);
    if (kind === 'before' || kind === 'after') hook.run = once(hook.run, kOnce);
    if (kind === 'before' && this.startTime !== null) {
      // The test runs already, so the hook does, too.
      PromisePrototypeThen(hook.run(this.getRunArgs()), () => {
        if (hook.error != null) this.fail(hook.error);
      });
    }
    const { hooks } = this;
    if (kind === 'afterEach') {
      // Own ones in their order, before those of ancestors.
      ArrayPrototypeSplice(hooks.afterEach, hooks.ownAfterEachCount++, 0, hook);
    } else {
      ArrayPrototypePush(hooks[kind], hook);
    }
  }

  async runHook(kind, hookArgs) {
    validateOneOf(kind, 'hook name', kHookNames);
    try {
      const hooks = this.hooks[kind];
      for (let i = 0; i < hooks.length; i++) {
        await hooks[i].run(hookArgs);
        if (hooks[i].error) throw hooks[i].error;
      }
    } catch (error) {
      const failure = new ERR_TEST_FAILURE(`failed running ${kind} hook`, kHookFailure);
      failure.cause = isTestFailureError(error) ? error.cause : error;
      throw failure;
    }
  }

  // ---- results

  fail(error) {
    if (this.error !== null) return;
    this.passed = false;
    if (this.expectFailure) {
      try {
        checkExpectation(this.expectFailure, error);
        this.passed = true;
      } catch (difference) {
        error = new ERR_TEST_FAILURE(
          'The test failed, but the error did not match the expected validation',
          kTestCodeFailure);
        error.cause = difference;
      }
    }
    this.error = error;
  }

  pass() {
    if (this.error !== null) return;
    if (this.expectFailure && !this.skipped) {
      this.passed = false;
      this.error = new ERR_TEST_FAILURE('test was expected to fail but passed', kExpectedFailure);
      return;
    }
    this.passed = true;
  }

  skip(message) {
    this.skipped = true;
    this.message = message;
  }

  todo(message) {
    this.isTodo = true;
    this.message = message;
  }

  diagnostic(message) {
    ArrayPrototypePush(this.diagnostics, message);
  }

  log(message, data) {
    validateString(message, 'message');
    this.reporter.log(this, message, data);
  }

  #onAbort = () => {
    const error = this.outerSignal?.reason || new AbortError('The test was aborted');
    error.failureType = kAborted;
    this.#cancel(error);
  };

  #cancel(error) {
    if (this.endTime !== null || this.error !== null) return;
    this.fail(error || new ERR_TEST_FAILURE(
      'test did not finish before its parent and was cancelled', kCancelledByParent));
    this.cancelled = true;
    this.abortController.abort();
  }

  /** Takes notice of an abort. */
  isAborted() {
    const isAborted = this.signal.aborted || Boolean(this.outerSignal?.aborted);
    if (isAborted) this.#onAbort();
    return isAborted;
  }

  // ---- running

  getCtx() {
    this.#context ??= new TestContext(this);
    return this.#context;
  }

  getRunArgs() {
    const ctx = this.getCtx();
    return { __proto__: null, ctx, args: [ctx] };
  }

  async filteredRun() {
    this.pass();
    this.queue.tests = [];
    this.report = noop;
    queueMicrotask(() => this.postRun());
  }

  async run() {
    const { parent } = this;
    if (parent !== null) {
      parent.queue.active++;
      this.inheritHooks();
    }
    this.startTime ??= hrtime();
    if (this.isAborted()) {
      this.postRun();
      return;
    }

    const hookArgs = this.getRunArgs();
    if (this.plan === null && this.expectedAssertions) hookArgs.ctx.plan(this.expectedAssertions);
    const wasSkipped = this.skipped;
    const after = async () => {
      if (this.hooks.after.length > 0) await this.runHook('after', hookArgs);
    };
    const afterEach = once(async () => {
      if (parent?.hooks.afterEach.length > 0 && !wasSkipped) {
        await parent.runHook('afterEach', hookArgs);
      }
    }, kOnce);
    // A test's trace spans its hooks, which have none of their own.
    const trace = this.hookType === undefined ? new Trace(this) : undefined;
    let deadline;
    try {
      // The parent's hook ran when it was made, or its subtests wait for it here.
      if (parent?.hooks.before.length > 0) await parent.runHook('before', parent.getRunArgs());
      if (parent?.hooks.beforeEach.length > 0 && !this.skipped) {
        await parent.runHook('beforeEach', hookArgs);
      }
      deadline = new Deadline(this.timeout, this.signal);
      const fn = trace === undefined ? this.fn : trace.wrap(this.fn);
      const { ctx, args } = hookArgs;
      let body;
      if (this.fn.length === args.length + 1) {
        // One parameter more than there are arguments: an error-first callback.
        const { promise, cb } = createDeferredCallback();
        const all = ArrayPrototypeConcat([fn, ctx], args, [cb]);
        const result = ReflectApply(this.runInAsyncScope, this, all);
        body = this.#callbackOrPromise(promise, result);
      } else {
        const all = ArrayPrototypeConcat([fn, ctx], args);
        body = PromiseResolve(ReflectApply(this.runInAsyncScope, this, all));
      }
      await SafePromiseRace([body, deadline.promise]);
      this.isAborted();
      const { done } = this.queue;
      if (done !== null) await SafePromiseRace([done.promise, deadline.promise]);
      const planned = this.plan?.check();
      if (planned) await SafePromiseRace([planned, deadline.promise]);
      this.pass();
      await afterEach();
      await after();
    } catch (error) {
      trace?.error(error);
      this.#failFrom(error);
      // The test has failed already; what its hooks think of it changes nothing.
      try { await afterEach(); } catch { /* See above. */ }
      try { await after(); } catch { /* See above. */ }
    } finally {
      deadline?.[SymbolDispose]();
      // Hooks run again for other tests, and the root goes on until the process ends.
      if (parent !== null) this.abortController.abort();
      trace?.end();
    }
    if (parent !== null || this.hookType !== undefined) this.postRun();
    else if (this.config.forceExit) await this.harness.exitNow();
  }

  #callbackOrPromise(promise, result) {
    if (!isPromise(result)) return promise;
    this.fail(new ERR_TEST_FAILURE(
      'passed a callback but also returned a Promise', kCallbackAndPromisePresent));
    return result;
  }

  #failFrom(error) {
    if (!isTestFailureError(error)) {
      this.fail(new ERR_TEST_FAILURE(error, kTestCodeFailure));
    } else if (error.failureType === kTestTimeoutFailure) {
      this.#cancel(error);
    } else {
      this.fail(error);
    }
  }

  // ---- ending and reporting

  postRun(pendingSubtestsError) {
    this.endTime ??= hrtime();
    this.startTime ??= this.endTime;
    this.#closeSubtests(pendingSubtestsError);
    this.outerSignal?.removeEventListener('abort', this.#onAbort);
    this.mock?.reset();
    const { parent } = this;
    if (parent === null) {
      this.harness.report();
      return;
    }
    if (!this.filtered) {
      const { details, directive } = this.#verdict();
      details.passed = this.passed;
      this.testNumber ||= ++parent.queue.outputCount;
      this.reporter.result('test:complete', this, this.testNumber, details, directive);
      parent.queue.active--;
    }
    parent.queue.addReady(this);
    parent.queue.flush(false);
    parent.queue.runPending();
  }

  /** Ends the subtests that still run, and fails if any has failed. */
  #closeSubtests(error) {
    this.queue.forgetPending();
    let failed = 0;
    const { subtests } = this;
    for (let i = 0; i < subtests.length; i++) {
      const subtest = subtests[i];
      if (!subtest.finished) {
        subtest.#cancel(error);
        subtest.postRun(error);
      }
      if (!subtest.passed && !subtest.isTodo) failed++;
    }
    if (failed === 0 || !(this.passed || this.parent === null)) return;
    this.fail(new ERR_TEST_FAILURE(
      `${failed} subtest${failed > 1 ? 's' : ''} failed`, kSubtestsFailed));
  }

  /** Everything before this test was reported, here and in the test's ancestors. */
  isClearToSend() {
    const { parent } = this;
    return parent === null ||
      (parent.queue.waitingOn === this.reportOrder && parent.isClearToSend());
  }

  /** The test and its subtests have ended, and it is their turn to be reported. */
  finalize() {
    const { parent, root } = this;
    this.queue.flush(true);
    this.report();
    parent.queue.waitingOn++;
    this.finished = true;
    // The last one of all: the root's after() hooks may close what keeps the process alive.
    if (parent === root && root.queue.waitingOn > root.subtests.length) root.run();
  }

  duration() {
    return Number(this.endTime - this.startTime) / 1_000_000;
  }

  #verdict() {
    let directive;
    if (this.skipped) {
      directive = { __proto__: null, skip: this.message ?? true };
    } else if (this.isTodo) {
      directive = { __proto__: null, todo: this.message ?? true };
    } else if (this.expectFailure) {
      directive = { __proto__: null, expectFailure: this.expectFailure.label ?? true };
    }
    const details = { __proto__: null, duration_ms: this.duration(), type: this.reportedType };
    if (!this.passed) details.error = this.error;
    if (this.attempt !== undefined) details.attempt = this.attempt;
    if (this.passedAttempt !== undefined) details.passed_on_attempt = this.passedAttempt;
    const suites = [];
    for (let up = this.parent; up !== null && up !== this.root; up = up.parent) {
      ArrayPrototypeUnshift(suites, up.name);
    }
    if (suites.length > 0) details.classname = ArrayPrototypeJoin(suites, '.');
    return { __proto__: null, details, directive };
  }

  report() {
    countCompletedTest(this);
    if (this.queue.outputCount > 0) {
      this.reporter.plan(this.subtests[0].nesting, this.loc, this.queue.outputCount);
    } else {
      this.reportStarted();
    }
    const { details, directive } = this.#verdict();
    const type = this.passed ? 'test:pass' : 'test:fail';
    this.reporter.result(type, this, this.testNumber, details, directive);
    this.reportDiagnostics();
  }

  reportDiagnostics() {
    for (let i = 0; i < this.diagnostics.length; i++) {
      this.reporter.diagnostic(this.nesting, this.loc, this.diagnostics[i]);
    }
  }

  /** test:start, of ancestors first; with the first result below, or the own one. */
  reportStarted() {
    if (this.#isStartReported || this.parent === null) return;
    this.#isStartReported = true;
    this.parent.reportStarted();
    this.reporter.progress('test:start', this);
  }

  /** In watch mode the root runs again and again. */
  clearExecutionTime() {
    this.startTime = hrtime();
    this.endTime = null;
  }
}

/** [line, column, script], as native has it, to what events carry. */
function locate(loc, usesSourceMaps) {
  if (loc === undefined) return undefined;
  let { 0: line, 1: column, 2: file } = loc;
  if (usesSourceMaps) {
    const { findSourceMap } = require('internal/source_map/source_map_cache');
    const entry = findSourceMap(file)?.findEntry(line - 1, column - 1);
    if (entry?.originalSource !== undefined) {
      line = entry.originalLine + 1;
      column = entry.originalColumn + 1;
      file = entry.originalSource;
    }
  }
  if (StringPrototypeStartsWith(file, 'file://')) {
    file = require('internal/url').fileURLToPath(file);
  }
  return { __proto__: null, line, column, file };
}

module.exports = {
  SuiteContext,
  Test,
  TestContext,
  kAborted,
  kCancelledByParent,
  kSubtestsFailed,
  kTestCodeFailure,
  kTestTimeoutFailure,
  kUnwrapErrors,
};
