'use strict';

// A map from small numbers (handles, numbers of streams) to objects that come and go. A Map leaves
// the table it has outgrown behind with all that was in it, and the next one hangs on it: once one
// is old, what the later ones held is found again by every collection of the young generation.

const { Array, Int32Array } = primordials;

const SLOTS_MIN = 16;
const FREE = -1;

class NumberMap {
  constructor() {
    this.size = 0;
    this.keys = new Int32Array(SLOTS_MIN).fill(FREE);
    this.objects = new Array(SLOTS_MIN).fill(undefined);
  }

  /** The key's slot, or the free one in which it would be. */
  slotOf(key) {
    const { keys } = this;
    const mask = keys.length - 1;
    // Neighbouring numbers go to neighbouring slots, which no two of them share.
    let slot = key & mask;
    while (keys[slot] !== FREE && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  /** @param {number} key  of 0 to 2^31 - 1 */
  get(key) {
    return this.objects[this.slotOf(key)];
  }

  set(key, object) {
    let slot = this.slotOf(key);
    if (this.keys[slot] === FREE) {
      if (++this.size * 2 > this.keys.length) {
        this.grow();
        slot = this.slotOf(key);
      }
      this.keys[slot] = key;
    }
    this.objects[slot] = object;
  }

  grow() {
    const { keys, objects } = this;
    this.keys = new Int32Array(keys.length * 2).fill(FREE);
    this.objects = new Array(keys.length * 2).fill(undefined);
    for (let from = 0; from < keys.length; from++) {
      if (keys[from] === FREE) continue;
      const slot = this.slotOf(keys[from]);
      this.keys[slot] = keys[from];
      this.objects[slot] = objects[from];
    }
  }

  /** Moves what was put off by the key back to where it is looked for, so that no gap is left. */
  delete(key) {
    const { keys, objects } = this;
    const mask = keys.length - 1;
    let gap = this.slotOf(key);
    if (keys[gap] === FREE) return;
    this.size--;
    for (let at = (gap + 1) & mask; keys[at] !== FREE; at = (at + 1) & mask) {
      const wanted = keys[at] & mask;
      // Between the gap and here, its search does not come past the gap.
      if (((at - wanted) & mask) < ((at - gap) & mask)) continue;
      keys[gap] = keys[at];
      objects[gap] = objects[at];
      gap = at;
    }
    keys[gap] = FREE;
    objects[gap] = undefined;
  }

  /** All objects, by their keys' order. */
  values() {
    const keys = this.keys.filter((key) => key !== FREE).sort();
    const values = [];
    for (const key of keys) values.push(this.get(key));
    return values;
  }
}

module.exports = { NumberMap };
