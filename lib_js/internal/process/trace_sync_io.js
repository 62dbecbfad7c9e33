'use strict';
// --trace-sync-io: where the program blocks in a file operation or a child after the first turn of
// the loop, its stack is printed.

const { Error, ErrorCaptureStackTrace, ObjectKeys, ReflectApply, StringPrototypeIndexOf,
        StringPrototypeSlice } = primordials;

const { now } = require('internal/fs/ops');
const { setImmediateAs } = require('internal/timers');

let isOn = false;

function report(caller) {
  const told = {};
  ErrorCaptureStackTrace(told, caller);
  const { stack } = told;
  const frames = StringPrototypeSlice(stack, StringPrototypeIndexOf(stack, '\n') + 1);
  internalBinding('process_ops').writeSync(
    2, `(node:${process.pid}) WARNING: Detected use of sync API\n${frames}\n\n`);
}

function traced(operation) {
  return function call(...args) {
    // Whoever wants no traces gets none.
    if (isOn && Error.stackTraceLimit > 0) report(call);
    return ReflectApply(operation, undefined, args);
  };
}

/** Called once, before the program's first line. */
function traceSyncIO() {
  const names = ObjectKeys(now);
  for (let i = 0; i < names.length; i++) now[names[i]] = traced(now[names[i]]);
  const children = internalBinding('spawn_sync');
  children.spawn = traced(children.spawn);
  setImmediateAs('Immediate', () => { isOn = true; });
}

module.exports = { traceSyncIO };
