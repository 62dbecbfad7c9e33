'use strict';
// CPU profiles, queries of the heap and notes of collections, by way of V8's own DevTools domains.

const {
  ArrayPrototypeMap,
  DateNow,
  JSONParse,
  JSONStringify,
  SymbolDispose,
} = primordials;

const { emitExperimentalWarning } = require('internal/util');
const { inspect } = require('internal/util/inspect');
const { validateFunction, validateObject, validateOneOf } = require('internal/validators');

const devtools = internalBinding('profiler');
const collections = internalBinding('gc_profile');
const { holdSignals } = internalBinding('turn');

/** @returns {any} the result of one DevTools method */
function call(session, method, params) {
  return JSONParse(devtools.dispatch(session, JSONStringify({ id: 1, method, params }))).result;
}

class SyncCPUProfileHandle {
  #session;

  constructor() {
    this.#session = devtools.openSession();
    call(this.#session, 'Profiler.enable');
    // V8 makes a thread for its samples.
    holdSignals(true);
    call(this.#session, 'Profiler.start');
    holdSignals(false);
  }

  /** The profile as JSON, once. */
  stop() {
    if (this.#session === undefined) return undefined;
    const { profile } = call(this.#session, 'Profiler.stop');
    devtools.closeSession(this.#session);
    this.#session = undefined;
    return JSONStringify(profile);
  }

  [SymbolDispose]() {
    this.stop();
  }
}

function startCpuProfile() {
  return new SyncCPUProfileHandle();
}

function queryObjects(ctor, options = { __proto__: null }) {
  validateFunction(ctor, 'constructor');
  if (options !== undefined) validateObject(options, 'options');
  const format = options.format || 'count';
  if (format !== 'count' && format !== 'summary') {
    validateOneOf(format, 'options.format', ['count', 'summary']);
  }
  emitExperimentalWarning('v8.queryObjects()');
  const found = devtools.queryObjects(ctor.prototype) ?? [];
  if (format === 'count') return found.length;
  return ArrayPrototypeMap(found, (object) => inspect(object, { depth: 0 }));
}

// ---- collections

const KINDS = {
  __proto__: null,
  1: 'Scavenge',
  2: 'MinorMarkSweep',
  4: 'MarkSweepCompact',
  8: 'IncrementalMarking',
  16: 'ProcessWeakCallbacks',
};

function describeHeap(figures, spaces) {
  return {
    heapStatistics: {
      totalHeapSize: figures[0],
      totalHeapSizeExecutable: figures[1],
      totalPhysicalSize: figures[2],
      totalAvailableSize: figures[3],
      totalGlobalHandlesSize: figures[11],
      usedGlobalHandlesSize: figures[12],
      usedHeapSize: figures[4],
      heapSizeLimit: figures[5],
      mallocedMemory: figures[6],
      externalMemory: figures[13],
      peakMallocedMemory: figures[7],
    },
    heapSpaceStatistics: ArrayPrototypeMap(spaces, (space) => ({
      spaceName: space[0],
      spaceSize: space[1],
      spaceUsedSize: space[2],
      spaceAvailableSize: space[3],
      physicalSpaceSize: space[4],
    })),
  };
}

let profilersCount = 0;

class GCProfiler {
  #startTime;
  #first;

  start() {
    if (this.#startTime !== undefined) return;
    collections.start();
    profilersCount++;
    this.#startTime = DateNow();
    this.#first = collections.count();
  }

  stop() {
    const startTime = this.#startTime;
    if (startTime === undefined) return undefined;
    const notes = collections.notes(this.#first);
    this.#startTime = undefined;
    if (--profilersCount === 0) collections.stop();
    return {
      version: 1,
      startTime,
      statistics: ArrayPrototypeMap(notes, (note) => ({
        gcType: KINDS[note[0]] ?? 'Unknown',
        beforeGC: describeHeap(note[2], note[3]),
        cost: note[1],
        afterGC: describeHeap(note[4], note[5]),
      })),
      endTime: DateNow(),
    };
  }

  [SymbolDispose]() {
    this.stop();
  }
}

module.exports = { GCProfiler, queryObjects, startCpuProfile };
