'use strict';
// The figures of a heap under Node's names: of this thread's, or as a worker answered.

const HEAP = [
  'total_heap_size',
  'total_heap_size_executable',
  'total_physical_size',
  'total_available_size',
  'used_heap_size',
  'heap_size_limit',
  'malloced_memory',
  'peak_malloced_memory',
  'does_zap_garbage',
  'number_of_native_contexts',
  'number_of_detached_contexts',
  'total_global_handles_size',
  'used_global_handles_size',
  'external_memory',
];

/** The result of getHeapStatistics() from its figures. */
function statisticsOf(figures) {
  const statistics = {};
  for (let i = 0; i < HEAP.length; i++) statistics[HEAP[i]] = figures[i];
  return statistics;
}

module.exports = { statisticsOf };
