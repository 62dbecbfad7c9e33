'use strict';

const { Symbol } = primordials;

module.exports = {
  // Option of events.on(): iterate over the first argument of each event, not over all of them.
  kFirstEventParam: Symbol('kFirstEventParam'),
};
