'use strict';

// Answers of WebCrypto: promises that no program's prototypes can touch. What takes long is *work*:
// a function that takes what wants its outcome, `done(error, value)`.

const {
  ObjectDefineProperty,
  ObjectPrototypeHasOwnProperty,
  Promise,
  ReflectApply,
} = primordials;

const { lazyDOMException } = require('internal/util');
const { startJob } = require('internal/crypto/job');

/** A promise looks for `then` in what it is resolved with: an own one that is none stops it. */
function settle(resolve, value) {
  if (typeof value !== 'object' || value === null ||
      ObjectPrototypeHasOwnProperty(value, 'then')) {
    resolve(value);
    return;
  }
  ObjectDefineProperty(value, 'then', {
    __proto__: null, configurable: true, enumerable: false, value: undefined, writable: true,
  });
  try {
    resolve(value);
  } finally {
    delete value.then;
  }
}

/** The promise of what `act` gives, or does later if that is work. */
function answer(act, self, args) {
  return new Promise((resolve, reject) => {
    const outcome = ReflectApply(act, self, args);
    if (typeof outcome !== 'function') {
      settle(resolve, outcome);
      return;
    }
    outcome((error, value) => {
      if (error !== null) reject(error);
      else settle(resolve, value);
    });
  });
}

function operationError(cause) {
  return lazyDOMException(
    'The operation failed for an operation-specific reason', { name: 'OperationError', cause });
}

/** Work that native's compute lane does: `start` takes a ticket. */
function laneWork(asyncType, start) {
  return (done) => {
    try {
      startJob(asyncType, start, (error, value) => {
        if (error === null) done(null, value);
        else done(operationError(error));
      });
    } catch (error) {
      done(operationError(error));
    }
  };
}

/** Work that is done at once, when its turn comes. */
function shortWork(act) {
  return (done) => {
    let value;
    try {
      value = act();
    } catch (error) {
      done(operationError(error));
      return;
    }
    done(null, value);
  };
}

/** Work whose outcome is made of another's. */
function after(work, change) {
  return (done) => work((error, value) => {
    if (error !== null) {
      done(error);
      return;
    }
    let changed;
    try {
      changed = change(value);
    } catch (refused) {
      done(refused);
      return;
    }
    done(null, changed);
  });
}

module.exports = { after, answer, laneWork, operationError, shortWork };
