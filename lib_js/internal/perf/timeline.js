'use strict';
// The timeline of this thread: marks, measures and resources, until the program clears them.

const {
  ArrayPrototypeFilter,
  ArrayPrototypePush,
  ArrayPrototypePushApply,
  ArrayPrototypeSlice,
  ArrayPrototypeSort,
  Error,
  MathMax,
  MathMin,
} = primordials;

/** So many marks or measures are probably a leak. */
const WARNING_COUNT = 1e6;
/** https://www.w3.org/TR/timing-entrytypes-registry/#registry */
const RESOURCES_MAX = 250;

const buffers = { __proto__: null, mark: [], measure: [], resource: [] };
const warned = { __proto__: null };

let resourcesMax = RESOURCES_MAX;
/** Resources that found the buffer full, until the program was told. */
let late = [];
let isTelling = false;
let dispatchBufferFull;

function setDispatchBufferFull(fn) {
  dispatchBufferFull = fn;
}

function bufferUserTiming(entry, entryType) {
  const buffer = buffers[entryType];
  ArrayPrototypePush(buffer, entry);
  if (buffer.length <= WARNING_COUNT || warned[entryType]) return;
  warned[entryType] = true;
  const clear = entryType === 'mark' ? 'clearMarks' : 'clearMeasures';
  const warning = new Error(
    `Possible perf_hooks memory leak detected. ${buffer.length} ${entryType} entries added to ` +
    `the global performance entry buffer. Use performance.${clear} to clear the buffer.`);
  warning.name = 'MaxPerformanceEntryBufferExceededWarning';
  warning.entryType = entryType;
  warning.count = buffer.length;
  process.emitWarning(warning);
}

/** https://www.w3.org/TR/resource-timing-2/#dfn-add-a-performanceresourcetiming-entry */
function bufferResourceTiming(entry) {
  if (buffers.resource.length < resourcesMax && !isTelling) {
    ArrayPrototypePush(buffers.resource, entry);
    return;
  }
  if (!isTelling) {
    isTelling = true;
    require('internal/timers').setImmediate(tellBufferFull);
  }
  ArrayPrototypePush(late, entry);
}

/** Asks the program for room as long as that makes some; the rest is dropped. */
function tellBufferFull() {
  while (late.length > 0) {
    dispatchBufferFull('resourcetimingbufferfull');
    const room = MathMax(MathMin(resourcesMax - buffers.resource.length, late.length), 0);
    for (let i = 0; i < room; i++) ArrayPrototypePush(buffers.resource, late[i]);
    late = room === 0 ? [] : ArrayPrototypeSlice(late, room);
  }
  isTelling = false;
}

function setResourceTimingBufferSize(max) {
  resourcesMax = max;
}

function clearEntriesFromBuffer(type, name) {
  buffers[type] = name === undefined ? [] :
    ArrayPrototypeFilter(buffers[type], (entry) => entry.name !== name);
}

function byStart(left, right) {
  return left.startTime - right.startTime;
}

/** A copy of what is there, in the order of time; `name` and `type` may be left out. */
function filterBufferMapByNameAndType(name, type) {
  let entries;
  if (type === undefined) {
    entries = ArrayPrototypeSlice(buffers.mark);
    ArrayPrototypePushApply(entries, buffers.measure);
    ArrayPrototypePushApply(entries, buffers.resource);
  } else {
    entries = ArrayPrototypeSlice(buffers[type] ?? []);
  }
  if (name !== undefined) entries = ArrayPrototypeFilter(entries, (entry) => entry.name === name);
  return ArrayPrototypeSort(entries, byStart);
}

module.exports = {
  bufferResourceTiming,
  bufferUserTiming,
  clearEntriesFromBuffer,
  filterBufferMapByNameAndType,
  setDispatchBufferFull,
  setResourceTimingBufferSize,
};
