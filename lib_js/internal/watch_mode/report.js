'use strict';
// The side of the program that is watched (--watch): the files it depends on are told to the process
// that watches. The loaders call `dependencies.report`, which is set only then.

const { ArrayPrototypePush, SafeSet, StringPrototypeStartsWith } = primordials;

const { dependencies } = require('internal/modules/helpers');

const told = new SafeSet();
let waiting = [];

function send() {
  const files = waiting;
  waiting = [];
  // The channel may be gone, and with it whoever watches.
  if (process.connected) process.send({ 'watch:require': files });
}

/** Takes file names; those of one turn are sent together. */
function report(file) {
  if (!StringPrototypeStartsWith(file, '/') || told.has(file)) return;
  told.add(file);
  ArrayPrototypePush(waiting, file);
  if (waiting.length > 1) return;
  process.nextTick(send);
}

/** Called at start when the environment says that somebody watches. */
function startReporting() {
  if (typeof process.send !== 'function') return;
  dependencies.report = report;
  // A program that ends in its first turn has told nothing yet.
  process.on('exit', () => {
    if (waiting.length > 0) send();
  });
}

module.exports = { startReporting };
