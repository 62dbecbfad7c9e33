'use strict';
// The reporter of files that --test runs in processes of their own; the parent reads it.

const { encodeMessage } = require('internal/test_runner/wire');

module.exports = async function* v8Reporter(source) {
  for await (const item of source) yield encodeMessage(item);
};
