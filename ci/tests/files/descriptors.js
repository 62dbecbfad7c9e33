'use strict';

// No descriptor is left (`ulimit -n 64`): each way to open tells it as Node does, what needs none
// goes on, and when some are free all is as before.
//
//   descriptors.js FOLDER

const assert = require('node:assert');
const fs = require('node:fs');
const { mkdir, open, opendir, readFile, readdir, rename, rm, stat, unlink, writeFile } =
  require('node:fs/promises');
const path = require('node:path');

const folder = process.argv[2];
const at = (name) => path.join(folder, name);
const file = at('file');
const ROUNDS = 20;

function none(syscall, name) {
  return {
    code: 'EMFILE', errno: -24, syscall, path: name,
    message: `EMFILE: too many open files, ${syscall} '${name}'`,
  };
}

async function openAll() {
  const files = [];
  for (;;) {
    try {
      files.push(await open(file));
    } catch (error) {
      assert.strictEqual(error.message, none('open', file).message);
      return files;
    }
  }
}

async function exhausted() {
  const files = await openAll();
  assert.ok(files.length > 20);
  await assert.rejects(readFile(file), none('open', file));
  await assert.rejects(writeFile(at('new'), 'a'), none('open', at('new')));
  await assert.rejects(open(file, 'r+'), none('open', file));
  await assert.rejects(readdir(folder), none('scandir', folder));
  await assert.rejects(opendir(folder), none('opendir', folder));
  assert.throws(() => fs.openSync(file), none('open', file));
  assert.throws(() => fs.readFileSync(file), none('open', file));
  await new Promise((resolve) => fs.readFile(file, (error) => {
    assert.strictEqual(error.message, none('open', file).message);
    resolve();
  }));
  await new Promise((resolve) => fs.createReadStream(file).on('error', (error) => {
    assert.strictEqual(error.message, none('open', file).message);
    resolve();
  }));
  // None of these needs a descriptor.
  assert.strictEqual((await stat(file)).size, 4);
  await rename(file, at('other'));
  await rename(at('other'), file);
  await mkdir(at('folder'));
  const { buffer, bytesRead } = await files[0].read(Buffer.alloc(8), 0, 8, 0);
  assert.strictEqual(buffer.toString('latin1', 0, bytesRead), 'text');
  for (const one of files) await one.close();
  await rm(at('folder'), { recursive: true });
  return files.length;
}

async function recovered() {
  const texts = await Promise.all(Array.from({ length: 40 }, () => readFile(file, 'utf8')));
  assert.ok(texts.every((text) => text === 'text'));
  await writeFile(at('new'), 'a');
  await unlink(at('new'));
  assert.deepStrictEqual(await readdir(folder), ['file']);
}

async function main() {
  await writeFile(file, 'text');
  const count = await exhausted();
  await recovered();
  const requests = process._getActiveRequests().length;
  for (let round = 0; round < ROUNDS; round++) {
    assert.strictEqual(await exhausted(), count);
    await recovered();
  }
  assert.strictEqual(process._getActiveRequests().length, requests);
  console.log('recovered');
}

main();
