'use strict';

// Answers from the kernel as promises.

const { ErrorCaptureStackTrace, Promise, PromisePrototypeThen } = primordials;

const { bareError } = require('internal/fs/error');
const { runLater } = require('internal/fs/ops');

/** Gives the error the async stack of whoever awaits: it was made with none. */
function addStack(error) {
  ErrorCaptureStackTrace(error, addStack);
  throw error;
}

/**
 * @param {(done: Function) => void} start  begins the operation
 * @returns {Promise<any>} the answer; rejected with what the kernel says
 */
function answerOf(start, syscall, path, dest) {
  const promise = new Promise((resolve, reject) => {
    start((answer) => {
      if (typeof answer === 'number' && answer < 0) {
        reject(bareError(answer, syscall, path, dest));
      } else {
        resolve(answer);
      }
    });
  });
  return PromisePrototypeThen(promise, undefined, addStack);
}

/** @param {(done: (error, value) => void) => void} start */
function promiseOf(start) {
  const promise = new Promise((resolve, reject) => {
    start((error, value) => {
      if (error) reject(error);
      else resolve(value);
    });
  });
  return PromisePrototypeThen(promise, undefined, addStack);
}

/** Steps of internal/fs/ops as a promise of what they return. */
function runAsync(steps) {
  return promiseOf((done) => runLater(steps, done));
}

module.exports = { answerOf, promiseOf, runAsync };
