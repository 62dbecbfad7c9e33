'use strict';

// What a diagnostic report says: Node's sections and fields, of version 5. There are no frames of
// native code and no handles of libuv here: those lists are empty.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypeSlice,
  DatePrototypeGetTime,
  DatePrototypeToISOString,
  ObjectKeys,
  RegExpPrototypeSymbolReplace,
  RegExpPrototypeSymbolSplit,
  SafeSet,
  String,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeTrim,
} = primordials;

const REPORT_VERSION = 5;
const WORD_BITS = 64;
const MICROSECONDS = 1e6;

// getrusage(2), as process_ops.resourceUsage gives it
const USER = 0;
const SYSTEM = 1;
const MAX_RSS_KB = 2;
const MINOR_FAULTS = 6;
const MAJOR_FAULTS = 7;
const READS = 9;
const WRITES = 10;

// getrlimit(2)
const LIMITS = [
  ['core_file_size_blocks', 4], ['data_seg_size_bytes', 2], ['file_size_blocks', 1],
  ['max_locked_memory_bytes', 8], ['max_memory_size_bytes', 5], ['open_files', 7],
  ['stack_size_bytes', 3], ['cpu_time_seconds', 0], ['max_user_processes', 6],
  ['virtual_memory_bytes', 9],
];

// Fields of javascriptHeap by their place in v8.heapStatistics().
const HEAP = [
  ['totalMemory', 0], ['executableMemory', 1], ['totalCommittedMemory', 2],
  ['availableMemory', 3], ['totalGlobalHandlesMemory', 11], ['usedGlobalHandlesMemory', 12],
  ['usedMemory', 4], ['memoryLimit', 5], ['mallocedMemory', 6], ['externalMemory', 13],
  ['peakMallocedMemory', 7], ['nativeContextCount', 9], ['detachedContextCount', 10],
  ['doesZapGarbage', 8],
];

function networkInterfaces(os) {
  const list = [];
  const all = os.networkInterfaces();
  ArrayPrototypeForEach(ObjectKeys(all), (name) => {
    ArrayPrototypeForEach(all[name], ({ internal, mac, address, netmask, family, scopeid }) => {
      const row = { name, internal, mac, address, netmask, family };
      if (family === 'IPv6') row.scopeid = scopeid;
      ArrayPrototypePush(list, row);
    });
  });
  return list;
}

function header({ event, trigger, filename, date, settings }) {
  const os = require('os');
  const cpus = ArrayPrototypeMap(
    os.cpus(), ({ model, speed, times }) => ({ model, speed, ...times }));
  // Seconds only.
  const time = RegExpPrototypeSymbolReplace(/\.\d+Z$/, DatePrototypeToISOString(date), 'Z');
  const result = {
    reportVersion: REPORT_VERSION,
    event,
    trigger,
    filename,
    dumpEventTime: time,
    dumpEventTimeStamp: `${DatePrototypeGetTime(date)}`,
    processId: process.pid,
    threadId: require('internal/worker/self').threadId,
    cwd: process.cwd(),
    commandLine: [process.argv0, ...process.execArgv, ...ArrayPrototypeSlice(process.argv, 1)],
    nodejsVersion: process.version,
    glibcVersionRuntime: internalBinding('os').getLibraryVersion(),
    wordSize: WORD_BITS,
    arch: process.arch,
    platform: process.platform,
    componentVersions: { ...process.versions },
    release: { ...process.release },
    osName: os.type(),
    osRelease: os.release(),
    osVersion: os.version(),
    osMachine: os.machine(),
    cpus,
  };
  if (!settings.excludeNetwork) result.networkInterfaces = networkInterfaces(os);
  result.host = os.hostname();
  return result;
}

/** Message and frames out of an error's stack; of anything else only its text. */
function javascriptStack(error) {
  if ((typeof error !== 'object' && typeof error !== 'function') || error === null) {
    if (error !== undefined) return { message: String(error), errorProperties: {} };
    return { message: 'No stack.', stack: ['Unavailable.'], errorProperties: {} };
  }
  const text = typeof error.stack === 'string' ? error.stack : 'No stack.\nUnavailable.';
  const lines = StringPrototypeSplit(text, '\n');
  const result = { message: lines[0] };
  if (lines.length > 1) {
    result.stack = ArrayPrototypeMap(
      ArrayPrototypeSlice(lines, 1), (line) => StringPrototypeTrim(line));
  }
  result.errorProperties = {};
  ArrayPrototypeForEach(ObjectKeys(error), (name) => {
    try {
      result.errorProperties[name] = String(error[name]);
    } catch {
      // What cannot be a string is left out.
    }
  });
  return result;
}

function javascriptHeap(limitBytes) {
  const { heapSpaces, heapStatistics } = internalBinding('v8');
  const figures = heapStatistics();
  const heap = {};
  ArrayPrototypeForEach(HEAP, ({ 0: name, 1: place }) => { heap[name] = figures[place]; });
  // Where the limit was reached it has been raised since.
  if (limitBytes !== undefined) heap.memoryLimit = limitBytes;
  heap.heapSpaces = {};
  ArrayPrototypeForEach(heapSpaces(), (space) => {
    const { 0: name, 1: memorySize, 2: used, 3: available, 4: committedMemory } = space;
    heap.heapSpaces[name] = {
      memorySize, committedMemory, capacity: used + available, used, available,
    };
  });
  return heap;
}

function percent(seconds, uptime) {
  return uptime === 0 ? 0 : seconds / uptime * 100;
}

function cpuFields(user, system) {
  const uptime = process.uptime();
  const userSeconds = user / MICROSECONDS;
  const kernelSeconds = system / MICROSECONDS;
  return {
    userCpuSeconds: userSeconds,
    kernelCpuSeconds: kernelSeconds,
    cpuConsumptionPercent: percent(userSeconds + kernelSeconds, uptime),
    userCpuConsumptionPercent: percent(userSeconds, uptime),
    kernelCpuConsumptionPercent: percent(kernelSeconds, uptime),
  };
}

function resourceUsage() {
  const ops = internalBinding('process_ops');
  const os = require('os');
  const usage = ops.resourceUsage();
  const result = {
    free_memory: os.freemem(),
    total_memory: os.totalmem(),
    rss: ops.rss(),
    constrained_memory: ops.constrainedMemory(),
    available_memory: ops.availableMemory(),
    ...cpuFields(usage[USER], usage[SYSTEM]),
  };
  result.maxRss = usage[MAX_RSS_KB] * 1024;
  result.pageFaults = { IORequired: usage[MAJOR_FAULTS], IONotRequired: usage[MINOR_FAULTS] };
  result.fsActivity = { reads: usage[READS], writes: usage[WRITES] };
  return result;
}

function threadUsage() {
  const { 0: user, 1: system } = internalBinding('process_ops').threadCpuUsage();
  return { ...cpuFields(user, system), fsActivity: { reads: 0, writes: 0 } };
}

function userLimits() {
  const { resourceLimits } = internalBinding('process_ops');
  const shown = (limit) => (limit < 0 ? 'unlimited' : limit);
  const limits = {};
  ArrayPrototypeForEach(LIMITS, ({ 0: name, 1: resource }) => {
    const { 0: soft, 1: hard } = resourceLimits(resource);
    limits[name] = { soft: shown(soft), hard: shown(hard) };
  });
  return limits;
}

/** Libraries that are mapped, as /proc tells. */
function sharedObjects() {
  const text = internalBinding('fs_ops').readFileUtf8('/proc/self/maps', -1);
  if (typeof text !== 'string') return [];
  const paths = new SafeSet();
  ArrayPrototypeForEach(StringPrototypeSplit(text, '\n'), (line) => {
    const path = RegExpPrototypeSymbolSplit(/ +/, line)[5];
    if (path === '[vdso]') paths.add('linux-vdso.so.1');
    else if (path && (StringPrototypeEndsWith(path, '.so') ||
             StringPrototypeIncludes(path, '.so.'))) paths.add(path);
  });
  return ArrayPrototypeFilter([...paths], (path) => StringPrototypeSlice(path, 0, 1) !== '[');
}

/** @param {{event, trigger, filename, error, date, settings}} what  @returns {object} */
function collect(what) {
  const report = {
    header: header(what),
    javascriptStack: javascriptStack(what.error),
    javascriptHeap: javascriptHeap(what.limitBytes),
    nativeStack: [],
    resourceUsage: resourceUsage(),
    uvthreadResourceUsage: threadUsage(),
    libuv: [],
    workers: [],
  };
  if (!what.settings.excludeEnv) report.environmentVariables = { ...process.env };
  report.userLimits = userLimits();
  report.sharedObjects = sharedObjects();
  return report;
}

module.exports = { collect };
