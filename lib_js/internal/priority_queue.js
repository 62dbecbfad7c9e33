'use strict';

// Binary min-heap. Items sit at 1..size of an array, so the children of i are 2i and 2i+1.
// setPosition(item, index) is told of every move, which lets the owner remove or re-sort an item
// without searching for it.

class PriorityQueue {
  #compare;
  #setPosition;
  #heap = [undefined, undefined];
  #size = 0;

  constructor(compare = (a, b) => a - b, setPosition = undefined) {
    this.#compare = compare;
    this.#setPosition = setPosition;
  }

  insert(item) {
    this.#heap[++this.#size] = item;
    this.percolateUp(this.#size);
  }

  peek() {
    return this.#heap[1];
  }

  peekBottom() {
    return this.#heap[this.#size];
  }

  // Moves the item at `index` towards the leaves until no child is smaller.
  percolateDown(index) {
    const heap = this.#heap;
    const size = this.#size;
    const item = heap[index];
    for (let child = index * 2; child <= size; child = index * 2) {
      if (child < size && this.#compare(heap[child + 1], heap[child]) < 0) child++;
      if (this.#compare(item, heap[child]) <= 0) break;
      this.#place(heap[child], index);
      index = child;
    }
    this.#place(item, index);
  }

  // Moves the item at `index` towards the root until its parent is not larger.
  percolateUp(index) {
    const heap = this.#heap;
    const item = heap[index];
    while (index > 1) {
      const parent = index >> 1;
      if (this.#compare(heap[parent], item) <= 0) break;
      this.#place(heap[parent], index);
      index = parent;
    }
    this.#place(item, index);
  }

  removeAt(index) {
    const heap = this.#heap;
    const last = heap[this.#size];
    heap[this.#size--] = undefined;
    if (index > this.#size) return;
    heap[index] = last;
    if (index > 1 && this.#compare(heap[index >> 1], last) > 0) this.percolateUp(index);
    else this.percolateDown(index);
  }

  shift() {
    const first = this.#heap[1];
    if (first !== undefined) this.removeAt(1);
    return first;
  }

  #place(item, index) {
    this.#heap[index] = item;
    if (this.#setPosition !== undefined) this.#setPosition(item, index);
  }
}

module.exports = PriorityQueue;
