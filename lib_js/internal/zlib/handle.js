'use strict';

// What `stream._handle` is: one native compressor or decompressor.

const {
  Error, RangeError, SafeFinalizationRegistry, TypedArrayPrototypeFill, Uint32Array,
} = primordials;

const { current, exchange: exchangeFrame, set: setFrame } =
  require('internal/async_context_frame');
const { watch } = require('internal/async_hooks');
const { destroyResource, enter, initResource, leave } =
  require('internal/async_hooks/resources');
const { ERR_ZLIB_INITIALIZATION_FAILED } = require('internal/errors').codes;
const { setImmediate } = require('internal/timers');
const binding = internalBinding('zlib');

/** What native says when spans do not lie in their buffers. */
const OUT_OF_BOUNDS = -1;

const EMPTY = new Uint32Array(0);

/** Frees natives whose streams nobody closed; made when the first stream is. */
let forgotten;

class Handle {
  /** @type {number | undefined} What native calls it; undefined when it is closed. */
  #native;
  #isWriting = false;
  #left;
  #onWritten;
  /** Of whoever made it: what it tells is told in that context. */
  #frame = current();

  /** left: Uint32Array that gets the room left in the output, and what is left of the input. */
  constructor(native, left, onWritten) {
    if (typeof native !== 'number') {
      throw new ERR_ZLIB_INITIALIZATION_FAILED(native[0]);
    }
    this.onerror = undefined;
    this.buffer = null;
    this.cb = undefined;
    this.availOutBefore = 0;
    this.availInBefore = 0;
    this.inOff = 0;
    this.flushFlag = 0;
    this.#native = native;
    this.#left = left;
    this.#onWritten = onWritten;
    forgotten ??= new SafeFinalizationRegistry((number) => binding.close(number));
    forgotten.register(this, native, this);
    if (watch.isOn) initResource(this, 'ZLIB');
  }

  /** One step in the loop's next round, so that other work gets its turn between steps. */
  write(flushFlag, input, inOff, inLength, output, outOff, outLength) {
    this.#isWriting = true;
    setImmediate(() => {
      this.#isWriting = false;
      const prior = exchangeFrame(this.#frame);
      const id = watch.isOn ? enter(this) : 0;
      // A stream that was closed hears that its write is over, but nothing is written.
      if (this.#native === undefined ||
          this.#step(flushFlag, input, inOff, inLength, output, outOff, outLength)) {
        this.#onWritten(this);
      }
      if (id !== 0) leave(id);
      setFrame(prior);
    });
  }

  // Answers nothing, as Node's: packages that bring their own _processChunk read `_writeState`
  // only then (pngjs: `writeSync(..) || this._writeState`).
  writeSync(flushFlag, input, inOff, inLength, output, outOff, outLength) {
    this.#step(flushFlag, input, inOff, inLength, output, outOff, outLength);
  }

  /** false: onerror has been called. */
  #step(flushFlag, input, inOff, inLength, output, outOff, outLength) {
    const spans = [inOff, inLength, outOff, outLength];
    return this.#check(
      binding.write(this.#native, flushFlag, input, output, spans, this.#left));
  }

  params(level, strategy) {
    this.#check(binding.params(this.#native, level, strategy));
  }

  reset() {
    if (this.#isWriting) {
      // eslint-disable-next-line no-restricted-syntax
      throw new Error('Cannot reset zlib stream while a write is in progress');
    }
    this.#check(binding.reset(this.#native));
  }

  close() {
    if (this.#native === undefined) return;
    forgotten.unregister(this);
    binding.close(this.#native);
    this.#native = undefined;
    if (watch.isOn) destroyResource(this);
  }

  #check(failure) {
    if (failure === undefined) return true;
    if (failure === OUT_OF_BOUNDS) {
      throw outOfBounds();
    }
    this.onerror(failure[0], failure[1], failure[2]);
    return false;
  }
}

/** As Node's native layer words it: a length that was made up (CVE-2026-58045). */
function outOfBounds() {
  // eslint-disable-next-line no-restricted-syntax
  const error = new RangeError('input buffer is out of bounds');
  error.code = 'ERR_OUT_OF_RANGE';
  return error;
}

/** isOneMember: what follows the first member of a gzip stream is garbage. */
function openDeflate(mode, windowBits, level, memLevel, strategy, dictionary, isOneMember) {
  const numbers = [level, windowBits, memLevel, strategy, isOneMember ? 1 : 0];
  return binding.openDeflate(mode, numbers, dictionary ?? EMPTY);
}

function openBrotli(mode, settings, dictionary) {
  return binding.openBrotli(mode, settings, dictionary ?? EMPTY);
}

function openZstd(mode, settings, pledgedSrcSize, dictionary) {
  return binding.openZstd(mode, settings, pledgedSrcSize ?? -1, dictionary ?? EMPTY);
}

/** Room for settings by number, in which nothing is wanted yet. */
function noSettings(highest) {
  return TypedArrayPrototypeFill(new Uint32Array(highest + 1), -1);
}

module.exports = { Handle, noSettings, openBrotli, openDeflate, openZstd };
