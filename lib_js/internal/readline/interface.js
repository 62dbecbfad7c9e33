'use strict';

// The Interface of both readline modules: lines from a stream, edited if it is a terminal. Display,
// editing, keys and completion are in files of their own.

const {
  DateNow,
  FunctionPrototypeCall,
  MathMax,
  NumberIsFinite,
  ObjectDefineProperties,
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  ObjectSetPrototypeOf,
  ReflectOwnKeys,
  RegExpPrototypeSymbolReplace,
  RegExpPrototypeSymbolSplit,
  StringPrototypeCodePointAt,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  SymbolAsyncIterator,
  SymbolDispose,
} = primordials;

const { codes: { ERR_INVALID_ARG_VALUE, ERR_USE_AFTER_CLOSE } } = require('internal/errors');
const { validateAbortSignal, validateString, validateUint32 } = require('internal/validators');
const { inspect } = require('internal/util/inspect');
const EventEmitter = require('events');
const { addAbortListener } = require('internal/events/abort_listener');
const { StringDecoder } = require('string_decoder');
const { kSubstringSearch } = require('internal/readline/utils');
const { ReplHistory } = require('internal/repl/history');
const emitKeypressEvents = require('internal/readline/emitKeypressEvents');
const { display } = require('internal/readline/display');
const { editing } = require('internal/readline/editing');
const { completion } = require('internal/readline/completion');
const { ttyWrite } = require('internal/readline/tty_write');
const symbols = require('internal/readline/symbols');
const {
  kAddHistory,
  kDecoder,
  kIsMultiline,
  kKillRing,
  kKillRingCursor,
  kLastCommandErrored,
  kLine,
  kLineObjectStream,
  kLine_buffer,
  kMoveCursor,
  kNormalWrite,
  kOldPrompt,
  kOnLine,
  kPreviousCursorCols,
  kPreviousKey,
  kPrompt,
  kQuestion,
  kQuestionCallback,
  kQuestionCancel,
  kRedoStack,
  kRefreshLine,
  kSavePreviousState,
  kSawKeyPress,
  kSawReturnAt,
  kSetLine,
  kSetRawMode,
  kTabComplete,
  kTabCompleter,
  kTtyWrite,
  kUndoStack,
  kWriteToOutput,
} = symbols;

const CRLF_DELAY_MIN_MS = 100;
const ESCAPE_CODE_TIMEOUT_MS = 500;
const TAB_SIZE = 8;
const ITERATOR_HIGH_WATER_MARK = 1024;

// '\r\n', '\n', '\r' followed by something else, and Unicode's separators.
const lineEnding = /\r?\n|\r(?!\n)|\u2028|\u2029/;

/** The options of both forms of createInterface(). */
function readOptions(self, input, output, completer, terminal) {
  const options = {
    __proto__: null,
    input, output, completer, terminal,
    prompt: '> ', crlfDelay: undefined, signal: undefined,
    history: input,
  };
  if (!input?.input) return options;
  options.output = input.output;
  options.completer = input.completer;
  options.terminal = input.terminal;
  options.signal = input.signal;
  options.crlfDelay = input.crlfDelay;
  if (input.tabSize !== undefined) {
    validateUint32(input.tabSize, 'tabSize', true);
    self.tabSize = input.tabSize;
  }
  if (input.prompt !== undefined) options.prompt = input.prompt;
  if (input.escapeCodeTimeout !== undefined) {
    if (!NumberIsFinite(input.escapeCodeTimeout)) {
      throw new ERR_INVALID_ARG_VALUE('input.escapeCodeTimeout', self.escapeCodeTimeout);
    }
    self.escapeCodeTimeout = input.escapeCodeTimeout;
  }
  if (options.signal) validateAbortSignal(options.signal, 'options.signal');
  options.history = {
    __proto__: null,
    size: input.historySize,
    history: input.history,
    removeHistoryDuplicates: input.removeHistoryDuplicates,
  };
  options.input = input.input;
  return options;
}

function InterfaceConstructor(input, output, completer, terminal) {
  this[kSawReturnAt] = 0;
  this.isCompletionEnabled = true;
  this[kSawKeyPress] = false;
  this[kPreviousKey] = null;
  this.escapeCodeTimeout = ESCAPE_CODE_TIMEOUT_MS;
  this.tabSize = TAB_SIZE;
  FunctionPrototypeCall(EventEmitter, this);
  const options = readOptions(this, input, output, completer, terminal);
  this.setupHistoryManager(options.history);
  if (options.completer !== undefined && typeof options.completer !== 'function') {
    throw new ERR_INVALID_ARG_VALUE('completer', options.completer);
  }
  const { output: out } = options;
  const isTerminal = options.terminal === undefined && out !== null && out !== undefined ?
    out.isTTY : options.terminal;

  this.line = '';
  this[kIsMultiline] = false;
  this[kSubstringSearch] = null;
  this.output = out;
  this.input = options.input;
  this[kUndoStack] = [];
  this[kRedoStack] = [];
  this[kPreviousCursorCols] = -1;
  this[kKillRing] = [];
  this[kKillRingCursor] = 0;
  this.crlfDelay = options.crlfDelay ?
    MathMax(CRLF_DELAY_MIN_MS, options.crlfDelay) : CRLF_DELAY_MIN_MS;
  this.completer = options.completer;
  this.setPrompt(options.prompt);
  this.terminal = !!isTerminal;
  this[kLineObjectStream] = undefined;

  if (this.terminal) listenToTerminal(this);
  else listenToStream(this);
  if (options.signal) closeOnAbort(this, options.signal);
  this[kSetLine]('');
  this.input.resume();
}
ObjectSetPrototypeOf(InterfaceConstructor.prototype, EventEmitter.prototype);
ObjectSetPrototypeOf(InterfaceConstructor, EventEmitter);

/** Listens until the interface is closed. */
function listen(self, stream, event, listener) {
  stream.on(event, listener);
  self.once('close', () => stream.removeListener(event, listener));
}

function listenToStream(self) {
  const { input } = self;
  listen(self, input, 'error', (error) => self.emit('error', error));
  listen(self, input, 'data', (data) => self[kNormalWrite](data));
  listen(self, input, 'end', () => {
    const rest = self[kLine_buffer];
    if (typeof rest === 'string' && rest.length > 0) self.emit('line', rest);
    self.close();
  });
  self[kDecoder] = new StringDecoder('utf8');
}

function listenToTerminal(self) {
  const { input, output } = self;
  listen(self, input, 'error', (error) => self.emit('error', error));
  emitKeypressEvents(input, self);
  listen(self, input, 'keypress', (text, key) => {
    self[kTtyWrite](text, key);
    if (!key?.sequence) return;
    // Half of a surrogate pair: shown right once the line is written anew.
    const code = StringPrototypeCodePointAt(key.sequence, 0);
    if (code >= 0xd800 && code <= 0xdfff) self[kRefreshLine]();
  });
  listen(self, input, 'end', () => {
    if (typeof self.line === 'string' && self.line.length > 0) self.emit('line', self.line);
    self.close();
  });
  self[kSetRawMode](true);
  self.cursor = 0;
  if (output !== null && output !== undefined) {
    listen(self, output, 'resize', () => self[kRefreshLine]());
  }
}

function closeOnAbort(self, signal) {
  const onAborted = () => self.close();
  if (signal.aborted) {
    process.nextTick(onAborted);
    return;
  }
  const disposable = addAbortListener(signal, onAborted);
  self.once('close', disposable[SymbolDispose]);
}

const historyAccessors = {
  __proto__: null,
  history: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return this.historyManager.history; },
    set(history) { this.historyManager.history = history; },
  },
  historyIndex: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return this.historyManager.index; },
    set(index) { this.historyManager.index = index; },
  },
  historySize: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return this.historyManager.size; },
  },
  isFlushing: {
    __proto__: null, configurable: true, enumerable: true,
    get() { return this.historyManager.isFlushing; },
  },
};

function checkOpen(self) {
  if (self.closed) throw new ERR_USE_AFTER_CLOSE('readline');
}

class Interface extends InterfaceConstructor {
  get columns() {
    return this.output?.columns ? this.output.columns : Infinity;
  }

  setPrompt(prompt) {
    this[kPrompt] = prompt;
  }

  getPrompt() {
    return this[kPrompt];
  }

  setupHistoryManager(options) {
    this.historyManager = new ReplHistory(this, options);
    if (options.onHistoryFileLoaded) this.historyManager.initialize(options.onHistoryFileLoaded);
    ObjectDefineProperties(this, historyAccessors);
  }

  [kSetRawMode](mode) {
    const wasInRawMode = this.input.isRaw;
    if (typeof this.input.setRawMode === 'function') this.input.setRawMode(mode);
    return wasInRawMode;
  }

  prompt(preserveCursor) {
    if (this.paused) this.resume();
    if (this.terminal && process.env.TERM !== 'dumb') {
      if (!preserveCursor) this.cursor = 0;
      this[kRefreshLine]();
    } else {
      this[kWriteToOutput](this[kPrompt]);
    }
  }

  [kQuestion](query, cb) {
    checkOpen(this);
    if (!this[kQuestionCallback]) {
      this[kOldPrompt] = this[kPrompt];
      this.setPrompt(query);
      this[kQuestionCallback] = cb;
    }
    this.prompt();
  }

  [kSetLine](line = '') {
    this.line = line;
    this[kIsMultiline] = StringPrototypeIncludes(line, '\n');
  }

  [kOnLine](line) {
    const callback = this[kQuestionCallback];
    if (!callback) {
      this.emit('line', line);
      return;
    }
    this[kQuestionCallback] = null;
    this.setPrompt(this[kOldPrompt]);
    callback(line);
  }

  [kQuestionCancel]() {
    if (!this[kQuestionCallback]) return;
    this[kQuestionCallback] = null;
    this.setPrompt(this[kOldPrompt]);
    this.clearLine();
  }

  [kWriteToOutput](stringToWrite) {
    validateString(stringToWrite, 'stringToWrite');
    if (this.output !== null && this.output !== undefined) this.output.write(stringToWrite);
  }

  [kAddHistory]() {
    return this.historyManager.addHistory(this[kIsMultiline], this[kLastCommandErrored]);
  }

  close() {
    if (this.closed) return;
    this.pause();
    if (this.terminal) this[kSetRawMode](false);
    this.closed = true;
    this.emit('close');
  }

  pause() {
    checkOpen(this);
    if (this.paused) return;
    this.input.pause();
    this.paused = true;
    this.emit('pause');
    return this;
  }

  resume() {
    checkOpen(this);
    if (!this.paused) return;
    this.input.resume();
    this.paused = false;
    this.emit('resume');
    return this;
  }

  write(d, key) {
    checkOpen(this);
    if (this.paused) this.resume();
    if (this.terminal) this[kTtyWrite](d, key);
    else this[kNormalWrite](d);
  }

  /** What came from a stream that is no terminal. */
  [kNormalWrite](bytes) {
    if (bytes === undefined) return;
    let text = this[kDecoder].write(bytes);
    if (this[kSawReturnAt] && DateNow() - this[kSawReturnAt] <= this.crlfDelay) {
      text = RegExpPrototypeSymbolReplace(/^\n/, text, '');
      this[kSawReturnAt] = 0;
    }
    if (!text) return;
    const lines = RegExpPrototypeSymbolSplit(lineEnding, text);
    const last = lines.length - 1;
    const rest = this[kLine_buffer] || '';
    if (last === 0) {
      this[kLine_buffer] = rest + text;
      return;
    }
    this[kSawReturnAt] = StringPrototypeEndsWith(text, '\r') ? DateNow() : 0;
    lines[0] = rest + lines[0];
    this[kLine_buffer] = lines[last];
    for (let i = 0; i < last; i++) this[kOnLine](lines[i]);
  }

  async [kTabComplete](lastKeypressWasTab) {
    this.pause();
    let value;
    try {
      value = await this.completer(StringPrototypeSlice(this.line, 0, this.cursor));
    } catch (error) {
      this[kWriteToOutput](`Tab completion error: ${inspect(error)}`);
      return;
    } finally {
      this.resume();
    }
    this[kTabCompleter](lastKeypressWasTab, value);
  }

  clearLine() {
    this[kMoveCursor](+Infinity);
    this[kWriteToOutput]('\r\n');
    this[kSetLine]('');
    this.cursor = 0;
    this.prevRows = 0;
  }

  [kLine]() {
    this[kSavePreviousState]();
    const line = this[kAddHistory]();
    this[kUndoStack] = [];
    this[kRedoStack] = [];
    this.clearLine();
    this[kOnLine](line);
  }

  [kTtyWrite](s, key) {
    ttyWrite(this, s, key);
  }

  [SymbolAsyncIterator]() {
    const { kFirstEventParam } = require('internal/events/symbols');
    this[kLineObjectStream] ??= EventEmitter.on(this, 'line', {
      close: ['close'],
      highWaterMark: ITERATOR_HIGH_WATER_MARK,
      [kFirstEventParam]: true,
    });
    return this[kLineObjectStream];
  }
}

function addMethods(methods) {
  const keys = ReflectOwnKeys(methods);
  for (let i = 0; i < keys.length; i++) {
    const descriptor = ObjectGetOwnPropertyDescriptor(methods, keys[i]);
    descriptor.enumerable = false;
    ObjectDefineProperty(Interface.prototype, keys[i], descriptor);
  }
}

addMethods(display);
addMethods(editing);
addMethods(completion);
addMethods({
  [SymbolDispose]() {
    this.close();
  },
});

module.exports = { Interface, InterfaceConstructor, ...symbols };
