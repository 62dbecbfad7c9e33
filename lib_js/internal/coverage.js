'use strict';
// Which code of this process has run: collected by V8 while NODE_V8_COVERAGE names a folder, or for
// the test runner, and written there as a file when the process ends.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeForEach,
  DateNow,
  JSONParse,
  JSONStringify,
  StringPrototypeStartsWith,
} = primordials;

const { startCoverage, takeCoverage, endCoverage } = internalBinding('profiler');
const { getOptionValue } = require('internal/options');

const kFilesPerThread = 1000;

/** Where files go; nothing is written without it. */
let folder;
let isCollecting = false;
let filesCount = 0;

/** As early as possible: V8 counts calls and blocks of what it compiles from now on. */
function collect() {
  if (isCollecting) return;
  isCollecting = true;
  startCoverage();
}

/** At the start of a process or thread: where its environment, or the command line, asks for it. */
function collectIfAsked() {
  const path = process.env.NODE_V8_COVERAGE;
  if (!path && !getOptionValue('--experimental-test-coverage')) return;
  collect();
  if (path) setCoverageFolder(require('path').resolve(path));
}

/** Names the folder that writeCoverage() and the end of the process write to. */
function setCoverageFolder(path) {
  if (folder === undefined) process.on('exit', () => writeCoverage());
  folder = path;
}

/** Scripts of the program; paths become URLs. */
function ownScripts() {
  const answer = takeCoverage();
  if (answer === undefined) return undefined;
  const { result } = JSONParse(answer);
  const { pathToFileURL } = require('internal/url');
  ArrayPrototypeForEach(result.result, (script) => {
    if (script.url[0] === '/') script.url = pathToFileURL(script.url).href;
  });
  result.result = ArrayPrototypeFilter(
    result.result, ({ url }) => url !== '' && !StringPrototypeStartsWith(url, 'node:internal/'));
  return result;
}

function writeCoverage() {
  if (!isCollecting || folder === undefined) return;
  const scripts = ownScripts();
  if (scripts === undefined) return;
  const { mkdirSync, writeFileSync } = require('fs');
  // Threads have numbers of their own.
  const number = require('internal/worker/self').threadId * kFilesPerThread + filesCount++;
  const name = `coverage-${process.pid}-${DateNow()}-${number}.json`;
  try {
    mkdirSync(folder, { __proto__: null, recursive: true });
    writeFileSync(`${folder}/${name}`, JSONStringify(scripts));
  } catch (error) {
    // As in Node the program goes on without.
    const { writeSync } = internalBinding('process_ops');
    writeSync(2, `Failed to write the coverage to ${folder}: ${error.message}\n`);
  }
}

function endCollecting() {
  if (!isCollecting) return;
  isCollecting = false;
  folder = undefined;
  endCoverage();
}

module.exports = {
  collect,
  collectIfAsked,
  endCollecting,
  setCoverageFolder,
  writeCoverage,
};
