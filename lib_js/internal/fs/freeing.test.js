'use strict';

// Aim: nobody waits while the blocks of a large file are freed, whatever frees them, and what takes
// its place is right. Method: other threads of the process (the kernel's workers; Node's pool) do a
// good part of the work meanwhile; of many files that each are small enough, the loop turns between
// them. Passes on Node 24.

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row, rows } = require('../../fixtures/rows.test.cjs');

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'freeing-test-'));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));

const MB = 1 << 20;
const LARGE_MB = 96;
const RUNS_MAX = 3;
const SHARE_MIN = 0.4;
const piece = Buffer.alloc(MB, 7);

const at = (name) => path.join(root, name);

function makeLarge(name, count = LARGE_MB) {
  const fd = fs.openSync(at(name), 'w');
  for (let i = 0; i < count; i++) fs.writeSync(fd, piece);
  fs.closeSync(fd);
}

/** Nanoseconds that each thread has run. */
function runTimes() {
  const times = new Map();
  for (const thread of fs.readdirSync('/proc/self/task')) {
    try {
      const [time] = fs.readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ');
      times.set(Number(thread), Number(time));
    } catch {
      // It has just ended.
    }
  }
  return times;
}

/** Which part of the processor time meanwhile is that of other threads: 0 to 1. */
async function shareOfOthers(work) {
  const before = runTimes();
  await work();
  let own = 0;
  let all = 0;
  for (const [thread, time] of runTimes()) {
    const took = time - (before.get(thread) ?? 0);
    all += took;
    if (thread === process.pid) own = took;
  }
  return 1 - own / all;
}

const isGone = (name) => assert.strictEqual(fs.existsSync(at(name)), false);
const holds = (name, text) => assert.strictEqual(fs.readFileSync(at(name), 'utf8'), text);
/** Whose file has no name any more. */
let open;

rows('others have their turn', [
  ['unlink', () => makeLarge('a'), () => fs.promises.unlink(at('a')), () => isGone('a')],
  ['rm', () => makeLarge('a'), () => fs.promises.rm(at('a')), () => isGone('a')],
  ['writeFile', () => makeLarge('a'), () => fs.promises.writeFile(at('a'), 'new'),
   () => holds('a', 'new')],
  ['writeFile of nothing', () => makeLarge('a'), () => fs.promises.writeFile(at('a'), ''),
   () => holds('a', '')],
  ['open', () => makeLarge('a'), async () => (await fs.promises.open(at('a'), 'w')).close(),
   () => holds('a', '')],
  ['truncate', () => makeLarge('a'), () => fs.promises.truncate(at('a'), 3),
   () => holds('a', '\x07\x07\x07')],
  ['rename', () => {
    makeLarge('a');
    fs.writeFileSync(at('b'), 'new');
  }, () => fs.promises.rename(at('b'), at('a')), () => holds('a', 'new')],
  ['copyFile', () => {
    makeLarge('a');
    fs.writeFileSync(at('b'), 'new', { mode: 0o640 });
  }, () => fs.promises.copyFile(at('b'), at('a')), () => {
    holds('a', 'new');
    assert.strictEqual(fs.statSync(at('a')).mode & 0o777, 0o640);
  }],
  ['rm -r, a large file among others', () => {
    fs.mkdirSync(at('d/e'), { recursive: true });
    for (const name of ['0', 'x', 'y']) fs.writeFileSync(at(`d/e/${name}`), 'small');
    makeLarge('d/e/large');
  }, () => fs.promises.rm(at('d'), { recursive: true }), () => isGone('d')],
  ['close of one that has no name', async () => {
    makeLarge('a');
    open = await fs.promises.open(at('a'), 'r');
    fs.unlinkSync(at('a'));
  }, async () => {
    await open.close();
    // The blocks go when it is closed already.
    await new Promise((done) => setTimeout(done, 100));
  }, () => isGone('a')],
], async (_, prepare, work, check) => {
  const shares = [];
  // A busy machine may disturb one or the other.
  for (let i = 0; i < RUNS_MAX && !shares.some((share) => share > SHARE_MIN); i++) {
    await prepare();
    shares.push(await shareOfOthers(work));
    check();
    fs.rmSync(at('a'), { force: true });
  }
  assert.ok(Math.max(...shares) > SHARE_MIN, `only ${shares} of it`);
});

row('rm -r of many that are not small', async () => {
  const count = 32;
  fs.mkdirSync(at('d'));
  for (let i = 0; i < count; i++) makeLarge(`d/${i}`, 3);
  let turns = 0;
  const turn = () => {
    if (fs.existsSync(at('d'))) setImmediate(turn);
    turns++;
  };
  turn();
  await fs.promises.rm(at('d'), { recursive: true });
  isGone('d');
  assert.ok(turns > count / 4, `only ${turns} turns`);
});

row('nothing over nothing is a change', async () => {
  fs.writeFileSync(at('a'), '');
  fs.utimesSync(at('a'), 1, 1);
  await fs.promises.writeFile(at('a'), '');
  assert.ok(fs.statSync(at('a')).mtimeMs > 1e12);
});

row('a large file is not copied onto itself, nor emptied for one that is not there', async () => {
  makeLarge('a', 8);
  await fs.promises.copyFile(at('a'), at('a'));
  await assert.rejects(fs.promises.copyFile(at('none'), at('a')), {
    code: 'ENOENT', syscall: 'copyfile', path: at('none'), dest: at('a'),
  });
  await assert.rejects(fs.promises.copyFile(at('a'), at('a'), fs.constants.COPYFILE_EXCL), {
    code: 'EEXIST', syscall: 'copyfile',
  });
  assert.strictEqual(fs.statSync(at('a')).size, 8 * MB);
});

row('who wants shared blocks or nothing gets no copy over a large file', async () => {
  makeLarge('a', 8);
  makeLarge('b', 9);
  const forced = fs.constants.COPYFILE_FICLONE_FORCE;
  const outcome = (run) => run.then(() => 'copied', (error) => error.code);
  const expected = await outcome((async () => fs.copyFileSync(at('a'), at('c'), forced))());
  assert.strictEqual(await outcome(fs.promises.copyFile(at('a'), at('b'), forced)), expected);
});

row('a large file is copied over a large one', async () => {
  makeLarge('a', 8);
  fs.writeFileSync(at('b'), Buffer.alloc(9 * MB, 1));
  await fs.promises.copyFile(at('a'), at('b'));
  assert.ok(fs.readFileSync(at('b')).equals(Buffer.alloc(8 * MB, 7)));
  await assert.rejects(fs.promises.copyFile(root, at('b')), { code: 'EISDIR' });
});
