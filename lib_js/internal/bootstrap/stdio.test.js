'use strict';

// Aim: standard input ends, whatever it is. Method: a child reads pipes, sockets, files, FIFOs and
// nothing at all; what it got and that it ended is compared.

const assert = require('assert');
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const READER = `
  let count = 0;
  process.stdin.on('data', (chunk) => { count += chunk.length; });
  process.stdin.on('end', () => console.log('end', count));`;

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-stdio-'));
const file = path.join(root, 'file');
const fifo = path.join(root, 'fifo');
fs.writeFileSync(file, 'x'.repeat(100_000));

/** How the shell gives the child its input; how much that is. */
for (const [line, count] of [
  ['head -c 300000 /dev/zero | "$0" -e "$1"', 300_000],
  ['"$0" -e "$1" < /dev/null', 0],
  [`"$0" -e "$1" < '${file}'`, 100_000],
  ['"$0" -e "$1" <&-', 0],
  [`mkfifo '${fifo}'; (head -c 200000 /dev/zero > '${fifo}') & "$0" -e "$1" < '${fifo}'`, 200_000],
  [`(exec 3> '${fifo}'; echo a >&3; sleep 0.1; echo b >&3) & "$0" -e "$1" < '${fifo}'`, 4],
]) {
  const { stdout, status } = spawnSync(
    '/bin/sh', ['-c', line, process.execPath, READER], { encoding: 'utf8', timeout: 20_000 });
  assert.deepStrictEqual([stdout, status], [`end ${count}\n`, 0], line);
}

const child = spawn(process.execPath, ['-e', READER], { stdio: ['pipe', 'pipe', 'inherit'] });
child.stdin.end('hello');
let text = '';
child.stdout.on('data', (chunk) => { text += chunk; });
child.on('close', (code) => {
  assert.deepStrictEqual([text, code], ['end 5\n', 0]);
  fs.rmSync(root, { recursive: true });
});
