'use strict';

// Trace events in the form of https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU
// Native asks whether anybody wants the category and adds time, process and thread.

const { JSONStringify, StringPrototypeCharCodeAt } = primordials;

const { emit, emitAt, emitSpan, threadNow } = internalBinding('trace_events');
const { monotonicNow } = internalBinding('performance');
const self = require('internal/worker/self');

/** Instead of an id. */
const NONE = -1;

const code = (letter) => StringPrototypeCharCodeAt(letter, 0);

const PHASES = {
  __proto__: null,
  begin: code('B'),
  end: code('E'),
  asyncBegin: code('b'),
  asyncEnd: code('e'),
  asyncInstant: code('n'),
  counter: code('C'),
  instant: code('I'),
  mark: code('R'),
};

const json = (args) => (args === undefined ? '' : JSONStringify(args));

/** Threads count from places of their own: viewers pair by id within a process. */
let lastId = self.threadId * 2 ** 32;

/** Pairs begin and end of what goes on beside other things. */
function nextId() {
  return ++lastId;
}

/** What this thread does until end(). @param {object} [args] */
function begin(group, name, args) {
  emit(PHASES.begin, group, name, NONE, json(args));
}

function end(group, name, args) {
  emit(PHASES.end, group, name, NONE, json(args));
}

/** What goes on while the thread does other things. */
function asyncBegin(group, name, id, args) {
  emit(PHASES.asyncBegin, group, name, id, json(args));
}

function asyncEnd(group, name, id, args) {
  emit(PHASES.asyncEnd, group, name, id, json(args));
}

function asyncInstant(group, name, id, args) {
  emit(PHASES.asyncInstant, group, name, id, json(args));
}

/** @param {object} values  name -> number */
function counter(group, name, values) {
  emit(PHASES.counter, group, name, NONE, json(values));
}

/** @param {string} phase  of PHASES  @param {number} time  nanoseconds of the monotonic clock */
function at(phase, group, name, id, time) {
  emitAt(PHASES[phase], group, name, id, '', time);
}

/** Calls; what the call takes is one event. */
function span(group, name, call) {
  const time = monotonicNow();
  const threadTime = threadNow();
  try {
    return call();
  } finally {
    emitSpan(group, name, '', time, threadTime);
  }
}

/**
 * As Node's library emits: `data` is the only argument.
 * @param {number} phase  code of a letter
 */
function trace(phase, group, name, id, data) {
  emit(phase, group, name, id ?? NONE, data === undefined ? '' : JSONStringify({ data }));
}

module.exports = {
  NONE,
  asyncBegin,
  asyncEnd,
  asyncInstant,
  at,
  begin,
  counter,
  end,
  nextId,
  span,
  trace,
};
