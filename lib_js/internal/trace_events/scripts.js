'use strict';

// Category node.vm.script: scripts that are compiled, and that run. The functions of native stand
// behind others while they are traced.

const { ReflectApply } = primordials;

const { begin, end, span } = require('internal/trace_events/emit');

const GROUP = 'node,node.vm,node.vm.script';

let originals;

function traceScripts(isOn) {
  const native = internalBinding('contextify');
  originals ??= { compileScript: native.compileScript, runScript: native.runScript };
  const { compileScript, runScript } = originals;
  if (!isOn) {
    native.compileScript = compileScript;
    native.runScript = runScript;
    return;
  }
  native.compileScript = (...args) => {
    begin(GROUP, 'ContextifyScript::New', { filename: args[1] });
    try {
      return ReflectApply(compileScript, native, args);
    } finally {
      end(GROUP, 'ContextifyScript::New');
    }
  };
  native.runScript = (...args) => (
    span(GROUP, 'RunInContext', () => ReflectApply(runScript, native, args)));
}

module.exports = { traceScripts };
