'use strict';

// node:readline with callbacks. Its Interface has the methods of the internal one a second time,
// with an underscore: programs call and replace them.

const {
  FunctionPrototypeBind,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  Promise,
  PromiseReject,
  StringPrototypeSlice,
  SymbolDispose,
} = primordials;

const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const { inspect } = require('internal/util/inspect');
const { kEmptyObject, promisify } = require('internal/util');
const { addAbortListener } = require('internal/events/abort_listener');
const { clearLine, clearScreenDown, cursorTo, moveCursor } =
  require('internal/readline/callbacks');
const emitKeypressEvents = require('internal/readline/emitKeypressEvents');
const { ttyWriteDumb } = require('internal/readline/tty_write');
const symbols = require('internal/readline/interface');
const {
  Interface: EditingInterface,
  InterfaceConstructor,
  kQuestion,
  kQuestionCancel,
  kTabCompleter,
} = symbols;

/** A completer that returns its result becomes one that calls back. */
function callingBack(completer) {
  if (typeof completer !== 'function' || completer.length === 2) return completer;
  return (line, callback) => callback(null, completer(line));
}

function Interface(input, output, completer, terminal) {
  if (!(this instanceof Interface)) return new Interface(input, output, completer, terminal);
  if (input?.input && typeof input.completer === 'function') {
    input.completer = callingBack(input.completer);
  } else {
    completer = callingBack(completer);
  }
  FunctionPrototypeCall(InterfaceConstructor, this, input, output, completer, terminal);
  if (process.env.TERM === 'dumb') {
    this._ttyWrite = FunctionPrototypeBind(ttyWriteDumb, undefined, this);
  }
}
ObjectSetPrototypeOf(Interface.prototype, EditingInterface.prototype);
ObjectSetPrototypeOf(Interface, EditingInterface);

Interface.prototype.question = function question(query, options, cb) {
  cb = typeof options === 'function' ? options : cb;
  if (options === null || typeof options !== 'object') options = kEmptyObject;
  const { signal } = options;
  if (signal) {
    validateAbortSignal(signal, 'options.signal');
    if (signal.aborted) return;
    const onAbort = () => this[kQuestionCancel]();
    const disposable = addAbortListener(signal, onAbort);
    const answered = cb;
    cb = typeof answered !== 'function' ? disposable[SymbolDispose] : (line) => {
      disposable[SymbolDispose]();
      return answered(line);
    };
  }
  if (typeof cb === 'function') this[kQuestion](query, cb);
};

Interface.prototype.question[promisify.custom] = function question(query, options) {
  if (options === null || typeof options !== 'object') options = kEmptyObject;
  const { signal } = options;
  const aborted = () => new AbortError(undefined, { cause: signal.reason });
  if (signal?.aborted) return PromiseReject(aborted());
  return new Promise((resolve, reject) => {
    let answer = resolve;
    if (signal) {
      const onAbort = () => reject(aborted());
      const disposable = addAbortListener(signal, onAbort);
      answer = (line) => {
        disposable[SymbolDispose]();
        resolve(line);
      };
    }
    this.question(query, options, answer);
  });
};

// ---- underscore names

const FIELDS = ['decoder', 'line_buffer', 'oldPrompt', 'previousKey', 'prompt',
                'questionCallback', 'sawKeyPress', 'sawReturnAt'];
const METHODS = ['setRawMode', 'onLine', 'writeToOutput', 'addHistory', 'refreshLine',
                 'normalWrite', 'insertString', 'tabComplete', 'wordLeft', 'wordRight',
                 'deleteLeft', 'deleteRight', 'deleteWordLeft', 'deleteWordRight',
                 'deleteLineLeft', 'deleteLineRight', 'line', 'historyNext', 'historyPrev',
                 'getDisplayPos', 'getCursorPos', 'moveCursor', 'ttyWrite'];

const symbolOf = (name) => symbols[`k${name[0].toUpperCase()}${StringPrototypeSlice(name, 1)}`];

for (let i = 0; i < FIELDS.length; i++) {
  const symbol = symbolOf(FIELDS[i]);
  ObjectDefineProperty(Interface.prototype, `_${FIELDS[i]}`, {
    __proto__: null,
    get() { return this[symbol]; },
    set(value) { this[symbol] = value; },
    enumerable: false,
    configurable: false,
  });
}

for (let i = 0; i < METHODS.length; i++) {
  const alias = `_${METHODS[i]}`;
  const symbol = symbolOf(METHODS[i]);
  if (symbol === undefined) {
    Interface.prototype[alias] = EditingInterface.prototype[METHODS[i]];
    continue;
  }
  Interface.prototype[alias] = EditingInterface.prototype[symbol];
  // The library's own calls go to what the program may have put there.
  ObjectDefineProperty(Interface.prototype, symbol, {
    __proto__: null,
    get() { return this[alias]; },
    enumerable: false,
    configurable: false,
  });
}

Interface.prototype._tabComplete = function(lastKeypressWasTab) {
  this.pause();
  this.completer(StringPrototypeSlice(this.line, 0, this.cursor), (error, value) => {
    this.resume();
    if (error) this._writeToOutput(`Tab completion error: ${inspect(error)}`);
    else this[kTabCompleter](lastKeypressWasTab, value);
  });
};

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = {
  Interface,
  clearLine,
  clearScreenDown,
  createInterface,
  cursorTo,
  emitKeypressEvents,
  moveCursor,
  promises: require('readline/promises'),
};
