'use strict';

// Aim: process.exit loses nothing that was asked of a file before, as Node's threads finish theirs.
// Method: a child begins changes and leaves in the same turn. Passes on Node 24.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row } = require('../../fixtures/rows.test.cjs');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'leaves-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));

function run(code) {
  const child = spawnSync(process.execPath, ['-e', code, root], { timeout: 10_000 });
  assert.strictEqual(child.stderr.toString(), '');
  assert.strictEqual(child.status, 3);
  return child.stdout.toString();
}

row('a line for a pipe', () => {
  assert.strictEqual(run(`
    require('fs').write(1, 'line', () => {});
    process.exit(3);
  `), 'line');
});

row('more than a pipe takes comes when the reader takes it', () => {
  assert.strictEqual(run(`
    require('fs').write(1, 'x'.repeat(300_000), () => {});
    process.exit(3);
  `).length, 300_000);
});

row('a large file', () => {
  run(`
    const fs = require('fs');
    fs.write(fs.openSync(process.argv[1] + '/large', 'w'), Buffer.alloc(3 << 20), () => {});
    process.exit(3);
  `);
  assert.strictEqual(fs.statSync(path.join(root, 'large')).size, 3 << 20);
});
