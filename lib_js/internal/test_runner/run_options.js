'use strict';
// What run() accepts.

const { ArrayIsArray, ArrayPrototypeMap } = primordials;

const { codes: {
  ERR_INVALID_ARG_TYPE,
  ERR_INVALID_ARG_VALUE,
} } = require('internal/errors');
const { validatePath } = require('internal/fs/utils');
const { emitExperimentalWarning } = require('internal/util');
const { isRegExp } = require('internal/util/types');
const {
  validateArray,
  validateBoolean,
  validateFunction,
  validateInteger,
  validateObject,
  validateOneOf,
  validateString,
  validateStringArray,
  validateUint32,
} = require('internal/validators');
const { defaultPattern } = require('internal/test_runner/files');
const { validateAndCanonicalizeTagFilter } = require('internal/test_runner/tag_filter');
const { convertStringToRegExp, createRandomSeed } = require('internal/test_runner/utils');

function asList(value) {
  return ArrayIsArray(value) ? value : [value];
}

function parsePatterns(patterns, option) {
  if (patterns == null) return patterns;
  return ArrayPrototypeMap(asList(patterns), (pattern, i) => {
    if (isRegExp(pattern)) return pattern;
    const name = `options.${option}[${i}]`;
    if (typeof pattern === 'string') return convertStringToRegExp(pattern, name);
    throw new ERR_INVALID_ARG_TYPE(name, ['string', 'RegExp'], pattern);
  });
}

function parseTagFilters(filters) {
  if (filters == null) return filters;
  const list = asList(filters);
  if (list.length === 0) return null;
  emitExperimentalWarning('Test tags');
  return ArrayPrototypeMap(list, (filter, i) => (
    validateAndCanonicalizeTagFilter(filter, `options.testTagFilters[${i}]`)));
}

function parseShard(shard, watch) {
  if (shard == null) return undefined;
  validateObject(shard, 'options.shard');
  const { index, total } = shard; // Read once: they may be getters.
  validateInteger(total, 'options.shard.total', 1);
  validateInteger(index, 'options.shard.index', 1, total);
  if (watch) {
    throw new ERR_INVALID_ARG_VALUE('options.shard', watch, 'shards not supported with watch mode');
  }
  return { __proto__: null, index, total };
}

/** @returns {number | undefined} the seed; none: no random order */
function parseSeed({ randomize, randomSeed, watch, rerunFailuresFilePath }) {
  const refuse = (mode) => {
    const name = randomSeed != null ? 'randomSeed' : 'randomize';
    throw new ERR_INVALID_ARG_VALUE(
      `options.${name}`, randomSeed ?? randomize, `is not supported with ${mode} mode`);
  };
  const isRandom = randomize || randomSeed != null;
  if (isRandom && watch) refuse('watch');
  if (rerunFailuresFilePath) {
    validatePath(rerunFailuresFilePath, 'options.rerunFailuresFilePath');
    if (isRandom) refuse('rerun failures');
  }
  return isRandom ? randomSeed ?? createRandomSeed() : undefined;
}

function parseCoverage(options) {
  const { coverage = false, lineCoverage = 0, branchCoverage = 0, functionCoverage = 0 } = options;
  validateBoolean(coverage, 'options.coverage');
  const globs = (name) => {
    if (options[name] == null) return undefined;
    const list = asList(options[name]);
    validateStringArray(list, `options.${name}`);
    return list;
  };
  const coverageExcludeGlobs = globs('coverageExcludeGlobs');
  const coverageIncludeGlobs = globs('coverageIncludeGlobs');
  validateInteger(lineCoverage, 'options.lineCoverage', 0, 100);
  validateInteger(branchCoverage, 'options.branchCoverage', 0, 100);
  validateInteger(functionCoverage, 'options.functionCoverage', 0, 100);
  return {
    __proto__: null,
    coverage,
    coverageExcludeGlobs: coverageExcludeGlobs ?? (coverage ? [defaultPattern()] : undefined),
    coverageIncludeGlobs,
    lineCoverage,
    branchCoverage,
    functionCoverage,
  };
}

/** Checks the options of run() in Node's order, and fills in defaults. */
function parseRunOptions(options) {
  validateObject(options, 'options');
  const {
    files, watch, forceExit, only, globPatterns, randomize, randomSeed, setup, globalSetupPath, env,
    concurrency, timeout, signal, rerunFailuresFilePath, inspectPort,
    isolation = 'process', execArgv = [], argv = [], cwd = process.cwd(),
  } = options;
  if (files != null) validateArray(files, 'options.files');
  if (watch != null) validateBoolean(watch, 'options.watch');
  if (forceExit != null) {
    validateBoolean(forceExit, 'options.forceExit');
    if (forceExit && watch) {
      throw new ERR_INVALID_ARG_VALUE(
        'options.forceExit', watch, 'is not supported with watch mode');
    }
  }
  if (only != null) validateBoolean(only, 'options.only');
  if (globPatterns != null) validateArray(globPatterns, 'options.globPatterns');
  if (randomize != null) validateBoolean(randomize, 'options.randomize');
  if (randomSeed != null) validateUint32(randomSeed, 'options.randomSeed');
  const seed = parseSeed(options);
  validateString(cwd, 'options.cwd');
  if (globPatterns?.length > 0 && files?.length > 0) {
    throw new ERR_INVALID_ARG_VALUE(
      'options.globPatterns', globPatterns, "is not supported when specifying 'options.files'");
  }
  const shard = parseShard(options.shard, watch);
  if (setup != null) validateFunction(setup, 'options.setup');
  const testNamePatterns = parsePatterns(options.testNamePatterns, 'testNamePatterns');
  const testSkipPatterns = parsePatterns(options.testSkipPatterns, 'testSkipPatterns');
  const testTagFilters = parseTagFilters(options.testTagFilters);
  validateOneOf(isolation, 'options.isolation', ['process', 'none']);
  const coverage = parseCoverage(options);
  validateStringArray(argv, 'options.argv');
  validateStringArray(execArgv, 'options.execArgv');
  if (globalSetupPath != null) validatePath(globalSetupPath, 'options.globalSetupPath');
  if (env != null) {
    validateObject(env, 'options.env');
    if (isolation === 'none') {
      throw new ERR_INVALID_ARG_VALUE(
        'options.env', env, "is not supported with isolation='none'");
    }
  }
  return {
    __proto__: null,
    argv,
    concurrency,
    coverage,
    cwd,
    env,
    execArgv,
    files,
    forceExit,
    globPatterns,
    globalSetupPath,
    inspectPort,
    isolation,
    only,
    randomSeed: seed,
    randomize: seed !== undefined ? true : randomize,
    rerunFailuresFilePath,
    setup,
    shard,
    signal,
    testNamePatterns,
    testSkipPatterns,
    testTagFilters,
    timeout,
    watch,
  };
}

module.exports = { parseRunOptions };
