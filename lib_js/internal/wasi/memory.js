'use strict';

// A WebAssembly.Memory as WASI's calls see it. It may grow, which gives it another buffer, and it
// may be shared, which system calls do not take.

const {
  BigInt,
  DataView,
  TypedArrayPrototypeSet,
  TypedArrayPrototypeSlice,
  TypedArrayPrototypeSubarray,
  Uint8Array,
} = primordials;

const { Buffer } = require('buffer');
const { isSharedArrayBuffer } = require('internal/util/types');

const IOVEC_BYTES = 8;

class Memory {
  #memory;
  #view;
  #bytes;

  constructor(memory) {
    this.#memory = memory;
  }

  #refresh() {
    const { buffer } = this.#memory;
    if (this.#view?.buffer === buffer) return;
    this.#view = new DataView(buffer);
    this.#bytes = new Uint8Array(buffer);
  }

  /** For numbers. What lies outside throws a RangeError. */
  get view() {
    this.#refresh();
    return this.#view;
  }

  get isShared() {
    return isSharedArrayBuffer(this.#memory.buffer);
  }

  /** The bytes from an address on, in place. */
  bytes(address, count) {
    this.#refresh();
    address >>>= 0;
    count >>>= 0;
    if (count > 0) this.#view.getUint8(address + count - 1);
    return TypedArrayPrototypeSubarray(this.#bytes, address, address + count);
  }

  text(address, count) {
    return Buffer.from(TypedArrayPrototypeSlice(this.bytes(address, count))).toString();
  }

  put(address, bytes) {
    TypedArrayPrototypeSet(this.bytes(address, bytes.length), bytes);
  }

  u8(address, value) {
    this.view.setUint8(address >>> 0, value);
  }

  u16(address, value) {
    this.view.setUint16(address >>> 0, value, true);
  }

  u32(address, value) {
    this.view.setUint32(address >>> 0, value, true);
  }

  u64(address, value) {
    this.view.setBigUint64(address >>> 0, BigInt(value), true);
  }

  /** The pieces of a list of { address, count }. */
  pieces(list, count) {
    const { view } = this;
    const pieces = [];
    count >>>= 0;
    for (let i = 0; i < count; i++) {
      const at = (list >>> 0) + i * IOVEC_BYTES;
      pieces[i] = this.bytes(view.getUint32(at, true), view.getUint32(at + 4, true));
    }
    return pieces;
  }
}

module.exports = { Memory };
