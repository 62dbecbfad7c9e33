'use strict';

// Tab: completes what all candidates share, and lists them at the second Tab.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  MathFloor,
  MathMax,
  ReflectApply,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const { getStringWidth } = require('internal/util/inspect');
const { commonPrefix } = require('internal/readline/utils');
const {
  kBeforeEdit,
  kInsertString,
  kRefreshLine,
  kSetLine,
  kTabCompleter,
  kWriteToOutput,
} = require('internal/readline/symbols');

const PADDING = 2;

/** The candidates in columns; an empty one separates groups. */
function inColumns(completions, columns) {
  const widths = ArrayPrototypeMap(completions, (text) => getStringWidth(text));
  const width = ReflectApply(MathMax, null, widths) + PADDING;
  let perLine = MathFloor(columns / width) || 1;
  if (perLine === Infinity) perLine = 1;
  let text = '\r\n';
  let inLine = 0;
  let gap = 0;
  for (let i = 0; i < completions.length; i++) {
    const completion = completions[i];
    if (completion === '' || inLine === perLine) {
      text += '\r\n';
      inLine = 0;
      gap = 0;
    } else {
      text += StringPrototypeRepeat(' ', gap);
    }
    if (completion === '') {
      text += '\r\n';
    } else {
      text += completion;
      gap = width - widths[i];
      inLine++;
    }
  }
  return inLine === 0 ? text : `${text}\r\n\r\n`;
}

const completion = {
  __proto__: null,

  [kTabCompleter](lastKeypressWasTab, { 0: completions, 1: completeOn }) {
    if (!completions || completions.length === 0) return;
    const prefix = commonPrefix(ArrayPrototypeFilter(completions, (text) => text !== ''));
    if (StringPrototypeStartsWith(prefix, completeOn) && prefix.length > completeOn.length) {
      this[kInsertString](StringPrototypeSlice(prefix, completeOn.length));
      return;
    }
    if (!StringPrototypeStartsWith(completeOn, prefix)) {
      // Completed to something else, such as another case of letters.
      const start = this.cursor - completeOn.length;
      this[kSetLine](StringPrototypeSlice(this.line, 0, start) + prefix +
        StringPrototypeSlice(this.line, this.cursor));
      this.cursor = start + prefix.length;
      this[kRefreshLine]();
      return;
    }
    if (!lastKeypressWasTab) return;
    this[kBeforeEdit](this.line, this.cursor);
    this[kWriteToOutput](inColumns(completions, this.columns));
    this[kRefreshLine]();
  },
};

module.exports = { completion };
