'use strict';

// Aim: old programs that ask process.binding() for the names of the library get them.

const assert = require('assert');
const { builtinModules } = require('module');
const { test } = require('node:test');

test('natives has every builtin by name, and its text', () => {
  const natives = process.binding('natives');
  assert.strictEqual(Object.getPrototypeOf(natives), null);
  for (const name of builtinModules) {
    if (!name.includes(':')) assert.ok(Object.keys(natives).includes(name), name);
  }
  assert.match(natives.path, /^\n?'use strict';[^]*module\.exports = /);
  assert.doesNotMatch(natives.path, /^\(?function/);
  new Function('exports', 'require', 'module', natives.path);
  assert.strictEqual(process.binding('natives'), natives);
});
