'use strict';
// The global structuredClone(): its module loads when it is first called.

const { ReflectApply } = primordials;

let clone;

function structuredClone(value, options) {
  clone ??= require('internal/worker/js_transferable').structuredClone;
  // The environment is a proxy here, which V8 does not clone.
  if (value === process.env) return clone({ ...value }, options);
  return ReflectApply(clone, undefined, arguments);
}
module.exports = { structuredClone };
