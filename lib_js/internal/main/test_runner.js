'use strict';
// `coring --test [pattern...]`

const { ArrayPrototypeSlice } = primordials;

const { debuglog } = require('internal/util/debuglog');
const { parseCommandLine } = require('internal/test_runner/config');
const { run } = require('internal/test_runner/runner');

let debug = debuglog('test_runner', (fn) => {
  debug = fn;
});

const kFailed = 1; // Exit code.

function runTests() {
  const options = parseCommandLine();
  options.globPatterns = ArrayPrototypeSlice(process.argv, 1);
  debug('test runner configuration:', options);
  run(options).on('test:summary', ({ success }) => {
    if (!success) process.exitCode = kFailed;
  });
}

module.exports = { runTests };
