'use strict';

// Tables of box-drawing characters, for console.table.

const {
  ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush, MathMax, ObjectHasOwn,
  StringPrototypeRepeat,
} = primordials;

const { getStringWidth } = require('internal/util/inspect');

function renderRow(cells, widths) {
  const padded = ArrayPrototypeMap(cells, (cell, i) => (
    cell + StringPrototypeRepeat(' ', widths[i] - getStringWidth(cell))));
  return `│ ${ArrayPrototypeJoin(padded, ' │ ')} │\n`;
}

/**
 * @param {string[]} head
 * @param {string[][]} columns  may have holes
 */
function table(head, columns) {
  const widths = ArrayPrototypeMap(head, (cell) => getStringWidth(cell));
  let height = 0;
  for (let i = 0; i < columns.length; i++) height = MathMax(height, columns[i].length);
  const rows = [];
  for (let row = 0; row < height; row++) {
    const cells = [];
    for (let i = 0; i < head.length; i++) {
      const cell = ObjectHasOwn(columns[i], row) ? columns[i][row] : '';
      widths[i] = MathMax(widths[i], getStringWidth(cell));
      ArrayPrototypePush(cells, cell);
    }
    ArrayPrototypePush(rows, cells);
  }
  const lines = ArrayPrototypeMap(widths, (width) => StringPrototypeRepeat('─', width + 2));
  let text = `┌${ArrayPrototypeJoin(lines, '┬')}┐\n${renderRow(head, widths)}` +
    `├${ArrayPrototypeJoin(lines, '┼')}┤\n`;
  for (let row = 0; row < height; row++) text += renderRow(rows[row], widths);
  return `${text}└${ArrayPrototypeJoin(lines, '┴')}┘`;
}

module.exports = table;
