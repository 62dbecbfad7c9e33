'use strict';

// Aim: what --permission leaves of a program's rights. Method: a child with the option tries
// everything that reaches the file system or starts something; rows say what must be refused.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'coring-permission-'));
const granted = path.join(root, 'granted');
const other = path.join(root, 'other');
for (const directory of [granted, other]) {
  fs.mkdirSync(directory);
  fs.writeFileSync(path.join(directory, 'file'), 'text');
}

/** Runs `source` in a child that may read `granted`; `attempt(f)` gives the code of its error. */
function inChild(source, ...options) {
  const script = `
    const fs = require('fs');
    const [granted, other] = ${JSON.stringify([granted, other])};
    const attempt = (f) => {
      try { f(); return 'ok'; } catch (e) { return e.permission || e.code; }
    };
    ${source}`;
  const child = spawnSync(process.execPath, [
    '--no-warnings', '--permission', `--allow-fs-read=${granted}`, ...options, '-e', script,
  ], { encoding: 'utf8' });
  assert.strictEqual(child.status, 0, child.stderr);
  return child.stdout.trim().split('\n');
}

/** Expression in the child, its outcome. */
const ROWS = [
  ['fs.readFileSync(granted + "/file")', 'ok'],
  ['fs.readFileSync(granted)', 'EISDIR'],
  ['fs.readFileSync(other + "/file")', 'FileSystemRead'],
  ['fs.readFileSync(granted + "/../other/file")', 'FileSystemRead'],
  ['fs.readFileSync(Buffer.from(other + "/file"))', 'FileSystemRead'],
  ['fs.readFileSync(require("url").pathToFileURL(other + "/file"))', 'FileSystemRead'],
  ['fs.readdirSync(granted)', 'ok'],
  ['fs.readdirSync(other)', 'FileSystemRead'],
  ['fs.statSync(other)', 'FileSystemRead'],
  ['fs.opendirSync(other)', 'FileSystemRead'],
  ['fs.watch(other)', 'FileSystemRead'],
  ['fs.openSync(granted + "/file", "a")', 'FileSystemWrite'],
  ['fs.writeFileSync(granted + "/new", "")', 'FileSystemWrite'],
  ['fs.unlinkSync(granted + "/file")', 'FileSystemWrite'],
  ['fs.renameSync(granted + "/file", granted + "/b")', 'FileSystemWrite'],
  ['fs.symlinkSync("file", granted + "/link")', 'ERR_ACCESS_DENIED'],
  ['fs.fchmodSync(1, 0)', 'ERR_ACCESS_DENIED'],
  ['process.chdir(other)', 'FileSystemRead'],
  ['process.binding("buffer")', 'ERR_ACCESS_DENIED'],
  ['process.report.writeReport()', 'FileSystemWrite'],
  ['require("child_process").spawnSync("true")', 'ChildProcess'],
  ['require("child_process").spawn("true")', 'ChildProcess'],
  ['process.execve("/bin/true")', 'ChildProcess'],
  ['new (require("worker_threads").Worker)("1", { eval: true })', 'WorkerThreads'],
  ['process._linkedBinding("x")', 'Addon'],
];

const outcomes = inChild(ROWS.map(([expression]) =>
  `console.log(attempt(() => ${expression}));`).join('\n'));
ROWS.forEach(([expression, expected], i) => assert.strictEqual(outcomes[i], expected, expression));

// Answers that come later are refused in the same words, and nothing is thrown at once.
assert.deepStrictEqual(inChild(`
  const show = (error) => console.log(error.code, error.permission, error.resource === other);
  fs.readdir(other, show);
  fs.promises.readdir(other).catch(show);
`), ['ERR_ACCESS_DENIED FileSystemRead true', 'ERR_ACCESS_DENIED FileSystemRead true']);

// A child has no more rights than its maker.
assert.deepStrictEqual(inChild(`
  const { spawnSync } = require('child_process');
  const child = spawnSync(process.execPath, ['-p', 'process.permission.has("fs.write")']);
  console.log(String(child.stdout).trim());
`, '--allow-child-process'), ['false']);

// What was dropped does not come back.
assert.deepStrictEqual(inChild(`
  console.log(process.permission.has('fs.read', granted));
  process.permission.drop('fs.read');
  console.log(process.permission.has('fs.read', granted), attempt(() => fs.readdirSync(granted)));
`), ['true', 'false FileSystemRead']);

fs.rmSync(root, { recursive: true });
