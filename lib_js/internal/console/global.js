'use strict';

// The global `console`: a namespace with the methods of a Console on the standard streams.

const {
  FunctionPrototypeBind, ObjectHasOwn, ReflectDefineProperty, ReflectGetOwnPropertyDescriptor,
  ReflectOwnKeys,
} = primordials;

const { Console, kBindProperties, kBindStreamsLazy } = require('internal/console/constructor');

const globalConsole = { __proto__: {} };
const keys = ReflectOwnKeys(Console.prototype);
for (let i = 0; i < keys.length; i++) {
  const key = keys[i];
  if (key === 'constructor') continue;
  const desc = ReflectGetOwnPropertyDescriptor(Console.prototype, key);
  const { name } = desc.value;
  const isNamed = name === '' || typeof key === 'symbol'; // Of what has two names, this one.
  desc.value = FunctionPrototypeBind(desc.value, globalConsole);
  ReflectDefineProperty(desc.value, 'name', { __proto__: null, value: isNamed ? name : key });
  ReflectDefineProperty(desc.value, 'length', { __proto__: null, value: 0 });
  ReflectDefineProperty(globalConsole, key, desc);
}
globalConsole[kBindProperties](true, 'auto');
globalConsole.Console = Console;

// V8's own console has methods for debuggers only: profile(), timeStamp() and so on.
const { builtIn } = require('internal/console/engine');
if (typeof builtIn === 'object' && builtIn !== null) {
  const names = ReflectOwnKeys(builtIn);
  for (let i = 0; i < names.length; i++) {
    if (typeof names[i] === 'string' && !ObjectHasOwn(globalConsole, names[i])) {
      globalConsole[names[i]] = builtIn[names[i]];
    }
  }
}

// `process` has its streams only once the program runs; they are looked up at the first write.
globalConsole[kBindStreamsLazy](process);

module.exports = globalConsole;
