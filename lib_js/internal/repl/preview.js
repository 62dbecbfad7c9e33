'use strict';

// What the terminal shows before return is pressed: behind the line the rest of its only
// completion, below it what the line would give, by an inspector that refuses side effects. Moving
// right at the end of the line takes the completion.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeSome,
  FunctionPrototypeBind,
  MathMin,
  RegExpPrototypeExec,
  SafeStringIterator,
  StringPrototypeReplaceAll,
  StringPrototypeSlice,
  StringPrototypeToLowerCase,
  StringPrototypeTrim,
} = primordials;

const { clearLine, clearScreenDown, cursorTo, moveCursor } =
  require('internal/readline/callbacks');
const { kIsMultiline } = require('internal/readline/interface');
const { commonPrefix } = require('internal/readline/utils');
const { withSession } = require('internal/repl/inspection');
const { REPL_MODE_STRICT, kBufferedCommand } = require('internal/repl/utils');
const { getStringWidth, inspect } = require('internal/util/inspect');

/** Milliseconds that V8 may work on a line nobody has sent. */
const EVALUATION_MS_MAX = 333;
const COLUMNS_MAX = 250;
const INSPECT_OPTIONS = { colors: false, depth: 1, showHidden: false };
/** Of what is typed: it may be that not all is there yet. */
const UNFINISHED = ['EvalError', 'SyntaxError'];

const grey = (text) => `\x1b[90m${text}\x1b[39m`;

function wantsStrict(repl) {
  return repl.replMode === REPL_MODE_STRICT || ArrayPrototypeSome(process.execArgv, (word) =>
    StringPrototypeReplaceAll(StringPrototypeToLowerCase(word), '_', '-') === '--use-strict');
}

/** As much of a text as has room in so many columns. */
function cut(text, columns) {
  let head = '';
  for (const character of new SafeStringIterator(text)) {
    columns -= getStringWidth(character);
    if (columns < 0) break;
    head += character;
  }
  return head;
}

class Preview {
  #repl;
  #isResultShown = false;
  /** The completion that is shown, or null. */
  #suffix = null;
  #completionsCount = 0;
  #hasCompletions = false;
  /** The line in which escape was pressed: return sends it as it is. */
  #refused = null;
  #mayInsert = true;

  constructor(repl) {
    this.#repl = repl;
    const refreshLine = FunctionPrototypeBind(repl._refreshLine, repl);
    repl._refreshLine = () => {
      this.#isResultShown = false;
      refreshLine();
      this.show(true);
    };
    const move = FunctionPrototypeBind(repl._moveCursor, repl);
    repl._moveCursor = (dx) => {
      const { cursor } = repl;
      move(dx);
      if (cursor + dx > repl.line.length && typeof repl.completer === 'function' &&
          this.#mayInsert) {
        this.#complete((suffix) => repl._insertString(suffix));
      }
    };
    const clear = FunctionPrototypeBind(repl.clearLine, repl);
    repl.clearLine = () => {
      this.#mayInsert = false;
      clear();
      this.#mayInsert = true;
    };
  }

  /** Where the line ends, and where the cursor is. */
  #places() {
    const repl = this.#repl;
    const end = repl._getDisplayPos(`${repl.getPrompt()}${repl.line}`);
    return { end, cursor: repl.line.length === repl.cursor ? end : repl.getCursorPos() };
  }

  #isAtEnd() {
    const { end, cursor } = this.#places();
    return end.rows === cursor.rows && end.cols === cursor.cols;
  }

  // ---- taking away

  /** Before a key does what it does. Return takes the completion. */
  clear(key) {
    const repl = this.#repl;
    if (this.#isResultShown) {
      const { end, cursor } = this.#places();
      const rows = end.rows - cursor.rows + 1;
      moveCursor(repl.output, 0, rows);
      clearLine(repl.output);
      moveCursor(repl.output, 0, -rows);
      this.#isResultShown = false;
    }
    if (this.#suffix !== null) {
      this.#clearSuffix();
      if (!key.ctrl && !key.shift) this.#takeOrRefuse(key);
      this.#suffix = null;
    }
    if (this.#refused !== repl.line) this.#refused = null;
  }

  #clearSuffix() {
    const { line, cursor, output } = this.#repl;
    const isInside = line.length !== cursor;
    let places;
    let rows = 0;
    if (isInside) {
      places = this.#places();
      rows = places.end.rows - places.cursor.rows;
      cursorTo(output, places.end.cols);
      moveCursor(output, 0, rows);
    }
    const last = this.#repl._getDisplayPos(`${this.#repl.getPrompt()}${line}${this.#suffix}`);
    if (last.rows === 0 || (isInside && places.end.rows === last.rows)) clearLine(output, 1);
    else clearScreenDown(output);
    if (isInside) {
      cursorTo(output, places.cursor.cols);
      moveCursor(output, 0, -rows);
    }
  }

  #takeOrRefuse({ name, meta }) {
    const repl = this.#repl;
    if (name === 'escape') {
      if (this.#refused === null && meta) this.#refused = repl.line;
    } else if ((name === 'return' || name === 'enter') && !meta && this.#refused !== repl.line &&
               this.#isAtEnd()) {
      repl._insertString(this.#suffix);
    }
  }

  // ---- showing

  /** After a key. */
  show(withCompletion) {
    const repl = this.#repl;
    if (this.#isResultShown || repl[kIsMultiline] || !repl.isCompletionEnabled) return;
    const line = StringPrototypeTrim(repl.line);
    if (line === '') return;
    this.#hasCompletions = false;
    if (withCompletion) this.#complete((suffix) => this.#showSuffix(suffix));
    if (repl[kBufferedCommand]) return;
    const isTaken = this.#suffix !== null && this.#isAtEnd() && this.#refused !== repl.line;
    const code = isTaken ? line + this.#suffix : line;
    // What begins with a brace may be an object, else it is a block.
    const isObject = code[0] === '{' && code[code.length - 1] !== ';';
    const isShown = isObject && this.#evaluate(`(${code})`, line);
    if (!isShown) this.#evaluate(code, line);
  }

  /** take(suffix), unless there are several ways on, or none. */
  #complete(take) {
    const count = ++this.#completionsCount;
    this.#repl.completer(this.#repl.line, (error, data) => {
      // It may have come too late.
      if (count !== this.#completionsCount || error) return;
      const { 0: completions, 1: completeOn } = data;
      if (!completions || completions.length === 0) return;
      this.#hasCompletions = true;
      const prefix = commonPrefix(ArrayPrototypeFilter(completions, Boolean));
      if (prefix.length > completeOn.length) take(StringPrototypeSlice(prefix, completeOn.length));
    });
  }

  #showSuffix(suffix) {
    const repl = this.#repl;
    const { output } = repl;
    this.#suffix = suffix;
    const { end, cursor } = this.#places();
    if (repl.line.length !== repl.cursor) {
      cursorTo(output, end.cols);
      moveCursor(output, 0, end.rows - cursor.rows);
    }
    output.write(repl.useColors ? grey(suffix) : ` // ${suffix}`);
    cursorTo(output, cursor.cols);
    const last = repl._getDisplayPos(`${repl.getPrompt()}${repl.line}${suffix}`);
    moveCursor(output, 0, cursor.rows - last.rows + (last.cols === 0 ? 1 : 0));
  }

  /** Whether the code gave something to show, or to keep quiet about. */
  #evaluate(code, line) {
    let isKnown = false;
    withSession((session) => {
      session.post('Runtime.evaluate', {
        expression: code,
        throwOnSideEffect: true,
        timeout: EVALUATION_MS_MAX,
        contextId: this.#repl.contextId,
      }, (error, answer) => {
        if (error) return;
        this.#describe(session, answer, (text) => {
          isKnown = true;
          if (text !== line) this.#showResult(text);
        });
      });
    });
    return isKnown;
  }

  /** tell(text), unless there is nothing to say of it. */
  #describe(session, { result, exceptionDetails }, tell) {
    if (result.value !== undefined) {
      tell(inspect(result.value, INSPECT_OPTIONS));
    } else if (exceptionDetails && this.#isUnfinished(result.className)) {
      return;
    } else if (result.objectId) {
      const options = inspect({
        ...this.#repl.writer.options, colors: false, depth: 1, compact: true, breakLength: Infinity,
      }, INSPECT_OPTIONS);
      session.post('Runtime.callFunctionOn', {
        functionDeclaration: '(value) => Reflect.getOwnPropertyDescriptor(globalThis, "util")' +
          `.get().inspect(value, ${options})`,
        objectId: result.objectId,
        arguments: [result],
      }, (error, answer) => {
        if (!error && answer.result.value !== undefined) tell(answer.result.value);
      });
    } else {
      tell(result.unserializableValue || result.type);
    }
  }

  #isUnfinished(className) {
    if (className === 'ReferenceError') return this.#hasCompletions || !wantsStrict(this.#repl);
    return ArrayPrototypeSome(UNFINISHED, (name) => name === className);
  }

  #showResult(text) {
    const repl = this.#repl;
    const { output, useColors } = repl;
    if (text === 'undefined' && (!useColors || repl.ignoreUndefined)) return;
    this.#isResultShown = true;
    const columns = MathMin(repl.columns, COLUMNS_MAX);
    if (text.length * 2 >= columns && getStringWidth(text) > columns) {
      // The dots, and without colours the slashes.
      text = `${cut(text, columns - 4 - (useColors ? 0 : 3))}...`;
    }
    const lineEnd = RegExpPrototypeExec(/[\r\n\v]/, text);
    if (lineEnd !== null) text = StringPrototypeSlice(text, 0, lineEnd.index);
    const { end, cursor } = this.#places();
    const rows = end.rows - cursor.rows;
    moveCursor(output, 0, rows);
    output.write(`\n${useColors ? grey(text) : `// ${text}`}`);
    cursorTo(output, cursor.cols);
    moveCursor(output, 0, -rows - 1);
  }
}

const NO_PREVIEW = { __proto__: null, clear() {}, show() {} };

/** For a REPL in a terminal; `isWanted` by its options. */
function previewOf(repl, isWanted) {
  return isWanted && process.env.TERM !== 'dumb' ? new Preview(repl) : NO_PREVIEW;
}

module.exports = { previewOf };
