'use strict';

// Readable.prototype.pipe(): from 'data' of the source to write() of the destination, pausing the
// source until every destination that was full has drained.

const { SafeSet } = primordials;

const { prependListener } = require('internal/streams/legacy');
const { errorOrDestroy } = require('internal/streams/destroy');
const { kState } = require('internal/streams/utils');
const { kEndEmitted, kFlowing, kMultiAwaitDrain, kDataListening } =
  require('internal/streams/readable_state');

function pipe(src, dest, options) {
  const state = src._readableState;
  if (state.pipes.length === 1 && (state[kState] & kMultiAwaitDrain) === 0) {
    // The second destination: from now on several may be waited for.
    state[kState] |= kMultiAwaitDrain;
    state.awaitDrainWriters = new SafeSet(
      state.awaitDrainWriters ? [state.awaitDrainWriters] : []);
  }
  state.pipes.push(dest);

  let ondrain; // Only once the destination was full.
  let cleanedUp = false;

  function ondata(chunk) {
    try {
      if (dest.write(chunk) === false) pause();
    } catch (error) {
      dest.destroy(error);
    }
  }

  function pause() {
    // The write may have unpiped us.
    if (!cleanedUp) {
      if (state.pipes.length === 1 && state.pipes[0] === dest) {
        state.awaitDrainWriters = dest;
        state[kState] &= ~kMultiAwaitDrain;
      } else if (state.pipes.length > 1 && state.pipes.includes(dest)) {
        state.awaitDrainWriters.add(dest);
      }
      src.pause();
    }
    if (!ondrain) {
      ondrain = () => onDrained(src, state, dest);
      dest.on('drain', ondrain);
    }
  }

  function onend() {
    dest.end();
  }

  function unpipe() {
    src.unpipe(dest);
  }

  function onunpipe(readable, info) {
    if (readable === src && info && info.hasUnpiped === false) {
      info.hasUnpiped = true;
      cleanUp();
    }
  }

  function onerror(error) {
    unpipe();
    dest.removeListener('error', onerror);
    if (dest.listenerCount('error') !== 0) return;
    // Nobody else heard it.
    const destState = dest._writableState || dest._readableState;
    if (destState && !destState.errorEmitted) errorOrDestroy(dest, error);
    else dest.emit('error', error);
  }

  function onclose() {
    dest.removeListener('finish', onfinish);
    unpipe();
  }

  function onfinish() {
    dest.removeListener('close', onclose);
    unpipe();
  }

  function cleanUp() {
    dest.removeListener('close', onclose);
    dest.removeListener('finish', onfinish);
    if (ondrain) dest.removeListener('drain', ondrain);
    dest.removeListener('error', onerror);
    dest.removeListener('unpipe', onunpipe);
    src.removeListener('end', onend);
    src.removeListener('end', unpipe);
    src.removeListener('data', ondata);
    cleanedUp = true;
    // Its drain will not be heard any more, but others may wait for nothing else.
    if (ondrain && state.awaitDrainWriters &&
        (!dest._writableState || dest._writableState.needDrain)) {
      ondrain();
    }
  }

  const ends = options?.end !== false && dest !== process.stdout && dest !== process.stderr;
  const atEnd = ends ? onend : unpipe;
  if ((state[kState] & kEndEmitted) !== 0) process.nextTick(atEnd);
  else src.once('end', atEnd);

  dest.on('unpipe', onunpipe);
  src.on('data', ondata);
  // First, so that the source is unhooked before anybody else hears of the error.
  prependListener(dest, 'error', onerror);
  dest.once('close', onclose);
  dest.once('finish', onfinish);
  dest.emit('pipe', src);

  if (dest.writableNeedDrain === true) pause();
  else if ((state[kState] & kFlowing) === 0) src.resume();
}

function onDrained(src, state, dest) {
  if (state.awaitDrainWriters === dest) state.awaitDrainWriters = null;
  else if ((state[kState] & kMultiAwaitDrain) !== 0) state.awaitDrainWriters.delete(dest);

  const waiting = state.awaitDrainWriters;
  if ((!waiting || waiting.size === 0) && (state[kState] & kDataListening) !== 0) src.resume();
}

module.exports = { pipe };
