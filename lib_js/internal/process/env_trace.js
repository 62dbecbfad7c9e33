'use strict';

// --trace-env and --trace-env-js-stack: tells on stderr who looks at the environment. Values are
// never shown.

const {
  ArrayPrototypeForEach,
  Proxy,
  ReflectDefineProperty,
  ReflectDeleteProperty,
  ReflectGet,
  ReflectGetOwnPropertyDescriptor,
  ReflectHas,
  ReflectOwnKeys,
  ReflectSet,
} = primordials;

const { getOptionValue } = require('internal/options');

const FRAMES = 16;

function printStack() {
  const { writeSync } = internalBinding('process_ops');
  let text = '\n----- JavaScript stack trace -----\n\n';
  let line = 0;
  ArrayPrototypeForEach(internalBinding('util').getCallSites(FRAMES), (site) => {
    if (site.scriptName === 'node:internal/process/env_trace') return;
    const place = `${site.scriptName}:${site.lineNumber}:${site.columnNumber}`;
    text += `${++line}: ${site.functionName ? `${site.functionName} (${place})` : place}\n`;
  });
  writeSync(2, `${text}\n\n`);
}

function tell(what) {
  internalBinding('process_ops').writeSync(2, `[--trace-env] ${what}\n`);
  if (getOptionValue('--trace-env-js-stack')) printStack();
}

function named(word, name) {
  if (typeof name === 'string') tell(`${word} "${name}"`);
}

const traps = {
  __proto__: null,

  get(target, name) {
    named('get', name);
    return ReflectGet(target, name);
  },
  set(target, name, value) {
    named('set', name);
    return ReflectSet(target, name, value);
  },
  has(target, name) {
    named('query', name);
    return ReflectHas(target, name);
  },
  getOwnPropertyDescriptor(target, name) {
    named('query', name);
    return ReflectGetOwnPropertyDescriptor(target, name);
  },
  defineProperty(target, name, descriptor) {
    named('set', name);
    return ReflectDefineProperty(target, name, descriptor);
  },
  deleteProperty(target, name) {
    named('delete', name);
    return ReflectDeleteProperty(target, name);
  },
  ownKeys(target) {
    tell('enumerate environment variables');
    return ReflectOwnKeys(target);
  },
};

/** @param {object} env  process.env  @returns {object} the same, with a witness */
function traced(env) {
  return new Proxy(env, traps);
}

module.exports = { traced };
