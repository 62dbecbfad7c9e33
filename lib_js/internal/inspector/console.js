'use strict';

// What the program prints is also told to V8's console, by which DevTools hear of it.

const {
  FunctionPrototypeBind,
  ObjectDefineProperty,
  ObjectKeys,
} = primordials;

const { builtIn } = require('internal/console/engine');
const console = require('internal/console/global');

const devtools = internalBinding('profiler');

let isTold = false;

function tellOfConsole() {
  if (isTold) return;
  isTold = true;
  for (const name of ObjectKeys(builtIn)) {
    const ours = console[name];
    if (ours === builtIn[name] || typeof ours !== 'function') continue;
    console[name] = FunctionPrototypeBind(devtools.consoleCall, console, builtIn[name], ours);
    ObjectDefineProperty(console[name], 'name', {
      __proto__: null, value: name, configurable: true,
    });
  }
}

module.exports = { tellOfConsole };
