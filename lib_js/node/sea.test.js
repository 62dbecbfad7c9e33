'use strict';

// Single executables from configuration to running program. The blob comes into the copy of this
// program by the few lines of `inject`, which stand for the tools that people use.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { test } = require('node:test');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sea-test-')));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const at = (name) => path.join(folder, name);

// Not in one piece: the text must stand in the program once.
const FUSE = ['NODE_SEA_FUSE', 'fce680ab2cc467b6e072b8b5df1996b2:'].join('_');
const NOTE = 'NODE_SEA_BLOB';
const PAGE = 0x1000;
const PT_LOAD = 1;
const PT_NOTE = 4;
const PT_GNU_EH_FRAME = 0x6474e550;

function noteOf(blob, name = NOTE) {
  const header = Buffer.alloc(12);
  header.writeUInt32LE(name.length + 1, 0);
  header.writeUInt32LE(blob.length, 4);
  const text = Buffer.alloc((name.length + 4) & ~3);
  text.write(name);
  return Buffer.concat([header, text, blob, Buffer.alloc(-blob.length & 3)]);
}

const program = fs.readFileSync(process.execPath);
const fuseAt = program.indexOf(FUSE);
const HEADER_BYTES = 56;

/** The program headers of an ELF file, with offsets of themselves and of what they load. */
function headersOf(file) {
  const table = Number(file.readBigUInt64LE(32));
  return Array.from({ length: file.readUInt16LE(56) }, (_, n) => {
    const entry = table + n * HEADER_BYTES;
    const word = (place) => Number(file.readBigUInt64LE(entry + place));
    const start = word(8);
    const end = start + word(32);
    return { entry, type: file.readUInt32LE(entry), start, end, isWhole: word(32) === word(40) };
  });
}

/** What of an ELF file is loaded, and a note behind it, in place of two headers that may go. */
function inject(file, note) {
  const headers = headersOf(file);
  const ends = headers.map(({ type, end }) => (type === PT_LOAD ? end : 0));
  const offset = Math.ceil(Math.max(...ends) / PAGE) * PAGE;
  const address = 0x4000_0000 + offset;
  const whole = Buffer.alloc(offset + note.length);
  file.copy(whole, 0, 0, offset);
  note.copy(whole, offset);
  for (const { entry, type } of headers) {
    if (type !== PT_NOTE && type !== PT_GNU_EH_FRAME) continue;
    whole.writeUInt32LE(type === PT_NOTE ? PT_NOTE : PT_LOAD, entry);
    whole.writeUInt32LE(4, entry + 4);
    const words = [offset, address, address, note.length, note.length, type === PT_NOTE ? 4 : PAGE];
    words.forEach((word, n) => whole.writeBigUInt64LE(BigInt(word), entry + 8 + 8 * n));
  }
  // The table of sections stood behind.
  whole.fill(0, 40, 48);
  whole.fill(0, 60, 64);
  return whole;
}

/** A copy of this program with a note in it. */
function copyWith(name, note) {
  const copy = inject(program, note ?? noteOf(Buffer.from('x'), 'NONE'));
  copy[fuseAt + FUSE.length] = 0x31;
  fs.writeFileSync(at(name), copy, { mode: 0o755 });
}

function run(file, args = [], env = {}) {
  const { status, stdout, stderr } = spawnSync(file, args, {
    cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', ...env },
  });
  return { status, stdout, stderr };
}

function prepare(config) {
  fs.writeFileSync(at('config.json'), JSON.stringify({ output: 'blob', ...config }));
  return run(process.execPath, ['--experimental-sea-config', 'config.json']);
}

function make(name, source, config = {}) {
  fs.writeFileSync(at(`${name}.js`), source);
  const made = prepare({ main: `${name}.js`, disableExperimentalSEAWarning: true, ...config });
  const stderr = 'Wrote single executable preparation blob to blob\n';
  assert.deepStrictEqual(made, { status: 0, stdout: '', stderr });
  assert.strictEqual(fs.statSync(at('blob')).mode & 0o777, 0o600);
  copyWith(name, noteOf(fs.readFileSync(at('blob'))));
  return at(name);
}

fs.writeFileSync(at('text.txt'), 'häß');
fs.writeFileSync(at('empty.txt'), '');
fs.writeFileSync(at('neighbour.js'), 'exports.found = true;');
fs.writeFileSync(at('neighbour.mjs'), 'export const found = true;');

test('the fuse stands in the program once', () => {
  assert.notStrictEqual(fuseAt, -1);
  assert.strictEqual(program.lastIndexOf(FUSE), fuseAt);
});

test('there is room for a longer table of segments', () => {
  // LIEF, by which postject works, moves the table behind a segment that has no zeros at its end.
  const headers = headersOf(program);
  const loads = headers.filter(({ type }) => type === PT_LOAD);
  const rooms = loads.slice(1).map((load, n) => (loads[n].isWhole ? load.start - loads[n].end : 0));
  assert.ok(Math.max(...rooms) >= (headers.length + 2) * HEADER_BYTES, `${rooms}`);
});

test('a program in its own file', () => {
  const app = make('app', `
    const { isSea, getAsset, getRawAsset, getAssetAsBlob, getAssetKeys } = require('node:sea');
    const { Worker } = require('worker_threads');
    const refused = (act) => { try { act(); return 'nothing'; } catch (error) { return error.code; } };
    const seen = {
      argv: process.argv, argv0: process.argv0, execArgv: process.execArgv,
      module: [module.id === process.execPath, module.filename === __filename, module.parent],
      main: [require.main === module, process.mainModule === undefined],
      names: [__filename === process.execPath, __dirname === require('path').dirname(__filename)],
      isGlobal: this === globalThis,
      keys: Object.keys(require),
      place: new Error('x').stack.split('\\n')[1],
      created: require('module').createRequire(__filename)('./neighbour.js').found,
      refused: [refused(() => require('./neighbour.js')), refused(() => require('sea')),
                refused(() => require('internal/util')), refused(() => getAsset('none')),
                refused(() => getRawAsset(5)), refused(() => getAsset('text', 'none')),
                refused(() => getAsset('text', 5)), refused(() => getAssetAsBlob('text', 5))],
      assets: [isSea(), getAssetKeys(), getAsset('text', 'utf8'), getAsset('text').byteLength,
               getAsset('').byteLength],
    };
    new Uint8Array(getRawAsset('text')).fill(0);
    seen.again = getAsset('text', 'utf8');
    (async () => {
      seen.blob = await getAssetAsBlob('text').text();
      seen.imported = (await import('./neighbour.mjs')).found;
      const code = 'const { isSea, getAssetKeys } = require("node:sea");' +
        'require("worker_threads").parentPort.postMessage([isSea(), getAssetKeys()])';
      seen.worker = await new Promise((resolve) => {
        new Worker(code, { eval: true }).once('message', resolve);
      });
      console.log(JSON.stringify(seen));
    })();`, { assets: { text: 'text.txt', '': 'empty.txt' } });
  const { status, stdout, stderr } = run(app, ['-p', '--b=c', '--', 'd']);
  assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: '' });
  const unknown = 'ERR_UNKNOWN_BUILTIN_MODULE';
  assert.deepStrictEqual(JSON.parse(stdout), {
    argv: [app, app, '-p', '--b=c', '--', 'd'], argv0: app, execArgv: [],
    module: [true, true, null],
    main: [true, true],
    names: [true, true],
    isGlobal: true,
    keys: ['main'],
    place: '    at app.js:12:14',
    created: true,
    refused: [unknown, unknown, unknown, 'ERR_SINGLE_EXECUTABLE_APPLICATION_ASSET_NOT_FOUND',
              'ERR_INVALID_ARG_TYPE', 'ERR_ENCODING_NOT_SUPPORTED', 'ERR_INVALID_ARG_TYPE',
              'ERR_INVALID_ARG_TYPE'],
    assets: [true, ['text', ''], 'häß', 5, 0],
    again: 'häß',
    blob: 'häß',
    imported: true,
    worker: [true, ['text', '']],
  });
  // The copy is a program like any other, until it is given something else to run.
  const same = run(app, ['--version']);
  assert.match(same.stdout, /"argv":\[[^\]]*,"--version"\]/);
});

test('warnings, code caches and errors', () => {
  const source = "try { require('./x') } catch {}\ntry { require('./y') } catch {}\nfail.here";
  const loud = make('loud', source, { disableExperimentalSEAWarning: false });
  const { status, stderr } = run(loud);
  assert.strictEqual(status, 1);
  assert.strictEqual(stderr.match(/only supports loading built-in modules/g).length, 1);
  assert.match(stderr, /\nloud\.js:3\nfail\.here\n\^\n\nReferenceError: fail is not defined\n/);
  const cached = make('cached', 'console.log(1)', { useCodeCache: true });
  assert.deepStrictEqual(run(cached), { status: 0, stdout: '1\n', stderr: '' });
  const other = run(cached, [], { NODE_OPTIONS: '--stack-trace-limit=5' });
  assert.strictEqual(other.stdout, '1\n');
  assert.match(other.stderr, /Warning: Code cache data rejected\./);
  const experimental = make('said', 'setTimeout(() => {})', { disableExperimentalSEAWarning: false });
  assert.match(run(experimental).stderr, /Single executable application is an experimental/);
});

test('options of an application', () => {
  const source = 'console.log(JSON.stringify([process.execArgv, process.argv.slice(2)]))';
  const check = (app, args, env, expect) => {
    const { status, stdout, stderr } = run(app, args, env);
    assert.deepStrictEqual([status, stdout && JSON.parse(stdout), stderr], expect);
  };
  const bad = { NODE_OPTIONS: '--none' };
  const execArgv = ['--no-warnings', '--max-old-space-size=100'];
  const environment = make('environment', source, { execArgv });
  check(environment, ['--x'], {}, [0, [execArgv, ['--x']], '']);
  check(environment, [], bad, [9, '', `${environment}: --none is not allowed in NODE_OPTIONS\n`]);
  const none = make('none', source, { execArgvExtension: 'none' });
  check(none, ['--node-options=--none'], bad, [0, [[], ['--node-options=--none']], '']);
  const command = make('command', source, { execArgv, execArgvExtension: 'cli' });
  const given = ['a', '--node-options=--title="b c"', 'd'];
  check(command, given, bad, [0, [[...execArgv, '--title=b c'], ['a', 'd']], '']);
  check(command, ['--node-options=--none'], {}, [9, '', `${command}: bad option: --none\n`]);
});

test('what is no application is told', () => {
  const check = (note, expect) => {
    copyWith('broken', note);
    const { status, stdout, stderr } = run(at('broken'));
    assert.deepStrictEqual([status, stdout], [1, '']);
    assert.ok(stderr.startsWith(`${at('broken')}: `) && stderr.includes(expect), stderr);
  };
  prepare({ main: 'neighbour.js' });
  const blob = fs.readFileSync(at('blob'));
  check(undefined, 'there is no NODE_SEA_BLOB');
  check(noteOf(blob, 'SOMETHING'), 'there is no NODE_SEA_BLOB');
  check(noteOf(blob.subarray(0, -1)), 'is cut off');
  check(noteOf(blob.subarray(0, 5)), 'was not made by coring');
  check(noteOf(Buffer.from('20da430000000000', 'hex')), 'was not made by coring');
  const note = noteOf(blob);
  note.writeUInt32LE(0xffffffff, 4);
  check(note, 'there is no NODE_SEA_BLOB');
});

test('what cannot be prepared is told', () => {
  const check = (config, expect, status = 1) => {
    assert.deepStrictEqual(prepare(config), { status, stdout: '', stderr: `${expect}\n` });
  };
  check({}, '"main" field of config.json is not a non-empty string');
  check({ main: 'nothing.js' }, 'Cannot read main script nothing.js:no such file or directory');
  check({ main: 'neighbour.js', assets: { a: 'nothing' } },
        'Cannot read asset nothing: no such file or directory');
  check({ main: 'neighbour.js', output: '.' },
        'Cannot write output to .:illegal operation on a directory');
  check({ main: 'neighbour.js', useSnapshot: true },
        '"useSnapshot" is not available: start-up snapshots of programs are not built');
  fs.writeFileSync(at('wrong.js'), 'a b');
  const { status, stderr } = prepare({ main: 'wrong.js', useCodeCache: true });
  assert.strictEqual(status, 1);
  assert.match(stderr, /^wrong\.js:1\na b\n {2}\^\n\nSyntaxError: .*\n\nCannot generate V8 code cache\n$/);
  const nothing = run(process.execPath, ['--experimental-sea-config', 'nothing.json']);
  assert.strictEqual(nothing.status, 1);
  assert.strictEqual(
    nothing.stderr,
    'Cannot read single executable configuration from nothing.json: no such file or directory\n');
});
