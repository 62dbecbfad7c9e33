'use strict';

// The many ways to say where: connect(port, host, cb), listen(path, backlog, cb), ...

const { normalizedArgsSymbol: kNormalized } = require('internal/net');

/** The number that `value` says, or false. */
function toNumber(value) {
  const number = Number(value);
  return number >= 0 ? number : false;
}

function isPath(value) {
  return typeof value === 'string' && toNumber(value) === false;
}

/** @returns {[object, Function | null]} options and callback */
function normalizeArguments(args) {
  let options = {};
  const first = args[0];
  if (typeof first === 'object' && first !== null) {
    options = first;
  } else if (isPath(first)) {
    options.path = first;
  } else if (args.length > 0) {
    options.port = first;
    if (typeof args[1] === 'string') options.host = args[1];
  }
  const last = args[args.length - 1];
  const result = [options, typeof last === 'function' ? last : null];
  result[kNormalized] = true;
  return result;
}

module.exports = { kNormalized, isPath, normalizeArguments, toNumber };
