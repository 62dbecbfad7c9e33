'use strict';
// Which files `--test` and run() take.

const { ArrayPrototypeEvery, ArrayPrototypeJoin, ArrayPrototypeSort,
        RegExpPrototypeExec } = primordials;

const { getOptionValue } = require('internal/options');

const kFailed = 1; // Exit code.

/** Braces alone only abbreviate several names. */
const wildcard = /[*?[]|[!@+]\(/;

function defaultPattern() {
  const extensions = getOptionValue('--strip-types') ? 'js,mjs,cjs,ts,mts,cts' : 'js,mjs,cjs';
  return `**/{test,test/**/*,test-*,*[._-]test}.{${extensions}}`;
}

/**
 * The files that match, in alphabetical order. Ends the process when names without wildcards match
 * nothing.
 */
function createTestFileList(patterns, cwd) {
  const areGiven = patterns != null;
  const effective = areGiven && patterns.length > 0 ? patterns : [defaultPattern()];
  const { Glob } = require('internal/fs/glob');
  const glob = new Glob(effective, {
    __proto__: null, cwd, exclude: (name) => name === 'node_modules',
  });
  const files = glob.globSync();
  const isPlain = (pattern) => RegExpPrototypeExec(wildcard, pattern) === null;
  if (areGiven && files.length === 0 && ArrayPrototypeEvery(effective, isPlain)) {
    require('internal/console/global').error(
      `Could not find '${ArrayPrototypeJoin(effective, ', ')}'`);
    process.exit(kFailed);
  }
  return ArrayPrototypeSort(files);
}

module.exports = { createTestFileList, defaultPattern };
