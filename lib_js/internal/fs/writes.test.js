'use strict';

// Aim: what is told to be written is written, there where it belongs, when a file may not grow any
// more: a write tells of its part, the next one is refused, and nothing that was written before is
// lost. Method: a child whose files may have 1 MB writes numbered bytes of 3 MB, in each form and by
// small and by large writes. Passes on Node 24.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row, rows } = require('../../fixtures/rows.test.cjs');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'writes-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));

const LIMIT_BLOCKS = 2000;
const LIMIT_BYTES = LIMIT_BLOCKS * 512;
const ALL_BYTES = 3_000_000;

const PRELUDE = `
  const fs = require('fs');
  const file = process.argv[1];
  const bytes = Buffer.alloc(${ALL_BYTES});
  for (let i = 0; i < bytes.length; i += 4) bytes.writeUInt32LE(i, i);
  const told = [];
  const tell = (error, count) => told.push(error ? error.code : count);
  const call = (name, ...given) => new Promise((done) => {
    fs[name](...given, (error, count) => {
      tell(error, count);
      done();
    });
  });
  process.on('exit', () => console.log(JSON.stringify(told)));
`;

/** What a program with so small files tells. */
function limited(file, code) {
  const child = spawnSync('sh', [
    '-c', `ulimit -f ${LIMIT_BLOCKS}; exec "$@"`, 'sh', process.execPath, '-e',
    `${PRELUDE}(async () => {${code}})();`, file,
  ], { encoding: 'utf8' });
  assert.strictEqual(child.stderr, '');
  return JSON.parse(child.stdout);
}

function checkContent(file, count) {
  const found = fs.readFileSync(file);
  assert.strictEqual(found.length, count);
  for (let i = 0; i < count; i += 4) {
    if (found.readUInt32LE(i) !== i) assert.fail(`byte ${i} is another one`);
  }
}

rows('as much as may be', [
  ['write', 'await call("write", fd, bytes); await call("write", fd, bytes);',
   [LIMIT_BYTES, 'EFBIG']],
  ['write in pieces', `
     for (let at = 0; at < 1.2e6; at += 4e5) await call("write", fd, bytes, at, 4e5);`,
   [400_000, 400_000, LIMIT_BYTES - 800_000]],
  ['write in large pieces', `
     await call("write", fd, bytes, 0, 8e5);
     await call("write", fd, bytes, 8e5, 8e5);
     await call("write", fd, bytes, 0, 8e5);`,
   [800_000, LIMIT_BYTES - 800_000, 'EFBIG']],
  ['write at a place', `
     await call("write", fd, bytes, 0, 8e5, 0);
     await call("write", fd, bytes, 8e5, 8e5, 8e5);`,
   [800_000, LIMIT_BYTES - 800_000]],
  ['write behind all', `
     const last = fs.openSync(file, "a");
     await call("write", last, bytes);
     await call("write", last, bytes);`,
   [LIMIT_BYTES, 'EFBIG']],
  ['writev', 'await call("writev", fd, [bytes]); await call("writev", fd, [bytes]);',
   [LIMIT_BYTES, 'EFBIG']],
  ['a FileHandle', `
     const handle = await fs.promises.open(file, "w");
     tell(null, (await handle.write(bytes)).bytesWritten);
     await handle.write(bytes).catch(tell);
     await handle.close();`,
   [LIMIT_BYTES, 'EFBIG']],
  ['writeFile', 'await call("writeFile", file, bytes);', ['EFBIG']],
  ['a promise of writeFile', 'await fs.promises.writeFile(file, bytes).catch(tell);', ['EFBIG']],
  ['a stream', `
     const stream = fs.createWriteStream(file).on("error", tell);
     stream.end(bytes);
     await new Promise((done) => stream.on("close", done));
     tell(null, stream.bytesWritten);`,
   ['EFBIG', LIMIT_BYTES]],
], (name, code, expected) => {
  const file = path.join(root, name);
  const told = limited(file, `const fd = fs.openSync(file, "w"); ${code}`);
  assert.deepStrictEqual(told, expected);
  checkContent(file, LIMIT_BYTES);
});

row('writes in flight together stand one behind the other', async () => {
  const file = path.join(root, 'together');
  const fd = fs.openSync(file, 'w');
  const piece = (i) => Buffer.alloc(i % 2 === 0 ? 700_000 : 10, i);
  await Promise.all(Array.from({ length: 8 }, (_, i) => new Promise((done, fail) => {
    fs.write(fd, piece(i), (error) => (error ? fail(error) : done()));
  })));
  fs.writeSync(fd, 'end');
  fs.closeSync(fd);
  const found = fs.readFileSync(file);
  assert.strictEqual(found.length, 4 * 700_000 + 4 * 10 + 3);
  assert.strictEqual(found.subarray(-3).toString(), 'end');
  const counts = new Array(8).fill(0);
  for (const byte of found.subarray(0, -3)) counts[byte]++;
  assert.deepStrictEqual(counts, [0, 1, 2, 3, 4, 5, 6, 7].map((i) => piece(i).length));
});

row('what has no places refuses them', async () => {
  const fifo = path.join(root, 'fifo');
  assert.strictEqual(spawnSync('mkfifo', [fifo]).status, 0);
  const fd = fs.openSync(fifo, fs.constants.O_RDWR | fs.constants.O_NONBLOCK);
  fs.writeSync(fd, 'ab');
  for (const [name, ...given] of [
    ['read', Buffer.alloc(2), 0, 2, 0], ['readv', [Buffer.alloc(2)], 0],
    ['write', Buffer.from('c'), 0, 1, 0], ['writev', [Buffer.from('c')], 0],
  ]) {
    const refused = await new Promise((done) => fs[name](fd, ...given, done));
    assert.strictEqual(refused?.code, 'ESPIPE', name);
    assert.throws(() => fs[`${name}Sync`](fd, ...given), { code: 'ESPIPE' });
  }
  assert.strictEqual(fs.readSync(fd, Buffer.alloc(3), 0, 3, null), 2);
  fs.closeSync(fd);
});

row('no bytes ask the descriptor all the same', async () => {
  const file = path.join(root, 'none');
  fs.writeFileSync(file, '');
  const fd = fs.openSync(file, 'r');
  const none = Buffer.alloc(0);
  for (const [name, ...given] of [['write', none, 0, 0, 0], ['writev', [none]],
                                  ['writeFile', '']]) {
    const refused = await new Promise((done) => fs[name](fd, ...given, done));
    assert.strictEqual(refused?.code, 'EBADF', name);
  }
  fs.closeSync(fd);
  assert.throws(() => fs.readvSync(fd, [none]), { code: 'EBADF' });
  const folder = fs.openSync(root, 'r');
  assert.throws(() => fs.readvSync(folder, [none]), { code: 'EISDIR' });
  fs.closeSync(folder);
});
