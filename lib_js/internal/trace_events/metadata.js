'use strict';

// Events that describe the process and its threads, and how a thread began.

const { JSONStringify } = primordials;

const { describe, describeHelpers } = internalBinding('trace_events');
const { constants, milestones } = internalBinding('performance');
const flags = require('internal/trace_events/flags');
const { NONE, asyncBegin, asyncEnd, at } = require('internal/trace_events/emit');
const self = require('internal/worker/self');

const BOOTSTRAP = 'node,node.bootstrap';
const ENVIRONMENT = 'node,node.environment';

/** Milestones that are past before anything can be traced. */
const PAST = [
  ['environment', constants.NODE_PERFORMANCE_MILESTONE_ENVIRONMENT],
  ['nodeStart', constants.NODE_PERFORMANCE_MILESTONE_NODE_START],
  ['v8Start', constants.NODE_PERFORMANCE_MILESTONE_V8_START],
];

/** process.title, at first and whenever it is changed. */
function describeTitle(title) {
  describe('process_name', JSONStringify({ name: title }));
}

let isBegun = false;

function threadName() {
  if (self.isMainThread) return 'JavaScriptMainThread';
  return `[worker ${self.threadId}] ${self.threadName || 'WorkerThread'}`;
}

function describeThread() {
  if (self.isMainThread) {
    const { arch, platform, release, versions } = process;
    describeTitle(process.title);
    describe('version', JSONStringify({ node: versions.node }));
    const { name, lts } = release;
    describe('node', JSONStringify({
      process: { versions, arch, platform, release: { name, lts } },
    }));
    describeHelpers();
  }
  describe('thread_name', JSONStringify({ name: threadName() }));
}

/** The thread was started with tracing on. */
function tellStart() {
  const times = milestones();
  for (let i = 0; i < PAST.length; i++) {
    const { 0: name, 1: place } = PAST[i];
    if (times[place] !== 0) at('instant', BOOTSTRAP, name, NONE, times[place]);
  }
  if (!flags.environment) return;
  isBegun = true;
  asyncBegin(ENVIRONMENT, 'Environment', self.threadId, {
    args: { args: process.argv, exec_args: process.execArgv },
  });
}

/** The thread ends. */
function tellEnd() {
  if (isBegun) asyncEnd(ENVIRONMENT, 'Environment', self.threadId);
}

module.exports = { describe: describeThread, describeTitle, tellEnd, tellStart };
