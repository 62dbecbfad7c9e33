'use strict';

// A disk of 1 MiB, filled again and again: each way to write tells it as Node does, and when there
// is room all is as before.
//
//   full.js FOLDER

const assert = require('node:assert');
const fs = require('node:fs');
const { open, readFile, unlink, writeFile, appendFile, copyFile, mkdir } =
  require('node:fs/promises');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');
const { Readable } = require('node:stream');

const folder = process.argv[2];
const at = (name) => path.join(folder, name);
const LARGE = Buffer.alloc(4 << 20, 7);
const SMALL = Buffer.alloc(100 << 10, 7);
const ROUNDS = 20;

function full(syscall, more = {}) {
  return {
    code: 'ENOSPC', errno: -28, syscall, ...more,
    message: `ENOSPC: no space left on device, ${syscall}` +
      (more.dest ? ` '${more.path}' -> '${more.dest}'` : more.path ? ` '${more.path}'` : ''),
  };
}

const descriptors = () => fs.readdirSync('/proc/self/fd').length;

async function overflow() {
  await assert.rejects(writeFile(at('a'), LARGE), full('write'));
  await assert.rejects(appendFile(at('a'), SMALL), full('write'));
  assert.throws(() => fs.writeFileSync(at('b'), SMALL), full('write'));
  await assert.rejects(
    pipeline(Readable.from([SMALL, SMALL]), fs.createWriteStream(at('c'))), full('write'));
  const file = await open(at('d'), 'w');
  await assert.rejects(file.write(SMALL), full('write'));
  await file.close();
  await assert.rejects(copyFile(process.execPath, at('e')),
                       full('copyfile', { path: process.execPath, dest: at('e') }));
  for (const name of fs.readdirSync(folder)) await unlink(at(name));
}

async function recovered() {
  await writeFile(at('a'), SMALL);
  assert.deepStrictEqual(await readFile(at('a')), SMALL);
  await mkdir(at('d'));
  fs.rmSync(at('d'), { recursive: true });
  await unlink(at('a'));
}

async function main() {
  await overflow();
  await recovered();
  const before = descriptors();
  const requests = process._getActiveRequests().length;
  for (let round = 0; round < ROUNDS; round++) {
    await overflow();
    await recovered();
  }
  assert.strictEqual(descriptors(), before);
  assert.strictEqual(process._getActiveRequests().length, requests);
  console.log('recovered');
}

main();
