'use strict';
// Why a test failed, in the words that reporters and programs see as `error.failureType`.

const { SafeSet } = primordials;

const { kIsNodeError } = require('internal/errors');

const kAborted = 'testAborted';
const kCallbackAndPromisePresent = 'callbackAndPromisePresent';
const kCancelledByParent = 'cancelledByParent';
const kExpectedFailure = 'expectedFailure';
const kHookFailure = 'hookFailed';
const kMultipleCallbackInvocations = 'multipleCallbackInvocations';
const kParentAlreadyFinished = 'parentAlreadyFinished';
const kSubtestsFailed = 'subtestsFailed';
const kTestCodeFailure = 'testCodeFailure';
const kTestTimeoutFailure = 'testTimeoutFailure';

/** Failures that only wrap an error of the program: reporters show that one instead. */
const kUnwrapErrors = new SafeSet()
  .add(kTestCodeFailure).add(kHookFailure).add('uncaughtException').add('unhandledRejection');

function isTestFailureError(error) {
  return error?.code === 'ERR_TEST_FAILURE' && kIsNodeError in error;
}

module.exports = {
  isTestFailureError,
  kAborted,
  kCallbackAndPromisePresent,
  kCancelledByParent,
  kExpectedFailure,
  kHookFailure,
  kMultipleCallbackInvocations,
  kParentAlreadyFinished,
  kSubtestsFailed,
  kTestCodeFailure,
  kTestTimeoutFailure,
  kUnwrapErrors,
};
