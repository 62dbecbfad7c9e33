'use strict';

// node:repl. Reading is readline's; evaluating, reporting errors, completing and the commands are
// in internal/repl/. Previews, which the inspector makes for Node, are not built.

const {
  ArrayPrototypeFilter,
  ArrayPrototypePush,
  ArrayPrototypeShift,
  FunctionPrototypeBind,
  NumberIsNaN,
  NumberParseFloat,
  ObjectAssign,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectSetPrototypeOf,
  ReflectApply,
  ReflectConstruct,
  RegExpPrototypeExec,
  SafeWeakSet,
  StringPrototypeRepeat,
  StringPrototypeStartsWith,
  StringPrototypeTrim,
} = primordials;

const {
  ERR_INVALID_REPL_EVAL_CONFIG,
  ERR_INVALID_REPL_INPUT,
} = require('internal/errors').codes;
const { validateFunction, validateObject } = require('internal/validators');
const { getOptionValue } = require('internal/options');
const { deprecate, deprecateInstantiation } = require('internal/util');
const { inspect } = require('internal/util/inspect');
const { Interface } = require('readline');
const domain = require('domain');
const {
  kAddNewLineOnTTY,
  kLastCommandErrored,
  kMultilinePrompt,
} = require('internal/readline/interface');
const { commonPrefix } = require('internal/readline/utils');
const { complete } = require('internal/repl/completion');
const { Evaluator } = require('internal/repl/evaluate');
const { defineDefaultCommands, turnOffEditorMode } = require('internal/repl/commands');
const { createContext } = require('internal/repl/inspection');
const { previewOf } = require('internal/repl/preview');
const { reportOf } = require('internal/repl/report');
const {
  REPL_MODE_SLOPPY,
  REPL_MODE_STRICT,
  Recoverable,
  getGlobalBuiltins,
  getREPLResourceName,
  getReplBuiltinLibs,
  isValidSyntax,
  kBufferedCommand,
  kLoading,
  kStandaloneREPL,
  setReplBuiltinLibs,
  setupReverseSearch,
} = require('internal/repl/utils');

const writer = (value) => inspect(value, writer.options);
writer.options = { ...inspect.defaultOptions, showProxy: true };

const domains = new SafeWeakSet();
let replsCount = 0;

// A listener of 'uncaughtException' would take the errors away from the REPL's domain.
function refuseUncaught(event, listener) {
  if (event === 'uncaughtException' && process.domain && listener.name !== 'leaveAll' &&
      domains.has(process.domain)) {
    throw new ERR_INVALID_REPL_INPUT(
      'Listeners for `uncaughtException` cannot be used in the REPL');
  }
}

function refuseUncaughtListeners(repl) {
  if (replsCount++ === 0) process.prependListener('newListener', refuseUncaught);
  repl.once('exit', () => {
    if (--replsCount === 0) process.removeListener('newListener', refuseUncaught);
  });
}

/** Options of both forms of start(). */
function readOptions(prompt, stream, eval_, useGlobal, ignoreUndefined, replMode) {
  const options = prompt !== null && typeof prompt === 'object' ? { ...prompt } :
    { prompt, stream, eval: eval_, useGlobal, ignoreUndefined, replMode };
  if (!options.input && !options.output) {
    const both = options.stream || options.socket || process;
    options.input = both.stdin || both;
    options.output = both.stdout || both;
  }
  if (options.terminal === undefined) options.terminal = options.output.isTTY;
  options.terminal = !!options.terminal;
  if (options.terminal && options.useColors === undefined) {
    options.useColors = require('internal/util/colors').shouldColorize(options.output);
  }
  return options;
}

/** Former names of input and output. */
function defineStreams(repl) {
  const message = 'repl.inputStream and repl.outputStream are deprecated. ' +
    'Use repl.input and repl.output instead';
  const wrap = getOptionValue('--pending-deprecation') ?
    (fn) => deprecate(fn, message, 'DEP0141') : (fn) => fn;
  for (const { 0: old, 1: name } of [['inputStream', 'input'], ['outputStream', 'output']]) {
    ObjectDefineProperty(repl, old, {
      __proto__: null,
      get: wrap(() => repl[name]),
      set: wrap((value) => { repl[name] = value; }),
      enumerable: false,
      configurable: true,
    });
  }
}

/** What REPLServer makes; programs see that function, which Node can call without `new`. */
class Server extends Interface {
  constructor(prompt, stream, eval_, useGlobal, ignoreUndefined, replMode) {
    const options = readOptions(prompt, stream, eval_, useGlobal, ignoreUndefined, replMode);
    super({
      input: options.input,
      output: options.output,
      completer: options.completer || ((text, cb) => this.#complete(text, cb)),
      terminal: options.terminal,
      historySize: options.historySize,
      prompt: options.prompt,
    });
    defineStreams(this);
    this.allowBlockingCompletions = !!options.allowBlockingCompletions;
    this.useColors = !!options.useColors;
    this._domain = options.domain || domain.create();
    this.useGlobal = !!options.useGlobal;
    this.ignoreUndefined = !!options.ignoreUndefined;
    this.replMode = options.replMode || REPL_MODE_SLOPPY;
    this.underscoreAssigned = false;
    this.last = undefined;
    this.underscoreErrAssigned = false;
    this.lastError = undefined;
    this.breakEvalOnSigint = !!options.breakEvalOnSigint;
    this.editorMode = false;
    this[kLastCommandErrored] = false;
    if (this.breakEvalOnSigint && options.eval) throw new ERR_INVALID_REPL_EVAL_CONFIG();
    this.#isStandalone = !!options[kStandaloneREPL];
    if (this.#isStandalone) module.exports.repl = this;
    else refuseUncaughtListeners(this);
    domains.add(this._domain);

    this.#evaluator = new Evaluator(this, () => { this.#isHeld = true; }, () => this.#release());
    const evaluate = options.eval || ((code, context, file, cb) => {
      this.#evaluator.evaluate(code, context, file, cb);
    });
    this.eval = this._domain.bind(evaluate);
    this._domain.on('error', (error) => this.#report(error));
    this.clearBufferedCommand();
    this.resetContext();
    this.commands = { __proto__: null };
    defineDefaultCommands(this);
    this.writer = options.writer || module.exports.writer;
    if (this.writer === writer) this.#prepareWriter();

    this.on('close', () => {
      if (this.#isHeld) ArrayPrototypePush(this.#heldBack, { isClose: true });
      else this.emit('exit');
    });
    this.on('SIGINT', () => this.#interrupt());
    this.on('line', (line) => this.#takeLine(line));
    this.on('SIGCONT', () => this.#resumed());
    const { preview } = options;
    const isPreviewing = options.terminal && (preview !== undefined ? preview : !options.eval);
    this.#wrapKeys(previewOf(this, isPreviewing));
    this.displayPrompt();
  }

  #isStandalone = false;
  #evaluator;
  #isHeld = false;
  #heldBack = []; // Keys that came while a result was awaited.
  #sawInterrupt = false;
  #endsEditor = false;

  // ---- keys

  #release() {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    const { isCompletionEnabled } = this;
    let held;
    while (!this.#isHeld && (held = ArrayPrototypeShift(this.#heldBack)) !== undefined) {
      if (held.isClose) {
        this.emit('exit');
      } else {
        this.isCompletionEnabled = held.isCompletionEnabled;
        this._ttyWrite(held.text, held.key);
      }
    }
    this.isCompletionEnabled = isCompletionEnabled;
  }

  #wrapKeys(preview) {
    const { reverseSearch } = setupReverseSearch(this);
    const ttyWrite = FunctionPrototypeBind(this._ttyWrite, this);
    this._ttyWrite = (text, key) => {
      key ||= {};
      if (this.#isHeld && !(this.breakEvalOnSigint && key.ctrl && key.name === 'c')) {
        const { isCompletionEnabled } = this;
        ArrayPrototypePush(this.#heldBack, { text, key, isCompletionEnabled });
      } else if (this.editorMode && this.terminal) {
        this.#editorKey(ttyWrite, text, key);
      } else {
        // What closes the REPL shall not leave half a line.
        if (key.ctrl && key.name === 'd' && this.cursor === 0 && this.line.length === 0) {
          this.clearLine();
        }
        preview.clear(key);
        if (reverseSearch(text, key)) return;
        ttyWrite(text, key);
        preview.show(key.name !== 'escape');
      }
    };
  }

  #editorKey(ttyWrite, text, key) {
    const { name } = key;
    if (key.ctrl && !key.shift) {
      if (name === 'd') {
        turnOffEditorMode(this);
        this.#endsEditor = true;
        ttyWrite(text, { name: 'return' });
      } else if (name !== 'n' && name !== 'p') {
        ttyWrite(text, key);
      }
    } else if (name !== 'up' && name !== 'down') {
      if (name === 'tab') this._previousKey = null; // Tab twice is two tabs.
      ttyWrite(text, key);
    }
  }

  #interrupt() {
    if (this.#evaluator.interrupts.size > 0) {
      for (const interrupt of this.#evaluator.interrupts) interrupt();
      return;
    }
    const isEmpty = this.line.length === 0;
    this.clearLine();
    turnOffEditorMode(this);
    if (isEmpty && this[kBufferedCommand].length === 0) {
      if (this.#sawInterrupt) {
        this.close();
        this.#sawInterrupt = false;
        return;
      }
      this.output.write('(To exit, press Ctrl+C again or Ctrl+D or type .exit)\n');
      this.#sawInterrupt = true;
    } else {
      this.#sawInterrupt = false;
    }
    this.#restart();
  }

  #restart() {
    this.clearBufferedCommand();
    this.lines.level = [];
    if (!this.closed) this.displayPrompt();
  }

  #resumed() {
    if (!this.editorMode) {
      this.displayPrompt(true);
      return;
    }
    this.output.write(`${this._initialPrompt}.editor\n`);
    this.output.write('// Entering editor mode (Ctrl+D to finish, Ctrl+C to cancel)\n');
    this.output.write(`${this[kBufferedCommand]}\n`);
    this.prompt(true);
  }

  // ---- lines

  #takeLine(line) {
    line ||= '';
    this.#sawInterrupt = false;
    if (this.editorMode) {
      this.#takeEditorLine(line);
      return;
    }
    const trimmed = StringPrototypeTrim(line);
    if (trimmed[0] === '.' && trimmed[1] !== '.' && NumberIsNaN(NumberParseFloat(trimmed))) {
      const match = RegExpPrototypeExec(/^\.([^\s]+)\s*(.*)$/, trimmed);
      const command = match === null ? undefined : this.commands[match[1]];
      if (command) {
        ReflectApply(command.action, this, [match[2]]);
        return;
      }
      if (!this[kBufferedCommand]) {
        this.output.write('Invalid REPL keyword\n');
        this.#finish(line, [null]);
        return;
      }
    }
    const code = `${this[kBufferedCommand]}${line}\n`;
    const finish = (...args) => this.#finish(line, args);
    this.eval(code, this.context, getREPLResourceName(), finish);
  }

  #takeEditorLine(line) {
    this[kBufferedCommand] += `${line}\n`;
    // The next line begins below this one.
    const indent = this._sawKeyPress && !this[kLoading] ? RegExpPrototypeExec(/^\s+/, line) : null;
    if (indent !== null) {
      this.write(indent[0]);
      this.line = indent[0];
      this.cursor = indent[0].length;
    }
    this.#remember(line);
  }

  /** eval() has called back. Without a second argument there is no result to show. */
  #finish(line, args) {
    const { 0: error, 1: result } = args;
    this.#remember(line);
    if (error && !this[kBufferedCommand] && !(error instanceof Recoverable) &&
        StringPrototypeStartsWith(StringPrototypeTrim(line), 'npm ')) {
      this.output.write('npm should be run outside of the Node.js REPL, in your normal shell.\n' +
        '(Press Ctrl+D to exit.)\n');
      this.displayPrompt();
      return;
    }
    if (error instanceof Recoverable && !this.#endsEditor) {
      if (this.terminal) {
        this[kAddNewLineOnTTY]();
      } else {
        this[kBufferedCommand] += `${line}\n`;
        this.displayPrompt();
      }
      return;
    }
    if (error) {
      this._domain.emit('error', error.err || error);
      this[kLastCommandErrored] = true;
    }
    this.clearBufferedCommand();
    this.#endsEditor = false;
    if (error) return;
    if (args.length === 2 && (!this.ignoreUndefined || result !== undefined)) {
      if (!this.underscoreAssigned) this.last = result;
      this.output.write(`${this.writer(result)}\n`);
    }
    if (this.closed) return;
    this[kLastCommandErrored] = false;
    this.displayPrompt();
  }

  /** Lines for .save; `level` holds the brackets that are open. */
  #remember(line) {
    const { lines } = this;
    lines.level ||= [];
    if (!line) {
      ArrayPrototypePush(lines, '');
      lines.level = [];
      return;
    }
    const indent = lines.level.length ? lines.level.length - 1 : 0;
    ArrayPrototypePush(lines, StringPrototypeRepeat('  ', indent) + line);
    let depth = 0;
    for (let i = 0; i < line.length; i++) {
      if (line[i] === '{' || line[i] === '(') depth++;
      else if (line[i] === '}' || line[i] === ')') depth--;
    }
    if (depth > 0) {
      ArrayPrototypePush(lines.level, { line: lines.length - 1, depth });
      return;
    }
    while (depth < 0 && lines.level.length > 0) {
      const top = lines.level[lines.level.length - 1];
      const rest = top.depth + depth;
      if (rest > 0) top.depth = rest;
      else lines.level.length--;
      depth = rest < 0 ? rest : 0;
    }
  }

  // ---- errors and output

  #report(error) {
    if (!this.underscoreErrAssigned) this.lastError = error;
    const text = reportOf(this, error, writer.options.breakLength);
    if (this.#isStandalone && process.listenerCount('uncaughtException') !== 0) {
      process.nextTick(() => {
        process.emit('uncaughtException', error);
        this.#restart();
      });
      return;
    }
    this.output.write(text);
    this.#restart();
  }

  #prepareWriter() {
    writer.options.colors = this.useColors;
    if (!this.#isStandalone) return;
    ObjectDefineProperty(inspect, 'replDefaults', {
      __proto__: null,
      get() { return writer.options; },
      set(options) {
        validateObject(options, 'options');
        return ObjectAssign(writer.options, options);
      },
      enumerable: true,
      configurable: true,
    });
  }

  #complete(text, cb) {
    ReflectApply(complete, this, [text, this.editorMode ? this.completeOnEditorMode(cb) : cb]);
  }

  // ---- what programs call

  setupHistory(historyConfig = {}, cb) {
    const options = typeof historyConfig === 'string' ?
      { filePath: historyConfig } : historyConfig;
    if (typeof cb === 'function') options.onHistoryFileLoaded = cb;
    this.setupHistoryManager(options);
  }

  clearBufferedCommand() {
    this[kBufferedCommand] = '';
  }

  close() {
    if (this.terminal && this.historyManager.isFlushing && !this._closingOnFlush) {
      this._closingOnFlush = true;
      this.once('flushHistory', () => super.close());
      return;
    }
    process.nextTick(() => super.close());
  }

  createContext() {
    let context;
    this.contextId = undefined;
    if (this.useGlobal) {
      context = globalThis;
    } else {
      ({ context, id: this.contextId } = createContext());
      const builtins = getGlobalBuiltins();
      for (const name of ObjectGetOwnPropertyNames(globalThis)) {
        if (builtins.has(name)) continue;
        ObjectDefineProperty(context, name, {
          __proto__: null, ...ObjectGetOwnPropertyDescriptor(globalThis, name),
        });
      }
      context.global = context;
      const { Console } = require('internal/console/constructor');
      define(context, 'console', new Console(this.output));
    }
    const { Module } = require('internal/modules/cjs/loader');
    const { addBuiltinLibsToObject, makeRequireFunction } = require('internal/modules/helpers');
    const replModule = new Module('<repl>');
    replModule.paths = Module._nodeModulePaths(directoryOrRoot());
    for (const path of Module.globalPaths) ArrayPrototypePush(replModule.paths, path);
    define(context, 'module', replModule);
    define(context, 'require', makeRequireFunction(replModule));
    addBuiltinLibsToObject(context, '<REPL>');
    return context;
  }

  resetContext() {
    this.context = this.createContext();
    this.underscoreAssigned = false;
    this.underscoreErrAssigned = false;
    this.lines = [];
    this.lines.level = [];
    this.#defineUnderscore('_', 'last', 'underscoreAssigned');
    this.#defineUnderscore('_error', 'lastError', 'underscoreErrAssigned');
    this.emit('reset', this.context);
  }

  #defineUnderscore(name, field, assigned) {
    ObjectDefineProperty(this.context, name, {
      __proto__: null,
      configurable: true,
      get: () => this[field],
      set: (value) => {
        this[field] = value;
        if (this[assigned]) return;
        this[assigned] = true;
        this.output.write(`Expression assignment to ${name} now disabled.\n`);
      },
    });
  }

  displayPrompt(preserveCursor) {
    // Not setPrompt() of this class, which changes the first prompt.
    super.setPrompt(this[kBufferedCommand].length ?
      kMultilinePrompt.description : this._initialPrompt);
    this.prompt(preserveCursor);
  }

  setPrompt(prompt) {
    this._initialPrompt = prompt;
    super.setPrompt(prompt);
  }

  complete() {
    ReflectApply(this.completer, this, arguments);
  }

  completeOnEditorMode(callback) {
    return (error, results) => {
      if (error) return callback(error);
      const { 0: completions, 1: completeOn = '' } = results;
      let found = ArrayPrototypeFilter(completions, Boolean);
      if (completeOn && found.length !== 0) found = [commonPrefix(found)];
      callback(null, [found, completeOn]);
    };
  }

  defineCommand(keyword, cmd) {
    if (typeof cmd === 'function') cmd = { action: cmd };
    else validateFunction(cmd.action, 'cmd.action');
    this.commands[keyword] = cmd;
  }
}

/** Where require() of the REPL starts; the directory may be gone. */
function directoryOrRoot() {
  try {
    return process.cwd();
  } catch {
    return '/';
  }
}

function define(object, name, value) {
  ObjectDefineProperty(object, name, {
    __proto__: null, value, writable: true, configurable: true,
  });
}

function REPLServer(prompt, stream, eval_, useGlobal, ignoreUndefined, replMode) {
  const args = [prompt, stream, eval_, useGlobal, ignoreUndefined, replMode];
  if (new.target === undefined) return deprecateInstantiation(REPLServer, 'DEP0185', ...args);
  return ReflectConstruct(Server, args, new.target);
}
ObjectSetPrototypeOf(REPLServer, Interface);
REPLServer.prototype = Server.prototype;
for (const name of ObjectGetOwnPropertyNames(Server.prototype)) {
  const isConstructor = name === 'constructor';
  ObjectDefineProperty(Server.prototype, name, {
    __proto__: null,
    value: isConstructor ? REPLServer : Server.prototype[name],
    enumerable: !isConstructor,
  });
}

function start(prompt, source, eval_, useGlobal, ignoreUndefined, replMode) {
  return new REPLServer(prompt, source, eval_, useGlobal, ignoreUndefined, replMode);
}

module.exports = {
  start,
  writer,
  REPLServer,
  REPL_MODE_SLOPPY,
  REPL_MODE_STRICT,
  Recoverable,
  isValidSyntax,
};

function defineLibs(name, code) {
  const wrap = getOptionValue('--pending-deprecation') ? (fn) => deprecate(
    fn, `repl.${name} is deprecated. Check module.builtinModules instead`, code) : (fn) => fn;
  ObjectDefineProperty(module.exports, name, {
    __proto__: null,
    get: wrap(() => getReplBuiltinLibs()),
    set: wrap((libs) => setReplBuiltinLibs(libs)),
    enumerable: false,
    configurable: true,
  });
}

defineLibs('builtinModules', 'DEP0191');
defineLibs('_builtinLibs', 'DEP0142');
