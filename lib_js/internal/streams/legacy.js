'use strict';

// Stream, the base class of all, with the pipe() of streams older than Readable.

const { ArrayIsArray, ObjectSetPrototypeOf, ReflectOwnKeys } = primordials;

const EE = require('events');

function Stream(opts) {
  EE.init.call(this, opts);
}
ObjectSetPrototypeOf(Stream.prototype, EE.prototype);
ObjectSetPrototypeOf(Stream, EE);

Stream.prototype.pipe = function(dest, options) {
  const source = this;
  let ended = false;

  function ondata(chunk) {
    if (dest.writable && dest.write(chunk) === false && source.pause) source.pause();
  }

  function ondrain() {
    if (source.readable && source.resume) source.resume();
  }

  function onend() {
    if (ended) return;
    ended = true;
    dest.end();
  }

  function onclose() {
    if (ended) return;
    ended = true;
    if (typeof dest.destroy === 'function') dest.destroy();
  }

  // An error nobody else hears must not be lost.
  function onerror(error) {
    cleanup();
    if (this.listenerCount?.('error') === 0) this.emit('error', error);
  }

  function cleanup() {
    source.removeListener('data', ondata);
    dest.removeListener('drain', ondrain);
    source.removeListener('end', onend);
    source.removeListener('close', onclose);
    source.removeListener('error', onerror);
    dest.removeListener('error', onerror);
    source.removeListener('end', cleanup);
    source.removeListener('close', cleanup);
    dest.removeListener('close', cleanup);
  }

  source.on('data', ondata);
  dest.on('drain', ondrain);
  // Standard output is never ended by a pipe.
  if (!dest._isStdio && options?.end !== false) {
    source.on('end', onend);
    source.on('close', onclose);
  }
  prependListener(source, 'error', onerror);
  prependListener(dest, 'error', onerror);
  source.on('end', cleanup);
  source.on('close', cleanup);
  dest.on('close', cleanup);
  dest.emit('pipe', source);
  return dest;
};

// Streams bring an _events object whose keys exist before they have listeners.
Stream.prototype.eventNames = function eventNames() {
  const events = this._events;
  const names = [];
  if (events === undefined) return names;
  for (const key of ReflectOwnKeys(events)) {
    const listeners = events[key];
    if (typeof listeners === 'function' || (ArrayIsArray(listeners) && listeners.length > 0)) {
      names.push(key);
    }
  }
  return names;
};

// Emitters of other libraries may lack prependListener().
function prependListener(emitter, event, listener) {
  if (typeof emitter.prependListener === 'function') {
    return emitter.prependListener(event, listener);
  }
  const existing = emitter._events?.[event];
  if (!existing) emitter.on(event, listener);
  else if (ArrayIsArray(existing)) existing.unshift(listener);
  else emitter._events[event] = [listener, existing];
}

module.exports = { Stream, prependListener };
