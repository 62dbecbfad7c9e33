'use strict';

// node:readline/promises.

const { Promise, SymbolDispose } = primordials;

const { AbortError } = require('internal/errors');
const { validateAbortSignal } = require('internal/validators');
const { kEmptyObject } = require('internal/util');
const { addAbortListener } = require('internal/events/abort_listener');
const { Readline } = require('internal/readline/promises');
const {
  Interface: EditingInterface,
  kQuestion,
  kQuestionCancel,
  kQuestionReject,
} = require('internal/readline/interface');

class Interface extends EditingInterface {
  question(query, options = kEmptyObject) {
    return new Promise((resolve, reject) => {
      let answer = resolve;
      const signal = options?.signal;
      if (signal) {
        validateAbortSignal(signal, 'options.signal');
        const fail = () => reject(new AbortError(undefined, { cause: signal.reason }));
        if (signal.aborted) {
          fail();
          return;
        }
        const disposable = addAbortListener(signal, () => {
          this[kQuestionCancel]();
          fail();
        });
        answer = (line) => {
          disposable[SymbolDispose]();
          resolve(line);
        };
      }
      this[kQuestion](query, answer);
      this[kQuestionReject] = reject;
    });
  }
}

function createInterface(input, output, completer, terminal) {
  return new Interface(input, output, completer, terminal);
}

module.exports = { Interface, Readline, createInterface };
