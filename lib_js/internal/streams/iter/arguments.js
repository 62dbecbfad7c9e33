'use strict';

// Arguments that the functions of stream/iter have in common.

const { ArrayPrototypePop, NumberMAX_SAFE_INTEGER } = primordials;

const { ERR_INVALID_ARG_TYPE, ERR_INVALID_RETURN_VALUE } = require('internal/errors').codes;
const {
  validateAbortSignal, validateInteger, validateObject, validateOneOf,
} = require('internal/validators');

/** The smallest number of bytes that a buffer may be bounded by. */
const BUDGET_BYTES_MIN = 16384;

/** What broadcast() and share() buffer if nobody says how much. */
const SHARED_BUDGET_BYTES = 65536;

const POLICIES = ['strict', 'unbounded', 'drop-oldest', 'drop-newest'];

function validateTransforms(transforms) {
  for (let i = 0; i < transforms.length; i++) {
    const transform = transforms[i];
    if (typeof transform !== 'function' && typeof transform?.transform !== 'function') {
      throw new ERR_INVALID_ARG_TYPE(
        `transforms[${i}]`, ['Function', 'Object with transform()'], transform);
    }
  }
}

/** Takes the options off the end of `args`, where they are: the rest are transforms. */
function takeOptions(args) {
  const last = args.at(-1);
  const isThere = typeof last === 'object' && last !== null && !('transform' in last);
  const options = isThere ? ArrayPrototypePop(args) : undefined;
  validateTransforms(args);
  return options;
}

/** @returns {AbortSignal | undefined} */
function signalOf(options) {
  const signal = options?.signal;
  if (signal !== undefined) validateAbortSignal(signal, 'options.signal');
  return signal;
}

/** What bounds a buffer, from the options of push(), broadcast() and share(). */
function boundsOf(options, defaultBudget = SHARED_BUDGET_BYTES) {
  validateObject(options, 'options');
  const { backpressure: policy = 'strict', budget = defaultBudget } = options;
  validateInteger(budget, 'options.budget', BUDGET_BYTES_MIN, NumberMAX_SAFE_INTEGER);
  validateOneOf(policy, 'options.backpressure', POLICIES);
  return { budget, policy, signal: signalOf(options) };
}

/** What an object's protocol makes of it. */
function madeBy(protocol, input, options) {
  const made = input[protocol](options);
  if (made !== null && typeof made === 'object') return made;
  throw new ERR_INVALID_RETURN_VALUE(
    'an object', `[Symbol.for('${protocol.description}')]`, made);
}

module.exports = {
  POLICIES, boundsOf, madeBy, signalOf, takeOptions, validateTransforms,
};
