// mocha (serial, parallel, ES modules) with chai, sinon and proxyquire; tape; ava; nyc and c8
// over them.
// packages: mocha chai sinon proxyquire tape nyc c8 ava
'use strict';

const { binary, project, run } = require('./lib/run.js');

const folder = project({
  'package.json': '{"name":"tested"}',
  'lib.js':
    "const fs = require('fs');\nexports.size = (f) => fs.statSync(f).size;" +
    '\nexports.never = () => {\n  return 1;\n};\n',
  'a.spec.js': `
const sinon = require('sinon'); const proxyquire = require('proxyquire');
let expect; before(async () => { ({ expect } = await import('chai')); });
describe('suite', function () {
  this.timeout(200);
  afterEach(() => sinon.restore());
  it('passes', () => expect([1, 2]).to.deep.equal([1, 2]));
  it('fakes', () => { const { size } = proxyquire('./lib', { fs: { statSync: () => ({
    size: 7 }) } }); expect(size('x')).to.equal(7); });
  it('stubs', () => { const s = sinon.stub(Math, 'random').returns(0.5);
    expect(Math.random()).to.equal(0.5); sinon.assert.calledOnce(s); });
  it('clocks', () => { const c = sinon.useFakeTimers(); let n = 0; setInterval(() => n++, 100);
    c.tick(1000); expect(n).to.equal(10); });
  it('fails', () => expect({ a: 1 }).to.deep.equal({ a: 2 }));
  it('throws', (done) => { setTimeout(() => { throw new Error('later'); }, 1); });
  it('times out', (done) => {}).timeout(20);
  it('rejects', async () => { throw new TypeError('async'); });
  it('pends');
});
`,
  'b.spec.mjs':
    "import { strict as assert } from 'node:assert';\nit('is a module', () => " +
    "assert.equal(typeof import.meta.url, 'string'));\n",
  'tape.js':
    "const test = require('tape'); const lib = require('./lib');\ntest('sizes', (t) " +
    "=> { t.plan(2); t.ok(lib.size(__filename) > 0); t.deepEqual([1], [1], 'deep'); " +
    "});\ntest('fails', (t) => { t.equal(1, 2); t.end(); });\n",
  'good.js': "const lib = require('./lib'); console.log(lib.size(__filename) > 0);\n",
  'ava.test.js':
    "const test = require('ava');\ntest('one', (t) => t.is(1, 1));\ntest('async', " +
    'async (t) => { t.deepEqual(await Promise.resolve([1]), [1]); });\n',
});
const strip = ({ status, stdout, stderr }) =>
  console.log(status, stdout.replace(/\n\s+at .*/g, ''), stderr.replace(/\n\s+at .*/g, ''));
strip(run(folder, [binary('mocha'), 'a.spec.js', 'b.spec.mjs']));
// Which file is first is not said when they run side by side.
const parallel = run(folder, [
  binary('mocha'),
  '--parallel',
  '--jobs',
  '2',
  'a.spec.js',
  'b.spec.mjs',
]);
console.log(parallel.status, parallel.stdout.match(/\d+ (passing|failing|pending)/g));
strip(run(folder, ['tape.js']));
strip(run(folder, [binary('nyc'), '--reporter=text', process.execPath, 'good.js']));
strip(run(folder, [binary('c8'), '--reporter=text', process.execPath, 'good.js']));
strip(run(folder, [binary('ava'), '--tap', 'ava.test.js']));
