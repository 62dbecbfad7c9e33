'use strict';

// console.table: which rows and columns a value has. https://console.spec.whatwg.org/#table

const {
  ArrayIsArray, ArrayPrototypeMap, ArrayPrototypePush, MapPrototypeEntries, ObjectHasOwn,
  ObjectKeys, SafeMap, SetPrototypeValues,
} = primordials;

const renderTable = require('internal/cli_table');
const { inspect } = require('internal/util/inspect');
const {
  isMap, isMapIterator, isSet, isSetIterator, isTypedArray,
} = require('internal/util/types');

const { previewEntries } = internalBinding('util');

const indexHead = '(index)';
const iterationHead = '(iteration index)';
const keyHead = 'Key';
const valuesHead = 'Values';
// An object with more properties than this shows its class only.
const shownKeysMax = 2;

const isObject = (value) => (
  value !== null && (typeof value === 'object' || typeof value === 'function'));

/** @returns {(value: any) => string} */
function makeCellFormatter(options) {
  return (value) => {
    const isBig = value !== null && typeof value === 'object' && !ArrayIsArray(value) &&
      !isTypedArray(value) && ObjectKeys(value).length > shownKeysMax;
    return inspect(value, {
      depth: isBig ? -1 : 0, maxArrayLength: 3, breakLength: Infinity, ...options,
    });
  };
}

/** @param {[any, any?][] } entries  all with keys, or all without */
function entriesTable(entries, hasKeys, cell) {
  const indices = ArrayPrototypeMap(entries, (entry, i) => cell(i));
  const first = ArrayPrototypeMap(entries, (entry) => cell(entry[0]));
  if (!hasKeys) return renderTable([iterationHead, valuesHead], [indices, first]);
  const second = ArrayPrototypeMap(entries, (entry) => cell(entry[1]));
  return renderTable([iterationHead, keyHead, valuesHead], [indices, first, second]);
}

function toList(iterable, toEntry) {
  const list = [];
  for (const item of iterable) ArrayPrototypePush(list, toEntry(item));
  return list;
}

/** Iterators are looked into without moving them on. */
function iteratorTable(iterator, cell) {
  const { 0: flat, 1: hasKeys } = previewEntries(iterator, true);
  const entries = [];
  for (let i = 0; i < flat.length; i += hasKeys ? 2 : 1) {
    ArrayPrototypePush(entries, hasKeys ? [flat[i], flat[i + 1]] : [flat[i]]);
  }
  return entriesTable(entries, hasKeys, cell);
}

/** Rows are the properties of the value, columns those of its rows. */
function objectTable(data, properties, cell) {
  const rows = ObjectKeys(data);
  const columns = new SafeMap();
  const primitives = [];
  for (let i = 0; i < rows.length; i++) {
    const item = data[rows[i]];
    if (properties === undefined && !isObject(item)) {
      primitives[i] = cell(item);
      continue;
    }
    const keys = properties || ObjectKeys(item);
    for (let k = 0; k < keys.length; k++) {
      const key = `${keys[k]}`;
      let column = columns.get(key);
      if (column === undefined) columns.set(key, column = []);
      column[i] = isObject(item) && ObjectHasOwn(item, key) ? cell(item[key]) : '';
    }
  }
  // Integer keys come first, as on any object.
  const order = { __proto__: null };
  for (const { 0: key, 1: column } of columns.entries()) order[key] = column;
  const head = [indexHead];
  const cells = [rows];
  for (const key in order) {
    ArrayPrototypePush(head, key);
    ArrayPrototypePush(cells, order[key]);
  }
  if (primitives.length > 0) {
    ArrayPrototypePush(head, valuesHead);
    ArrayPrototypePush(cells, primitives);
  }
  return renderTable(head, cells);
}

/** @param {object} options  for inspect() */
function formatTable(data, properties, options) {
  const cell = makeCellFormatter(options);
  if (isMapIterator(data) || isSetIterator(data)) return iteratorTable(data, cell);
  if (isMap(data)) {
    const entries = toList(MapPrototypeEntries(data), (entry) => [entry[0], entry[1]]);
    return entriesTable(entries, true, cell);
  }
  if (isSet(data)) {
    return entriesTable(toList(SetPrototypeValues(data), (value) => [value]), false, cell);
  }
  return objectTable(data, properties, cell);
}

module.exports = { formatTable };
