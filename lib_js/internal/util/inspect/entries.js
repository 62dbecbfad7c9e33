'use strict';

// The entries of everything that has more in it than properties. Each function gives a list of
// formatted entries for (ctx, value, depth); `depth` is that of the entries.

const {
  ArrayPrototypePush, ArrayPrototypeSort, FunctionPrototypeCall, MathMax, MathMin,
  ObjectGetOwnPropertyDescriptor, ObjectKeys, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  StringPrototypeLastIndexOf, StringPrototypeSlice, Uint8Array, hardenRegExp,
} = primordials;

const assert = require('internal/assert');
const { isNativeError } = require('internal/util/types');
const { reduceToSingleString } = require('internal/util/inspect/layout');

const { getPromiseDetails, previewEntries } = internalBinding('util');

const promisePending = 0;
const promiseRejected = 2;
const arrayIndexMax = 2 ** 32 - 2;
const arrayIndex = hardenRegExp(/^(0|[1-9][0-9]*)$/);
const bytePairs = hardenRegExp(/(..)(?=.)/g);

const moreItems = (count) => `... ${count} more item${count > 1 ? 's' : ''}`;

/** How many of `length` entries are shown. */
function shownCount(ctx, length) {
  return MathMin(MathMax(0, ctx.maxArrayLength), length);
}

function addMore(output, count) {
  if (count > 0) ArrayPrototypePush(output, moreItems(count));
  return output;
}

function emptyItems(ctx, count) {
  return ctx.stylize(`<${count} empty item${count > 1 ? 's' : ''}>`, 'undefined');
}

// ---- arrays ------------------------------------------------------------------------------------

/** A sparse array from index `start` on. */
function formatSparseArray(ctx, value, depth, max, output, start) {
  const keys = ObjectKeys(value);
  let index = start;
  for (let i = start; i < keys.length && output.length < max; i++) {
    const key = keys[i];
    if (+key > arrayIndexMax) break;
    if (`${index}` !== key) {
      if (RegExpPrototypeExec(arrayIndex, key) === null) break;
      ArrayPrototypePush(output, emptyItems(ctx, +key - index));
      index = +key;
      if (output.length === max) break;
    }
    ArrayPrototypePush(output, ctx.formatElement(value, depth, key));
    index++;
  }
  const remaining = value.length - index;
  if (output.length === max) return addMore(output, remaining);
  if (remaining > 0) ArrayPrototypePush(output, emptyItems(ctx, remaining));
  return output;
}

function formatArray(ctx, value, depth) {
  const count = shownCount(ctx, value.length);
  const output = [];
  for (let i = 0; i < count; i++) {
    const desc = ObjectGetOwnPropertyDescriptor(value, i);
    if (desc === undefined) return formatSparseArray(ctx, value, depth, count, output, i);
    output[output.length] = ctx.formatElement(value, depth, i, desc);
  }
  return addMore(output, value.length - count);
}

/** @param {TypedArray} elements  the value itself, or a copy that has lost no prototype */
function formatTypedArray(ctx, elements, length) {
  const count = shownCount(ctx, length);
  const output = [];
  for (let i = 0; i < count; i++) ArrayPrototypePush(output, ctx.formatPrimitive(elements[i]));
  return addMore(output, elements.length - count);
}

function formatArrayBuffer(ctx, value) {
  let bytes;
  try {
    bytes = new Uint8Array(value);
  } catch {
    return [ctx.stylize('(detached)', 'special')];
  }
  const { hexSlice } = require('buffer').Buffer.prototype;
  const count = MathMin(ctx.maxArrayLength, bytes.length);
  const hex = FunctionPrototypeCall(hexSlice, bytes, 0, count);
  const remaining = bytes.length - ctx.maxArrayLength;
  const more = remaining > 0 ? ` ... ${remaining} more byte${remaining > 1 ? 's' : ''}` : '';
  const text = RegExpPrototypeSymbolReplace(bytePairs, hex, '$1 ');
  return [`${ctx.stylize('[Uint8Contents]', 'special')}: <${text}${more}>`];
}

// ---- collections -------------------------------------------------------------------------------

/** @param {Iterable} values  the set, or its values if it has no prototype */
function formatSet(ctx, values, depth, size) {
  const count = shownCount(ctx, size);
  const output = [];
  ctx.indentationLvl += 2;
  for (const value of values) {
    if (output.length >= count) break;
    output[output.length] = ctx.formatValue(value, depth);
  }
  ctx.indentationLvl -= 2;
  return addMore(output, size - count);
}

function formatMap(ctx, entries, depth, size) {
  const count = shownCount(ctx, size);
  const output = [];
  ctx.indentationLvl += 2;
  for (const { 0: key, 1: value } of entries) {
    if (output.length >= count) break;
    output[output.length] = `${ctx.formatValue(key, depth)} => ${ctx.formatValue(value, depth)}`;
  }
  ctx.indentationLvl -= 2;
  return addMore(output, size - count);
}

/** @param {boolean} isWeak  the order means nothing, so it is made a stable one */
function formatValues(ctx, depth, values, isWeak) {
  const count = shownCount(ctx, values.length);
  const output = [];
  ctx.indentationLvl += 2;
  for (let i = 0; i < count; i++) ArrayPrototypePush(output, ctx.formatValue(values[i], depth));
  ctx.indentationLvl -= 2;
  if (isWeak && !ctx.sorted) ArrayPrototypeSort(output);
  return addMore(output, values.length - count);
}

/** @param {any[]} pairs  key, value, key, value, ... */
function formatPairs(ctx, depth, pairs, isWeak) {
  const length = pairs.length / 2;
  const count = shownCount(ctx, length);
  const output = [];
  ctx.indentationLvl += 2;
  for (let i = 0; i < count; i++) {
    const key = ctx.formatValue(pairs[2 * i], depth);
    const value = ctx.formatValue(pairs[2 * i + 1], depth);
    ArrayPrototypePush(output, isWeak ? `${key} => ${value}` :
      reduceToSingleString(ctx, [key, value], '', '[', ']', true, depth));
  }
  ctx.indentationLvl -= 2;
  if (isWeak && !ctx.sorted) ArrayPrototypeSort(output);
  return addMore(output, length - count);
}

function formatWeakCollection(ctx) {
  return [ctx.stylize('<items unknown>', 'special')];
}

function formatWeakSet(ctx, value, depth) {
  if (!ctx.showHidden) return formatWeakCollection(ctx);
  return formatValues(ctx, depth, previewEntries(value), true);
}

function formatWeakMap(ctx, value, depth) {
  if (!ctx.showHidden) return formatWeakCollection(ctx);
  return formatPairs(ctx, depth, previewEntries(value), true);
}

/** @returns {{output: string[], isPairs: boolean}} what an iterator has yet to give */
function formatIterator(ctx, value, depth) {
  const { 0: entries, 1: isPairs } = previewEntries(value, true);
  const output = isPairs ? formatPairs(ctx, depth, entries, false) :
    formatValues(ctx, depth, entries, false);
  return { output, isPairs };
}

// ---- others ------------------------------------------------------------------------------------

function formatPromise(ctx, value, depth) {
  const { 0: state, 1: result } = getPromiseDetails(value);
  if (state === promisePending) return [ctx.stylize('<pending>', 'special')];
  ctx.indentationLvl += 2;
  const text = ctx.formatValue(result, depth);
  ctx.indentationLvl -= 2;
  return [state === promiseRejected ? `${ctx.stylize('<rejected>', 'special')} ${text}` : text];
}

/** Exports of a module that is not evaluated yet throw when they are read. */
function formatNamespace(ctx, value, depth, keys) {
  const output = [];
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    try {
      ArrayPrototypePush(output, ctx.formatProperty(value, depth, key));
    } catch (error) {
      assert(isNativeError(error) && error.name === 'ReferenceError');
      // A stand-in gives the name as it should look; its value '' is cut off.
      const text = ctx.formatProperty({ [key]: '' }, depth, key);
      const name = StringPrototypeSlice(text, 0, StringPrototypeLastIndexOf(text, ' ') + 1);
      ArrayPrototypePush(output, name + ctx.stylize('<uninitialized>', 'special'));
    }
  }
  return output;
}

module.exports = {
  formatArray,
  formatArrayBuffer,
  formatIterator,
  formatMap,
  formatNamespace,
  formatPromise,
  formatSet,
  formatTypedArray,
  formatWeakMap,
  formatWeakSet,
};
