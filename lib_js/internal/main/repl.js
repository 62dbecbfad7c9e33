'use strict';

// The main program when there is none: the REPL.

const { globalThis } = primordials;

const { getOptionValue } = require('internal/options');

function runRepl(hasEval) {
  if (getOptionValue('--input-type')) {
    const { writeSync, reallyExit } = internalBinding('process_ops');
    writeSync(2, 'Cannot specify --input-type for REPL\n');
    reallyExit(1);
    return;
  }
  const external = process.env.NODE_REPL_EXTERNAL_MODULE;
  if (external) {
    require('internal/modules/cjs/loader').Module._load(external, null, true);
    return;
  }
  const { log } = require('internal/console/global');
  log(`Welcome to Node.js ${process.version}.\nType ".help" for more information.`);
  require('internal/repl').createInternalRepl(process.env, (error, repl) => {
    if (error) throw error;
    repl.on('exit', () => {
      if (repl.historyManager.isFlushing) repl.once('flushHistory', () => process.exit());
      else process.exit();
    });
  });
  if (hasEval) {
    const { runSource } = require('internal/process/execution');
    // What -e runs has a module of its own; the REPL keeps its own.
    const { module: replModule } = globalThis;
    runSource('[eval]', getOptionValue('--eval'));
    globalThis.module = replModule;
  }
}

module.exports = { runRepl };
