'use strict';

// Aim: names that are no UTF-8 can be made, listed, read and removed as bytes, by all forms; and
// trees that hold them go as a whole. Method: one directory with such names.

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row } = require('../../fixtures/rows.test.cjs');

const root = Buffer.from(fs.mkdtempSync(path.join(os.tmpdir(), 'bytes-test-')));
process.on('exit', () => fs.rmSync(root, { recursive: true, force: true }));
const at = (...names) => Buffer.concat([root, ...names.map((name) => Buffer.from(`/${name}`,
                                                                                 'latin1'))]);

row('bytes are told apart where text is not', async () => {
  const one = at('a\xff');
  const two = at('a\xfe');
  fs.writeFileSync(one, 'one');
  await fs.promises.writeFile(two, 'two');
  assert.strictEqual(fs.readFileSync(one, 'utf8'), 'one');
  assert.strictEqual(await fs.promises.readFile(two, 'utf8'), 'two');
  assert.deepStrictEqual(fs.readdirSync(root), ['a\ufffd', 'a\ufffd']);
  const names = [Buffer.from('a\xfe', 'latin1'), Buffer.from('a\xff', 'latin1')];
  assert.deepStrictEqual(fs.readdirSync(root, 'buffer'), names);
  assert.deepStrictEqual(await fs.promises.readdir(root, { encoding: 'hex' }), ['61fe', '61ff']);
  const entries = fs.readdirSync(root, { encoding: 'buffer', withFileTypes: true });
  assert.deepStrictEqual(entries.map((entry) => [entry.name, entry.isFile()]),
                         [[names[0], true], [names[1], true]]);
  fs.renameSync(one, at('b\xff'));
  fs.symlinkSync(Buffer.from('b\xff', 'latin1'), at('link'));
  assert.deepStrictEqual(fs.readlinkSync(at('link'), 'buffer'), Buffer.from('b\xff', 'latin1'));
  assert.deepStrictEqual(fs.realpathSync.native(at('link'), 'buffer'), at('b\xff'));
  fs.unlinkSync(two);
  await fs.promises.unlink(at('b\xff'));
  fs.unlinkSync(at('link'));
  assert.deepStrictEqual(fs.readdirSync(root), []);
});

row('a tree of such names goes as a whole', async () => {
  for (const remove of [fs.rmSync, fs.promises.rm]) {
    fs.mkdirSync(at('t\xff'));
    fs.mkdirSync(at('t\xff', 'u\xfe'));
    fs.writeFileSync(at('t\xff', 'u\xfe', 'v\xfd'), '');
    await remove(root.toString(), { recursive: true });
    assert.strictEqual(fs.existsSync(root), false);
    fs.mkdirSync(root);
  }
});

row('an open directory gives bytes, and says when it is closed', async () => {
  fs.writeFileSync(at('c\xff'), '');
  const directory = fs.opendirSync(root, { encoding: 'buffer' });
  assert.deepStrictEqual((await directory.read()).name, Buffer.from('c\xff', 'latin1'));
  assert.strictEqual(directory.readSync(), null);
  directory.closeSync();
  assert.throws(() => directory.readSync(), { code: 'ERR_DIR_CLOSED' });
  await assert.rejects(async () => directory.close(), { code: 'ERR_DIR_CLOSED' });
});

row('errors name such paths as text', () => {
  assert.throws(() => fs.openSync(at('none\xff')), {
    code: 'ENOENT', path: `${root}/none\ufffd`, message: /open '.*none\ufffd'$/,
  });
});
