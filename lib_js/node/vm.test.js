'use strict';

// Aim: contexts, limits and modules of vm where Node's own suite does not look. Node 24 passes the
// same rows.

const assert = require('assert');
const { execFileSync, spawn } = require('child_process');
const { once } = require('events');
const vm = require('vm');

function check(name, actual, expected) {
  assert.deepStrictEqual(actual, expected, name);
}

// A sandbox is looked at first, whatever it is.
{
  const log = new Set();
  const sandbox = new Proxy({ inside: 1 }, {
    set(target, key, value) {
      log.add(key);
      return Reflect.set(target, key, value);
    },
  });
  const context = vm.createContext(sandbox);
  check('proxy read', vm.runInContext('inside', context), 1);
  vm.runInContext('inside = 2; fresh = 3', context);
  check('proxy writes', [...log], ['inside', 'fresh']);
  const own = (code) => JSON.stringify(vm.runInContext(code, context));
  check('through proxy', own('[inside, fresh]'), '[2,3]');
}

// What is thrown inside belongs to the inside, and says where.
{
  const context = vm.createContext({});
  assert.throws(() => vm.runInContext('\nlet a b', context, { filename: 'given.js' }), (error) => {
    check('class of the inside', error instanceof SyntaxError, false);
    check('place', error.stack.split('\n').slice(0, 3), ['given.js:2', 'let a b', '      ^']);
    return true;
  });
  assert.throws(
    () => vm.runInContext('throw new Error("x")', context, { displayErrors: false }),
    (error) => error.stack.startsWith('Error: x'));
}

// A limit ends what it is for, and nothing around it.
{
  const outer = vm.runInNewContext('try { inner(); } catch (error) { error.code }', {
    inner() {
      vm.runInNewContext('for (;;);', {}, { timeout: 10 });
    },
  }, { timeout: 60_000 });
  check('nested limits', outer, 'ERR_SCRIPT_EXECUTION_TIMEOUT');
  check('and on it goes', vm.runInNewContext('1 + 1', {}, { timeout: 60_000 }), 2);
}

// Old data is refused, never believed.
{
  const source = '(function twice(x) { return x * 2; })';
  const data = new vm.Script(source).createCachedData();
  const ours = new vm.Script(source, { cachedData: data });
  check('accepted', [ours.cachedDataRejected, ours.runInThisContext()(4)], [false, 8]);
  const other = new vm.Script(`${source} // other`, { cachedData: data });
  check('of another text', [other.cachedDataRejected, other.runInThisContext()(4)], [true, 8]);
}

// Contexts go when nobody has them any more: more of them than would fit at once.
{
  const code = `const vm = require('vm');
    for (let i = 0; i < 400; i++) vm.createContext({ bulk: new Array(1000).fill(i) });
    console.log('alive');`;
  const text = execFileSync(process.execPath, ['--max-old-space-size=40', '-e', code]);
  check('contexts are collected', `${text}`, 'alive\n');
}

// SIGINT ends the run and is the program's again afterwards.
(async () => {
  const code = `const vm = require('vm');
    let heard = 0;
    process.on('SIGINT', () => { heard++; });
    try {
      vm.runInNewContext('say(); for (;;);', { say() { process.send('running'); } },
                         { breakOnSigint: true });
    } catch (error) {
      process.send([error.code, heard, process.listenerCount('SIGINT')]);
      process.disconnect();
    }`;
  const child = spawn(process.execPath, ['-e', code], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  await once(child, 'message');
  child.kill('SIGINT');
  const { 0: message } = await once(child, 'message');
  check('sigint', message, ['ERR_SCRIPT_EXECUTION_INTERRUPTED', 0, 1]);
  const { 0: status } = await once(child, 'exit');
  check('exit code', status, 0);
})();

// Text that stands nowhere imports as the file does that runs it.
(async () => {
  // eslint-disable-next-line no-eval
  const { readFileSync } = await (0, eval)('import("fs")');
  check('import() in indirect eval', typeof readFileSync, 'function');
  await assert.rejects(vm.runInNewContext('import("fs")'), {
    code: 'ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING',
  });
})();
