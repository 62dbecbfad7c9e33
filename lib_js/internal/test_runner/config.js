'use strict';
// What the command line says about tests, and the reporters that it names.

const {
  ArrayPrototypeMap,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
  NumberParseInt,
  ObjectGetOwnPropertyDescriptor,
  RegExpPrototypeExec,
  SafePromiseAll,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { validatePath } = require('internal/fs/utils');
const { getOptionValue } = require('internal/options');
const { pathToFileURL } = require('internal/url');
const { emitExperimentalWarning, kEmptyObject } = require('internal/util');
const { shouldColorize } = require('internal/util/colors');
const { validateFunction, validateInteger, validateUint32 } = require('internal/validators');
const { defaultPattern } = require('internal/test_runner/files');
const { reporterScope } = require('internal/test_runner/scope');
const { validateAndCanonicalizeTagFilter } = require('internal/test_runner/tag_filter');
const { convertStringToRegExp } = require('internal/test_runner/utils');
const { resolve, sep } = require('path');

const kBuiltinReporters = {
  __proto__: null,
  'spec': 'internal/test_runner/reporter/spec',
  'dot': 'internal/test_runner/reporter/dot',
  'tap': 'internal/test_runner/reporter/tap',
  'junit': 'internal/test_runner/reporter/junit',
  'lcov': 'internal/test_runner/reporter/lcov',
};

function standardStream(name) {
  if (name === 'stdout') return process.stdout;
  if (name === 'stderr') return process.stderr;
  return undefined;
}

/** Whether files that are run in processes of their own should write colours. */
function shouldColorizeTestFiles(destinations) {
  return ArrayPrototypeSome(destinations, (name) => {
    const stream = standardStream(name);
    return stream !== undefined && shouldColorize(stream);
  });
}

function patternsOf(option) {
  const patterns = getOptionValue(option);
  if (!patterns || patterns.length === 0) return null;
  return ArrayPrototypeMap(patterns, (pattern) => convertStringToRegExp(pattern, option));
}

function tagFilters() {
  const option = '--experimental-test-tag-filter';
  const filters = getOptionValue(option);
  if (!filters || filters.length === 0) return null;
  emitExperimentalWarning('Test tags');
  return ArrayPrototypeMap(filters, (filter, i) => (
    validateAndCanonicalizeTagFilter(filter, `${option}[${i}]`)));
}

/** '2/3' */
function shardOf(text) {
  if (!text) return undefined;
  const parts = RegExpPrototypeExec(/^(\d+)\/(\d+)$/, text);
  if (parts === null) {
    throw new ERR_INVALID_ARG_VALUE('--test-shard', text, 'must be in the form of <index>/<total>');
  }
  return {
    __proto__: null, index: NumberParseInt(parts[1], 10), total: NumberParseInt(parts[2], 10),
  };
}

/** Names of reporters and, in the same order, of what they write to. */
function reportersAndDestinations() {
  // Set for files that `--test` runs: the parent reads what they report.
  const asked = process.env.NODE_TEST_CONTEXT;
  if (asked === 'child-v8') return { reporters: ['v8-serializer'], destinations: ['stdout'] };
  if (asked === 'child') return { reporters: ['tap'], destinations: ['stdout'] };
  const destinations = ArrayPrototypeSlice(getOptionValue('--test-reporter-destination'));
  const reporters = ArrayPrototypeSlice(getOptionValue('--test-reporter'));
  if (reporters.length === 0 && destinations.length === 0) reporters[0] = 'spec';
  if (reporters.length === 1 && destinations.length === 0) destinations[0] = 'stdout';
  if (destinations.length !== reporters.length) {
    throw new ERR_INVALID_ARG_VALUE(
      '--test-reporter', reporters,
      "must match the number of specified '--test-reporter-destination'");
  }
  return { reporters, destinations };
}

function builtinReporter(name) {
  if (name === 'v8-serializer' && process.env.NODE_TEST_CONTEXT === 'child-v8') {
    return require('internal/test_runner/reporter/v8-serializer');
  }
  const id = kBuiltinReporters[name];
  return id === undefined ? undefined : require(id);
}

async function loadReporter(name) {
  let reporter = builtinReporter(name);
  if (reporter === undefined) {
    let parentURL = 'file:///';
    try {
      parentURL = pathToFileURL(`${process.cwd()}/`).href;
    } catch {
      // The directory is gone.
    }
    const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
    reporter = await getOrInitializeCascadedLoader().import(name, parentURL, kEmptyObject);
  }
  reporter = reporter?.default ?? reporter;
  // A class, and not a function that is called for a stream.
  if (reporter?.prototype && ObjectGetOwnPropertyDescriptor(reporter.prototype, 'constructor')) {
    reporter = new reporter();
  }
  if (!reporter) throw new ERR_INVALID_ARG_VALUE('Reporter', name, 'is not a valid reporter');
  return reporter;
}

/** Reporters run outside of every test: an error of theirs ends the process. */
function startReporters(reporters, destinations, stream) {
  const start = async () => {
    const made = await SafePromiseAll(reporters, async (name, i) => {
      const destination = standardStream(destinations[i]) ??
        require('fs').createWriteStream(destinations[i], { __proto__: null, flush: true });
      return { __proto__: null, destination, reporter: await loadReporter(name) };
    });
    const { compose } = require('stream');
    for (let i = 0; i < made.length; i++) {
      compose(stream, made[i].reporter).pipe(made[i].destination);
    }
    reporterScope.reporters = made;
  };
  return reporterScope.runInAsyncScope(start);
}

function randomization() {
  const text = getOptionValue('--test-random-seed');
  if (!text) return { randomize: getOptionValue('--test-randomize'), randomSeed: undefined };
  const randomSeed = +text;
  validateUint32(randomSeed, '--test-random-seed');
  return { randomize: true, randomSeed };
}

/** What --experimental-test-coverage and its relatives ask for. */
function coverageOptions() {
  const coverage = getOptionValue('--experimental-test-coverage');
  if (!coverage) return undefined;
  const limit = (name) => {
    const option = `--test-coverage-${name}`;
    const value = getOptionValue(option);
    validateInteger(value, option, 0, 100);
    return value;
  };
  const excluded = getOptionValue('--test-coverage-exclude') ?? [];
  return {
    __proto__: null,
    coverage,
    // Tests themselves are not what is to be covered.
    coverageExcludeGlobs: excluded.length > 0 ? excluded : [defaultPattern()],
    coverageIncludeGlobs: getOptionValue('--test-coverage-include'),
    branchCoverage: limit('branches'),
    lineCoverage: limit('lines'),
    functionCoverage: limit('functions'),
  };
}

let config;

/** The command line's word on tests; the same object every time. */
function parseCommandLine() {
  if (config !== undefined) return config;
  const isTestRunner = getOptionValue('--test');
  const { reporters, destinations } = reportersAndDestinations();
  const { randomize, randomSeed } = randomization();
  const isolation = isTestRunner ? getOptionValue('--test-isolation') || 'process' : undefined;
  // Files in processes of their own are given these, and apply them.
  const isForFiles = isTestRunner && isolation !== 'none';
  const rerunFailuresFilePath = getOptionValue('--test-rerun-failures');
  if (rerunFailuresFilePath) validatePath(rerunFailuresFilePath, '--test-rerun-failures');
  config = {
    __proto__: null,
    isTestRunner,
    concurrency: isForFiles ? getOptionValue('--test-concurrency') || true : 1,
    destinations,
    forceExit: getOptionValue('--test-force-exit'),
    isolation,
    only: isForFiles ? false : getOptionValue('--test-only'),
    reporters,
    setup: (stream) => startReporters(reporters, destinations, stream),
    globalSetupPath: process.env.NODE_TEST_CONTEXT === undefined ?
      getOptionValue('--test-global-setup') : undefined,
    shard: isTestRunner ? shardOf(getOptionValue('--test-shard')) : undefined,
    testNamePatterns: isForFiles ? null : patternsOf('--test-name-pattern'),
    testSkipPatterns: isForFiles ? null : patternsOf('--test-skip-pattern'),
    testTagFilters: tagFilters(),
    timeout: getOptionValue('--test-timeout') || Infinity,
    sourceMaps: getOptionValue('--enable-source-maps') === true,
    updateSnapshots: getOptionValue('--test-update-snapshots'),
    randomize,
    randomSeed,
    rerunFailuresFilePath,
    watch: getOptionValue('--watch'),
    ...coverageOptions(),
  };
  return config;
}

/** What --test-global-setup names: functions to call before the first and after the last test. */
async function loadGlobalSetup(path, cwd) {
  if (!path) return { __proto__: null };
  validatePath(path, 'options.globalSetupPath');
  const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
  const { globalSetup, globalTeardown } = await getOrInitializeCascadedLoader().import(
    pathToFileURL(resolve(cwd, path)).href, pathToFileURL(cwd + sep).href, kEmptyObject);
  if (globalSetup) validateFunction(globalSetup, 'globalSetupModule.globalSetup');
  if (globalTeardown) validateFunction(globalTeardown, 'globalSetupModule.globalTeardown');
  return { __proto__: null, globalSetup, globalTeardown };
}

module.exports = { loadGlobalSetup, parseCommandLine, shouldColorizeTestFiles };
