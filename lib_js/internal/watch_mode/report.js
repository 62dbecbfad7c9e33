'use strict';
// The side of the program that is watched (--watch): the files it depends on are told to the
// process that watches. The loaders call `dependencies.report`, which is set only then.

const { SafeSet, StringPrototypeStartsWith } = primordials;

const { dependencies } = require('internal/modules/helpers');

const told = new SafeSet();

/** Told at once: the program may never come to the end of this turn. */
function report(file) {
  if (!StringPrototypeStartsWith(file, '/') || told.has(file)) return;
  told.add(file);
  // The channel may be gone, and with it whoever watches.
  if (process.connected) process.send({ 'watch:require': [file] });
}

/** Called at start when the environment says that somebody watches. */
function startReporting() {
  if (typeof process.send !== 'function') return;
  dependencies.report = report;
}

module.exports = { startReporting };
