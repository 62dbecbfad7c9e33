'use strict';

// What fs.watchFile gives: looks at a file again and again, and tells when its facts have changed.
// For file systems that inotify hears nothing of, as those of other machines.

const { Float64Array, MathMax, Symbol, TypedArrayPrototypeFill, TypedArrayPrototypeSlice } =
  primordials;

const { watch } = require('internal/async_hooks');
const resources = require('internal/async_hooks/resources');
const EventEmitter = require('events');
const { later } = require('internal/fs/ops');
const { ACCESSED, statsOf } = require('internal/fs/stats');

const kFSStatWatcherStart = Symbol('kFSStatWatcherStart');
const kFSStatWatcherAddOrCleanRef = Symbol('kFSStatWatcherAddOrCleanRef');
const kOldStatus = Symbol('kOldStatus');
const kUseBigint = Symbol('kUseBigint');
const kRefCount = Symbol('kRefCount');
const kMaxRefCount = Symbol('kMaxRefCount');

const FIGURES = 18;

/** The times of an access are two figures; whoever only reads a file changes nothing. */
const isAccessTime = (at) => at === ACCESSED || at === ACCESSED + 1;

function differ(a, b) {
  for (let at = 0; at < FIGURES; at++) {
    if (a[at] !== b[at] && !isAccessTime(at)) return true;
  }
  return false;
}

const noFigures = () => TypedArrayPrototypeFill(new Float64Array(FIGURES), 0);

/** The polling itself. */
class StatPoll {
  constructor(path, interval, tell) {
    this.path = path;
    this.interval = MathMax(interval, 1);
    this.tell = tell;
    /** What was seen last; nothing that is missing now takes its place. */
    this.last = undefined;
    /** The last refusal, or 0. */
    this.refusal = 0;
    this.isRef = true;
    this.isClosed = false;
    this.timer = undefined;
    if (watch.isOn) resources.initResource(this, 'STATWATCHER');
    this.look();
  }

  look() {
    later.stat(this.path, (answer) => {
      if (this.isClosed) return;
      const { setTimeout } = require('internal/timers');
      this.timer = setTimeout(() => this.look(), this.interval);
      if (!this.isRef) this.timer.unref();
      this.compare(answer);
    });
  }

  compare(answer) {
    const before = this.last;
    const wasRefused = this.refusal < 0;
    if (typeof answer === 'number') {
      if (this.refusal === answer) return;
      this.refusal = answer;
      this.change(answer, noFigures(), before ?? noFigures());
      return;
    }
    this.last = TypedArrayPrototypeSlice(answer);
    this.refusal = 0;
    if (wasRefused || (before !== undefined && differ(before, answer))) {
      this.change(0, this.last, before ?? noFigures());
    }
  }

  change(status, current, before) {
    const id = watch.isOn ? resources.enter(this) : 0;
    this.tell(status, current, before);
    if (id !== 0) resources.leave(id);
  }

  ref() {
    this.isRef = true;
    this.timer?.ref();
  }

  unref() {
    this.isRef = false;
    this.timer?.unref();
  }

  close() {
    this.isClosed = true;
    if (watch.isOn) resources.destroyResource(this);
    if (this.timer !== undefined) require('internal/timers').clearTimeout(this.timer);
  }
}

class StatWatcher extends EventEmitter {
  constructor(bigint) {
    super();
    this._handle = null;
    this[kOldStatus] = -1;
    this[kUseBigint] = bigint;
    this[kRefCount] = 1;
    this[kMaxRefCount] = 1;
  }

  [kFSStatWatcherStart](filename, persistent, interval) {
    if (this._handle !== null) return;
    this._handle = new StatPoll(filename, interval, (status, current, previous) => {
      this[kOldStatus] = status;
      this.emit('change', statsOf(current, this[kUseBigint]),
                statsOf(previous, this[kUseBigint]));
    });
    if (!persistent) this.unref();
  }

  /** Does nothing any more: watchers are started when they are made. */
  start() {}

  stop() {
    if (this._handle === null) return;
    process.nextTick(() => this.emit('stop'));
    this._handle.close();
    this._handle = null;
  }

  /** Each listener of watchFile counts as one reference; 'clean' takes one away, 'cleanAll' all. */
  [kFSStatWatcherAddOrCleanRef](operation) {
    if (operation === 'add') {
      this[kRefCount]++;
      this[kMaxRefCount]++;
      if (this[kRefCount] === 1) this._handle?.ref();
    } else if (operation === 'clean') {
      this[kMaxRefCount]--;
      if (this[kRefCount] > this[kMaxRefCount]) this.unref();
    } else {
      this[kRefCount] = 0;
      this[kMaxRefCount] = 0;
      this._handle?.unref();
    }
  }

  ref() {
    // Never more than there are listeners.
    if (this[kRefCount] === this[kMaxRefCount]) return this;
    if (this._handle !== null && this[kRefCount]++ === 0) this._handle.ref();
    return this;
  }

  unref() {
    if (this[kRefCount] === 0) return this;
    if (this._handle !== null && --this[kRefCount] === 0) this._handle.unref();
    return this;
  }
}

module.exports = { StatWatcher, kFSStatWatcherAddOrCleanRef, kFSStatWatcherStart };
