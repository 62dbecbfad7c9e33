'use strict';

// What the kernel refused, in the words of Node: `ENOENT: no such file or directory, open 'x'`.

const { Error, ErrorCaptureStackTrace } = primordials;

const { Buffer } = require('buffer');
const { uvErrmapGet } = require('internal/errors');

/** What stands for an errno where the permission model refused; no errno is so small. */
const DENIED = -1_000_000;
let denied;

/** Keeps the error of a refusal for bareError(), which comes next. @returns {number} */
function setDenied(error) {
  denied = error;
  return DENIED;
}

/** Errors name paths as text, whatever they were given as. */
function textOf(path) {
  if (path === undefined || typeof path === 'string') return path;
  return Buffer.from(path.buffer, path.byteOffset, path.byteLength).utf8Slice();
}

/** The error without a stack of calls, as an answer from the kernel has none. */
function bareError(errno, syscall, path, dest) {
  if (errno === DENIED) return denied;
  path = textOf(path);
  dest = textOf(dest);
  const { 0: code, 1: reason } = uvErrmapGet(errno) ?? ['UNKNOWN', 'unknown error'];
  let message = `${code}: ${reason}, ${syscall}`;
  // Unlike other system errors these name even an empty path.
  if (path !== undefined) message += ` '${path}'`;
  if (dest !== undefined) message += ` -> '${dest}'`;
  const limit = Error.stackTraceLimit;
  if (limit) Error.stackTraceLimit = 0;
  const error = new Error(message);
  if (limit) Error.stackTraceLimit = limit;
  error.errno = errno;
  error.code = code;
  error.syscall = syscall;
  if (path !== undefined) error.path = path;
  if (dest !== undefined) error.dest = dest;
  return error;
}

/** Throws if `answer` is a negative errno; the stack starts at the caller. @returns {any} it */
function checked(answer, syscall, path, dest) {
  if (typeof answer !== 'number' || answer >= 0) return answer;
  const error = bareError(answer, syscall, path, dest);
  ErrorCaptureStackTrace(error, checked);
  throw error;
}

module.exports = { bareError, checked, setDenied, textOf };
