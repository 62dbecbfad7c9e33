'use strict';
// describe(): a test whose function only makes subtests. It is called at once, when the suite is
// made (the build phase), so that all tests are known before the first runs.

const { ArrayPrototypeConcat, FunctionPrototype, ReflectApply, SafePromiseAll, SafePromiseRace,
        SymbolDispose } = primordials;

const { codes: { ERR_TEST_FAILURE } } = require('internal/errors');
const { once } = require('internal/util');
const { Trace } = require('internal/test_runner/channel');
const { SuiteContext } = require('internal/test_runner/context');
const { Deadline } = require('internal/test_runner/deadline');
const { isTestFailureError, kTestCodeFailure } = require('internal/test_runner/failure');
const { Test } = require('internal/test_runner/test');

const { bigint: hrtime } = process.hrtime;
const kOnce = { __proto__: null, preserveReturnValue: true };

class Suite extends Test {
  reportedType = 'suite';
  #trace;

  constructor(options) {
    super(options);
    // The command line's limit is for each test, not for all of them together.
    if (options.timeout == null) this.timeout = null;
    const { testNamePatterns, testSkipPatterns } = this.config;
    if (testNamePatterns !== null && testSkipPatterns !== null && !options.skip) {
      this.fn = options.fn || this.fn;
      this.skipped = false;
    }
    this.buildSuite = this.#build();
    this.fn = FunctionPrototype;
  }

  async #build() {
    this.#trace = new Trace(this);
    try {
      const { ctx, args } = this.getRunArgs();
      const all = ArrayPrototypeConcat([this.#trace.wrap(this.fn), ctx], args);
      await ReflectApply(this.runInAsyncScope, this, all);
    } catch (error) {
      this.#trace.error(error);
      this.fail(new ERR_TEST_FAILURE(error, kTestCodeFailure));
    }
    this.buildPhaseFinished = true;
  }

  getRunArgs() {
    const ctx = new SuiteContext(this);
    return { __proto__: null, ctx, args: [ctx] };
  }

  async filteredRun() {
    await this.buildSuite;
    return super.filteredRun();
  }

  async run() {
    this.inheritHooks();
    const hookArgs = this.getRunArgs();
    const after = once(() => this.runHook('after', hookArgs), kOnce);
    const { parent } = this;
    let deadline;
    try {
      parent.queue.active++;
      await this.buildSuite;
      this.startTime = hrtime();
      if (this.isAborted()) {
        this.queue.tests = [];
        this.postRun();
        return;
      }
      if (parent.hooks.before.length > 0) await parent.runHook('before', parent.getRunArgs());
      await this.runHook('before', hookArgs);
      deadline = new Deadline(this.timeout, this.signal);
      const subtests = this.skipped || this.error ? [] : this.subtests;
      const ends = SafePromiseAll(subtests, (subtest) => subtest.start());
      await SafePromiseRace([ends, deadline.promise]);
      await after();
      this.pass();
    } catch (error) {
      try { await after(); } catch { /* The suite has failed already. */ }
      this.fail(isTestFailureError(error) ? error : new ERR_TEST_FAILURE(error, kTestCodeFailure));
    } finally {
      deadline?.[SymbolDispose]();
      this.#trace?.end();
      this.#trace = undefined;
    }
    this.postRun();
  }
}

module.exports = { Suite };
