'use strict';

// What the process has used: time, memory and the rest of getrusage(2).

const { NumberMAX_SAFE_INTEGER } = primordials;

const {
  ERR_INVALID_ARG_VALUE,
  ERR_OUT_OF_RANGE,
} = require('internal/errors').codes;
const { validateArray, validateNumber, validateObject } = require('internal/validators');

const ops = internalBinding('process_ops');

// Places in v8.heapStatistics().
const TOTAL_HEAP_SIZE = 0;
const USED_HEAP_SIZE = 4;
const EXTERNAL_MEMORY = 13;
const ARRAY_BUFFERS = 14;

const NS_PER_SECOND = 1e9;

function hrtime(time) {
  const now = ops.hrtime();
  if (time === undefined) return now;
  validateArray(time, 'time');
  if (time.length !== 2) throw new ERR_OUT_OF_RANGE('time', 2, time.length);
  const seconds = now[0] - time[0];
  const nanoseconds = now[1] - time[1];
  return nanoseconds < 0 ? [seconds - 1, nanoseconds + NS_PER_SECOND] : [seconds, nanoseconds];
}

hrtime.bigint = function hrtimeBigInt() {
  return ops.hrtimeBigInt();
};

function isUsage(value) {
  return typeof value === 'number' && value >= 0 && value <= NumberMAX_SAFE_INTEGER;
}

function checkPrevious(previous, field) {
  const value = previous[field];
  if (isUsage(value)) return;
  validateObject(previous, 'prevValue');
  validateNumber(value, `prevValue.${field}`);
  throw new ERR_INVALID_ARG_VALUE.RangeError(`prevValue.${field}`, value);
}

function sincePrevious(read, previous) {
  if (previous) {
    checkPrevious(previous, 'user');
    checkPrevious(previous, 'system');
  }
  const { 0: user, 1: system } = read();
  if (!previous) return { user, system };
  return { user: user - previous.user, system: system - previous.system };
}

function cpuUsage(prevValue) {
  return sincePrevious(ops.cpuUsage, prevValue);
}

function threadCpuUsage(prevValue) {
  return sincePrevious(ops.threadCpuUsage, prevValue);
}

function memoryUsage() {
  const heap = internalBinding('v8').heapStatistics();
  return {
    rss: ops.rss(),
    heapTotal: heap[TOTAL_HEAP_SIZE],
    heapUsed: heap[USED_HEAP_SIZE],
    external: heap[EXTERNAL_MEMORY],
    arrayBuffers: heap[ARRAY_BUFFERS],
  };
}

memoryUsage.rss = function rss() {
  return ops.rss();
};

function resourceUsage() {
  const usage = ops.resourceUsage();
  return {
    userCPUTime: usage[0],
    systemCPUTime: usage[1],
    maxRSS: usage[2],
    sharedMemorySize: usage[3],
    unsharedDataSize: usage[4],
    unsharedStackSize: usage[5],
    minorPageFault: usage[6],
    majorPageFault: usage[7],
    swappedOut: usage[8],
    fsRead: usage[9],
    fsWrite: usage[10],
    ipcSent: usage[11],
    ipcReceived: usage[12],
    signalsCount: usage[13],
    voluntaryContextSwitches: usage[14],
    involuntaryContextSwitches: usage[15],
  };
}

module.exports = { cpuUsage, hrtime, memoryUsage, resourceUsage, threadCpuUsage };
