'use strict';

// ReadableStream.prototype.tee: https://streams.spec.whatwg.org/#abstract-opdef-readablestreamtee
// One reader whose chunks go to two streams, the branches.

const { PromisePrototypeThen, PromiseWithResolvers } = primordials;

const { ReaderState } = require('internal/webstreams/readable_state');
const { cloneAsUint8Array, orphan, soon } = require('internal/webstreams/util');

const BOTH = 2;

/** What both kinds of tee do when a branch is cancelled. */
class Tee {
  constructor(source) {
    this.source = source;
    this.reader = new ReaderState(source, false);
    this.canceled = [false, false];
    this.reasons = [undefined, undefined];
    this.cancellation = PromiseWithResolvers();
    /** @type {Control[]} of the branches */
    this.controls = undefined;
    this.isReading = false;
  }

  cancelBranch(index, reason) {
    this.canceled[index] = true;
    this.reasons[index] = reason;
    if (this.canceled[1 - index]) {
      this.cancellation.resolve(this.source.cancel([this.reasons[0], this.reasons[1]]));
    }
    return this.cancellation.promise;
  }

  /** A failure of the source is one of both branches. */
  watch(reader) {
    PromisePrototypeThen(reader.closed.promise, undefined, (error) => {
      if (reader !== this.reader) return;
      this.controls[0].error(error);
      this.controls[1].error(error);
      this.settleCancellation();
    });
  }

  /** Nobody waits for the source's answer to a cancel that will not come. */
  settleCancellation() {
    if (!this.canceled[0] || !this.canceled[1]) this.cancellation.resolve(undefined);
  }
}

class DefaultTee extends Tee {
  constructor(source, isCloning) {
    super(source);
    this.isCloning = isCloning;
    this.readAgain = false;
  }

  pull() {
    if (this.isReading) {
      this.readAgain = true;
      return;
    }
    this.isReading = true;
    this.source.read(this);
  }

  // A read request: see readable_state.js. The branches hear of a chunk a microtask later, so that
  // an error of the source that comes with it comes first.
  chunk(value) {
    soon(() => {
      this.readAgain = false;
      let second = value;
      if (this.isCloning && !this.canceled[1]) {
        try {
          const { structuredClone } = require('internal/structured_clone');
          second = structuredClone(value);
        } catch (error) {
          this.controls[0].error(error);
          this.controls[1].error(error);
          this.cancellation.resolve(this.source.cancel(error));
          return;
        }
      }
      if (!this.canceled[0]) this.controls[0].enqueue(value);
      if (!this.canceled[1]) this.controls[1].enqueue(second);
      this.isReading = false;
      if (this.readAgain) this.pull();
    });
  }

  close() {
    this.isReading = false;
    for (let i = 0; i < BOTH; i++) {
      if (!this.canceled[i]) this.controls[i].close();
    }
    this.settleCancellation();
  }

  error() {
    this.isReading = false;
  }
}

/** A branch is the source of its own stream. */
class Branch {
  constructor(tee, index) {
    this.tee = tee;
    this.index = index;
  }

  pull() {
    return this.tee.pull(this.index);
  }

  cancel(reason) {
    return this.tee.cancelBranch(this.index, reason);
  }
}

class ByteTee extends Tee {
  constructor(source) {
    super(source);
    this.readAgain = [false, false];
  }

  /** Becomes the reader of the source, unless it is one of this kind already. */
  #read(isByob) {
    if (this.reader.isByob === isByob) return;
    this.reader.release();
    this.reader = new ReaderState(this.source, isByob);
    this.watch(this.reader);
  }

  pull(index) {
    if (this.isReading) {
      this.readAgain[index] = true;
      return;
    }
    this.isReading = true;
    const request = this.controls[index].getRequest();
    if (request === null) {
      this.#read(false);
      this.source.read(new ByteTeeRead(this));
      return;
    }
    this.#read(true);
    const { source } = this;
    const read = new ByteTeeReadInto(this, index);
    source.disturbed = true;
    if (source.state === 'errored') read.error(source.storedError);
    else source.control.pullInto(request.view, 1, read);
  }

  readDone() {
    this.isReading = false;
    if (this.readAgain[0]) this.pull(0);
    else if (this.readAgain[1]) this.pull(1);
  }

  /** @returns a copy of the bytes for another branch; undefined if there is no memory for it */
  clone(chunk) {
    try {
      return cloneAsUint8Array(chunk);
    } catch (error) {
      this.controls[0].error(error);
      this.controls[1].error(error);
      this.cancellation.resolve(this.source.cancel(error));
      return undefined;
    }
  }
}

class ByteTeeRead {
  constructor(tee) {
    this.tee = tee;
  }

  chunk(value) {
    const { tee } = this;
    soon(() => {
      tee.readAgain[0] = tee.readAgain[1] = false;
      let second = value;
      if (!tee.canceled[0] && !tee.canceled[1]) {
        second = tee.clone(value);
        if (second === undefined) return;
      }
      if (!tee.canceled[0]) tee.controls[0].enqueue(value);
      if (!tee.canceled[1]) tee.controls[1].enqueue(second);
      tee.readDone();
    });
  }

  close() {
    const { tee } = this;
    tee.isReading = false;
    for (let i = 0; i < BOTH; i++) {
      if (!tee.canceled[i]) tee.controls[i].close();
    }
    for (let i = 0; i < BOTH; i++) {
      if (tee.controls[i].pullIntos.length > 0) tee.controls[i].respond(0);
    }
    tee.settleCancellation();
  }

  error() {
    this.tee.isReading = false;
  }
}

/** Reads into the view of one branch; the other gets a copy. */
class ByteTeeReadInto {
  constructor(tee, index) {
    this.tee = tee;
    this.index = index;
  }

  chunk(view) {
    const { tee, index } = this;
    soon(() => {
      tee.readAgain[0] = tee.readAgain[1] = false;
      const other = 1 - index;
      if (!tee.canceled[other]) {
        const copy = tee.clone(view);
        if (copy === undefined) return;
        if (!tee.canceled[index]) tee.controls[index].respondWithNewView(view);
        tee.controls[other].enqueue(copy);
      } else if (!tee.canceled[index]) {
        tee.controls[index].respondWithNewView(view);
      }
      tee.readDone();
    });
  }

  close(view) {
    const { tee, index } = this;
    const other = 1 - index;
    tee.isReading = false;
    if (!tee.canceled[index]) tee.controls[index].close();
    if (!tee.canceled[other]) tee.controls[other].close();
    if (view !== undefined) {
      if (!tee.canceled[index]) tee.controls[index].respondWithNewView(view);
      if (!tee.canceled[other] && tee.controls[other].pullIntos.length > 0) {
        tee.controls[other].respond(0);
      }
    }
    tee.settleCancellation();
  }

  error() {
    this.tee.isReading = false;
  }
}

orphan(Branch, ByteTeeRead, ByteTeeReadInto, Tee);

/**
 * @param {ReadableState} source  not locked
 * @param {boolean} isBytes
 * @param {boolean} isCloning  the second branch gets copies of the chunks
 * @param makeStream (branch) -> stream over it, started
 */
function teeStream(source, isBytes, isCloning, makeStream) {
  const tee = isBytes ? new ByteTee(source) : new DefaultTee(source, isCloning);
  const streams = [makeStream(new Branch(tee, 0)), makeStream(new Branch(tee, 1))];
  tee.watch(tee.reader);
  return { tee, streams };
}

module.exports = { teeStream };
