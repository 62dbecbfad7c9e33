'use strict';
// The root of the tree of tests and its ties to the process: errors that no test has caught, the
// process's end, signals; and the functions that programs make tests with.

const {
  ArrayPrototypePush,
  JSONParse,
  NumberPrototypeToFixed,
  ObjectAssign,
  Promise,
  PromiseResolve,
  PromiseWithResolvers,
  SafePromiseAllReturnVoid,
} = primordials;

const { getCallerLocation } = internalBinding('util');
const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { queueMicrotask } = require('internal/process/task_queues');
const { TIMEOUT_MAX } = require('internal/timers');
const { loadGlobalSetup, parseCommandLine,
        shouldColorizeTestFiles } = require('internal/test_runner/config');
const { currentOwner, reporterScope } = require('internal/test_runner/scope');
const { Suite } = require('internal/test_runner/suite');
const { Test, kCancelledByParent } = require('internal/test_runner/test');
const { relative } = require('path');
const { clearInterval, setImmediate, setInterval } = require('internal/timers');

const kFailed = 1; // Exit code.

let globalRoot;
let isGlobalSetupDone = false;

class Harness {
  root = null;
  watching = false;
  success = true;
  /** Settles when reporters and global setup are ready; null from then on. */
  bootstrapPromise = null;
  snapshotManager = null;
  previousRuns = null;
  #build = PromiseWithResolvers();
  /** Settles when the suites of the first turn are built; null from then on. */
  buildPromise = this.#build.promise;
  #buildSuites = [];
  #isWaitingForBuild = false;
  #isReported = false;
  #globalTeardown = null;
  #listeners = [];
  #coverage = null;

  constructor(config) {
    const { isolation, only, testNamePatterns, testSkipPatterns, testTagFilters } = config;
    this.config = config;
    this.isFilteringByName = Boolean(testNamePatterns || testSkipPatterns);
    this.isFilteringByTags = testTagFilters != null;
    const isFile = isolation === 'process' || process.env.NODE_TEST_CONTEXT !== undefined;
    this.isFilteringByOnly = isFile ? only : true;
    this.shouldColorizeTestFiles = shouldColorizeTestFiles(config.destinations);
    this.resetCounters();
  }

  resetCounters() {
    this.counters = {
      __proto__: null,
      tests: 0,
      failed: 0,
      passed: 0,
      cancelled: 0,
      skipped: 0,
      todo: 0,
      topLevel: 0,
      suites: 0,
    };
  }

  async runGlobalSetup() {
    if (isGlobalSetupDone) return;
    isGlobalSetupDone = true;
    const { globalSetupPath, cwd } = this.config;
    const { globalSetup, globalTeardown } = await loadGlobalSetup(globalSetupPath, cwd);
    this.#globalTeardown = globalTeardown ?? null;
    if (globalSetup !== undefined) await globalSetup();
  }

  async #waitForBuild() {
    if (this.#buildSuites.length > 0) await SafePromiseAllReturnVoid(this.#buildSuites);
    this.#build.resolve();
  }

  /** Starts a test of the top level: not before suites made in the same turn are built. */
  async start(test) {
    if (this.buildPromise !== null) {
      if (this.bootstrapPromise !== null) {
        await this.bootstrapPromise;
        this.bootstrapPromise = null;
      }
      if (test.buildSuite) ArrayPrototypePush(this.#buildSuites, test.buildSuite);
      if (!this.#isWaitingForBuild) {
        this.#isWaitingForBuild = true;
        queueMicrotask(() => this.#waitForBuild());
      }
      await this.buildPromise;
      this.buildPromise = null;
    }
    await test.start();
  }

  getAssertions() {
    const { getAssertionMap } = require('internal/test_runner/assert');
    const map = getAssertionMap();
    if (this.snapshotManager === null) {
      const { SnapshotManager } = require('internal/test_runner/snapshot');
      const snapshots = this.snapshotManager = new SnapshotManager(this.config.updateSnapshots);
      if (!map.has('snapshot')) map.set('snapshot', snapshots.createAssert());
      if (!map.has('fileSnapshot')) map.set('fileSnapshot', snapshots.createFileAssert());
    }
    return map;
  }

  #failRun() {
    this.success = false;
    process.exitCode = kFailed;
  }

  // ---- the process

  attach() {
    this.#startCoverage();
    this.#readPreviousRuns();
    this.#listen('uncaughtException', (error) => this.#onError('uncaughtException', error));
    this.#listen('unhandledRejection', (error) => this.#onError('unhandledRejection', error));
    this.#listen('beforeExit', () => this.teardown());
    if (this.config.isTestRunner) {
      this.#listen('SIGINT', () => this.#onInterrupt());
      this.#listen('SIGTERM', () => this.#onInterrupt());
    }
  }

  #listen(event, listener) {
    process.on(event, listener);
    ArrayPrototypePush(this.#listeners, { __proto__: null, event, listener });
  }

  #detach() {
    for (let i = 0; i < this.#listeners.length; i++) {
      const { event, listener } = this.#listeners[i];
      process.removeListener(event, listener);
    }
    this.#listeners = [];
  }

  #onError(event, error) {
    const owner = currentOwner();
    // Before the runner is ready, and in a reporter, there is nobody to tell.
    if (this.bootstrapPromise !== null || owner === reporterScope) throw error;
    if (owner !== undefined && !owner.finished && !owner.hookType) {
      owner.fail(new ERR_TEST_FAILURE(error, event));
      owner.abortController.abort();
      return;
    }
    this.root.diagnostic(this.#describeStray(event, error, owner));
    this.#failRun();
  }

  #describeStray(event, error, owner) {
    if (owner === undefined) {
      return 'Error: A resource generated asynchronous activity after the test ended. This ' +
        `activity created the error "${error}" which triggered an ${event} event, caught by ` +
        'the test runner.';
    }
    const name = owner.hookType ? `Test hook "${owner.hookType}"` : `Test "${owner.name}"`;
    const { loc } = owner;
    const place = loc === undefined ? '' :
      ` at ${relative(this.config.cwd, loc.file)}:${loc.line}:${loc.column}`;
    return `Error: ${name}${place} generated asynchronous activity after the test ended. This ` +
      `activity created the error "${error}" and would have caused the test to fail, but ` +
      `instead triggered an ${event} event.`;
  }

  async #onInterrupt() {
    const running = [];
    collectRunning(this.root, running);
    if (running.length > 0) {
      this.root.reporter.interrupted(running);
      // Reporters read it before the end.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await this.teardown(true);
    process.exit();
  }

  /** Ends the run. `isKilled`: without waiting for the tests. */
  async teardown(isKilled = false) {
    const { root } = this;
    const { hooks, queue } = root;
    if (queue.tests.length === 0 && (hooks.before.length > 0 || hooks.after.length > 0)) {
      await root.run();
    }
    if (!isKilled && queue.done !== null) {
      // Nothing may be left that keeps the process alive, but tests are not done.
      const keepAlive = setInterval(() => {}, TIMEOUT_MAX);
      await queue.done.promise;
      clearInterval(keepAlive);
    }
    root.postRun(new ERR_TEST_FAILURE(
      'Promise resolution is still pending but the event loop has already resolved',
      kCancelledByParent));
    if (this.#globalTeardown !== null) {
      await this.#globalTeardown();
      this.#globalTeardown = null;
    }
    this.#detach();
  }

  /** --test-force-exit: all tests are done; the process need not wait for anything else. */
  async exitNow() {
    const closed = [];
    const { reporters } = reporterScope;
    for (let i = 0; i < reporters.length; i++) {
      const { destination } = reporters[i];
      ArrayPrototypePush(closed, new Promise((resolve) => {
        destination.on('unpipe', () => {
          if (destination.closed || typeof destination.close !== 'function') resolve();
          else destination.close(resolve);
        });
      }));
    }
    this.teardown();
    await SafePromiseAllReturnVoid(closed);
    process.exit();
  }

  // ---- the report

  #readPreviousRuns() {
    const path = this.config.rerunFailuresFilePath;
    if (!path) return;
    this.previousRuns = readPreviousRuns(path);
    if (this.previousRuns === null) {
      this.root.diagnostic(
        `Warning: The rerun failures file at ${path} is not a valid rerun file. ` +
        'The test runner will not be able to rerun failed tests.');
      this.#failRun();
      return;
    }
    if (process.env.NODE_TEST_CONTEXT) return;
    const { PassThrough, compose } = require('stream');
    const { reportReruns } = require('internal/test_runner/reporter/rerun');
    compose(this.root.reporter, reportReruns(this.previousRuns, this.config))
      .pipe(new PassThrough());
  }

  #startCoverage() {
    if (!this.config.coverage) return;
    const { TestCoverage } = require('internal/test_runner/coverage/coverage');
    try {
      this.#coverage = new TestCoverage(this.config);
    } catch (error) {
      this.root.diagnostic(`Warning: Code coverage could not be enabled. ${error}`);
      this.#failRun();
    }
  }

  #takeCoverage() {
    const coverage = this.#coverage;
    if (coverage === null) return undefined;
    let summary;
    const attempt = (what, act) => {
      try {
        act();
      } catch (error) {
        this.root.diagnostic(`Warning: Could not ${what} code coverage. ${error}`);
        this.#failRun();
      }
    };
    attempt('report', () => { summary = coverage.summary(); });
    attempt('clean up', () => coverage.cleanup());
    return summary;
  }

  #reportCoverage(summary) {
    const { loc, nesting, reporter } = this.root;
    const { totals, thresholds } = summary;
    const check = (name, actual) => {
      const threshold = thresholds[name];
      if (actual >= threshold) return;
      this.#failRun();
      reporter.diagnostic(
        nesting, loc, `Error: ${NumberPrototypeToFixed(actual, 2)}% ${name} coverage does not ` +
          `meet threshold of ${threshold}%.`, 'error');
    };
    check('line', totals.coveredLinePercent);
    check('branch', totals.coveredBranchPercent);
    check('function', totals.coveredFunctionPercent);
    reporter.coverage(nesting, loc, summary);
  }

  /** The root's plan, diagnostics and sums. */
  report() {
    if (this.#isReported) return;
    this.#isReported = true;
    const { counters, root } = this;
    const { loc, nesting, reporter } = root;
    reporter.plan(nesting, loc, counters.topLevel);
    // Before the diagnostics: it may add some.
    const coverage = this.#takeCoverage();
    this.snapshotManager?.writeSnapshotFiles();
    root.reportDiagnostics();
    const duration = root.duration();
    const sums = [
      'tests', counters.tests, 'suites', counters.suites, 'pass', counters.passed,
      'fail', counters.failed, 'cancelled', counters.cancelled, 'skipped', counters.skipped,
      'todo', counters.todo, 'duration_ms', duration,
    ];
    for (let i = 0; i < sums.length; i += 2) {
      reporter.diagnostic(nesting, loc, `${sums[i]} ${sums[i + 1]}`);
    }
    if (coverage !== undefined) this.#reportCoverage(coverage);
    reporter.summary(loc?.file, this.success, counters, duration);
    if (!this.watching) {
      reporter.end();
      return;
    }
    this.#isReported = false;
    this.resetCounters();
  }
}

function readPreviousRuns(path) {
  let text = '[]';
  try {
    text = require('fs').readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  return JSONParse(text);
}

/** The innermost tests that have begun and not ended. */
function collectRunning(test, running) {
  if (test.startTime === null || test.finished) return;
  for (let i = 0; i < test.subtests.length; i++) collectRunning(test.subtests[i], running);
  if (test.queue.active > 0 || test.parent === null) return;
  ArrayPrototypePush(running, {
    __proto__: null,
    name: test.name,
    nesting: test.nesting,
    file: test.loc?.file,
    line: test.loc?.line,
    column: test.loc?.column,
  });
}

function createTestTree(rootOptions, config) {
  const harness = new Harness(config);
  harness.bootstrapPromise = harness.runGlobalSetup();
  globalRoot = new Test({
    __proto__: null, ...rootOptions, harness, name: '<root>',
  });
  harness.root = globalRoot;
  harness.attach();
  globalRoot.startTime = process.hrtime.bigint();
  return globalRoot;
}

/** The root of a program that uses node:test by itself, without --test or run(). */
function lazyRoot() {
  if (globalRoot !== undefined) return globalRoot;
  const config = parseCommandLine();
  config.cwd = process.cwd();
  const entryFile = process.argv?.[1];
  const root = createTestTree({
    __proto__: null, entryFile, loc: entryFile ? [1, 1, entryFile] : undefined,
  }, config);
  root.reporter.on('test:summary', ({ success }) => {
    if (!success) process.exitCode = kFailed;
  });
  const { harness } = root;
  harness.bootstrapPromise = SafePromiseAllReturnVoid(
    [harness.bootstrapPromise, config.setup(root.reporter)]);
  return root;
}

function currentParent() {
  return currentOwner() || lazyRoot();
}

function makeRunner(Class) {
  const run = (name, options, fn, overrides) => {
    const parent = currentParent();
    const test = parent.createSubtest(Class, name, options, fn, overrides);
    // A suite starts its tests itself, when it is built.
    return parent instanceof Suite ? PromiseResolve() : parent.root.harness.start(test);
  };
  const variant = (keyword) => (name, options, fn) => (
    run(name, options, fn, { __proto__: null, [keyword]: true, loc: getCallerLocation() }));
  const test = (name, options, fn) => (
    run(name, options, fn, { __proto__: null, loc: getCallerLocation() }));
  return ObjectAssign(test, {
    expectFailure: variant('expectFailure'),
    skip: variant('skip'),
    todo: variant('todo'),
    only: variant('only'),
  });
}

function makeHook(kind) {
  return (fn, options) => currentParent().createHook(kind, fn, getCallerLocation(), options);
}

function getTestContext() {
  const owner = currentOwner();
  return owner === undefined || owner === reporterScope ? undefined : owner.getCtx();
}

module.exports = {
  after: makeHook('after'),
  afterEach: makeHook('afterEach'),
  before: makeHook('before'),
  beforeEach: makeHook('beforeEach'),
  createTestTree,
  getTestContext,
  suite: makeRunner(Suite),
  test: makeRunner(Test),
};
