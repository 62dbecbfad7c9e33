'use strict';

// A consumer of broadcast() or share(): reads that wait, in order, and how it ends.

const { PromiseReject, PromiseResolve, PromiseWithResolvers, String } = primordials;

const { ERR_OPERATION_FAILED } = require('internal/errors').codes;
const { onAbort } = require('internal/streams/iter/abort');
const { endStep, stepOf } = require('internal/streams/iter/steps');
const { isError } = require('internal/util');

class Consumer {
  /** hub: attach(), read() and leave() are told of this consumer. */
  constructor(hub, signal) {
    this.hub = hub;
    this.cursor = 0;
    this.reads = [];
    this.isOver = false;
    this.hasFailed = false;
    this.error = undefined;
    this.stopListening = undefined;
    if (signal?.aborted) {
      this.fail(signal.reason);
      return;
    }
    this.stopListening = onAbort(signal, (reason) => {
      this.fail(reason);
      this.hub.leave(this);
    });
    hub.attach(this);
  }

  get isWaiting() {
    return this.reads.length > 0;
  }

  next() {
    if (this.hasFailed) return PromiseReject(this.error);
    if (this.isOver) return PromiseResolve(endStep());
    const read = PromiseWithResolvers();
    this.reads.push(read);
    // Those that came before get theirs first.
    if (this.reads.length === 1) this.hub.read(this);
    return read.promise;
  }

  give(batch) {
    this.reads.shift().resolve(stepOf(batch));
  }

  finish() {
    if (this.isOver) return;
    this.isOver = true;
    this.stopListening?.();
    const { reads } = this;
    this.reads = [];
    for (let i = 0; i < reads.length; i++) reads[i].resolve(endStep());
  }

  fail(error) {
    if (this.isOver) return;
    this.isOver = true;
    this.hasFailed = true;
    this.error = error;
    this.stopListening?.();
    const { reads } = this;
    this.reads = [];
    for (let i = 0; i < reads.length; i++) reads[i].reject(error);
  }

  /** One read alone hears of an error. */
  failRead(error) {
    this.reads.shift().reject(error);
  }

  return() {
    if (!this.isOver) {
      this.finish();
      this.hub.leave(this);
    }
    return PromiseResolve(endStep());
  }

  throw() {
    return this.return();
  }
}

/** Consumers are told of errors only. */
function asError(thrown) {
  return isError(thrown) ? thrown : new ERR_OPERATION_FAILED(String(thrown));
}

module.exports = { Consumer, asError };
