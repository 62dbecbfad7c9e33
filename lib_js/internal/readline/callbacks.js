'use strict';

// Cursor functions that write at once.

const { NumberIsNaN } = primordials;

const { codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_CURSOR_POS } } = require('internal/errors');
const { validateFunction } = require('internal/validators');
const { CSI } = require('internal/readline/utils');

const { kClearLine, kClearScreenDown, kClearToLineBeginning, kClearToLineEnd } = CSI;

function write(stream, sequence, callback) {
  if (stream === null || stream === undefined || sequence === '') {
    if (typeof callback === 'function') process.nextTick(callback, null);
    return true;
  }
  return stream.write(sequence, callback);
}

function checkCallback(callback) {
  if (callback !== undefined) validateFunction(callback, 'callback');
}

function toColumnAndRow(x, y) {
  if (NumberIsNaN(x)) throw new ERR_INVALID_ARG_VALUE('x', x);
  if (NumberIsNaN(y)) throw new ERR_INVALID_ARG_VALUE('y', y);
  if (typeof x !== 'number' && typeof y !== 'number') return '';
  if (typeof x !== 'number') throw new ERR_INVALID_CURSOR_POS();
  return typeof y !== 'number' ? CSI`${x + 1}G` : CSI`${y + 1};${x + 1}H`;
}

function relative(dx, dy) {
  let sequence = '';
  if (dx < 0) sequence += CSI`${-dx}D`;
  else if (dx > 0) sequence += CSI`${dx}C`;
  if (dy < 0) sequence += CSI`${-dy}A`;
  else if (dy > 0) sequence += CSI`${dy}B`;
  return sequence;
}

/** The sequence that clears to the left, to the right, or all of a line. */
function clearing(direction) {
  if (direction < 0) return kClearToLineBeginning;
  return direction > 0 ? kClearToLineEnd : kClearLine;
}

function cursorTo(stream, x, y, callback) {
  checkCallback(callback);
  if (typeof y === 'function') {
    callback = y;
    y = undefined;
  }
  return write(stream, toColumnAndRow(x, y), callback);
}

function moveCursor(stream, dx, dy, callback) {
  checkCallback(callback);
  return write(stream, relative(dx, dy), callback);
}

function clearLine(stream, dir, callback) {
  checkCallback(callback);
  return write(stream, clearing(dir), callback);
}

function clearScreenDown(stream, callback) {
  checkCallback(callback);
  return write(stream, kClearScreenDown, callback);
}

module.exports = { clearLine, clearScreenDown, clearing, cursorTo, moveCursor, relative };
