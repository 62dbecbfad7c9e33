'use strict';

const { Symbol } = primordials;

module.exports = {
  // Whether an emitter looks at what its listeners return: rejected promises become 'error'.
  kCapture: Symbol('kCapture'),
  // Option of events.on(): iterate over the first argument of each event, not over all of them.
  kFirstEventParam: Symbol('kFirstEventParam'),
};
