'use strict';

// process.on('SIGINT', ...): the first listener of a signal starts watching it,
// the last one that is removed stops it.

const { SafeMap } = primordials;

const { signals } = require('internal/constants_os');
const { ErrnoException } = require('internal/errors');

const { watch } = require('internal/async_hooks');
const { Request, destroyResource, enter, leave } = require('internal/async_hooks/resources');

const KIND_SIGNAL = 21;

/** Names of the signals that are watched, by number. */
const watched = new SafeMap();

/** What hooks know of them. */
const resources = new SafeMap();

function isSignal(event) {
  return typeof event === 'string' && signals[event] !== undefined;
}

function receiveSignal(handle, number) {
  const names = watched.get(number);
  if (names === undefined) return;
  // SIGIO and SIGPOLL, SIGABRT and SIGIOT are two names of one number.
  const resource = resources.get(number);
  const id = resource === undefined ? 0 : enter(resource);
  for (const name of names) process.emit(name, name, number);
  if (id !== 0) leave(id);
}

function startListeningIfSignal(event) {
  if (!isSignal(event)) return;
  const number = signals[event];
  const names = watched.get(number);
  if (names !== undefined) {
    if (!names.includes(event)) names.push(event);
    return;
  }
  require('boot/turn').registerKind(KIND_SIGNAL, receiveSignal);
  const errno = internalBinding('turn').signalStart(number);
  if (errno < 0) throw new ErrnoException(errno, 'uv_signal_start');
  watched.set(number, [event]);
  if (watch.isOn) resources.set(number, new Request('SIGNALWRAP'));
}

function stopListeningIfSignal(event) {
  if (!isSignal(event) || process.listenerCount(event) > 0) return;
  const number = signals[event];
  const names = watched.get(number);
  const index = names === undefined ? -1 : names.indexOf(event);
  if (index === -1) return;
  names.splice(index, 1);
  if (names.length > 0) return;
  watched.delete(number);
  if (resources.has(number)) {
    destroyResource(resources.get(number));
    resources.delete(number);
  }
  internalBinding('turn').signalStop(number);
}

module.exports = { startListeningIfSignal, stopListeningIfSignal };
