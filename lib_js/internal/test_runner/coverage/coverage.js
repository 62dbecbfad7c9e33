'use strict';
// --experimental-test-coverage: which lines, branches and functions the tests have run, in this
// process and in those that it has started. The reporters print the summary.
//
// Missing: source maps; lines are those of the code that runs.

const {
  ArrayPrototypeForEach,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  ArrayPrototypeSort,
  JSONParse,
  MathMax,
  RegExpPrototypeExec,
  SafeMap,
  StringPrototypeIncludes,
  StringPrototypeLocaleCompare,
  StringPrototypeStartsWith,
} = primordials;

const { codes: { ERR_OPERATION_FAILED } } = require('internal/errors');
const {
  collect, setCoverageFolder, stopCoverage, takeCoverage,
} = require('internal/v8/coverage');
const { matchGlobPattern } = require('internal/fs/glob');
const { fileURLToPath, URL } = require('internal/url');
const { applyRange, ignoreTypes, linesOf } = require('internal/test_runner/coverage/lines');
const { mergeScript } = require('internal/test_runner/coverage/merge');
const { constants: { kMockSearchParam } } = require('internal/test_runner/mock/loader');
const fs = require('fs');
const { join, relative, resolve } = require('path');

const typeScript = /\.[cm]?ts$/u;
const fileName = /^coverage-\d+-\d{13}-\d+\.json$/;

function percent(covered, total) {
  return total === 0 ? 100 : (covered / total) * 100;
}

class Sums {
  totalLineCount = 0;
  totalBranchCount = 0;
  totalFunctionCount = 0;
  coveredLineCount = 0;
  coveredBranchCount = 0;
  coveredFunctionCount = 0;
  coveredLinePercent = 0;
  coveredBranchPercent = 0;
  coveredFunctionPercent = 0;

  add(other) {
    this.totalLineCount += other.totalLineCount;
    this.totalBranchCount += other.totalBranchCount;
    this.totalFunctionCount += other.totalFunctionCount;
    this.coveredLineCount += other.coveredLineCount;
    this.coveredBranchCount += other.coveredBranchCount;
    this.coveredFunctionCount += other.coveredFunctionCount;
  }

  finish() {
    this.coveredLinePercent = percent(this.coveredLineCount, this.totalLineCount);
    this.coveredBranchPercent = percent(this.coveredBranchCount, this.totalBranchCount);
    this.coveredFunctionPercent = percent(this.coveredFunctionCount, this.totalFunctionCount);
    return { __proto__: null, ...this };
  }
}

/** What one script's ranges say about its file. */
function reportOf(path, lines, functions) {
  const sums = new Sums();
  const report = { functions: [], branches: [], lines: [] };
  for (let i = 0; i < functions.length; i++) {
    const { functionName: name, isBlockCoverage, ranges } = functions[i];
    let count = 0;
    let whole;
    for (let j = 0; j < ranges.length; j++) {
      const { first, isIgnored } = applyRange(ranges[j], lines);
      const isCovered = ranges[j].count !== 0 || isIgnored;
      count = MathMax(count, ranges[j].count);
      if (j === 0) whole = { __proto__: null, first, isCovered };
      if (!isBlockCoverage) continue;
      ArrayPrototypePush(report.branches, { __proto__: null, line: first, count: ranges[j].count });
      sums.totalBranchCount++;
      if (isCovered) sums.coveredBranchCount++;
    }
    // The first one is the script itself.
    if (i === 0 || whole === undefined) continue;
    ArrayPrototypePush(report.functions, { __proto__: null, name, count, line: whole.first });
    sums.totalFunctionCount++;
    if (whole.isCovered) sums.coveredFunctionCount++;
  }
  for (let i = 0; i < lines.length; i++) {
    const { line, count, ignore } = lines[i];
    if (!ignore) ArrayPrototypePush(report.lines, { __proto__: null, line, count });
    if (count > 0 || ignore) sums.coveredLineCount++;
  }
  sums.totalLineCount = lines.length;
  return { __proto__: null, sums, file: { __proto__: null, path, ...sums.finish(), ...report } };
}

class TestCoverage {
  #config;
  #folder;
  #formerFolder;
  #skipped = new SafeMap();

  constructor(config) {
    this.#config = config;
    const former = process.env.NODE_V8_COVERAGE;
    this.#formerFolder = former ? resolve(config.cwd, former) : undefined;
    this.#folder = fs.mkdtempSync(join(require('os').tmpdir(), 'node-coverage-'));
    collect();
    setCoverageFolder(this.#folder);
    // For the processes that tests start.
    process.env.NODE_V8_COVERAGE = this.#folder;
  }

  summary() {
    // With files in processes of their own this one runs nothing but reporters.
    if (!this.#isRunnerAlone()) takeCoverage();
    const totals = new Sums();
    const files = [];
    for (const { url, functions } of this.#readScripts().values()) {
      const path = fileURLToPath(url);
      let source;
      try {
        source = fs.readFileSync(path, 'utf8');
      } catch {
        continue; // It is gone.
      }
      const lines = linesOf(source);
      if (RegExpPrototypeExec(typeScript, path) !== null) ignoreTypes(lines, source);
      const { file, sums } = reportOf(path, lines, functions);
      totals.add(sums);
      ArrayPrototypePush(files, file);
    }
    const { cwd, lineCoverage, branchCoverage, functionCoverage } = this.#config;
    return {
      __proto__: null,
      workingDirectory: cwd,
      files: ArrayPrototypeSort(files, (a, b) => StringPrototypeLocaleCompare(a.path, b.path)),
      totals: totals.finish(),
      thresholds: {
        __proto__: null, line: lineCoverage, branch: branchCoverage, function: functionCoverage,
      },
    };
  }

  #isRunnerAlone() {
    return this.#config.isTestRunner && this.#config.isolation === 'process';
  }

  #readScripts() {
    const scripts = new SafeMap();
    ArrayPrototypeForEach(fs.readdirSync(this.#folder), (name) => {
      if (RegExpPrototypeExec(fileName, name) === null) return;
      ArrayPrototypeForEach(readFile(join(this.#folder, name)), (script) => {
        if (this.#isSkipped(script.url)) return;
        const known = scripts.get(script.url);
        if (known === undefined) scripts.set(script.url, script);
        else mergeScript(known, script);
      });
    });
    return scripts;
  }

  #isSkipped(url) {
    let isSkipped = this.#skipped.get(url);
    if (isSkipped === undefined) {
      isSkipped = this.#mustSkip(url);
      this.#skipped.set(url, isSkipped);
    }
    return isSkipped;
  }

  #mustSkip(url) {
    if (!StringPrototypeStartsWith(url, 'file:')) return true;
    const path = fileURLToPath(url);
    const inside = relative(this.#config.cwd, path);
    // A leading '!' has no meaning here, as in Node.
    const isMatched = (pattern) => (
      matchGlobPattern(inside, pattern) || matchGlobPattern(path, pattern));
    const { coverageExcludeGlobs, coverageIncludeGlobs } = this.#config;
    if (ArrayPrototypeSome(coverageExcludeGlobs ?? [], isMatched)) return true;
    if (coverageIncludeGlobs?.length > 0) {
      return !ArrayPrototypeSome(coverageIncludeGlobs, isMatched);
    }
    return new URL(url).searchParams.has(kMockSearchParam) ||
      StringPrototypeIncludes(url, '/node_modules/');
  }

  /** Gives the files to the folder that NODE_V8_COVERAGE has named before. */
  cleanup() {
    stopCoverage();
    if (this.#formerFolder === undefined) {
      delete process.env.NODE_V8_COVERAGE;
    } else {
      process.env.NODE_V8_COVERAGE = this.#formerFolder;
      fs.mkdirSync(this.#formerFolder, { __proto__: null, recursive: true });
      ArrayPrototypeForEach(fs.readdirSync(this.#folder), (name) => {
        fs.copyFileSync(join(this.#folder, name), join(this.#formerFolder, name));
      });
    }
    fs.rmSync(this.#folder, { __proto__: null, recursive: true, force: true });
  }
}

function readFile(path) {
  const text = fs.readFileSync(path, 'utf8');
  if (text === '') throw new ERR_OPERATION_FAILED(`coverage file is empty: ${path}`);
  try {
    return JSONParse(text).result;
  } catch (cause) {
    const error = new ERR_OPERATION_FAILED(
      `failed to parse coverage file ${path}: ${cause.message}`);
    error.cause = cause;
    throw error;
  }
}

module.exports = { TestCoverage };
