'use strict';
// Flags: --expose-internals
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { fromCpuProfile, fromPerfScript } = require('internal/flame/stacks');
const { flameGraph } = require('internal/flame/graph');

// What perf prints: innermost first, the kernel's, V8's and the program's own; lost frames go.
const SCRIPT = `coring 77 \n
\tffff1 do_page_fault+0x12 ([kernel.kallsyms])
\t    1 Builtins_CEntry+0x3 (/bin/coring)
\t    2 JS:o*work /a b.js:1:2+0x4 (/tmp/perf-77.map)
\t    3 [unknown] (/bin/coring)
\t    4 coring::turn::run+0x9 (/bin/coring)

core 1 78
\t    5 [unknown] ([vdso])

`.replace('\n\n\t', '\n\t');
assert.deepStrictEqual(fromPerfScript(SCRIPT), [
  {
    frames: [
      { name: 'coring', kind: 'native' },
      { name: 'coring::turn::run', kind: 'native' },
      { name: 'work /a b.js:1:2', kind: 'js' },
      { name: 'Builtins_CEntry', kind: 'v8' },
      { name: 'do_page_fault', kind: 'kernel' },
    ],
    count: 1,
  },
  { frames: [{ name: 'core 1', kind: 'native' }, { name: '[unknown]', kind: 'native' }], count: 1 },
]);

const call = (functionName, url = '') => ({ functionName, url, lineNumber: 4 });
const PROFILE = JSON.stringify({ nodes: [
  { id: 1, callFrame: call('(root)'), hitCount: 0, children: [2, 3, 5] },
  { id: 2, callFrame: call('(idle)'), hitCount: 9 },
  { id: 3, callFrame: call('a', 'file:///x.js'), hitCount: 1, children: [4] },
  { id: 4, callFrame: call('', 'file:///x.js'), hitCount: 2 },
  { id: 5, callFrame: call('(garbage collector)'), hitCount: 3 },
] });
const profiled = fromCpuProfile(PROFILE);
assert.deepStrictEqual(profiled, [
  { frames: [{ name: 'a file:///x.js:5', kind: 'js' }], count: 1 },
  {
    frames: [
      { name: 'a file:///x.js:5', kind: 'js' }, { name: '(anonymous) file:///x.js:5', kind: 'js' },
    ],
    count: 2,
  },
  { frames: [{ name: '(garbage collector)', kind: 'v8' }], count: 3 },
]);

const svg = flameGraph([...profiled, { frames: [{ name: '<&>', kind: 'kernel' }], count: 6 }], 't', 'b');
assert.match(svg, /<title>all: 12 samples, 100\.00 %/);
assert.match(svg, /<title>a file:\/\/\/x\.js:5: 3 samples, 25\.00 %/);
assert.match(svg, /<title>&lt;&amp;&gt;: 6 samples, 50\.00 %/);
assert.match(flameGraph([], 't', 'b'), /no samples/);

// The whole command. V8's profiler is there on every machine; perf where it may.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-perf-test-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
fs.writeFileSync(path.join(folder, 'app.js'), `
  function burn(end) { while (Date.now() < end) JSON.stringify([end]); }
  burn(Date.now() + 300);
  if (process.argv[2] === 'wait') setInterval(() => {}, 1000);
`);
function run(...words) {
  const { status, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8' });
  return { status, stderr };
}
for (const [flags, rest] of [[['--v8'], []], [['--v8', '--seconds', '1'], ['wait']], [[], []]]) {
  const { status, stderr } = run('perf', '-o', 'out.svg', ...flags, 'app.js', ...rest);
  assert.strictEqual(status, 0, stderr);
  assert.match(stderr, /coring perf: [1-9]\d* samples by .*: out\.svg\n$/);
  assert.match(fs.readFileSync(path.join(folder, 'out.svg'), 'utf8'), /<title>burn .*app\.js/);
}
// Nothing is left behind but what was asked for.
assert.deepStrictEqual(fs.readdirSync(folder).sort(), ['app.js', 'out.svg']);

const misused = run('perf', '--seconds', 'x', 'app.js');
assert.strictEqual(misused.status, 9);
assert.match(misused.stderr, /^coring perf \[-o FILE\.svg\]/);

// A file of that name is what Node would run.
fs.writeFileSync(path.join(folder, 'perf.js'), 'process.exit(process.argv.length)');
assert.strictEqual(run('perf', 'app.js').status, 3);
