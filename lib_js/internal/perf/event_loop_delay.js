'use strict';

// monitorEventLoopDelay(): a histogram in which the loop itself records how late it is.

const { NumberMAX_SAFE_INTEGER, Symbol, SymbolDispose } = primordials;

const { ERR_ILLEGAL_CONSTRUCTOR, ERR_INVALID_THIS } = require('internal/errors').codes;
const { Histogram, NativeHistogram, kHandle, kSkipThrow } = require('internal/histogram');
const { kEmptyObject } = require('internal/util');
const { validateBoolean, validateInteger, validateObject } = require('internal/validators');
const { markTransferMode } = require('internal/worker/transfer_symbols');

const { unwatchDelay, watchDelay } = internalBinding('performance');

const kEnabled = Symbol('kEnabled');
const kResolution = Symbol('kResolution');

const FIGURES = 3;
const LOWEST_NS = 1;

class ELDHistogram extends Histogram {
  constructor(secret = undefined) {
    if (secret !== kSkipThrow) throw new ERR_ILLEGAL_CONSTRUCTOR();
    super(secret);
  }

  enable() {
    if (this[kEnabled] === undefined) throw new ERR_INVALID_THIS('ELDHistogram');
    if (this[kEnabled]) return false;
    this[kEnabled] = true;
    watchDelay(this[kHandle].handle, this[kResolution]);
    return true;
  }

  disable() {
    if (this[kEnabled] === undefined) throw new ERR_INVALID_THIS('ELDHistogram');
    if (!this[kEnabled]) return false;
    this[kEnabled] = false;
    unwatchDelay(this[kHandle].handle);
    return true;
  }

  [SymbolDispose]() {
    this.disable();
  }
}

function monitorEventLoopDelay(options = kEmptyObject) {
  validateObject(options, 'options');
  const { samplePerIteration = false, resolution = 10 } = options;
  validateBoolean(samplePerIteration, 'options.samplePerIteration');
  validateInteger(resolution, 'options.resolution', 1);
  const histogram = new ELDHistogram(kSkipThrow);
  markTransferMode(histogram, true, false);
  histogram[kEnabled] = false;
  histogram[kResolution] = samplePerIteration ? 0 : resolution;
  histogram[kHandle] = NativeHistogram.create(LOWEST_NS, NumberMAX_SAFE_INTEGER, FIGURES);
  return histogram;
}

module.exports = monitorEventLoopDelay;
