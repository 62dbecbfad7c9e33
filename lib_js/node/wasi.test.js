'use strict';
// Flags: --no-warnings --expose-gc
// WASI's calls as a program makes them, without a program: what leads out of the directory, what lies
// outside of the memory, and what a file is after each call.

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { test } = require('node:test');
const { WASI } = require('wasi');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-wasi-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const inside = path.join(folder, 'inside');
fs.mkdirSync(path.join(inside, 'sub/deep'), { recursive: true });
fs.writeFileSync(path.join(folder, 'secret'), 'secret');
fs.writeFileSync(path.join(inside, 'file'), 'content');
fs.symlinkSync('../..', path.join(inside, 'sub/up'));
fs.symlinkSync(folder, path.join(inside, 'absolute'));
fs.symlinkSync(path.join(fs.realpathSync(inside), 'file'), path.join(inside, 'home'));
fs.symlinkSync('../file', path.join(inside, 'sub/link'));
fs.symlinkSync('loop', path.join(inside, 'loop'));

const ALL = (1n << 30n) - 1n;
const FILE_RIGHTS = (1n << 1n) | (1n << 2n) | (1n << 5n) | (1n << 6n) | (1n << 21n) | (1n << 22n);
const E = { BADF: 8, EXIST: 20, INVAL: 28, ISDIR: 31, LOOP: 32, NOENT: 44, NOSYS: 52, NOTDIR: 54,
            OVERFLOW: 61, PERM: 63, NOTCAPABLE: 76 };
const ROOT = 3;
const DATA = 1024;
const OUT = 512;

function start(shared = false) {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 2, shared });
  const wasi = new WASI({
    version: 'preview1', args: ['a', 'bc'], env: { K: 'v' }, preopens: { '/box': inside },
  });
  wasi.finalizeBindings({ exports: { memory } });
  const bytes = () => new Uint8Array(memory.buffer);
  const put = (text, at = DATA) => {
    const data = Buffer.from(text);
    bytes().set(data, at);
    return [at, data.length];
  };
  const u32 = (at) => new DataView(memory.buffer).getUint32(at, true);
  const u64 = (at) => new DataView(memory.buffer).getBigUint64(at, true);
  const calls = wasi.wasiImport;
  const open = (name, { flags = 0, rights = FILE_RIGHTS, fdFlags = 0, lookup = 1 } = {}) => {
    const error = calls.path_open(ROOT, lookup, ...put(name), flags, rights, 0n, fdFlags, OUT);
    return error === 0 ? u32(OUT) : -error;
  };
  /** One piece at DATA for fd_read() and fd_write(). */
  const piece = (count) => {
    new Uint32Array(memory.buffer, 0, 2).set([DATA, count]);
    return [0, 1, OUT];
  };
  const text = (count, at = DATA) => Buffer.from(bytes().slice(at, at + count)).toString();
  return { bytes, calls, memory, open, piece, put, text, u32, u64 };
}

const descriptorsCount = () => fs.readdirSync('/proc/self/fd').length;

// The first of all, so that nothing of the others is still to go.
test('descriptors end with the program that has them', async () => {
  const before = descriptorsCount();
  assert.throws(() => new WASI({
    version: 'preview1', preopens: { '/box': inside, '/none': path.join(folder, 'none') },
  }), { code: 'UVWASI_ENOENT' });
  assert.strictEqual(descriptorsCount(), before);
  let kept = start().calls.fd_prestat_get;
  for (let i = 0; i < 10; i++) start().open('file');
  assert.ok(descriptorsCount() > before + 10);
  for (let turns = 0; turns < 1000 && descriptorsCount() > before + 1; turns++) {
    globalThis.gc();
    await new Promise(setImmediate);
  }
  assert.strictEqual(descriptorsCount(), before + 1);
  assert.strictEqual(kept(ROOT, OUT), 0);
  kept = undefined;
});

test('nothing leads out', () => {
  const { open } = start();
  for (const name of ['../secret', 'sub/../../secret', 'sub/up/secret', 'absolute/secret',
                      'sub/deep/../../../secret', '/box/../secret', '/file', '..']) {
    assert.strictEqual(open(name), -E.NOTCAPABLE, name);
  }
  assert.strictEqual(open('loop'), -E.LOOP);
  assert.strictEqual(open('nothing'), -E.NOENT);
  assert.strictEqual(open(''), -E.NOENT);
  assert.strictEqual(open('file/below'), -E.NOTDIR);
  assert.strictEqual(open('file', { flags: 2, rights: 0n }), -E.NOTDIR);
  assert.strictEqual(open('sub/link', { lookup: 0 }), -E.LOOP);
  for (const name of ['file', './sub/../file', 'sub/link', 'home', '/box/file', 'sub//deep/.././link']) {
    assert.ok(open(name) > ROOT, name);
  }
});

test('links that lead out cannot be made, nor files beside the directory', () => {
  const { calls, put } = start();
  const target = put('/etc', DATA);
  const name = put('made', DATA + 100);
  assert.strictEqual(calls.path_symlink(...target, ROOT, ...name), E.PERM);
  assert.strictEqual(calls.path_create_directory(ROOT, ...put('../made')), E.NOTCAPABLE);
  const from = put('file', DATA);
  assert.strictEqual(calls.path_rename(ROOT, ...from, ROOT, ...put('sub/up/x', 2000)), E.NOTCAPABLE);
  assert.strictEqual(calls.path_unlink_file(ROOT, ...put('sub/up/secret')), E.NOTCAPABLE);
  assert.ok(fs.existsSync(path.join(folder, 'secret')));
});

test('what lies outside of the memory', () => {
  const { calls, memory, open, piece } = start();
  const end = memory.buffer.byteLength;
  assert.strictEqual(calls.random_get(end - 1, 2), E.OVERFLOW);
  assert.strictEqual(calls.random_get(end - 2, 2), 0);
  assert.strictEqual(calls.path_open(ROOT, 0, end - 2, 4, 0, 0n, 0n, 0, OUT), E.OVERFLOW);
  assert.strictEqual(calls.args_get(-4, DATA), E.OVERFLOW);
  const fd = open('file');
  piece(0xffffffff);
  assert.strictEqual(calls.fd_read(fd, 0, 1, OUT), E.OVERFLOW);
  memory.grow(1);
  assert.strictEqual(calls.random_get(end, 2), 0);
});

test('numbers without a sign, which JavaScript sees with one', () => {
  const { calls, open, u32 } = start();
  const { maxRSS } = process.resourceUsage();
  assert.strictEqual(calls.random_get(0, -1), E.OVERFLOW);
  assert.ok(process.resourceUsage().maxRSS - maxRSS < 1 << 20, 'no gigabytes were made');
  const fd = open('file');
  assert.strictEqual(calls.fd_read(fd, 0, -1, OUT), E.OVERFLOW);
  assert.strictEqual(calls.poll_oneoff(0, 0, -1, OUT), E.OVERFLOW);
  assert.strictEqual(calls.fd_readdir(ROOT, DATA, 100, -1n, OUT), 0);
  assert.strictEqual(u32(OUT), 0);
});

for (const shared of [false, true]) {
  test(`a file is written, read and measured${shared ? ' with memory that is shared' : ''}`, () => {
    const { bytes, calls, open, piece, put, text, u32, u64 } = start(shared);
    const fd = open('new', { flags: 1 | 4 });
    assert.strictEqual(open('new', { flags: 1 | 4 }), -E.EXIST);
    put('hello world');
    assert.strictEqual(calls.fd_write(fd, ...piece(11)), 0);
    assert.strictEqual(u32(OUT), 11);
    assert.strictEqual(calls.fd_seek(fd, -5n, 1, OUT), 0);
    assert.strictEqual(u64(OUT), 6n);
    bytes().fill(0, DATA, DATA + 20);
    assert.strictEqual(calls.fd_read(fd, ...piece(20)), 0);
    assert.deepStrictEqual([u32(OUT), text(5)], [5, 'world']);
    assert.strictEqual(calls.fd_read(fd, ...piece(20)), 0);
    assert.strictEqual(u32(OUT), 0);
    assert.strictEqual(calls.fd_seek(fd, -12n, 2, OUT), E.INVAL);
    assert.strictEqual(calls.fd_seek(fd, 0n, 3, OUT), E.INVAL);
    assert.strictEqual(calls.fd_filestat_set_size(fd, 3n), 0);
    assert.strictEqual(calls.fd_filestat_get(fd, OUT), 0);
    assert.deepStrictEqual([bytes()[OUT + 16], u64(OUT + 32)], [4, 3n]);
    assert.strictEqual(calls.fd_close(fd), 0);
    assert.strictEqual(calls.fd_close(fd), E.BADF);
    const end = open('new', { fdFlags: 1 });
    put('!');
    assert.strictEqual(calls.fd_write(end, ...piece(1)), 0);
    assert.strictEqual(fs.readFileSync(path.join(inside, 'new'), 'utf8'), 'hel!');
    assert.strictEqual(calls.path_unlink_file(ROOT, ...put('new')), 0);
  });
}

test('a file that is appended to from some time on loses nothing', () => {
  const { calls, open, piece, put } = start();
  const name = path.join(inside, 'log');
  fs.writeFileSync(name, 'first ');
  const fd = open('log', { rights: FILE_RIGHTS | (1n << 3n) });
  assert.strictEqual(calls.fd_fdstat_set_flags(fd, 1), 0);
  put('second');
  assert.strictEqual(calls.fd_write(fd, ...piece(6)), 0);
  assert.strictEqual(fs.readFileSync(name, 'utf8'), 'first second');
  assert.strictEqual(calls.fd_fdstat_set_flags(fd, 0), 0);
  const always = open('log', { fdFlags: 1, rights: FILE_RIGHTS | (1n << 3n) });
  assert.strictEqual(calls.fd_fdstat_set_flags(always, 0), E.NOSYS);
  fs.unlinkSync(name);
});

test('rights are kept, and given up for good', () => {
  const { calls, open, piece } = start();
  const reading = open('file', { rights: 1n << 1n });
  assert.strictEqual(calls.fd_write(reading, ...piece(1)), E.NOTCAPABLE);
  assert.strictEqual(calls.fd_seek(reading, 0n, 0, OUT), E.NOTCAPABLE);
  assert.strictEqual(calls.fd_fdstat_set_rights(reading, ALL, 0n), E.NOTCAPABLE);
  assert.strictEqual(calls.fd_fdstat_set_rights(reading, 0n, 0n), 0);
  assert.strictEqual(calls.fd_read(reading, ...piece(1)), E.NOTCAPABLE);
  assert.strictEqual(calls.fd_read(ROOT, ...piece(1)), E.NOTCAPABLE);
});

test('what is opened has no right that its directory does not pass on', () => {
  const { calls, open, u64 } = start();
  assert.strictEqual(calls.fd_fdstat_get(ROOT, OUT), 0);
  assert.strictEqual(calls.fd_fdstat_set_rights(ROOT, u64(OUT + 8), 1n << 1n), 0);
  assert.strictEqual(open('file', { rights: 1n << 6n }), -E.NOTCAPABLE);
  assert.ok(open('file', { rights: 1n << 1n }) > ROOT);
});

test('a directory is read in pieces, however small', () => {
  const { bytes, calls, u32, u64 } = start();
  const names = [];
  let cookie = 0n;
  for (;;) {
    assert.strictEqual(calls.fd_readdir(ROOT, DATA, 40, cookie, OUT), 0);
    const used = u32(OUT);
    if (used < 24) break;
    cookie = u64(DATA);
    const name = Buffer.from(bytes().slice(DATA + 24, DATA + 24 + u32(DATA + 16))).toString();
    names.push(`${name}:${bytes()[DATA + 20]}`);
  }
  assert.deepStrictEqual(names.sort(), ['absolute:7', 'file:4', 'home:7', 'loop:7', 'sub:3']);
});

test('arguments and environment, and calls that come too early', () => {
  const { calls, text, u32 } = start();
  assert.strictEqual(calls.args_sizes_get(OUT, OUT + 4), 0);
  assert.deepStrictEqual([u32(OUT), u32(OUT + 4)], [2, 5]);
  assert.strictEqual(calls.args_get(OUT, DATA), 0);
  assert.deepStrictEqual([u32(OUT), u32(OUT + 4), text(5)], [DATA, DATA + 2, 'a\0bc\0']);
  assert.strictEqual(calls.environ_get(OUT, DATA), 0);
  assert.strictEqual(text(4), 'K=v\0');
  const early = new WASI({ version: 'preview1' });
  assert.throws(() => early.wasiImport.sched_yield(), { code: 'ERR_WASI_NOT_STARTED' });
  assert.throws(() => early.start({ exports: {} }), { code: 'ERR_INVALID_ARG_TYPE' });
});
