// jest: suites that pass and fail, mocks, timers, snapshots, coverage, workers, ES modules.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { binary, project, run } = require('./lib/run.js');

const folder = project({
  'package.json': '{"name":"jested","jest":{"testEnvironment":"node"}}',
  'sum.js':
    'exports.sum = (a, b) => a + b;\nexports.later = (f) => setTimeout(f, 1000);' +
    '\nexports.unused = () => 1;\n',
  'a.test.js': `
const { sum, later } = require('./sum');
jest.mock('node:os', () => ({ hostname: () => 'mocked' }));
beforeAll(async () => {}); afterEach(() => {});
describe('sums', () => {
  test.each([[1, 2, 3], [2, 2, 4]])('%i + %i', (a, b, c) => expect(sum(a, b)).toBe(c));
  it('is mocked', () => expect(require('node:os').hostname()).toBe('mocked'));
  it('has timers', () => { jest.useFakeTimers(); const f = jest.fn(); later(f);
    jest.advanceTimersByTime(1000); expect(f).toHaveBeenCalledTimes(1); jest.useRealTimers();
    });
  it('spies', () => { const s = jest.spyOn(console, 'log').mockImplementation(() => {});
    console.log('x'); expect(s).toHaveBeenCalledWith('x'); s.mockRestore(); });
  it('has snapshots', () => expect({ a: [1, new Map([[1, 2]])],
    d: new Date(0) }).toMatchInlineSnapshot(\`
{
  "a": [
    1,
    Map {
      1 => 2,
    },
  ],
  "d": 1970-01-01T00:00:00.000Z,
}
\`));
  it('knows realms', () => { expect([] instanceof Array).toBe(true);
    expect(Buffer.from('a') instanceof Uint8Array).toBe(true); expect(() => {
    throw new TypeError('x'); }).toThrow(TypeError); });
  it('waits', async () => { await new Promise((r) => setTimeout(r, 5));
    await expect(Promise.reject(new Error('no'))).rejects.toThrow('no'); });
  it('has fetch', () => { expect(typeof fetch).toBe('function'); expect(structuredClone({
    a: 1 })).toEqual({ a: 1 }); });
  it.skip('is skipped', () => {}); it.todo('is to do');
});
`,
  'b.test.js': `
test('fails', () => expect({ a: 1, b: [1, 2] }).toEqual({ a: 1, b: [1, 3] }));
test('throws', () => { throw new Error('thrown'); });
test('times out', () => new Promise(() => {}), 30);
test('files', () => { expect(__filename.endsWith('b.test.js')).toBe(true);
  expect(require.main).toBe(module); });
test('snapshot file', () => expect({ x: 1 }).toMatchSnapshot());
`,
  'esm/package.json': '{"type":"module","jest":{}}',
  'esm/m.test.js':
    "import { readFileSync } from 'node:fs';\nimport fs from 'fs';\ntest('esm', " +
    'async () => { expect(fs.readFileSync).toBe(readFileSync); expect((await ' +
    "import('node:path')).sep).toBe('/'); " +
    'expect(import.meta.url).toMatch(/m.test.js$/); });\n',
});
const jest = [binary('jest'), '--no-cache'];
for (const args of [
  ['-i', 'a.test.js', '--verbose', '--coverage'],
  ['-i', 'b.test.js'],
  ['-w', '2', '--silent', '--json'],
]) {
  const { status, stdout, stderr } = run(folder, [...jest, ...args], { env: { CI: 'true' } });
  console.log(status);
  if (args.includes('--json')) {
    const { numPassedTests, numFailedTests, numTotalTestSuites, testResults } = JSON.parse(stdout);
    console.log(numPassedTests, numFailedTests, numTotalTestSuites);
    console.log(
      testResults
        .map(({ name, status: s, assertionResults }) =>
          [path.basename(name), s, assertionResults.length].join(),
        )
        .sort(),
    );
  } else {
    console.log(stdout, stderr);
  }
}
console.log(fs.existsSync(path.join(folder, 'coverage/lcov.info')));
const esm = run(path.join(folder, 'esm'), ['--experimental-vm-modules', ...jest]);
console.log(esm.status, esm.stderr);
