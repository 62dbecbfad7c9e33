'use strict';
// --test-rerun-failures: tests that passed in an earlier run are not run again. Their result, and
// their subtests, are reported as they were then.

const { BigInt, FunctionPrototype, MathRound } = primordials;

const { relative } = require('path');
const { bigint: hrtime } = process.hrtime;

/** 'path:line:column', with a number behind it for all but the first test at that place. */
class PlaceNames {
  #seen = { __proto__: null };

  nameOf(cwd, { file, line, column }) {
    const place = `${relative(cwd, file)}:${line}:${column}`;
    const count = this.#seen[place];
    this.#seen[place] = (count ?? 0) + 1;
    return count === undefined ? place : `${place}:(${count})`;
  }
}

/** Gives a test the function that repeats its result, if it passed before. */
function replayPassed(test, previousRuns) {
  const name = test.root.placeNames.nameOf(test.config.cwd, test.loc);
  test.attempt = previousRuns.length;
  const before = previousRuns[test.attempt - 1]?.[name];
  if (before == null) return;
  test.passedAttempt = before.passed_on_attempt;
  if (before.duration_ms !== undefined) {
    test.replayedDuration = BigInt(MathRound(before.duration_ms * 1_000_000));
  }
  test.fn = () => {
    const isSuite = test.reportedType === 'suite';
    // A suite takes its own times when it runs, and starts its subtests itself.
    if (!isSuite) setTimes(test);
    const children = before.children ?? [];
    for (let i = 0; i < children.length; i++) {
      const { name, line, column, file } = children[i];
      const child = test.addTest(name, { __proto__: null }, FunctionPrototype, {
        __proto__: null, loc: [line, column, file],
      });
      setTimes(child);
      if (!isSuite) child.start();
    }
  };
}

function setTimes(test) {
  test.startTime = hrtime();
  test.endTime = test.startTime + (test.replayedDuration ?? 0n);
}

module.exports = { PlaceNames, replayPassed };
