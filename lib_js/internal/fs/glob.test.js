'use strict';

// Aim: patterns mean what they mean in Node, and walking a tree finds the same whether it blocks
// or not. Method: a table of path, pattern, answer; then one tree with links, hidden names and a
// loop, walked by the three forms. Expected are Node 24's answers.

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row, rows } = require('../../fixtures/rows.test.cjs');

rows('matching a path', [
  ['a/b', 'a/*', true], ['a/.b', 'a/*', false], ['.a', '.*', true], ['', '*', false],
  ['a/', 'a', true], ['a', 'a/', false], ['./a', 'a', false], ['a//b', 'a/b', true],
  ['a/../b', 'b', true], ['a/b/c', '**', true], ['a/.b/c', '**', false], ['b', '**/b', true],
  ['a', 'a/**', false], ['a/b/', 'a/**', true], ['a]b', 'a[]]b', true], ['a', '[a', false],
  ['[a', '[a', true], ['aa', 'a[b-a]', false], [',', '[+--]', true], ['A', '[a-z]', false],
  ['a\u00e9', '[[:alpha:]][[:alpha:]]', true], ['x/y', 'x[/]y', false], ['a\n', 'a*', true],
  ['a1', 'a{1..3}', true], ['a03', 'a{01..05}', true], ['ab', 'a{a..e..2}', false],
  ['bc', '{a,b}{,c}', true], ['z', '{x,{y,z}}', true], ['{a}', '{a}', true],
  ['${a}', '${a}', true], ['a{b', 'a{b', true], ['a/b/c', 'a/{b/c,d}', true],
  ['abc', '+(a|b|c)', true], ['', '+(a)', false], ['ab', '!(a)', true], ['a', '!(a)', false],
  ['ab', '!(a)b', false], ['a.ts', '*.!(ts)', false], ['a.b.ts', '*.!(ts)', true],
  ['.a', '!(b)', false], ['.a', '@(.a|b)', true], ['.a', '?(.)a', true], ['a(b', 'a(b', true],
  ['!b', '!b', true], ['#a', '#a', true],
], (name, pattern, expected) => {
  assert.strictEqual(path.posix.matchesGlob(name, pattern), expected);
});

row('a hostile pattern ends', () => {
  assert.strictEqual(path.posix.matchesGlob('a', '{a,b}'.repeat(40)), false);
  assert.strictEqual(path.posix.matchesGlob('b', '{1..100000000}'), false);
});

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'glob-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));

const FILES = ['a/b/c/d', 'a/bc/e', 'a/.h/x', 'a/b/.i', 'l/t/f'];
for (const file of FILES) {
  fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(root, file), '');
}
fs.symlinkSync('t', path.join(root, 'l/link'));
fs.symlinkSync('..', path.join(root, 'l/up'));

rows('walking a tree', [
  ['a/*', {}, ['a/b', 'a/bc']],
  ['a/**', {}, ['a', 'a/b', 'a/b/c', 'a/b/c/d', 'a/bc', 'a/bc/e']],
  ['a/**/', {}, ['a', 'a/b', 'a/b/c', 'a/bc']],
  ['**/.*', {}, ['a/.h', 'a/b/.i']],
  ['a/{b,bc}/*', {}, ['a/b/c', 'a/bc/e']],
  ['a/b/../bc/e', {}, ['a/bc/e']],
  ['a/*/..', {}, ['a']],
  ['l/*', {}, ['l/link', 'l/t', 'l/up']],
  ['l/*/*', {}, ['l/t/f']],
  ['l/link/*', {}, ['l/link/f']],
  ['l/**', {}, ['l', 'l/link', 'l/t', 'l/t/f', 'l/up']],
  ['l/**', { followSymlinks: true }, ['l', 'l/link', 'l/link/f', 'l/t', 'l/t/f', 'l/up']],
  ['a/**', { exclude: ['**/c'] }, ['a', 'a/b', 'a/bc', 'a/bc/e']],
  ['a/**', { exclude: (name) => name === 'b' }, ['a', 'a/bc', 'a/bc/e']],
  [['a/b/c/d', 'a/b/*/d'], {}, ['a/b/c/d']],
  ['none/**', {}, []],
  ['a/..', {}, []],
  ['**/f', {}, ['l/t/f']],
  ['l/**/f*', {}, ['l/t/f']],
  ['l/**/*', {},
   ['l/link', 'l/link/f', 'l/t', 'l/t/f', 'l/up', 'l/up/a', 'l/up/l']],
  ['l/**/', { followSymlinks: true }, ['l', 'l/link', 'l/t', 'l/up']],
  ['l/*/f', { followSymlinks: true }, ['l/link/f', 'l/t/f']],
  ['a/*', { exclude: ['a/b/**'] }, ['a/b', 'a/bc']],
  ['a/**', { exclude: ['a/b/**'] }, ['a', 'a/bc', 'a/bc/e']],
  ['**/e', { exclude: (name) => name === 'e' }, []],
  ['**/b/**', { exclude: (name) => name === 'b' }, []],
], async (pattern, options, expected) => {
  options = { cwd: root, ...options };
  assert.deepStrictEqual(fs.globSync(pattern, options).sort(), expected);
  const found = [];
  for await (const name of fs.promises.glob(pattern, options)) found.push(name);
  assert.deepStrictEqual(found.sort(), expected);
  await new Promise((done, fail) => {
    fs.glob(pattern, options, (error, names) => (error ? fail(error) : done(names)));
  }).then((names) => assert.deepStrictEqual(names.sort(), expected));
});

row('entries of the blocking form lie where the names that were given say', async () => {
  const parents = (entries) => entries.map((entry) => `${entry.parentPath}:${entry.name}`).sort();
  const here = process.cwd();
  process.chdir(root);
  try {
    const options = { withFileTypes: true };
    assert.deepStrictEqual(parents(fs.globSync('a/b*', options)), ['a:b', 'a:bc']);
    assert.deepStrictEqual(parents(fs.globSync('b*', { ...options, cwd: 'a' })), ['a:b', 'a:bc']);
    const all = [];
    for await (const entry of fs.promises.glob('a/b*', options)) all.push(entry);
    const parent = path.join(fs.realpathSync(root), 'a');
    assert.deepStrictEqual(parents(all), [`${parent}:b`, `${parent}:bc`]);
  } finally {
    process.chdir(here);
  }
});
