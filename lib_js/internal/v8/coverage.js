'use strict';
// NODE_V8_COVERAGE: what of the program ran, counted by V8 and written to a file of that folder
// when the thread ends, or when v8.takeCoverage() asks. The files are what c8 and its like read.

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
let folder;
let lastTime = 0;

function call(method, params) {
  return JSONParse(devtools.dispatch(session, JSONStringify({ id: 1, method, params }))).result;
}

/** Begins to count; children and workers write to the same folder. */
function startCoverage() {
  folder = require('path').resolve(process.env.NODE_V8_COVERAGE);
  process.env.NODE_V8_COVERAGE = folder;
  session = devtools.openSession();
  call('Profiler.enable');
  call('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  process.on('exit', takeCoverage);
  const { kill } = process;
  // A signal to itself may be the last that this process does.
  process.kill = function(pid, sig) {
    if (pid === process.pid) takeCoverage();
    return kill(pid, sig);
  };
}

/** The library's own files are no part of the program. */
function isOfProgram({ url }) {
  return url !== '' && !StringPrototypeStartsWith(url, 'node:');
}

/** Writes what was counted since the last time; nothing when nobody counts. */
function takeCoverage() {
  if (session === undefined) return;
  const { result, timestamp } = call('Profiler.takePreciseCoverage');
  const { threadId } = require('internal/worker/self');
  lastTime = MathMax(DateNow(), lastTime + 1);
  const name = `coverage-${process.pid}-${lastTime}-${threadId}.json`;
  const fs = require('fs');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(`${folder}/${name}`, JSONStringify({
    result: ArrayPrototypeFilter(result, isOfProgram), timestamp,
  }));
}

function stopCoverage() {
  if (session === undefined) return;
  process.removeListener('exit', takeCoverage);
  call('Profiler.stopPreciseCoverage');
  devtools.closeSession(session);
  session = undefined;
}

module.exports = { startCoverage, stopCoverage, takeCoverage };
