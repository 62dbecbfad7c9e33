'use strict';

// Circular doubly linked list threaded through the items themselves (`_idleNext`, `_idlePrev`);
// the list head is itself a link. `_idlePrev` of the head is the oldest item, `_idleNext` the
// newest.

function init(list) {
  list._idleNext = list;
  list._idlePrev = list;
  return list;
}

function newList() {
  return init({ _idleNext: null, _idlePrev: null });
}

/** All items, the oldest first, however the list changes meanwhile. */
function itemsOf(list) {
  const items = [];
  for (let item = list._idlePrev; item !== list; item = item._idlePrev) items.push(item);
  return items;
}

// The oldest item, or null.
function peek(list) {
  const oldest = list._idlePrev;
  return oldest === list ? null : oldest;
}

// Harmless on an item that is in no list.
function remove(item) {
  const next = item._idleNext;
  const previous = item._idlePrev;
  if (next) next._idlePrev = previous;
  if (previous) previous._idleNext = next;
  item._idleNext = null;
  item._idlePrev = null;
}

// Puts the item at the newest end, taking it out of the list it was in.
function append(list, item) {
  if (item._idleNext || item._idlePrev) remove(item);
  const newest = list._idleNext;
  item._idleNext = newest;
  item._idlePrev = list;
  newest._idlePrev = item;
  list._idleNext = item;
}

function isEmpty(list) {
  return list._idleNext === list;
}

module.exports = { init, newList, itemsOf, peek, remove, append, isEmpty };
