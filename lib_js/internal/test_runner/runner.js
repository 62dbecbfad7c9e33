'use strict';
// run(): test files, each in a process of its own (isolation 'process') or all in this one
// ('none'). `coring --test` is run() with options from the command line.

const { ArrayPrototypeFilter, MathMax, Promise, PromiseWithResolvers, SafePromiseAllReturnVoid,
        SafePromiseAllSettledReturnVoid } = primordials;

const { getOptionValue } = require('internal/options');
const { pathToFileURL } = require('internal/url');
const { kEmptyObject } = require('internal/util');
const { parseCommandLine } = require('internal/test_runner/config');
const { FileTest, runTestFile } = require('internal/test_runner/file_test');
const { createTestFileList } = require('internal/test_runner/files');
const { createTestTree } = require('internal/test_runner/harness');
const { parseRunOptions } = require('internal/test_runner/run_options');
const { Test } = require('internal/test_runner/test');
const { resolve, sep } = require('path');

/** NODE_TEST_WORKER_ID: 1 to the number of files that may run at the same time, in turn. */
function workerIds(concurrency) {
  let max = 1;
  if (concurrency === true) max = MathMax(require('os').availableParallelism() - 1, 1);
  else if (typeof concurrency === 'number') max = concurrency;
  let count = 0;
  return () => (count++ % max) + 1;
}

function configFor(options) {
  const { isolation, only, testNamePatterns, testSkipPatterns } = options;
  const config = {
    __proto__: null,
    ...parseCommandLine(),
    setup: options.setup,
    cwd: options.cwd,
    globalSetupPath: options.globalSetupPath,
    randomize: options.randomize,
    randomSeed: options.randomSeed,
    rerunFailuresFilePath: options.rerunFailuresFilePath,
    testTagFilters: options.testTagFilters,
    ...options.coverage,
  };
  // With processes these are for them, and would filter the files here.
  if (isolation === 'none') {
    if (testNamePatterns != null) config.testNamePatterns = testNamePatterns;
    if (testSkipPatterns != null) config.testSkipPatterns = testSkipPatterns;
    if (only != null) config.only = only;
  }
  return config;
}

/** Files are started at once; their order is the root's queue's. */
function skipBuildPhase({ harness }) {
  harness.bootstrapPromise = null;
  harness.buildPromise = null;
}

function runInProcesses(root, files, options) {
  skipBuildPhase(root);
  return SafePromiseAllSettledReturnVoid(files, (path) => runTestFile(path, options));
}

/** --require and --import of `--test`: they may make tests, so they wait until there is a root. */
async function loadPreloads(loader, parentURL, isTestRunner) {
  if (isTestRunner) {
    const preloads = getOptionValue('--require') ?? [];
    const { Module } = require('internal/modules/cjs/loader');
    if (preloads.length > 0) Module._preloadModules(preloads);
  }
  const imports = getOptionValue('--import') ?? [];
  for (let i = 0; i < imports.length; i++) await loader.import(imports[i], parentURL, kEmptyObject);
}

async function importFile(loader, root, file, parentURL, cwd) {
  const count = root.subtests.length;
  let failure;
  root.entryFile = resolve(file);
  try {
    await loader.import(pathToFileURL(resolve(cwd, file)).href, parentURL, kEmptyObject);
  } catch (error) {
    failure = { __proto__: null, error };
  }
  if (root.subtests.length !== count) return;
  // A file without tests stands for itself.
  const test = root.createSubtest(Test, file, kEmptyObject, undefined, {
    __proto__: null, loc: [1, 1, resolve(file)],
  });
  if (failure !== undefined) test.fail(failure.error);
  root.harness.start(test);
}

async function runHere(root, files, { cwd }) {
  const { harness } = root;
  const { promise, resolve: finishLoading } = PromiseWithResolvers();
  harness.bootstrapPromise = harness.bootstrapPromise === null ? promise :
    SafePromiseAllReturnVoid([harness.bootstrapPromise, promise]);
  await root.runInAsyncScope(async () => {
    const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
    const loader = getOrInitializeCascadedLoader();
    const parentURL = pathToFileURL(cwd + sep).href;
    await loadPreloads(loader, parentURL, root.config.isTestRunner);
    for (let i = 0; i < files.length; i++) {
      await importFile(loader, root, files[i], i === 0 ? undefined : parentURL, cwd);
    }
  });
  root.entryFile = null;
  finishLoading();
  return root.queue.runPending();
}

/** @returns {TestsStream} */
function run(options = kEmptyObject) {
  const parsed = parseRunOptions(options);
  const { concurrency, cwd, isolation, setup, shard, signal, timeout } = parsed;
  const config = configFor(parsed);
  const root = createTestTree({ __proto__: null, concurrency, timeout, signal }, config);
  let files = parsed.files ?? createTestFileList(parsed.globPatterns, cwd);
  if (parsed.randomize) root.diagnostic(`Randomized test order seed: ${parsed.randomSeed}`);
  if (shard !== undefined) {
    files = ArrayPrototypeFilter(files, (_, i) => i % shard.total === shard.index - 1);
  }
  const isInProcesses = isolation === 'process';
  if (isInProcesses && process.env.NODE_TEST_CONTEXT !== undefined) {
    process.emitWarning('node:test run() is being called recursively within a test file. ' +
      'skipping running files.');
    root.postRun();
    return root.reporter;
  }
  if (!isInProcesses) process.env.NODE_TEST_WORKER_ID = '1';
  parsed.root = root;
  parsed.nextWorkerId = workerIds(config.concurrency ?? concurrency);

  let watch;
  if (parsed.watch) {
    const { FileWatch } = require('internal/test_runner/watch');
    watch = new FileWatch(files, parsed);
  }
  const start = async () => {
    // Whoever awaits run() before listening hears everything.
    await new Promise((done) => process.nextTick(done));
    if (root.harness.bootstrapPromise !== null) await root.harness.bootstrapPromise;
    if (setup != null) await setup(root.reporter);
    if (watch !== undefined) {
      skipBuildPhase(root);
      await watch.start();
    } else if (isInProcesses) {
      await runInProcesses(root, files, parsed);
      root.postRun();
      root.harness.teardown();
    } else {
      await runHere(root, files, parsed);
    }
  };
  start();
  return root.reporter;
}

module.exports = {
  FileTest, // For tests.
  run,
};
