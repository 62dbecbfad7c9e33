'use strict';

// Which categories of trace events this thread traces, for the few places that look before they
// tell. All others are reached from outside while they are traced (internal/trace_events/control),
// and know of nothing.

module.exports = {
  /** Whether anything is traced. */
  isOn: false,
  console: false,
  environment: false,
  moduleTimer: false,
  rejections: false,
  timerify: false,
  usertiming: false,
};
