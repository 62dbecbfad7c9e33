'use strict';
// Two classes for `--expose-internals` tests of transfer modes: F takes part in messages though it
// inherits from a class that does not.

process.emitWarning(
  'These APIs are for internal testing only. Do not use them.',
  'internal/test/transfer');

const { kClone, kDeserialize, markTransferMode } = require('internal/worker/transfer_symbols');

class E {
  constructor(b) {
    this.b = b;
  }
}

class F extends E {
  constructor(b) {
    super(b);
    markTransferMode(this, true, false);
  }

  [kClone]() {
    return { data: { b: this.b }, deserializeInfo: 'internal/test/transfer:F' };
  }

  [kDeserialize]({ b }) {
    this.b = b;
  }
}

module.exports = { E, F };
