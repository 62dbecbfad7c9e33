'use strict';
// node:test.

const { ObjectAssign, ObjectDefineProperty } = primordials;

const {
  after,
  afterEach,
  before,
  beforeEach,
  getTestContext,
  suite,
  test,
} = require('internal/test_runner/harness');
const { run } = require('internal/test_runner/runner');

function defineLazy(name, make) {
  let value;
  ObjectDefineProperty(test, name, {
    __proto__: null,
    configurable: true,
    enumerable: true,
    get() {
      value ??= make();
      return value;
    },
  });
}

module.exports = ObjectAssign(test, {
  after,
  afterEach,
  before,
  beforeEach,
  describe: suite,
  getTestContext,
  it: test,
  run,
  suite,
  test,
});

defineLazy('mock', () => {
  const { MockTracker } = require('internal/test_runner/mock/mock');
  return new MockTracker();
});

defineLazy('snapshot', () => {
  const {
    setDefaultSnapshotSerializers,
    setResolveSnapshotPath,
  } = require('internal/test_runner/snapshot');
  return { __proto__: null, setDefaultSnapshotSerializers, setResolveSnapshotPath };
});

defineLazy('assert', () => {
  const { register } = require('internal/test_runner/assert');
  return { __proto__: null, register };
});
