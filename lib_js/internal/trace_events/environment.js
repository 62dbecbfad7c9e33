'use strict';

// Category node.environment: the phases of the loop in which native calls JavaScript.

const { setCallbacks } = internalBinding('turn');
const { processImmediate, processTimers } = require('internal/timers');
const { emitBeforeExit } = require('internal/process/execution');
const flags = require('internal/trace_events/flags');
const { span } = require('internal/trace_events/emit');

const GROUP = 'node,node.environment';

function tracedTimers(now) {
  return span(GROUP, 'RunTimers', () => processTimers(now));
}

function tracedImmediate() {
  return span(GROUP, 'CheckImmediate', processImmediate);
}

function tracedBeforeExit() {
  return span(GROUP, 'BeforeExit', emitBeforeExit);
}

function traceEnvironment(isOn) {
  flags.environment = isOn;
  setCallbacks(isOn ? {
    processTimers: tracedTimers,
    processImmediate: tracedImmediate,
    beforeExit: tracedBeforeExit,
  } : { processTimers, processImmediate, beforeExit: emitBeforeExit });
}

module.exports = { traceEnvironment };
