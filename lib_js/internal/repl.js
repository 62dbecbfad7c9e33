'use strict';

// The REPL that is the program: `coring` without a file, on a terminal, and -i.

const { Number, NumberIsNaN, NumberParseInt, StringPrototypeToLowerCase, StringPrototypeTrim } =
  primordials;

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
  };
  if (NumberParseInt(env.NODE_NO_READLINE)) opts.terminal = false;
  if (env.NODE_REPL_MODE) {
    opts.replMode = MODES[StringPrototypeTrim(StringPrototypeToLowerCase(env.NODE_REPL_MODE))];
  }
  opts.replMode ??= REPL.REPL_MODE_SLOPPY;
  const size = Number(env.NODE_REPL_HISTORY_SIZE);
  opts.size = !NumberIsNaN(size) && size > 0 ? size : HISTORY_SIZE;
  const isTerminal = 'terminal' in opts ? opts.terminal : process.stdout.isTTY;
  opts.filePath = isTerminal ? env.NODE_REPL_HISTORY : '';
  const { filePath } = opts;
  REPL.start(opts).setupHistory({ filePath, size: opts.size, onHistoryFileLoaded: cb });
}

module.exports = { createInternalRepl };
