'use strict';
// node:v8: figures of the heap, the serialiser, and switches of V8 itself.

const { ArrayPrototypeMap, RegExpPrototypeExec } = primordials;

const { codes: { ERR_NOT_BUILDING_SNAPSHOT } } = require('internal/errors');
const { getValidatedPath } = require('internal/fs/utils');
const {
  getHeapSnapshot,
  getHeapSnapshotOptions,
  snapshotFileName,
  snapshotNearHeapLimit,
} = require('internal/heap_utils');
const {
  DefaultDeserializer,
  DefaultSerializer,
  Deserializer,
  Serializer,
  deserialize,
  serialize,
} = require('internal/v8/serializer');
const { GCProfiler, queryObjects, startCpuProfile } = require('internal/v8/profiler');
const { statisticsOf } = require('internal/v8/statistics');
const { getOptionValue, setOption } = require('internal/options');
const { validateOneOf, validateString, validateUint32 } = require('internal/validators');

const native = internalBinding('v8');

function getHeapStatistics() {
  return statisticsOf(native.heapStatistics());
}

function getHeapSpaceStatistics() {
  return ArrayPrototypeMap(native.heapSpaces(), (space) => ({
    space_name: space[0],
    space_size: space[1],
    space_used_size: space[2],
    space_available_size: space[3],
    physical_space_size: space[4],
  }));
}

function getHeapCodeStatistics() {
  const figures = native.codeStatistics();
  return {
    code_and_metadata_size: figures[0],
    bytecode_and_metadata_size: figures[1],
    external_script_source_size: figures[2],
    cpu_profiler_metadata_size: figures[3],
  };
}

/** No object of ours lives in V8's C++ heap: all of its figures are zero. */
function getCppHeapStatistics(type = 'detailed') {
  validateOneOf(type, 'type', ['brief', 'detailed']);
  const spaces = type === 'brief' ? [] : [
    'NormalPageSpace0', 'NormalPageSpace1', 'NormalPageSpace2', 'NormalPageSpace3',
    'LargePageSpace',
  ];
  return {
    __proto__: null,
    committed_size_bytes: 0,
    resident_size_bytes: 0,
    used_size_bytes: 0,
    space_statistics: ArrayPrototypeMap(spaces, (name) => ({
      __proto__: null,
      name,
      committed_size_bytes: 0,
      resident_size_bytes: 0,
      used_size_bytes: 0,
      page_stats: [],
      free_list_stats: { __proto__: null, bucket_size: [], free_count: [], free_size: [] },
    })),
    type_names: [],
    detail_level: type,
  };
}

function setFlagsFromString(flags) {
  validateString(flags, 'flags');
  // V8 would not ask whether the program captures what is thrown.
  const aborts = RegExpPrototypeExec(/^--(no-?)?abort[-_]on[-_]uncaught[-_]exception$/, flags);
  if (aborts === null) native.setFlagsFromString(flags);
  else setOption('--abort-on-uncaught-exception', aborts[1] === undefined);
}

/** Snapshots without a name are written there. */
function checkMayWriteSnapshots() {
  if (!getOptionValue('--permission') && !getOptionValue('--permission-audit')) return;
  const folder = getOptionValue('--diagnostic-dir') || process.cwd();
  require('internal/process/permission').check('fs.write', folder);
}

function writeHeapSnapshot(filename, options) {
  if (filename !== undefined) filename = getValidatedPath(filename);
  else checkMayWriteSnapshots();
  getHeapSnapshotOptions(options);
  const file = filename === undefined ? snapshotFileName() : filename;
  require('fs').writeFileSync(file, native.heapSnapshot());
  return file;
}

let hasLimit = false;

/** The first call counts, as in Node; the option is one, too. */
function setHeapSnapshotNearHeapLimit(limit) {
  validateUint32(limit, 'limit', true);
  checkMayWriteSnapshots();
  if (hasLimit || getOptionValue('--heapsnapshot-near-heap-limit') > 0) return;
  hasLimit = true;
  snapshotNearHeapLimit(limit);
}

function isStringOneByteRepresentation(content) {
  validateString(content, 'content');
  return native.isStringOneByteRepresentation(content);
}

/** Both do nothing unless NODE_V8_COVERAGE was set when the program began. */
function takeCoverage() {
  require('internal/v8/coverage').takeCoverage();
}

function stopCoverage() {
  require('internal/v8/coverage').stopCoverage();
}

const startupSnapshot = {
  addDeserializeCallback,
  addSerializeCallback,
  setDeserializeMainFunction,
  isBuildingSnapshot() { return 0; },
};

/** coring makes no snapshots of programs. */
function addSerializeCallback(callback, data) {
  throw new ERR_NOT_BUILDING_SNAPSHOT();
}
function addDeserializeCallback(callback, data) {
  throw new ERR_NOT_BUILDING_SNAPSHOT();
}
function setDeserializeMainFunction(callback, data) {
  throw new ERR_NOT_BUILDING_SNAPSHOT();
}

module.exports = {
  cachedDataVersionTag: native.cachedDataVersionTag,
  getHeapSnapshot,
  getHeapStatistics,
  getHeapSpaceStatistics,
  getHeapCodeStatistics,
  getCppHeapStatistics,
  setFlagsFromString,
  Serializer,
  Deserializer,
  DefaultSerializer,
  DefaultDeserializer,
  deserialize,
  takeCoverage,
  stopCoverage,
  serialize,
  writeHeapSnapshot,
  promiseHooks: require('internal/promise_hooks'),
  queryObjects,
  startupSnapshot,
  setHeapSnapshotNearHeapLimit,
  GCProfiler,
  isStringOneByteRepresentation,
  startCpuProfile,
};
