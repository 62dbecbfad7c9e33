'use strict';

// Native addons as JavaScript sees them: what binding `napi` calls while their code runs. A
// callback of an addon's that comes from the loop is an entry of the turn, one for each; the
// native half calls the addon, and enter() and leave() around it make the async context.

const { ArrayPrototypePop, ArrayPrototypePush } = primordials;

const { registerKind, settle } = require('boot/turn');
const AsyncContextFrame = require('internal/async_context_frame');
const {
  watch,
  newAsyncId,
  getDefaultTriggerAsyncId,
  emitInit,
  emitBefore,
  emitAfter,
  emitDestroy,
  popAsyncContext,
} = require('internal/async_hooks');
const { UVException } = require('internal/errors');
const { getOptionValue } = require('internal/options');

const { start, load: loadFile, loaded } = internalBinding('addons');
const native = internalBinding('napi');
const { privateSymbols: { untransferable_object_private_symbol } } = internalBinding('util');

const { current: currentFrame, set: setFrame } = AsyncContextFrame;

/** bindings/src/kinds.rs */
const KIND_ADDON = 16;

// ---- async contexts

/** An async context: what enter() needs of it. Its resource is held by native code. */
function asyncInit(resource, type) {
  const holder = { id: 0, trigger: 0, frame: currentFrame() };
  if (watch.isOn) {
    holder.id = newAsyncId();
    holder.trigger = getDefaultTriggerAsyncId();
    if (watch.init !== 0) emitInit(holder.id, type, holder.trigger, resource);
  }
  return holder;
}

function asyncDestroy(holder) {
  if (holder.id !== 0) emitDestroy(holder.id);
}

// Pairs: the frame that was there before, and the id that was entered, or 0.
const outer = [];

/** `hasFrame`: AsyncLocalStorage has what it had when the context was made; else it has nothing. */
function enter(holder, resource, hasFrame) {
  if (watch.isOn && holder.id === 0) {
    holder.id = newAsyncId();
    holder.trigger = getDefaultTriggerAsyncId();
  }
  ArrayPrototypePush(outer, currentFrame(), watch.isOn ? holder.id : 0);
  setFrame(hasFrame ? holder.frame : undefined);
  if (watch.isOn) emitBefore(holder.id, holder.trigger, resource);
}

/** `failed`: an exception came out of the callback, whose hooks were told already or never are. */
function leave(failed) {
  const id = ArrayPrototypePop(outer);
  const frame = ArrayPrototypePop(outer);
  if (id !== 0) {
    if (failed) popAsyncContext(undefined);
    else emitAfter(id);
  }
  setFrame(frame);
}

// ---- loading

function warnOfException() {
  process.emitWarning(
    'Uncaught N-API callback exception detected, please run node with option ' +
    '--force-node-api-uncaught-exceptions-policy=true to handle those exceptions properly.',
    'DeprecationWarning', 'DEP0168');
}

/** Unlike markAsUntransferable() it leaves the buffer to those who detach it, as Node. */
function keepHere(buffer) {
  buffer[untransferable_object_private_symbol] = true;
}

let isStarted = false;

function begin() {
  isStarted = true;
  const result = start();
  if (result < 0) throw new UVException({ errno: result, syscall: 'io_uring_setup' });
  registerKind(KIND_ADDON, native.deliver);
  native.setCallbacks([
    asyncInit, asyncDestroy, enter, leave, settle, warnOfException, keepHere,
  ], getOptionValue('--force-node-api-uncaught-exceptions-policy') === true);
}

/** Loads the addon and has it fill `exports`. The result is why that cannot be, or undefined. */
function load(module, exports, filename, flags) {
  if (!isStarted) begin();
  const reason = loadFile(filename, flags);
  if (reason !== undefined) return reason;
  const { filename: own } = module;
  const url = typeof own === 'string' ? require('internal/url').pathToFileURL(own).href : '';
  native.initialize(loaded(), module, exports, url);
  return undefined;
}

module.exports = { load };
