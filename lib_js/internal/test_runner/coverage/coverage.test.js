'use strict';

// Aim: coverage counts what ran and nothing else: lines, branches and functions, in one process and
// in several, with comments that take lines out, and with limits that fail the run.
// Method: small programs in a folder of their own; the records of lcov, which name every line.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row, rows } = require('../../../fixtures/rows.test.cjs');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-coverage-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true }));

const source = `exports.sign = (x) => {
  if (x < 0) {
    return -1;
  }
  return 1;
};
exports.never = () => {
  return 0;
};
`;

function write(files) {
  for (const name in files) fs.writeFileSync(path.join(folder, name), files[name]);
}

function run(...args) {
  // Nothing of an outer run may reach the inner ones.
  const { NODE_TEST_CONTEXT, NODE_V8_COVERAGE, ...env } = process.env;
  return spawnSync(process.execPath, ['--experimental-test-coverage', ...args],
                   { cwd: folder, encoding: 'utf8', env });
}

/** file -> lines that did not run */
function uncovered(lcov) {
  const found = {};
  for (const record of lcov.split('end_of_record\n')) {
    const name = /^SF:(.*)$/m.exec(record)?.[1];
    if (name === undefined) continue;
    found[name] = [...record.matchAll(/^DA:(\d+),0$/gm)].map((match) => +match[1]);
  }
  return found;
}

const caller = (...calls) => `
  const { test } = require('node:test');
  const { sign } = require('./source.js');
  test('calls', () => { ${calls.map((x) => `sign(${x});`).join(' ')} });
`;

rows('lines that did not run', [
  ['no call', source, [caller()], [2, 3, 4, 5, 8]],
  ['one branch', source, [caller(1)], [3, 4, 8]],
  ['other branch', source, [caller(-1)], [5, 8]],
  ['both', source, [caller(1, -1)], [8]],
  ['both, in two processes', source, [caller(1), caller(-1)], [8]],
  ['a line ignored', source.replace('return 0', '/* node:coverage ignore next */\n  return 0'),
   [caller(1, -1)], [8]],
  ['lines disabled', `/* node:coverage disable */\n${source}`, [caller()], []],
  ['CRLF', source.replaceAll('\n', '\r\n'), [caller(1)], [3, 4, 8]],
], (name, text, callers, expected) => {
  const tests = callers.map((_, i) => `${i}.test.js`);
  write({ 'source.js': text, ...Object.fromEntries(tests.map((file, i) => [file, callers[i]])) });
  const { stdout, status, stderr } = run('--test', '--test-reporter=lcov', ...tests);
  assert.strictEqual(stderr, '');
  assert.strictEqual(status, 0);
  const found = uncovered(stdout);
  // Files that are tests are left out.
  assert.deepStrictEqual(Object.keys(found), ['source.js']);
  // A function's first and last lines run partly, when it is made.
  assert.deepStrictEqual(found['source.js'].filter((line) => expected.includes(line)), expected);
  const whole = text.split('\n').length - 1;
  const most = Math.min(whole, expected.length + 2);
  assert(found['source.js'].length <= most, `${found['source.js']}`);
});

rows('limits', [
  ['met', ['--test-coverage-lines=50'], 0, ''],
  ['lines', ['--test-coverage-lines=100'], 1, 'line coverage does not meet threshold of 100%'],
  ['functions', ['--test-coverage-functions=90'], 1,
   'function coverage does not meet threshold of 90%'],
], (name, options, code, message) => {
  write({ 'source.js': source, 'a.test.js': caller(1) });
  const { stdout, status } = run(...options, '--test-reporter=tap', 'a.test.js');
  assert.strictEqual(status, code);
  assert(stdout.includes(message), stdout);
});

row('folders that files are kept in', () => {
  write({ 'source.js': source, 'a.test.js': caller(1) });
  const kept = path.join(folder, 'kept');
  const { status } = spawnSync(process.execPath, ['source.js'], {
    cwd: folder, env: { ...process.env, NODE_V8_COVERAGE: kept },
  });
  assert.strictEqual(status, 0);
  const [name] = fs.readdirSync(kept);
  assert.match(name, /^coverage-\d+-\d{13}-\d+\.json$/);
  const { result } = JSON.parse(fs.readFileSync(path.join(kept, name), 'utf8'));
  const script = result.find(({ url }) => url.startsWith('file://') && url.endsWith('/source.js'));
  assert.strictEqual(script.functions[0].ranges[0].count, 1);
});
