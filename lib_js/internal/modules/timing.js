'use strict';

// How long modules take to load: NODE_DEBUG=module_timer prints it, category node.module_timer
// traces it.

const traces = require('internal/trace_events/flags');
const { formatTime } = require('internal/util/debuglog');

const GROUP = 'node,node.module_timer';

function print(label, ms) {
  const { format, inspect } = require('internal/util/inspect');
  const colors = require('internal/util/colors').shouldColorize(process.stderr);
  const pid = inspect(process.pid, { colors });
  process.stderr.write(format('%s %s %s: %s\n', 'MODULE_TIMER', pid, label, formatTime(ms)));
}

/** @param {boolean} prints  what NODE_DEBUG says */
function startTimer(request, parent, prints) {
  const timer = {
    name: `require('${request}')`,
    label: `[${parent?.id || ''}] [${request}]`,
    start: prints ? process.hrtime() : undefined,
    isTraced: traces.moduleTimer,
  };
  if (timer.isTraced) {
    require('internal/trace_events/emit').asyncBegin(GROUP, timer.name, 0);
  }
  return timer;
}

function endTimer({ name, label, start, isTraced }) {
  if (start !== undefined) {
    const { 0: seconds, 1: nanoseconds } = process.hrtime(start);
    print(label, seconds * 1000 + nanoseconds / 1e6);
  }
  if (isTraced) require('internal/trace_events/emit').asyncEnd(GROUP, name, 0);
}

module.exports = { endTimer, startTimer };
