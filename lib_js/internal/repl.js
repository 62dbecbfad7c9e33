'use strict';

// The REPL that is the program: `coring` without a file, on a terminal, and -i.

const { Number, NumberIsNaN, ObjectAssign, StringPrototypeToLowerCase } = primordials;

const REPL = require('repl');
const { kStandaloneREPL } = require('internal/repl/utils');

const MODES = { __proto__: null, strict: REPL.REPL_MODE_STRICT, sloppy: REPL.REPL_MODE_SLOPPY };
const HISTORY_SIZE = 1000;

/** cb(error, repl), once the history is there. Options and environment decide about the rest. */
function createInternalRepl(env, opts, cb) {
  if (typeof opts === 'function') {
    cb = opts;
    opts = null;
  }
  opts = {
    [kStandaloneREPL]: true,
    ignoreUndefined: false,
    useGlobal: true,
    breakEvalOnSigint: true,
    ...opts,
    replMode: MODES[StringPrototypeToLowerCase(env.NODE_REPL_MODE ?? '').trim()] ??
      opts?.replMode,
  };
  if (Number.parseInt(env.NODE_NO_READLINE)) opts.terminal = false;
  if (env.NODE_DISABLE_COLORS) opts.useColors = false;
  const size = Number(env.NODE_REPL_HISTORY_SIZE);
  opts.historySize = !NumberIsNaN(size) && size > 0 ? size : HISTORY_SIZE;

  const repl = REPL.start(opts);
  const term = 'terminal' in opts ? opts.terminal : process.stdout.isTTY;
  repl.setupHistory(ObjectAssign({ __proto__: null, size: opts.historySize }, {
    filePath: term ? env.NODE_REPL_HISTORY : '',
    onHistoryFileLoaded: cb,
  }));
}

module.exports = { createInternalRepl };
