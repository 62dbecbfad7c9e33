'use strict';

// The REPL's own eval(code, context, file, callback).

const {
  ArrayPrototypeJoin,
  RegExp,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  SafePromiseRace,
  SafeSet,
  StringPrototypeIncludes,
  StringPrototypeTrim,
} = primordials;

const {
  codes: { ERR_SCRIPT_EXECUTION_INTERRUPTED },
  isErrorStackTraceLimitWritable,
} = require('internal/errors');
const { getOptionValue } = require('internal/options');
const {
  REPL_MODE_STRICT,
  Recoverable,
  isObjectLiteral,
  isRecoverableError,
  isValidSyntax,
} = require('internal/repl/utils');

const GROUPS = 9;
const SEPARATOR = '\u0000\u0000\u0000';
/** Matching it with what was saved sets RegExp.$1 to $9. */
const RESTORING = new RegExp(`^${SEPARATOR}${'(.*)'}${`${SEPARATOR}(.*)`.repeat(GROUPS - 1)}$`);

/** One input: how its source was changed, and the script. */
class Input {
  constructor(repl, code, file) {
    this.repl = repl;
    this.typed = code;
    this.file = file;
    this.code = code;
    this.isWrapped = false;
    this.awaits = false;
    this.script = undefined;
    this.error = null;
  }

  prepare() {
    if (isObjectLiteral(this.code) && isValidSyntax(this.code)) {
      this.code = `(${StringPrototypeTrim(this.code)})\n`;
      this.isWrapped = true;
    }
    if (getOptionValue('--experimental-repl-await') !== false &&
        StringPrototypeIncludes(this.code, 'await')) {
      const { processTopLevelAwait } = require('internal/repl/await');
      const wrapped = processTopLevelAwait(this.code);
      if (wrapped !== null) {
        this.code = wrapped;
        this.isWrapped = true;
        this.awaits = true;
      }
    }
  }

  compile() {
    let first;
    for (;;) {
      try {
        this.script = this.makeScript();
        return;
      } catch (error) {
        if (this.isWrapped) {
          // As it was typed, then.
          this.isWrapped = false;
          this.awaits = false;
          this.code = this.typed;
          first = error;
          continue;
        }
        this.fail(first ?? error);
        return;
      }
    }
  }

  fail(error) {
    // `await` outside of functions confuses V8 about where the error is.
    const code = StringPrototypeIncludes(this.code, 'await') ?
      RegExpPrototypeSymbolReplace(/\bawait\b/g, this.code, '') : this.code;
    let seen = error;
    if (code !== this.code) {
      const { Script } = require('vm');
      try {
        new Script(code);
      } catch (other) {
        seen = other;
      }
    }
    this.error = isRecoverableError(seen, code) ? new Recoverable(error) : error;
  }

  makeScript() {
    const { Script, constants: { USE_MAIN_CONTEXT_DEFAULT_LOADER } } = require('vm');
    const strict = this.repl.replMode === REPL_MODE_STRICT &&
      RegExpPrototypeExec(/^\s*$/, this.code) === null;
    // `void 0`, so that 'use strict' is not the result of a declaration.
    const code = strict ? `'use strict'; void 0;\n${this.code}` : this.code;
    return new Script(code, {
      filename: this.file,
      importModuleDynamically: USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  }

  run(context) {
    const { repl, script } = this;
    const options = { displayErrors: false, breakOnSigint: repl.breakEvalOnSigint };
    // Not raw, so that Ctrl+C is a signal.
    const wasRaw = repl.breakEvalOnSigint ? repl._setRawMode(false) : undefined;
    try {
      return repl.useGlobal ? script.runInThisContext(options) :
        script.runInContext(context, options);
    } finally {
      if (repl.breakEvalOnSigint) repl._setRawMode(wasRaw);
    }
  }
}

/** hold() keeps keys back until release(): there may be more input while a promise is awaited. */
class Evaluator {
  constructor(repl, hold, release) {
    this.repl = repl;
    this.hold = hold;
    this.release = release;
    this.matches = [];
    for (let i = 0; i <= GROUPS; i++) this.matches[i] = '';
    /** Called for SIGINT while something is awaited. */
    this.interrupts = new SafeSet();
  }

  evaluate(code, context, file, cb) {
    const input = new Input(this.repl, code, file);
    if (code === '\n') {
      cb(null);
      return;
    }
    input.prepare();
    input.compile();
    if (input.error !== null) {
      cb(input.error);
      return;
    }
    // The library's own matches must not be seen in RegExp.$1.
    RegExpPrototypeExec(RESTORING, ArrayPrototypeJoin(this.matches, SEPARATOR));
    let result;
    try {
      result = input.run(context);
    } catch (error) {
      if (process.domain) giveToDomain(error);
      else this.finish(cb, error);
      return;
    }
    if (input.awaits) this.awaitResult(result, cb);
    else this.finish(cb, null, result);
  }

  finish(cb, error, result) {
    for (let i = 1; i <= GROUPS; i++) this.matches[i] = RegExp[`$${i}`];
    cb(error, result);
  }

  async awaitResult(promise, cb) {
    this.hold();
    let interrupt;
    if (this.repl.breakEvalOnSigint) {
      const interrupted = new Promise((resolve, reject) => {
        interrupt = () => reject(interruption());
        this.interrupts.add(interrupt);
      });
      promise = SafePromiseRace([promise, interrupted]);
    }
    try {
      this.finish(cb, null, (await promise)?.value);
    } catch (error) {
      if (error && process.domain) giveToDomain(error);
      else this.finish(cb, error);
    } finally {
      this.interrupts.delete(interrupt);
      this.release();
    }
  }
}

function interruption() {
  const { stackTraceLimit } = Error;
  if (isErrorStackTraceLimitWritable()) Error.stackTraceLimit = 0;
  const error = new ERR_SCRIPT_EXECUTION_INTERRUPTED();
  if (isErrorStackTraceLimitWritable()) Error.stackTraceLimit = stackTraceLimit;
  return error;
}

function giveToDomain(error) {
  process.domain.emit('error', error);
  process.domain.exit();
}

module.exports = { Evaluator };
