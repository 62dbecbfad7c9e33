'use strict';
const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-profiles-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const WORK = `
function busy() { const end = Date.now() + 50; while (Date.now() < end) JSON.stringify([end]); }
function keep() { globalThis.kept = Array.from({ length: 5e4 }, (_, i) => ({ i })); }
busy(); keep();`;

function run(...words) {
  const { status, signal, stderr } = spawnSync(process.execPath, words, {
    cwd: folder, encoding: 'utf8',
  });
  return { status, signal, stderr };
}

function profiles(place, extension) {
  const names = fs.readdirSync(path.join(folder, place)).filter((name) => name.endsWith(extension));
  return names.map((name) => ({
    name, profile: JSON.parse(fs.readFileSync(path.join(folder, place, name), 'utf8')),
  }));
}

function names({ callFrame, children }) {
  return [callFrame.functionName, ...(children ?? []).flatMap(names)];
}

// Both, however the program ends, under Node's names.
const ENDS = [
  ['', 0, null],
  ['process.exit(3);', 3, null],
  ['process.reallyExit(4);', 4, null],
  ['throw 5;', 1, null],
  ['process.kill(process.pid, "SIGINT");', null, 'SIGINT'],
  // A signal from outside: none of V8's threads may take it before the program.
  ["process.on('SIGINT', () => process.exit(6)); setInterval(() => {}, 1000);" +
   "require('child_process').spawn('kill', ['-INT', `${process.pid}`]);", 6, null],
];
for (const [index, [end, status, signal]] of ENDS.entries()) {
  const ended = run('--cpu-prof', '--cpu-prof-interval', '100', '--cpu-prof-dir', `end${index}`,
                    '--heap-prof', '--heap-prof-interval', '1024', '--heap-prof-dir', `end${index}`,
                    '-e', WORK + end);
  assert.strictEqual(ended.status, status, ended.stderr);
  assert.strictEqual(ended.signal, signal);
  const [cpu, ...moreCpu] = profiles(`end${index}`, '.cpuprofile');
  const [heap, ...moreHeap] = profiles(`end${index}`, '.heapprofile');
  assert.deepStrictEqual([...moreCpu, ...moreHeap], []);
  assert.match(cpu.name, /^CPU\.\d{8}\.\d{6}\.\d+\.0\.001\.cpuprofile$/);
  assert.match(heap.name, /^Heap\.\d{8}\.\d{6}\.\d+\.0\.002\.heapprofile$/);
  assert(cpu.profile.nodes.some((node) => node.callFrame.functionName === 'busy'));
  assert(names(heap.profile.head).includes('keep'));
}

// The folder is that of the start, wherever the program went.
run('--cpu-prof', '--cpu-prof-name', 'at-${pid}.cpuprofile', '-e', 'process.chdir("/")');
assert.match(profiles('.', '.cpuprofile')[0].name, /^at-\d+\.cpuprofile$/);

// What cannot be written is said, and changes nothing else.
const unwritten = run('--cpu-prof', '--cpu-prof-name', 'no/where', '-e', '0');
assert.deepStrictEqual(unwritten, {
  status: 0, signal: null, stderr: `ENOENT: Failed to write file ${folder}/no/where\n`,
});

const unasked = run('--heap-prof-name', 'x', '--cpu-prof-interval', '7', '-e', '0');
assert.deepStrictEqual(unasked, {
  status: 9,
  signal: null,
  stderr: `${process.execPath}: --cpu-prof-interval must be used with --cpu-prof\n` +
    `${process.execPath}: --heap-prof-name must be used with --heap-prof\n`,
});
