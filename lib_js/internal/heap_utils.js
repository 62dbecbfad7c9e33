'use strict';
// Heap snapshots as streams, and what they may be told.

const { ArrayPrototypePush } = primordials;

const { validateBoolean, validateObject } = require('internal/validators');
const { Readable } = require('stream');

const CHUNK_BYTES = 64 * 1024;

/**
 * The options of a snapshot. V8's way to a snapshot from here knows neither, so both are checked
 * and hold what they promise by V8's default: internals are hidden, numeric values are in.
 */
function getHeapSnapshotOptions(options = { __proto__: null }) {
  validateObject(options, 'options');
  const { exposeInternals = false, exposeNumericValues = false } = options;
  validateBoolean(exposeInternals, 'options.exposeInternals');
  validateBoolean(exposeNumericValues, 'options.exposeNumericValues');
  return { exposeInternals, exposeNumericValues };
}

class HeapSnapshotStream extends Readable {
  #bytes;

  constructor(bytes) {
    super();
    this.#bytes = bytes;
  }

  /** All at once: it is in memory already, and read() gives the whole. */
  _read() {
    const bytes = this.#bytes;
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      this.push(bytes.subarray(at, at + CHUNK_BYTES));
    }
    this.push(null);
  }
}

function snapshotStream(bytes) {
  return new HeapSnapshotStream(bytes);
}

function getHeapSnapshot(options) {
  getHeapSnapshotOptions(options);
  return snapshotStream(internalBinding('v8').heapSnapshot());
}

/** Node's name for the file of a snapshot; the number tells two of one second apart. */
const used = [];
function snapshotFileName() {
  const { threadId } = require('internal/worker/self');
  const now = new Date();
  const two = (number) => `${number}`.padStart(2, '0');
  const date = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  const time = `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
  ArrayPrototypePush(used, date);
  const number = `${used.length}`.padStart(3, '0');
  return `Heap.${date}.${time}.${process.pid}.${threadId}.${number}.heapsnapshot`;
}

/** Has V8 write so many snapshots before it gives up for want of memory. */
function snapshotNearHeapLimit(limit) {
  const { threadId } = require('internal/worker/self');
  internalBinding('v8').snapshotNearHeapLimit(limit, `${process.pid}.${threadId}`);
}

module.exports = {
  getHeapSnapshot,
  getHeapSnapshotOptions,
  snapshotFileName,
  snapshotNearHeapLimit,
  snapshotStream,
};
