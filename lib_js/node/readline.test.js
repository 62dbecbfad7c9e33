'use strict';

// Aim: keys are the same however their bytes were cut; a line is what was typed and edited; lines
// of a stream are the same however they were cut.
// Method: every cut of the input in two.

const assert = require('assert');
const { PassThrough } = require('stream');
const readline = require('readline');
const { row, rows } = require('../fixtures/rows.test.cjs');

/** The keys that `chunks` are. */
function keysOf(chunks) {
  const stream = new PassThrough();
  const keys = [];
  readline.emitKeypressEvents(stream, { escapeCodeTimeout: 1e6 });
  stream.on('keypress', (text, key) => {
    keys.push([key.ctrl && 'ctrl', key.meta && 'meta', key.shift && 'shift', key.name ?? text]
      .filter(Boolean).join('+'));
  });
  for (const chunk of chunks) stream.emit('data', chunk);
  return keys;
}

rows('keys, cut anywhere', [
  ['ab', ['a', 'b']],
  ['\x1b[A\x1b[1;5C', ['up', 'ctrl+right']],
  ['\x1bOP\x1b[15~\x1b[3;2~x', ['f1', 'f5', 'shift+delete', 'x']],
  ['\x1bb\x1b\x1b[D\x1b[Z', ['meta+b', 'left', 'shift+tab']],
  ['\x01\x7f\x1b\x7f\r\n\t', ['ctrl+a', 'backspace', 'meta+backspace', 'return', 'enter', 'tab']],
  ['é€😀', ['é', '€', '😀']],
  ['\x1b[200~p\x1b[201~', ['paste-start', 'p', 'paste-end']],
], (input, expected) => {
  const bytes = Buffer.from(input);
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepStrictEqual(keysOf([bytes.subarray(0, cut), bytes.subarray(cut)]), expected);
  }
});

rows('lines of a stream, cut anywhere', [
  ['a\nb\r\nc\rd', ['a', 'b', 'c', 'd']],
  ['\n\n', ['', '']],
  ['é\u2028x\u2029y', ['é', 'x', 'y']],
  ['\r\n\r\n', ['', '']],
], async (input, expected) => {
  const bytes = Buffer.from(input);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const stream = new PassThrough();
    const lines = [];
    const rl = readline.createInterface({ input: stream, crlfDelay: Infinity });
    rl.on('line', (line) => lines.push(line));
    const closed = new Promise((resolve) => rl.on('close', resolve));
    stream.write(bytes.subarray(0, cut));
    stream.end(bytes.subarray(cut));
    await closed;
    assert.deepStrictEqual(lines, expected, `cut at ${cut}`);
  }
});

/** An interface on a terminal that is none; type(text, key) types. */
function terminal(options) {
  const output = new PassThrough();
  output.columns = 80;
  const rl = readline.createInterface({
    input: new PassThrough(), output, terminal: true, prompt: '', ...options,
  });
  return rl;
}

const ctrl = (name) => [undefined, { ctrl: true, name }];
const plain = (name) => [undefined, { name }];

rows('editing', [
  ['word left', ['one two', ctrl('w')], 'one '],
  ['all to the left, and back', ['one two', ctrl('u'), ctrl('y')], 'one two'],
  ['undo', ['abc', ctrl('u'), [undefined, { sequence: '\x1f' }]], 'abc'],
  ['insert in the middle', ['ac', plain('left'), 'b'], 'abc'],
  ['delete a surrogate pair', ['a😀', plain('backspace')], 'a'],
  ['delete right', ['abc', ctrl('a'), ctrl('d')], 'bc'],
  ['to the end', ['abc', ctrl('a'), ctrl('e'), 'd'], 'abcd'],
  ['history', ['old\n', plain('up'), '!'], 'old!'],
  ['history by its begin', ['ab\n', 'cd\n', 'a', plain('up')], 'ab'],
], (name, steps, expected) => {
  const rl = terminal();
  for (const step of steps) {
    if (typeof step === 'string') rl.write(step);
    else rl.write(...step);
  }
  assert.strictEqual(rl.line, expected);
  rl.close();
});

row('the history is bounded and has no entry twice in a row', () => {
  const rl = terminal({ historySize: 2 });
  rl.write('a\na\nb\nc\n');
  assert.deepStrictEqual(rl.history, ['c', 'b']);
  rl.close();
});

row('a closed interface refuses', () => {
  const rl = terminal();
  rl.close();
  for (const method of ['pause', 'resume', 'write']) {
    assert.throws(() => rl[method]('x'), { code: 'ERR_USE_AFTER_CLOSE' });
  }
  assert.throws(() => rl.question('?', () => {}), { code: 'ERR_USE_AFTER_CLOSE' });
});
