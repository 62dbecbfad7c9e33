'use strict';

// What next() and return() of an iterator give.

function stepOf(value) {
  return { __proto__: null, done: false, value };
}

function endStep() {
  return { __proto__: null, done: true, value: undefined };
}

module.exports = { endStep, stepOf };
