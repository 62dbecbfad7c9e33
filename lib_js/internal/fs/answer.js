'use strict';

// Answers from the kernel as promises.
//
// Errors of the kernel are made with no stack, and get that of whoever awaits them: by a promise
// more (answerOf, promiseOf), or, where much is asked, in an async function of the caller's own
// that awaits the bare one and throws what stackedError gives.

const { ErrorCaptureStackTrace, Promise, PromisePrototypeThen } = primordials;

const { bareError } = require('internal/fs/error');
const { runLater } = require('internal/fs/ops');

/** Gives the error the async stack of whoever awaits: it was made with none. */
function addStack(error) {
  ErrorCaptureStackTrace(error, addStack);
  throw error;
}

/** To be thrown by an async function that caught it. */
function stackedError(error) {
  ErrorCaptureStackTrace(error, stackedError);
  return error;
}

function bareAnswerOf(start, syscall, path, dest) {
  return new Promise((resolve, reject) => {
    start((answer) => {
      if (typeof answer === 'number' && answer < 0) {
        reject(bareError(answer, syscall, path, dest));
      } else {
        resolve(answer);
      }
    });
  });
}

/**
 * @param {(done: Function) => void} start  begins the operation
 * @returns {Promise<any>} the answer; rejected with what the kernel says
 */
function answerOf(start, syscall, path, dest) {
  return PromisePrototypeThen(bareAnswerOf(start, syscall, path, dest), undefined, addStack);
}

function barePromiseOf(start) {
  return new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
}

/** @param {(done: (error, value) => void) => void} start */
function promiseOf(start) {
  return PromisePrototypeThen(barePromiseOf(start), undefined, addStack);
}

/** Steps of internal/fs/ops as a promise of what they return. */
function runAsync(steps) {
  return promiseOf((done) => runLater(steps, done));
}

module.exports = {
  answerOf,
  bareAnswerOf,
  barePromiseOf,
  promiseOf,
  runAsync,
  stackedError,
};
