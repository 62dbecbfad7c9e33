'use strict';

// Handles and requests of native as async resources. Everything here is called only while
// `watch.isOn`; the callers test that.

const {
  watch,
  newAsyncId,
  getDefaultTriggerAsyncId,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  setDefaultTrigger,
  symbols: { async_id_symbol, trigger_async_id_symbol },
} = require('internal/async_hooks');

/** Gives `object` an id and tells the hooks of it. */
function initResource(object, type, trigger = getDefaultTriggerAsyncId()) {
  const id = newAsyncId();
  object[async_id_symbol] = id;
  object[trigger_async_id_symbol] = trigger;
  if (watch.init !== 0) emitInit(id, type, trigger, object);
  return id;
}

/** The id of something that may be older than the first hook. */
function idOf(object) {
  const id = object[async_id_symbol];
  if (id !== undefined) return id;
  object[trigger_async_id_symbol] = getDefaultTriggerAsyncId();
  return object[async_id_symbol] = newAsyncId();
}

/** A callback of `object` begins; the result is for leave(). */
function enter(object) {
  const id = idOf(object);
  emitBefore(id, object[trigger_async_id_symbol], object);
  return id;
}

function leave(id) {
  emitAfter(id);
}

function destroyResource(object) {
  const id = object[async_id_symbol];
  if (id !== undefined) emitDestroy(id);
}

/** The callback of a request: entered once, then the request is over. */
function callRequest(request, call) {
  const id = enter(request);
  call();
  leave(id);
  emitDestroy(id);
}

/** What make() creates was triggered by `object`. */
function triggeredBy(object, make) {
  const prior = setDefaultTrigger(idOf(object));
  try {
    return make();
  } finally {
    setDefaultTrigger(prior);
  }
}

/** A request that has no object of its own: the resource that hooks see. */
class Request {
  constructor(type, trigger) {
    this.type = type;
    initResource(this, type, trigger);
  }
}

module.exports = {
  Request,
  callRequest,
  destroyResource,
  enter,
  idOf,
  initResource,
  leave,
  triggeredBy,
};
