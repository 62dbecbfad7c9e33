'use strict';
// `coring --test [pattern...]`

const { ArrayPrototypeSlice } = primordials;

const { parseCommandLine } = require('internal/test_runner/config');
const { run } = require('internal/test_runner/runner');

const kFailed = 1; // Exit code.

function runTests() {
  const options = parseCommandLine();
  options.globPatterns = ArrayPrototypeSlice(process.argv, 1);
  run(options).on('test:summary', ({ success }) => {
    if (!success) process.exitCode = kFailed;
  });
}

module.exports = { runTests };
