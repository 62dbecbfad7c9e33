'use strict';

// Transforms of a pipeline. A function gets batch after batch, and null when the source has ended;
// an object's transform() gets the whole source, which gives null at its end, and gives the output.

const { SymbolAsyncIterator, SymbolIterator } = primordials;

const { ERR_INVALID_ARG_TYPE } = require('internal/errors').codes;
const { bytesOf, isBatch } = require('internal/streams/iter/bytes');
const { has, isThenable } = require('internal/streams/iter/from');

const SYNC_VALUES = ['string', 'Uint8Array', 'ArrayBuffer', 'ArrayBufferView', 'Iterable'];
const ASYNC_VALUES = [...SYNC_VALUES, 'AsyncIterable'];
const SYNC_RESULTS = [
  'string', 'Uint8Array', 'ArrayBuffer', 'ArrayBufferView', 'Array', 'Iterable', 'null',
];
const ASYNC_RESULTS = [
  'string', 'Uint8Array', 'ArrayBuffer', 'ArrayBufferView', 'Array', 'Iterable', 'AsyncIterable',
  'Promise', 'null',
];

/** Flattens what a transform gave into `batch`. */
function gather(value, batch) {
  const bytes = bytesOf(value);
  if (bytes !== undefined) {
    batch.push(bytes);
  } else if (has(value, SymbolIterator)) {
    for (const each of value) gather(each, batch);
  } else {
    throw new ERR_INVALID_ARG_TYPE('value', SYNC_VALUES, value);
  }
  return batch;
}

async function gatherAsync(values, batch) {
  for await (const value of values) {
    if (has(value, SymbolAsyncIterator)) await gatherAsync(value, batch);
    else gather(value, batch);
  }
  return batch;
}

/** A batch without chunks is none. */
function orNull(batch) {
  return batch.length > 0 ? batch : null;
}

/** What a transform gave at once: a batch or null; undefined: it is nothing of that kind. */
function batchAtOnce(result) {
  if (result === null) return null;
  if (isBatch(result)) return orNull(result);
  const bytes = bytesOf(result);
  if (bytes !== undefined) return [bytes];
  return has(result, SymbolIterator) && !has(result, SymbolAsyncIterator) ?
    orNull(gather(result, [])) : undefined;
}

/** A batch, null, or a promise of one of them. */
function batchOf(result, name, kinds) {
  const batch = batchAtOnce(result);
  if (batch !== undefined) return batch;
  if (isThenable(result)) return result.then((settled) => batchOf(settled, name, kinds));
  if (has(result, SymbolAsyncIterator)) return gatherAsync(result, []).then(orNull);
  throw new ERR_INVALID_ARG_TYPE(name, kinds, result);
}

function batchOfSync(result, name, kinds) {
  const batch = batchAtOnce(result);
  if (batch !== undefined) return batch;
  if (has(result, SymbolIterator)) return orNull(gather(result, []));
  throw new ERR_INVALID_ARG_TYPE(name, kinds, result);
}

// ---- functions ---------------------------------------------------------------------------------

/** Sends `batch` through functions from the `first` on: a batch, null, or a promise of those. */
function through(functions, first, batch, signal) {
  for (let i = first; i < functions.length && batch !== null; i++) {
    batch = batchOf(functions[i](batch, { __proto__: null, signal }), 'result', ASYNC_RESULTS);
    if (isThenable(batch)) {
      return batch.then((settled) => through(functions, i + 1, settled, signal));
    }
  }
  return batch;
}

/** Every function hears of the end after all that those before it had left. */
async function* applyFunctions(source, functions, signal) {
  for await (const batch of source) {
    let out = through(functions, 0, batch, signal);
    if (isThenable(out)) out = await out;
    if (out !== null) yield out;
  }
  const rest = [];
  for (let i = 0; i < functions.length; i++) {
    const left = functions[i](null, { __proto__: null, signal });
    const out = await through(
      functions, i + 1, await batchOf(left, 'result', ASYNC_RESULTS), signal);
    if (out !== null) rest.push(out);
  }
  yield* rest;
}

function throughSync(functions, first, batch) {
  for (let i = first; i < functions.length && batch !== null; i++) {
    batch = batchOfSync(functions[i](batch), 'result', SYNC_RESULTS);
  }
  return batch;
}

function* applyFunctionsSync(source, functions) {
  for (const batch of source) {
    const out = throughSync(functions, 0, batch);
    if (out !== null) yield out;
  }
  const rest = [];
  for (let i = 0; i < functions.length; i++) {
    const left = batchOfSync(functions[i](null), 'result', SYNC_RESULTS);
    const out = throughSync(functions, i + 1, left);
    if (out !== null) rest.push(out);
  }
  yield* rest;
}

// ---- objects -----------------------------------------------------------------------------------

async function* endingWithNull(source) {
  for await (const batch of source) yield batch;
  yield null;
}

async function* applyObject(source, transform, signal) {
  const output = transform.transform(endingWithNull(source), { __proto__: null, signal });
  for await (const value of output) {
    let batch = batchOf(value, 'value', ASYNC_VALUES);
    if (isThenable(batch)) batch = await batch;
    if (batch !== null) yield batch;
  }
}

function* endingWithNullSync(source) {
  yield* source;
  yield null;
}

function* applyObjectSync(source, transform) {
  const output = transform.transform(endingWithNullSync(source));
  for (const value of output) {
    const batch = batchOfSync(value, 'value', SYNC_VALUES);
    if (batch !== null) yield batch;
  }
}

// ---- rows --------------------------------------------------------------------------------------

/** Neighbouring functions work in one step. */
function inRow(source, transforms, applyRow, applyOne) {
  for (let i = 0; i < transforms.length;) {
    if (typeof transforms[i] !== 'function') {
      source = applyOne(source, transforms[i++]);
      continue;
    }
    const functions = [];
    while (typeof transforms[i] === 'function') functions.push(transforms[i++]);
    source = applyRow(source, functions);
  }
  return source;
}

function transformed(source, transforms, signal) {
  return inRow(source, transforms,
               (before, functions) => applyFunctions(before, functions, signal),
               (before, transform) => applyObject(before, transform, signal));
}

function transformedSync(source, transforms) {
  return inRow(source, transforms, applyFunctionsSync, applyObjectSync);
}

module.exports = { transformed, transformedSync };
