'use strict';

// Aim: FormData, which Node's suite leaves to undici. Method: rows, which Node 24 passes too.

const assert = require('assert');
const { row, rows } = require('../fixtures/rows.test.cjs');

row('entries keep their order and their doubles', () => {
  const form = new FormData();
  form.append('a', 1);
  form.append('b', '\ud800');
  form.append('a', 2);
  assert.deepStrictEqual([...form], [['a', '1'], ['b', '\ufffd'], ['a', '2']]);
  form.set('a', 3);
  assert.deepStrictEqual([...form.keys()], ['a', 'b']);
  assert.deepStrictEqual([form.get('a'), form.getAll('a'), form.get('c')], ['3', ['3'], null]);
  form.delete('a');
  assert.strictEqual(form.has('a'), false);
});

/** Value, name given, name and time of the File that comes out. */
rows('blobs become files', [
  [new Blob(['x']), undefined, 'blob', undefined], [new Blob(['x']), 'n', 'n', undefined],
  [new File(['x'], 'f', { lastModified: 5 }), undefined, 'f', 5],
  [new File(['x'], 'f', { lastModified: 5 }), 'n', 'n', 5],
], async (value, name, expected, time) => {
  const form = new FormData();
  if (name === undefined) form.append('k', value);
  else form.append('k', value, name);
  const file = form.get('k');
  assert.ok(file instanceof File);
  assert.strictEqual(file.name, expected);
  if (time !== undefined) assert.strictEqual(file.lastModified, time);
  assert.strictEqual(await file.text(), 'x');
});

rows('refused', [
  [(form) => form.append('a'), /2 arguments required, but only 1 found/],
  [(form) => form.append('a', 'b', 'c'), /to be an instance of Blob/],
  [(form) => form.get(), /1 argument required, but 0 found/],
  [() => new FormData({}), /Argument 1 could not be converted/],
  [() => FormData.prototype.get.call({}, 'a'), /Illegal invocation/],
  [(form) => form.forEach(1), /not of type 'Function'/],
], (act, message) => {
  assert.throws(() => act(new FormData()), { name: 'TypeError', message });
});

row('an iterator sees what is added meanwhile', () => {
  const form = new FormData();
  form.append('a', '1');
  const seen = [];
  for (const [name] of form) {
    seen.push(name);
    if (seen.length < 3) form.append(`x${seen.length}`, '');
  }
  assert.deepStrictEqual(seen, ['a', 'x1', 'x2']);
});
