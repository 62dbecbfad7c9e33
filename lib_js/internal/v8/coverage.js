'use strict';
// Which code of this thread has run: counted by V8 while NODE_V8_COVERAGE names a folder, or for
// the test runner, and written there when the thread ends or v8.takeCoverage() asks. The files are
// what c8 and its like read.

const {
  ArrayPrototypeFilter,
  DateNow,
  JSONParse,
  JSONStringify,
  MathMax,
  StringPrototypeStartsWith,
} = primordials;

const devtools = internalBinding('profiler');

let session;
/** Where files go; nothing is written without it. */
let folder;
let lastTime = 0;

function call(method, params) {
  return JSONParse(devtools.dispatch(session, JSONStringify({ id: 1, method, params }))).result;
}

/** As early as possible: V8 counts calls and blocks of what it compiles from now on. */
function collect() {
  if (session !== undefined) return;
  session = devtools.openSession();
  call('Profiler.enable');
  call('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/** Names the folder for files; the end of the thread writes one. */
function setCoverageFolder(path) {
  if (folder === undefined) {
    process.on('exit', takeCoverage);
    const { kill } = process;
    // A signal to itself may be the last that this process does.
    process.kill = function(pid, sig) {
      if (pid === process.pid) takeCoverage();
      return kill(pid, sig);
    };
  }
  folder = path;
}

/** Node keeps the public modules of its library, as programs name them. */
function isOfProgram({ url }) {
  return url !== '' && !StringPrototypeStartsWith(url, 'node:internal/');
}

/** Writes what was counted since the last time; nothing when nobody counts. */
function takeCoverage() {
  if (session === undefined || folder === undefined) return;
  const { result, timestamp } = call('Profiler.takePreciseCoverage');
  const { threadId } = require('internal/worker/self');
  lastTime = MathMax(DateNow(), lastTime + 1);
  const name = `coverage-${process.pid}-${lastTime}-${threadId}.json`;
  const fs = require('fs');
  try {
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(`${folder}/${name}`, JSONStringify({
      result: ArrayPrototypeFilter(result, isOfProgram), timestamp,
    }));
  } catch (error) {
    // As in Node the program goes on without.
    internalBinding('process_ops').writeSync(
      2, `Failed to write the coverage to ${folder}: ${error.message}\n`);
  }
}

function stopCoverage() {
  if (session === undefined) return;
  call('Profiler.stopPreciseCoverage');
  devtools.closeSession(session);
  session = undefined;
}

module.exports = { collect, setCoverageFolder, stopCoverage, takeCoverage };
