'use strict';

// Aim: files through the ring (callbacks, promises, streams) and by plain calls do the same, and
// fail with Node's errors. Method: one temporary folder; each operation in all its forms.

const assert = require('assert');
const fs = require('fs');
const { constants: { errno } } = require('os');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream/promises');
const { row, rows } = require('../fixtures/rows.test.cjs');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fs-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const at = (name) => path.join(root, name);

const FORMS = {
  sync: async (name, ...given) => fs[`${name}Sync`](...given),
  callback: (name, ...given) => new Promise((resolve, reject) => {
    fs[name](...given, (error, value) => (error ? reject(error) : resolve(value)));
  }),
  promise: (name, ...given) => fs.promises[name](...given),
};

for (const [form, call] of Object.entries(FORMS)) {
  row(`${form}: a file from making to removing`, async () => {
    const file = at(`${form}.txt`);
    await call('writeFile', file, 'h\u00e9llo');
    await call('appendFile', file, Buffer.from(' w'));
    assert.strictEqual(await call('readFile', file, 'utf8'), 'h\u00e9llo w');
    assert.strictEqual((await call('readFile', file)).toString('latin1'), 'h\u00c3\u00a9llo w');
    const stat = await call('stat', file);
    assert.deepStrictEqual([stat.size, stat.isFile(), stat.isDirectory(), stat.mode & 0o777],
                           [8, true, false, 0o666 & ~process.umask()]);
    assert.ok(Math.abs(stat.mtimeMs - Date.now()) < 60_000 && stat.mtime instanceof Date);
    assert.strictEqual((await call('stat', file, { bigint: true })).size, 8n);
    await call('truncate', file, 1);
    await call('copyFile', file, `${file}.2`);
    await call('rename', `${file}.2`, `${file}.3`);
    await call('symlink', `${file}.3`, `${file}.l`);
    assert.strictEqual(await call('readlink', `${file}.l`), `${file}.3`);
    assert.strictEqual(await call('realpath', `${file}.l`), fs.realpathSync(`${file}.3`));
    assert.strictEqual((await call('lstat', `${file}.l`)).isSymbolicLink(), true);
    assert.strictEqual(await call('readFile', `${file}.l`, 'latin1'), 'h');
    await call('chmod', file, 0o600);
    await call('utimes', file, 1, 2.5);
    assert.strictEqual((await call('stat', file)).mtimeMs, 2500);
    await call('access', file, fs.constants.R_OK);
    for (const name of ['', '.3', '.l']) await call('unlink', file + name);
    assert.strictEqual(fs.existsSync(file), false);
  });

  row(`${form}: whole files of any size, as bytes of their own and as text`, async () => {
    const file = at(`${form}-whole`);
    for (const size of [0, 1, 100, 4096, 40_000, 1 << 20, (1 << 20) + 1]) {
      for (const [kind, last] of [['ascii', 'z'], ['utf8', '\u20ac'], ['broken', '\xff']]) {
        const bytes = Buffer.alloc(size, 'a');
        if (size >= 3) bytes.write(last, size - 3, kind === 'broken' ? 'latin1' : 'utf8');
        fs.writeFileSync(file, bytes);
        const read = await call('readFile', file);
        assert.ok(Buffer.isBuffer(read) && read.equals(bytes), `${kind} of ${size}`);
        if (form !== 'sync') assert.strictEqual(read.buffer.byteLength, size);
        for (const encoding of ['utf8', 'utf-8', 'UTF8', 'latin1', 'hex', 'utf16le']) {
          const text = await call('readFile', file, { encoding });
          assert.ok(text === bytes.toString(encoding), `${kind} of ${size} as ${encoding}`);
        }
      }
    }
  });

  row(`${form}: what is no file, and what is read through a link of /proc`, async () => {
    await assert.rejects(call('readFile', root, 'utf8'), { code: 'EISDIR', syscall: 'read' });
    const missing = at(`${form}-none`);
    await assert.rejects(call('readFile', missing, 'utf8'),
                         { code: 'ENOENT', syscall: 'open', path: missing });
    assert.match(await call('readFile', '/proc/self/status', 'utf8'), /^Name:/);
    assert.strictEqual((await call('readFile', '/dev/null')).length, 0);
  });

  row(`${form}: names of any length and letters`, async () => {
    for (const names of [
      [], ['a'], ['b', 'a', '...', '.a'], ['\u20ac', 'a', '\u{1f600}', '\xe9'],
      Array.from({ length: 700 }, (_, index) => 'x'.repeat(index % 255) + index).map(
        (name) => name.slice(-255)),
    ]) {
      const folder = fs.mkdtempSync(at('names-'));
      const expected = [...names].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
      for (const name of names) fs.writeFileSync(path.join(folder, name), '');
      assert.deepStrictEqual(await call('readdir', folder), expected);
      const bytes = await call('readdir', folder, 'buffer');
      assert.deepStrictEqual(bytes.map(String), expected);
      const entries = await call('readdir', folder, { withFileTypes: true });
      assert.deepStrictEqual(entries.map((entry) => entry.name), expected);
      assert.ok(entries.every((entry) => entry.isFile() && entry.parentPath === folder));
    }
  });

  row(`${form}: folders`, async () => {
    const folder = at(`${form}-dir`);
    assert.strictEqual(await call('mkdir', path.join(folder, 'a/b'), { recursive: true }), folder);
    const again = await call('mkdir', path.join(folder, 'a/b'), { recursive: true });
    assert.strictEqual(again, undefined);
    fs.writeFileSync(path.join(folder, 'f'), '');
    assert.deepStrictEqual((await call('readdir', folder)).sort(), ['a', 'f']);
    const entries = await call('readdir', folder, { withFileTypes: true });
    assert.deepStrictEqual(entries.map((entry) => `${entry.name} ${entry.isDirectory()}`).sort(),
                           ['a true', 'f false']);
    assert.deepStrictEqual((await call('readdir', folder, { recursive: true })).sort(),
                           ['a', 'a/b', 'f']);
    const made = await call('mkdtemp', path.join(folder, 't-'));
    assert.match(made, /t-\w{6}$/);
    await call('rmdir', made);
    await call('rm', folder, { recursive: true });
    assert.strictEqual(fs.existsSync(folder), false);
  });

  rows(`${form}: errors`, [
    ['ENOENT', 'open', ['readFile', 'none']], ['ENOENT', 'stat', ['stat', 'none']],
    ['ENOENT', 'scandir', ['readdir', 'none']], ['ENOENT', 'unlink', ['unlink', 'none']],
    ['EEXIST', 'mkdir', ['mkdir', '.']],
    ['EEXIST', 'open', ['writeFile', 'here', '', { flag: 'wx' }]],
    ['EISDIR', 'read', ['readFile', '.']], ['ENOTDIR', 'open', ['readFile', 'here/x']],
    ['ENOENT', 'access', ['access', 'none']], ['ENOTEMPTY', 'rmdir', ['rmdir', '.']],
    ['ENOENT', 'rename', ['rename', 'none', 'other'], 'other'],
  ], async (code, syscall, [name, file, ...more], dest) => {
    fs.writeFileSync(at('here'), '');
    const args = dest === undefined ? more : [at(dest)];
    const error = await call(name, at(file), ...args).then(() => null, (found) => found);
    assert.ok(error instanceof Error);
    const isRead = syscall === 'read'; // Has no path.
    assert.deepStrictEqual(
      { code: error.code, errno: error.errno, syscall: error.syscall,
        path: error.path, dest: error.dest },
      { code, errno: -errno[code], syscall, path: isRead ? undefined : at(file),
        dest: dest && at(dest) });
    const where = isRead ? '' : ` '${at(file)}'${dest ? ` -> '${at(dest)}'` : ''}`;
    assert.match(error.message, new RegExp(`^${code}: .+, ${syscall}${where}$`));
  });
}

rows('thrown at once', [
  ['path', () => fs.readFile({}, () => {}), 'ERR_INVALID_ARG_TYPE'],
  ['NUL', () => fs.readFile('a\0b', () => {}), 'ERR_INVALID_ARG_VALUE'],
  ['callback', () => fs.stat('.'), 'ERR_INVALID_ARG_TYPE'],
  ['flag', () => fs.openSync('.', 'no'), 'ERR_INVALID_ARG_VALUE'],
  ['encoding', () => fs.readFileSync('.', 'no'), 'ERR_INVALID_ARG_VALUE'],
], (name, run, code) => assert.throws(run, { code }));

row('positions', async () => {
  const file = at('positions');
  const fd = fs.openSync(file, 'w+');
  assert.strictEqual(fs.writeSync(fd, 'abcdef'), 6);
  assert.strictEqual(fs.writeSync(fd, Buffer.from('XY'), 0, 2, 1), 2);
  const buffer = Buffer.alloc(4);
  assert.strictEqual(fs.readSync(fd, buffer, 0, 4, 2), 4);
  assert.strictEqual(`${buffer}`, 'Ydef');
  const { bytesRead } = await new Promise((resolve) => {
    fs.read(fd, buffer, 0, 4, 4, (error, count) => resolve({ bytesRead: count }));
  });
  assert.strictEqual(bytesRead, 2);
  assert.strictEqual(fs.readSync(fd, buffer, 0, 4, 100), 0);
  fs.closeSync(fd);
  assert.throws(() => fs.closeSync(fd), { code: 'EBADF', syscall: 'close' });
});

row('file handles', async () => {
  const handle = await fs.promises.open(at('handle'), 'w+');
  await handle.write('one\ntwo\n');
  await handle.writeFile('three');
  assert.strictEqual((await handle.stat()).size, 13);
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(3), 0, 3, 4);
  assert.strictEqual(`${bytesRead} ${buffer}`, '3 two');
  await handle.sync();
  await handle.truncate(3);
  await handle.close();
  assert.strictEqual(fs.readFileSync(at('handle'), 'utf8'), 'one');
  await assert.rejects(handle.read(Buffer.alloc(1)), { code: 'EBADF' });
});

row('streams carry 3 MiB, and parts of files', async () => {
  const bytes = Buffer.alloc(3 << 20, 'stream!');
  const from = at('from');
  fs.writeFileSync(from, bytes);
  await pipeline(fs.createReadStream(from), fs.createWriteStream(at('to')));
  assert.ok(fs.readFileSync(at('to')).equals(bytes));
  const part = [];
  for await (const chunk of fs.createReadStream(from, { start: 7, end: 13 })) part.push(chunk);
  assert.strictEqual(`${Buffer.concat(part)}`, 'stream!');
  const stream = fs.createReadStream(at('none'));
  const [error] = await new Promise((resolve) => stream.on('error', (...found) => resolve(found)));
  assert.strictEqual(error.code, 'ENOENT');
  const appended = fs.createWriteStream(from, { flags: 'r+', start: 1 });
  await new Promise((resolve) => appended.end('XX', resolve));
  assert.strictEqual(fs.readFileSync(from).toString('latin1', 0, 4), 'sXXe');
});

row('many operations at once', async () => {
  const names = Array.from({ length: 300 }, (_, i) => at(`many-${i}`));
  await Promise.all(names.map((name, i) => fs.promises.writeFile(name, `${i}`)));
  const texts = await Promise.all(names.map((name) => fs.promises.readFile(name, 'utf8')));
  assert.deepStrictEqual(texts, names.map((_, i) => `${i}`));
  await Promise.all(names.map((name) => fs.promises.unlink(name)));
});

row('an aborted read', async () => {
  await assert.rejects(fs.promises.readFile(at('here'), { signal: AbortSignal.abort() }),
                       { name: 'AbortError', code: 'ABORT_ERR' });
});
