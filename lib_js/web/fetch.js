'use strict';
// fetch(). Not built: the promise rejects and says so.
//
// Missing: everything; FormData, Headers, Request and Response are absent.

const { PromiseReject } = primordials;

const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');

function fetch(input, init = undefined) {
  return PromiseReject(new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('fetch (not built yet)'));
}

module.exports = { fetch };
