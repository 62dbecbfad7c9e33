'use strict';
// setTimeout() of sessions and streams: 'timeout' when nothing came or went for so long.

const { validateFunction } = require('internal/validators');
const { clearTimeout, getTimerDuration, kTimeout, setUnrefTimeout } = require('internal/timers');
const { kState, kUpdateTimer } = require('internal/http2/symbols');

function setTimeout(msecs, callback) {
  if (this.destroyed) return this;
  this.timeout = msecs;
  const duration = getTimerDuration(msecs, 'msecs');
  const timer = this[kTimeout];
  if (timer !== null) clearTimeout(timer);
  this[kTimeout] = null;
  if (callback !== undefined) validateFunction(callback, 'callback');
  if (duration === 0) {
    if (callback !== undefined) this.removeListener('timeout', callback);
  } else {
    this[kTimeout] = setUnrefTimeout(this._onTimeout.bind(this), duration);
    this.session?.[kUpdateTimer]();
    if (callback !== undefined) this.once('timeout', callback);
  }
  return this;
}

/** The time is over: it begins anew if a write was on its way and went on. */
function timedOut(target, wire) {
  if (target.destroyed) return;
  if (target[kState].queuedBytes > 0 && wire != null && wire.progress !== wire.progressSeen) {
    wire.progressSeen = wire.progress;
    target[kUpdateTimer]();
    return;
  }
  target.emit('timeout');
}

module.exports = { setTimeout, timedOut };
