'use strict';

// Readable.prototype.pipe(): from 'data' of the source to write() of the destination, pausing the
// source until every destination that was full has drained.

const { SafeSet } = primordials;

const { prependListener } = require('internal/streams/legacy');
const { errorOrDestroy } = require('internal/streams/destroy');
const { kState } = require('internal/streams/utils');
const { pipeOf, setPipe, kEndEmitted, kFlowing, kMultiAwaitDrain, kDataListening } =
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
  const piped = new Pipe(src, state, dest);
  piped.listen(options);
  if (state.pipes.length === 1) setPipe(state, piped);

  dest.emit('pipe', src);

  if (dest.writableNeedDrain === true) piped.pause();
  else if ((state[kState] & kFlowing) === 0) src.resume();
}

class Pipe {
  constructor(src, state, dest) {
    this.src = src;
    this.state = state;
    this.dest = dest;
    this.isCleanedUp = false;
    this.ondrain = null; // Only once the destination was full.
    this.ondata = (chunk) => this.forward(chunk);
  }

  forward(chunk) {
    const { dest } = this;
    try {
      if (dest.write(chunk) === false) this.pause();
    } catch (error) {
      dest.destroy(error);
    }
  }

  pause() {
    const { src, state, dest } = this;
    // The write may have unpiped us.
    if (!this.isCleanedUp) {
      if (state.pipes.length === 1 && state.pipes[0] === dest) {
        state.awaitDrainWriters = dest;
        state[kState] &= ~kMultiAwaitDrain;
      } else if (state.pipes.length > 1 && state.pipes.includes(dest)) {
        state.awaitDrainWriters.add(dest);
      }
      src.pause();
    }
    if (this.ondrain === null) {
      this.ondrain = () => onDrained(src, state, dest);
      dest.on('drain', this.ondrain);
    }
  }

  listen(options) {
    const { src, state, dest, ondata } = this;

    function onend() {
      dest.end();
    }

    function unpipe() {
      src.unpipe(dest);
    }

    const onunpipe = (readable, info) => {
      if (readable === src && info && info.hasUnpiped === false) {
        info.hasUnpiped = true;
        cleanUp();
      }
    };

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

    const cleanUp = () => {
      const { ondrain } = this;
      dest.removeListener('close', onclose);
      dest.removeListener('finish', onfinish);
      if (ondrain !== null) dest.removeListener('drain', ondrain);
      dest.removeListener('error', onerror);
      dest.removeListener('unpipe', onunpipe);
      src.removeListener('end', onend);
      src.removeListener('end', unpipe);
      src.removeListener('data', ondata);
      this.isCleanedUp = true;
      if (pipeOf(state) === this) setPipe(state, null);
      // Its drain will not be heard any more, but others may wait for nothing else.
      if (ondrain !== null && state.awaitDrainWriters &&
          (!dest._writableState || dest._writableState.needDrain)) {
        ondrain();
      }
    };

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
  }
}

function onDrained(src, state, dest) {
  if (state.awaitDrainWriters === dest) state.awaitDrainWriters = null;
  else if ((state[kState] & kMultiAwaitDrain) !== 0) state.awaitDrainWriters.delete(dest);

  const waiting = state.awaitDrainWriters;
  if ((!waiting || waiting.size === 0) && (state[kState] & kDataListening) !== 0) src.resume();
}

module.exports = { pipe };
