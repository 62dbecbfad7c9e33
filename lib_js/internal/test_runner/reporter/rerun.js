'use strict';
// --test-rerun-failures: appends to the file what passed in this run. See ../replay.js for the
// other half.

const { ArrayPrototypeMap, ArrayPrototypePush, JSONStringify } = primordials;

const { PlaceNames } = require('internal/test_runner/replay');
const { ReportTree } = require('internal/test_runner/reporter/tree');

function reportReruns(previousRuns, { cwd, rerunFailuresFilePath }) {
  return async function reporter(source) {
    const passed = { __proto__: null };
    const places = new PlaceNames();
    const tree = new ReportTree();
    for await (const { type, data } of source) {
      if (type === 'test:start') tree.start(data);
      if (type !== 'test:pass' && type !== 'test:fail') continue;
      const { children } = tree.end(data);
      const place = places.nameOf(cwd, data);
      if (type === 'test:fail') continue;
      const { attempt, duration_ms, passed_on_attempt } = data.details;
      passed[place] = {
        __proto__: null,
        name: data.name,
        children: ArrayPrototypeMap(children, (child) => child.data),
        passed_on_attempt: passed_on_attempt ?? attempt,
        duration_ms,
      };
    }
    ArrayPrototypePush(previousRuns, passed);
    const text = JSONStringify(previousRuns, null, 2);
    require('fs').writeFileSync(rerunFailuresFilePath, text, 'utf8');
  };
}

module.exports = { reportReruns };
