'use strict';

// How entries are put on lines.

const {
  ArrayPrototypePush, MathFloor, MathMax, MathMin, MathRound, MathSqrt,
  StringPrototypeIncludes, StringPrototypePadEnd, StringPrototypePadStart, StringPrototypeRepeat,
} = primordials;

const { getStringWidth } = require('internal/util/inspect/text');
const { join, removeColors } = require('internal/util');

const groupedEntriesMin = 7;
const columnsMax = 15;
const separatorWidth = 2; // ', '
// A character is about 2.5 times as high as wide.
const charHeight = 2.5;

/** How many columns a list of short entries gets; 1 if it should not be grouped. */
function countColumns(ctx, widths, entries, widest, total) {
  const column = widest + separatorWidth;
  // Three entries must fit, and a single long one must not tear big holes.
  if (column * 3 + ctx.indentationLvl >= ctx.breakLength) return 1;
  if (total / column <= 5 && widest > 6) return 1;
  const bias = MathSqrt(column - total / entries);
  const biased = MathMax(column - 3 - bias, 1);
  return MathMin(
    MathRound(MathSqrt(charHeight * biased * widths.length) / biased), // about a square
    MathFloor((ctx.breakLength - ctx.indentationLvl) / column),
    ctx.compact * 4,
    columnsMax,
  );
}

/** Numbers stand at the right of their column, all else at the left. */
function isNumeric(values, count) {
  if (values === undefined) return true;
  for (let i = 0; i < count; i++) {
    if (typeof values[i] !== 'number' && typeof values[i] !== 'bigint') return false;
  }
  return true;
}

/** Puts several entries of a list on one line, as in a table. */
function groupArrayElements(ctx, output, value) {
  // '... n more items' keeps its own line.
  const hasMore = ctx.maxArrayLength < output.length;
  const count = hasMore ? output.length - 1 : output.length;
  const widths = [];
  let total = 0;
  let widest = 0;
  for (let i = 0; i < count; i++) {
    const width = getStringWidth(output[i], ctx.colors);
    ArrayPrototypePush(widths, width);
    total += width + separatorWidth;
    if (width > widest) widest = width;
  }
  const columns = countColumns(ctx, widths, output.length, widest, total);
  if (!(columns > 1)) return output;

  const columnWidths = [];
  for (let column = 0; column < columns; column++) {
    let width = 0;
    for (let i = column; i < count; i += columns) width = MathMax(width, widths[i]);
    ArrayPrototypePush(columnWidths, width + separatorWidth);
  }
  const atRight = isNumeric(value, output.length);
  const pad = atRight ? StringPrototypePadStart : StringPrototypePadEnd;
  const lines = [];
  for (let start = 0; start < count; start += columns) {
    const last = MathMin(start + columns, count) - 1;
    let line = '';
    for (let i = start; i < last; i++) {
      // Colours take characters, but no columns.
      const invisible = output[i].length - widths[i];
      line += pad(`${output[i]}, `, columnWidths[i - start] + invisible, ' ');
    }
    const invisible = output[last].length - widths[last];
    line += atRight ?
      StringPrototypePadStart(
        output[last], columnWidths[last - start] + invisible - separatorWidth, ' ') :
      output[last];
    ArrayPrototypePush(lines, line);
  }
  if (hasMore) ArrayPrototypePush(lines, output[count]);
  return lines;
}

/** Whether all entries fit on one line that begins at column `start`. */
function fitsOneLine(ctx, output, start, base) {
  if (ctx.breakLength === Infinity) {
    for (let i = 0; i < output.length; i++) {
      if (StringPrototypeIncludes(output[i], '\n')) return false;
    }
    return !StringPrototypeIncludes(base, '\n');
  }
  let total = output.length + start;
  if (total + output.length > ctx.breakLength) return false;
  for (let i = 0; i < output.length; i++) {
    total += ctx.colors ? removeColors(output[i]).length : output[i].length;
    if (total > ctx.breakLength) return false;
  }
  return !StringPrototypeIncludes(base, '\n');
}

/** `compact: true`: as much as possible on a line, brackets without lines of their own. */
function joinCompact(ctx, output, base, open, close) {
  const head = base === '' ? '' : ` ${base}`;
  if (fitsOneLine(ctx, output, 0, base)) {
    return `${open}${head} ${join(output, ', ')} ${close}`;
  }
  const indentation = StringPrototypeRepeat(' ', ctx.indentationLvl);
  // Behind a long opening ('Map(2) {') the first entry would not line up with the others.
  const afterOpen = base === '' && open.length === 1 ? ' ' : `${head}\n${indentation}  `;
  return `${open}${afterOpen}${join(output, `,\n${indentation}  `)} ${close}`;
}

/**
 * @param {string[]} output  formatted entries
 * @param {string} base  what stands before the opening bracket
 * @param {boolean} isList  short entries may be grouped
 * @param {number} depth  of what is shown
 * @param {any} [value]  the list itself, if its numbers should be aligned
 */
function reduceToSingleString(ctx, output, base, open, close, isList, depth, value) {
  if (ctx.compact === true) return joinCompact(ctx, output, base, open, close);
  const head = base === '' ? open : `${base} ${open}`;
  if (typeof ctx.compact === 'number' && ctx.compact >= 1) {
    const entries = output.length;
    if (isList && entries >= groupedEntriesMin) output = groupArrayElements(ctx, output, value);
    // The innermost `compact` levels go on one line, unless they were grouped.
    if (ctx.currentDepth - depth < ctx.compact && entries === output.length) {
      const start = output.length + ctx.indentationLvl + open.length + base.length + 10;
      if (fitsOneLine(ctx, output, start, base)) {
        const joined = join(output, ', ');
        if (!StringPrototypeIncludes(joined, '\n')) return `${head} ${joined} ${close}`;
      }
    }
  }
  const newline = `\n${StringPrototypeRepeat(' ', ctx.indentationLvl)}`;
  return `${head}${newline}  ${join(output, `,${newline}  `)}${newline}${close}`;
}

module.exports = { reduceToSingleString };
