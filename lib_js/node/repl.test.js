'use strict';

// Aim: the REPL asks for more exactly when more can help; top-level await keeps what it declares;
// completion runs none of the program's code.
// Method: lines go in, what comes out is compared.

const assert = require('assert');
const { PassThrough, Writable } = require('stream');
const repl = require('repl');
const { row, rows } = require('../fixtures/rows.test.cjs');

const PROMPT = '\u2023 ';

/** What the REPL writes for these lines, without its prompt; each waits for the one before. */
async function answers(lines) {
  const input = new PassThrough();
  let text = '';
  let asked;
  const output = new Writable({
    write(chunk, encoding, callback) {
      text += chunk;
      if (text.endsWith(PROMPT) || text.endsWith('| ')) asked?.();
      callback();
    },
  });
  const server = repl.start({ input, output, prompt: PROMPT, useColors: false });
  const over = new Promise((resolve) => server.on('exit', resolve));
  for (const line of lines) {
    const answered = new Promise((resolve) => { asked = resolve; });
    input.write(`${line}\n`);
    await answered;
  }
  input.end('.exit\n');
  await over;
  return text.replaceAll(PROMPT, '').split('\n').slice(0, -1);
}

rows('lines', [
  [['1+1', '_ + 1'], ['2', '3']],
  [['function f() {', 'return 5', '}', 'f()'], ['| | undefined', '5']],
  [['[1,', '2]'], ['| [ 1, 2 ]']],
  [['`a', 'b`'], ["| 'a\\nb'"]],
  [['/* a', 'b */ 7'], ['| 7']],
  [['{ a: 1 }'], ['{ a: 1 }']],
  [['{ a: 1 };'], ['1']],
  [['try { x()', '} catch { 3 }'], ['| 3']],
  [['foo(1', ')'], ['| Uncaught ReferenceError: foo is not defined']],
  [['await 5', 'const { x } = await { x: 6 }', 'x'], ['5', 'undefined', '6']],
  [['let a = await 1, b', 'b === undefined', 'a'], ['undefined', 'true', '1']],
  [['class A { m() { return 4 } } await 0', 'new A().m()'], ['0', '4']],
  [['throw null'], ['Uncaught null']],
  [['.nope'], ['Invalid REPL keyword']],
], async (lines, expected) => {
  assert.deepStrictEqual(await answers(lines), expected);
});

rows('what more input cannot mend', [
  ['a b'], ['foo(1 2'], [')'], ['"abc'], ['2e'], ['/abc'], ['const a b'],
], async (line) => {
  const text = (await answers([line])).join('\n');
  assert.match(text, /^Uncaught SyntaxError|\nUncaught SyntaxError/);
  assert.ok(!text.startsWith('| '), text);
});

function completionsOf(server, line) {
  return new Promise((resolve, reject) => {
    server.complete(line, (error, data) => (error ? reject(error) : resolve(data[0])));
  });
}

row('completion', async () => {
  const server = repl.start({ input: new PassThrough(), output: new PassThrough() });
  const { context } = server;
  let reads = 0;
  context.plain = { alpha: 1, beta: { gamma: 2 } };
  context.sly = { get trap() { reads++; return {}; } };
  context.proxy = new Proxy({}, { get() { reads++; } });
  assert.deepStrictEqual(await completionsOf(server, 'plain.al'), ['plain.alpha']);
  assert.deepStrictEqual(await completionsOf(server, 'x = plain.beta.g'), ['plain.beta.gamma']);
  assert.deepStrictEqual(await completionsOf(server, 'plain["beta"].g'), ['plain["beta"].gamma']);
  assert.deepStrictEqual(await completionsOf(server, 'sly.trap.'), []);
  assert.deepStrictEqual(await completionsOf(server, 'proxy.'), []);
  assert.deepStrictEqual(await completionsOf(server, 'plain.alpha.toF'),
                         ['plain.alpha.toFixed']);
  assert.deepStrictEqual(await completionsOf(server, 'f().x'), []);
  assert.ok((await completionsOf(server, 'req')).includes('require'));
  assert.deepStrictEqual(await completionsOf(server, '.he'), ['help']);
  assert.strictEqual(reads, 0);
  server.close();
});
