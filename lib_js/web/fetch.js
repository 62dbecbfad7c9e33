'use strict';
// fetch(), by undici as in Node: https://fetch.spec.whatwg.org/#fetch-method

function fetch(input, init = undefined) {
  return require('npm/undici/index-fetch').fetch(input, init);
}

module.exports = { fetch };
