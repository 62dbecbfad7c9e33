'use strict';

// Aim: corners of fs that Node's own tests do not look at are as in Node: names and shapes of what
// is refused, times to the nanosecond, what rm, mkdir, cp and copyFile leave behind. Method: rows
// found by comparing both programs over tables of odd arguments. All but the row that says so pass
// on Node 24.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row, rows } = require('../../fixtures/rows.test.cjs');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'differences-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const at = (...names) => path.join(root, ...names);
const file = at('file');
fs.writeFileSync(file, 'hello');

const callback = (name, ...given) => new Promise((resolve, reject) => {
  fs[name](...given, (error, value) => (error ? reject(error) : resolve(value)));
});

// ---- arguments ---------------------------------------------------------------------------------

row('flags are called flags everywhere', async () => {
  const expected = { message: "The argument 'flags' is invalid. Received 'xs'" };
  assert.throws(() => fs.openSync(file, 'xs'), expected);
  assert.throws(() => fs.readFileSync(file, { flag: 'xs' }), expected);
  assert.throws(() => fs.readFile(file, { flag: 'xs' }, () => {}), expected);
  await assert.rejects(fs.promises.readFile(file, { flag: 'xs' }), expected);
});

row('what a write of nothing asks for', async () => {
  fs.appendFileSync('/dev/full', '');
  await fs.promises.appendFile('/dev/full', '');
  await assert.rejects(callback('appendFile', '/dev/full', ''), { code: 'ENOSPC' });
});

row('only true asks for bigints', async () => {
  for (const name of ['stat', 'lstat', 'statfs']) {
    const property = name === 'statfs' ? 'bsize' : 'size';
    const kind = async (bigint) => [
      typeof fs[`${name}Sync`](file, { bigint })[property],
      typeof (await callback(name, file, { bigint }))[property],
      typeof (await fs.promises[name](file, { bigint }))[property],
    ];
    assert.deepStrictEqual(await kind(1), ['number', 'number', 'number'], name);
    assert.deepStrictEqual(await kind(true), ['bigint', 'bigint', 'bigint'], name);
  }
});

row('`buffer` is no encoding of files', async () => {
  const expected = { code: 'ERR_UNKNOWN_ENCODING' };
  assert.throws(() => fs.readFileSync(file, 'buffer'), expected);
  await assert.rejects(callback('readFile', file, 'buffer'), expected);
  await assert.rejects(fs.promises.readFile(file, 'buffer'), expected);
});

row('the offset of readSync is no null', () => {
  const fd = fs.openSync(file, 'r');
  assert.throws(() => fs.readSync(fd, Buffer.alloc(1), { offset: null }),
                { code: 'ERR_INVALID_ARG_TYPE' });
  assert.strictEqual(fs.readSync(fd, Buffer.alloc(1), { offset: undefined }), 1);
  fs.closeSync(fd);
});

row('a FileHandle: times have names, no buffers are refused, appending is writing', async () => {
  const handle = await fs.promises.open(file);
  await assert.rejects(handle.utimes('x', 1), { message: /^The "atime" argument/ });
  await assert.rejects(handle.utimes(1, 'x'), { message: /^The "mtime" argument/ });
  await assert.rejects(handle.readv([]), { code: 'EINVAL', syscall: 'read' });
  await handle.close();
  await assert.rejects(handle.appendFile(''), { code: 'EBADF', syscall: 'writeFile' });
});

row('a mode that is no finite number has no bounds', () => {
  for (const mode of [NaN, Infinity, -Infinity]) {
    assert.throws(() => fs.accessSync(file, mode), { message: 'mode is out of range' });
  }
  assert.throws(() => fs.accessSync(file, 8), { message: 'mode is out of range: >= 0 && <= 7' });
});

row('a Dirent takes its kind second', () => {
  const entry = new fs.Dirent('name', fs.constants.UV_DIRENT_DIR, 'parent');
  assert.deepStrictEqual([entry.name, entry.parentPath, entry.isDirectory()],
                         ['name', 'parent', true]);
});

row('openAsBlob refuses without naming the code', () => {
  assert.throws(() => fs.openAsBlob(at('none')), (error) => {
    assert.strictEqual(error.code, 'ERR_INVALID_ARG_VALUE');
    assert.strictEqual(String(error), 'TypeError: Unable to open file as blob');
    return true;
  });
});

row('mkdtempDisposable takes a function for no options', async () => {
  const made = await fs.promises.mkdtempDisposable(at('made-'), () => {});
  assert.ok(fs.existsSync(made.path));
  await made.remove();
  assert.ok(!fs.existsSync(made.path));
});

// ---- times -------------------------------------------------------------------------------------

rows('times are cut to nanoseconds', [
  [1.2345678, 1_234_567_800n], [1_700_000_000.123, 1_700_000_000_122_999_906n],
  [0.9999999, 999_999_900n], [new Date(-1500), -1_500_000_000n],
], async (time, expected) => {
  fs.utimesSync(file, time, time);
  assert.strictEqual(fs.statSync(file, { bigint: true }).mtimeNs, expected);
  await fs.promises.utimes(file, 1, 1);
  await fs.promises.utimes(file, 1, time);
  const { atimeNs, mtimeNs } = fs.statSync(file, { bigint: true });
  assert.deepStrictEqual([atimeNs, mtimeNs], [1_000_000_000n, expected]);
});

row('a time beyond all clocks is refused', async () => {
  assert.throws(() => fs.utimesSync(file, 1e20, 1), { code: 'EINVAL', syscall: 'utime' });
  await assert.rejects(fs.promises.lutimes(file, 1, 1e20), { code: 'EINVAL', syscall: 'lutime' });
});

// ---- trees -------------------------------------------------------------------------------------

row('mkdir tells what it made as it was written', async () => {
  const here = process.cwd();
  process.chdir(root);
  try {
    assert.strictEqual(fs.mkdirSync('./m/', { recursive: true }), './m/');
    assert.strictEqual(fs.mkdirSync('n//o', { recursive: true }), 'n/');
    assert.strictEqual(await fs.promises.mkdir('p/q/', { recursive: true }), 'p');
    assert.strictEqual(await callback('mkdir', 'p/q//', { recursive: true }), undefined);
  } finally {
    process.chdir(here);
  }
});

row('rm of a link with a slash behind leaves what lies there', async () => {
  fs.mkdirSync(at('kept', 'below'), { recursive: true });
  fs.symlinkSync('kept', at('link'));
  const link = `${at('link')}/`;
  for (const force of [false, true]) {
    await fs.promises.rm(link, { recursive: true, force });
    await callback('rm', Buffer.from(link), { recursive: true, force });
  }
  assert.ok(fs.existsSync(at('kept', 'below')) && fs.existsSync(at('link')));
});

row('rmSync of it, which in Node empties the directory before it is refused', () => {
  // Not so in Node 24.
  assert.throws(() => fs.rmSync(`${at('link')}/`, { recursive: true }), { code: 'ENOTDIR' });
  if (process.features.openssl_is_boringssl) assert.ok(fs.existsSync(at('kept', 'below')));
});

row('rm of the dot in a directory leaves the directory as it is', async () => {
  fs.mkdirSync(at('dotted', 'below'), { recursive: true });
  for (const dot of [`${at('dotted')}/.`, `${at('dotted')}/./`]) {
    const refused = { code: 'EINVAL', syscall: 'rmdir' };
    await assert.rejects(fs.promises.rm(dot, { recursive: true }), refused);
    await assert.rejects(callback('rm', Buffer.from(dot), { recursive: true }), refused);
  }
  assert.ok(fs.existsSync(at('dotted', 'below')));
});

row('nothing lies behind a file for rmSync by force', async () => {
  const options = { recursive: true, force: true };
  fs.rmSync(path.join(file, 'x'), options);
  await assert.rejects(fs.promises.rm(path.join(file, 'x'), options), { code: 'ENOTDIR' });
});

row('a copy that fails leaves no target', async () => {
  fs.mkdirSync(at('folder'));
  const options = { code: 'EISDIR', syscall: 'copyfile' };
  assert.throws(() => fs.copyFileSync(at('folder'), at('copy')), options);
  await assert.rejects(fs.promises.copyFile(at('folder'), at('copy')), options);
  assert.ok(!fs.existsSync(at('copy')));
});

row('cpSync looks behind links, and passes by what is no file', () => {
  fs.writeFileSync(at('f'), 'f');
  fs.symlinkSync('f', at('lf'));
  fs.symlinkSync('none', at('dangling'));
  assert.throws(() => fs.cpSync(at('f'), at('lf')), { code: 'ERR_FS_CP_EINVAL' });
  assert.throws(() => fs.cpSync(at('lf'), at('f')), { code: 'ERR_FS_CP_EINVAL' });
  assert.throws(() => fs.cpSync(at('dangling'), at('new')), { code: 'ENOENT', syscall: 'lstat' });
  fs.mkdirSync(at('pipes'));
  assert.strictEqual(spawnSync('mkfifo', [at('pipes', 'fifo')]).status, 0);
  fs.writeFileSync(at('pipes', 'last'), '');
  fs.cpSync(at('pipes'), at('copied'), { recursive: true });
  assert.deepStrictEqual(fs.readdirSync(at('copied')), ['last']);
  assert.throws(() => fs.cpSync(at('pipes', 'fifo'), at('new')), {
    code: 'ERR_FS_CP_FIFO_PIPE', message: `Cannot copy a FIFO pipe: ${at('new')}`,
  });
});

row('the filter of cp is a method of its options', async () => {
  const seen = [];
  const options = { filter() { seen.push(this.mark); return false; }, mark: 'mine' };
  fs.cpSync(file, at('new'), options);
  await fs.promises.cp(file, at('new'), options);
  assert.deepStrictEqual(seen, ['mine', 'mine']);
});
