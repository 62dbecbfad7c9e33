'use strict';
// What files of npm packages inside the library find by require(): each other by relative names,
// and Node's modules.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePop,
  ArrayPrototypePush,
  StringPrototypeReplace,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const { BuiltinModule } = require('internal/bootstrap/realm');
const { ERR_UNKNOWN_BUILTIN_MODULE } = require('internal/errors').codes;

/** 'npm/undici/lib/api/index' and '../core/util' -> 'npm/undici/lib/core/util' */
function resolve(from, request) {
  const parts = StringPrototypeSplit(from, '/');
  ArrayPrototypePop(parts);
  const steps = StringPrototypeSplit(StringPrototypeReplace(request, /\.js$/, ''), '/');
  for (let i = 0; i < steps.length; i++) {
    if (steps[i] === '..') ArrayPrototypePop(parts);
    else if (steps[i] !== '.') ArrayPrototypePush(parts, steps[i]);
  }
  const id = ArrayPrototypeJoin(parts, '/');
  return BuiltinModule.exists(id) ? id : `${id}/index`;
}

function requireFrom(from) {
  return (request) => {
    if (StringPrototypeStartsWith(request, '.')) return require(resolve(from, request));
    const id = BuiltinModule.normalizeRequirableId(request);
    // They ask for modules that Node may be built without, and know this error.
    if (id === undefined) throw new ERR_UNKNOWN_BUILTIN_MODULE(request);
    return require(id);
  };
}

module.exports = { requireFrom };
