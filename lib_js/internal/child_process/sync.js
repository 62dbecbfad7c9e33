'use strict';

// Running a child to its end. The options are those of a validated spawn.

const {
  ArrayPrototypePush,
  ArrayPrototypeSlice,
} = primordials;

const { ErrnoException } = require('internal/errors');
const { signals } = require('internal/constants_os');
const {
  STDIO_PIPE,
  signalName,
  stdioKind,
  toTexts,
} = require('internal/child_process/process');

/**
 * Node's binding of this name as process.binding() shows it: packages that follow a program's
 * children (nyc's process-on-spawn) put a function of their own in the place of spawn.
 */
const binding = { spawn };

/** What a child gets: killed by SIGTERM unless something else is said. `error` is -errno. */
function spawn(options) {
  const kinds = [];
  const inputs = [];
  for (let i = 0; i < options.stdio.length; i++) {
    const item = options.stdio[i];
    ArrayPrototypePush(kinds, stdioKind(item));
    ArrayPrototypePush(inputs, item.input);
  }
  const native = internalBinding('spawn_sync');
  const { 0: pid, 1: status, 2: signal, 3: errno, 4: outputs } = native.spawn(
    options.file, toTexts(options.args), toTexts(options.envPairs), options.cwd || undefined,
    kinds, inputs, options.uid, options.gid, Boolean(options.detached),
    options.timeout ?? 0, options.maxBuffer ?? 0, options.killSignal ?? signals.SIGTERM);
  let output = null;
  if (pid !== 0) {
    output = outputs;
    for (let i = 0; i < output.length; i++) {
      // What goes in by the first pipe does not come out again.
      if (kinds[i] !== STDIO_PIPE || i === 0) output[i] = null;
    }
  }
  const result = { status, signal: signal === 0 ? null : signalName(signal), output, pid };
  return errno === 0 ? result : { error: errno, ...result };
}

function spawnSync(options) {
  const result = binding.spawn(options);
  const { output } = result;
  if (output && options.encoding && options.encoding !== 'buffer') {
    for (let i = 0; i < output.length; i++) output[i] &&= output[i].toString(options.encoding);
  }
  result.stdout = output?.[1];
  result.stderr = output?.[2];
  if (result.error) {
    result.error = new ErrnoException(result.error, `spawnSync ${options.file}`);
    result.error.path = options.file;
    result.error.spawnargs = ArrayPrototypeSlice(options.args, 1);
  }
  return result;
}

module.exports = { binding, spawnSync };
