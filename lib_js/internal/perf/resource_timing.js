'use strict';
// PerformanceResourceTiming: https://w3c.github.io/resource-timing/

const {
  ObjectDefineProperty,
  ObjectGetOwnPropertyDescriptor,
  SymbolToStringTag,
} = primordials;

const assert = require('internal/assert');
const { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } = require('internal/errors').codes;
const { enqueue } = require('internal/perf/observe');
const { PerformanceEntry, kSkipThrow } = require('internal/perf/performance_entry');
const { bufferResourceTiming } = require('internal/perf/timeline');
const { kEnumerableProperty } = require('internal/util');

/** What a response's headers are taken to weigh, as the standard has it. */
const HEADER_BYTES = 300;

// Attributes in the order in which toJSON gives them: name, and what is read from the state.
const ATTRIBUTES = [
  ['initiatorType', (state) => state.initiatorType],
  ['nextHopProtocol', ({ timing }) => timing.finalConnectionTimingInfo?.ALPNNegotiatedProtocol],
  ['workerStart', ({ timing }) => timing.finalServiceWorkerStartTime],
  ['redirectStart', ({ timing }) => timing.redirectStartTime],
  ['redirectEnd', ({ timing }) => timing.redirectEndTime],
  ['fetchStart', ({ timing }) => timing.postRedirectStartTime],
  ['domainLookupStart', ({ timing }) => timing.finalConnectionTimingInfo?.domainLookupStartTime],
  ['domainLookupEnd', ({ timing }) => timing.finalConnectionTimingInfo?.domainLookupEndTime],
  ['connectStart', ({ timing }) => timing.finalConnectionTimingInfo?.connectionStartTime],
  ['connectEnd', ({ timing }) => timing.finalConnectionTimingInfo?.connectionEndTime],
  ['secureConnectionStart',
   ({ timing }) => timing.finalConnectionTimingInfo?.secureConnectionStartTime],
  ['requestStart', ({ timing }) => timing.finalNetworkRequestStartTime],
  ['responseStart', ({ timing }) => timing.finalNetworkResponseStartTime],
  ['responseEnd', ({ timing }) => timing.endTime],
  ['transferSize', transferSize],
  ['encodedBodySize', ({ timing }) => timing.encodedBodySize],
  ['decodedBodySize', ({ timing }) => timing.decodedBodySize],
  ['deliveryType', (state) => state.deliveryType],
  ['responseStatus', (state) => state.responseStatus],
];

function transferSize({ cacheMode, timing }) {
  if (cacheMode === 'local') return 0;
  return cacheMode === 'validated' ? HEADER_BYTES : timing.encodedBodySize + HEADER_BYTES;
}

let read;

class PerformanceResourceTiming extends PerformanceEntry {
  #state;

  constructor(secret = undefined, name = undefined, type = undefined, state = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super(secret, name, type, state.timing.startTime,
          state.timing.endTime - state.timing.startTime);
    this.#state = state;
  }

  static {
    read = (self) => {
      if (typeof self !== 'object' || self === null || !(#state in self)) {
        throw new ERR_INVALID_THIS('PerformanceResourceTiming');
      }
      return self.#state;
    };
  }

  toJSON() {
    const state = read(this);
    const { name, entryType, startTime, duration } = this;
    const json = { name, entryType, startTime, duration };
    for (let i = 0; i < ATTRIBUTES.length; i++) json[ATTRIBUTES[i][0]] = ATTRIBUTES[i][1](state);
    return json;
  }
}

for (let i = 0; i < ATTRIBUTES.length; i++) {
  const { 0: name, 1: value } = ATTRIBUTES[i];
  const { get } = ObjectGetOwnPropertyDescriptor({
    get [name]() { return value(read(this)); },
  }, name);
  ObjectDefineProperty(PerformanceResourceTiming.prototype, name, {
    __proto__: null, get, set: undefined, enumerable: true, configurable: true,
  });
}
ObjectDefineProperty(PerformanceResourceTiming.prototype, 'toJSON', kEnumerableProperty);
ObjectDefineProperty(PerformanceResourceTiming.prototype, SymbolToStringTag, {
  __proto__: null, configurable: true, value: 'PerformanceResourceTiming',
});

/** https://w3c.github.io/resource-timing/#dfn-mark-resource-timing */
function markResourceTiming(timingInfo, requestedUrl, initiatorType, global, cacheMode, bodyInfo,
                            responseStatus, deliveryType = '') {
  assert(cacheMode === '' || cacheMode === 'local',
         'cache must be an empty string or \'local\'');
  const resource = new PerformanceResourceTiming(kSkipThrow, requestedUrl, 'resource', {
    timing: timingInfo, initiatorType, cacheMode, responseStatus, deliveryType,
  });
  enqueue(resource);
  bufferResourceTiming(resource);
  return resource;
}

module.exports = { PerformanceResourceTiming, markResourceTiming };
