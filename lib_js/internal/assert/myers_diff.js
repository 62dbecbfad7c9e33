'use strict';

// The shortest way from one list to another: Myers, "An O(ND) Difference Algorithm" (1986), and how
// assertion errors print it.

const {
  ArrayPrototypePush, Int32Array, StringPrototypeEndsWith, StringPrototypeTrimEnd,
  TypedArrayPrototypeSlice,
} = primordials;

const { codes: { ERR_OUT_OF_RANGE } } = require('internal/errors');
const colors = require('internal/util/colors');

const INSERT = 1;
const KEEP = 0;
const DELETE = -1;

const lengthMax = 2 ** 31 - 1;
const keptLinesShown = 5;

/** With `ignoresComma`, a line may end with a comma or not: the last property has none. */
function isSame(a, b, ignoresComma) {
  return a === b || (ignoresComma && (`${a},` === b || a === `${b},`));
}

/** Whether the best way onto diagonal `k` of step `d` comes from above (an element of expected). */
function comesFromAbove(reach, zero, k, d) {
  return k === -d || (k !== d && reach[zero + k - 1] < reach[zero + k + 1]);
}

/**
 * @param {ArrayLike<any>} actual
 * @param {ArrayLike<any>} expected
 * @returns {[operation: number, value: any][]} from the end to the beginning
 */
function myersDiff(actual, expected, ignoresComma = false) {
  const max = actual.length + expected.length;
  if (max > lengthMax) throw new ERR_OUT_OF_RANGE('myersDiff input size', '< 2^31', max);

  // reach[max + k]: how much of `actual` is used up on diagonal k, at most.
  const reach = new Int32Array(2 * max + 1);
  // What `reach` was before each step d: only the diagonals -d to d can matter.
  const steps = [];
  for (let d = 0; d <= max; d++) {
    const first = max - d;
    ArrayPrototypePush(steps, TypedArrayPrototypeSlice(reach, first, max + d + 1));
    for (let k = -d; k <= d; k += 2) {
      let x = comesFromAbove(reach, max, k, d) ? reach[max + k + 1] : reach[max + k - 1] + 1;
      if (max === 0) x = 0;
      while (x < actual.length && x - k < expected.length &&
             isSame(actual[x], expected[x - k], ignoresComma)) {
        x++;
      }
      reach[max + k] = x;
      if (x >= actual.length && x - k >= expected.length) {
        return walkBack(steps, actual, expected, ignoresComma);
      }
    }
  }
}

function walkBack(steps, actual, expected, ignoresComma) {
  const result = [];
  let x = actual.length;
  let y = expected.length;
  for (let d = steps.length - 1; d >= 0; d--) {
    const reach = steps[d]; // diagonal k is at d + k
    const k = x - y;
    const fromAbove = d === 0 || comesFromAbove(reach, d, k, d);
    const startX = d === 0 ? 0 : reach[d + (fromAbove ? k + 1 : k - 1)];
    const startY = d === 0 ? 0 : startX - (fromAbove ? k + 1 : k - 1);
    for (; x > startX && y > startY; x--, y--) {
      const value = actual[x - 1];
      const showsExpected = ignoresComma && !StringPrototypeEndsWith(value, ',');
      ArrayPrototypePush(result, [KEEP, showsExpected ? expected[y - 1] : value]);
    }
    if (d === 0) break;
    ArrayPrototypePush(
      result, x > startX ? [INSERT, actual[--x]] : [DELETE, expected[--y]]);
  }
  return result;
}

/** Characters next to one another, told apart by colour only. */
function printSimpleMyersDiff(diff) {
  let message = '';
  for (let i = diff.length - 1; i >= 0; i--) {
    const { 0: operation, 1: value } = diff[i];
    const color = operation === INSERT ? colors.green :
      operation === DELETE ? colors.red : colors.white;
    message += `${color}${value}${colors.white}`;
  }
  return `\n${message}`;
}

function printLine(operation, value, operator) {
  if (operation === KEEP) return `${colors.white}  ${value}\n`;
  if (operation === DELETE) return `${colors.red}-${colors.white} ${value}\n`;
  if (operator === 'partialDeepStrictEqual') {
    // What is there beyond the expected is fine.
    return `${colors.gray}${colors.hasColors ? ' ' : '+'} ${value}${colors.white}\n`;
  }
  return `${colors.green}+${colors.white} ${value}\n`;
}

/** The end of a run of equal lines of which the first few are printed already. */
function printRunEnd(diff, next, count) {
  const hidden = count - keptLinesShown;
  const line = (i) => `${colors.white}  ${diff[i][1]}\n`;
  if (hidden <= 0) return '';
  if (hidden === 1) return line(next + 1);
  if (hidden === 2) return line(next + 2) + line(next + 1);
  return `${colors.blue}...${colors.white}\n${line(next + 1)}`;
}

/** @returns {{message: string, skipped: boolean}} one line below the other */
function printMyersDiff(diff, operator) {
  let message = '';
  let skipped = false;
  let kept = 0;
  for (let i = diff.length - 1; i >= 0; i--) {
    const { 0: operation, 1: value } = diff[i];
    if (operation === KEEP) {
      if (kept++ < keptLinesShown) message += printLine(operation, value, operator);
      continue;
    }
    message += printRunEnd(diff, i, kept);
    if (kept > keptLinesShown + 2) skipped = true;
    kept = 0;
    message += printLine(operation, value, operator);
  }
  return { message: `\n${StringPrototypeTrimEnd(message)}`, skipped };
}

module.exports = { myersDiff, printMyersDiff, printSimpleMyersDiff };
