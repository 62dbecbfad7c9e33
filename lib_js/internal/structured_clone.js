'use strict';
// The global structuredClone(): its module loads when it is first called.

const { ReflectApply } = primordials;

let clone;

function structuredClone(value, options) {
  clone ??= require('internal/worker/js_transferable').structuredClone;
  return ReflectApply(clone, undefined, arguments);
}
module.exports = { structuredClone };
