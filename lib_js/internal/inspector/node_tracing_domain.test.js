'use strict';
// Domain NodeTracing: what sessions hear of trace events, and what they may not ask for.

const assert = require('node:assert');
const fs = require('node:fs');
const { Session } = require('node:inspector');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-tracing-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

function open() {
  const session = new Session();
  session.connect();
  const heard = { data: [], completed: 0 };
  session.on('NodeTracing.dataCollected', ({ params }) => heard.data.push(...params.value));
  session.on('NodeTracing.tracingComplete', () => { heard.completed++; });
  const ask = (method, params) => {
    let answer;
    session.post(`NodeTracing.${method}`, params, (error, result) => {
      answer = error === null ? result : error.message;
    });
    return answer;
  };
  const start = (...includedCategories) => ask('start', { traceConfig: { includedCategories } });
  return { ask, heard, session, start };
}

const refused = (message) => `Inspector error -32600: ${message}`;

test('events come with the end of tracing', () => {
  process.chdir(folder);
  const { ask, heard, session, start } = open();
  assert(ask('getCategories').categories.includes('node.fs.sync'));
  fs.statSync('.');
  assert.deepStrictEqual(start('node.fs.sync', 'x'), {});
  const busy = 'Call NodeTracing::end to stop tracing before updating the config';
  assert.strictEqual(start('node'), refused(busy));
  assert.strictEqual(require('node:trace_events').getEnabledCategories(), 'node.fs.sync,x');
  fs.statSync('.');
  assert.deepStrictEqual(ask('stop'), {});
  fs.statSync('.');
  const names = heard.data.filter(({ ph }) => ph !== 'M').map(({ name }) => name);
  assert.deepStrictEqual(names, ['fs.sync.stat', 'fs.sync.stat']);
  assert(heard.data.some(({ name }) => name === 'process_name'));
  assert.strictEqual(heard.completed, 1);
  assert.strictEqual(require('node:trace_events').getEnabledCategories(), undefined);
  // Nothing was begun: as Node.
  assert.deepStrictEqual(ask('stop'), {});
  assert.strictEqual(heard.completed, 2);
  assert.deepStrictEqual(fs.readdirSync('.'), []);
  session.disconnect();
});

test('what may not be asked', () => {
  const { ask, session, start } = open();
  assert.strictEqual(start(), refused('At least one category should be enabled'));
  for (const params of [undefined, {}, { traceConfig: {} },
                        { traceConfig: { includedCategories: 'node' } },
                        { traceConfig: { includedCategories: [5] } }]) {
    assert.strictEqual(ask('start', params), 'Inspector error -32602: Invalid parameters');
  }
  session.disconnect();
});

test('a session that ends wants nothing any more', () => {
  const { session, start } = open();
  start('node.perf');
  session.disconnect();
  assert.strictEqual(require('node:trace_events').getEnabledCategories(), undefined);
});

test('workers cannot begin it', async () => {
  const worker = new Worker(`
    const session = new (require('node:inspector').Session)();
    session.connect();
    session.post('NodeTracing.start', { traceConfig: { includedCategories: ['v8'] } }, (error) => {
      require('node:worker_threads').parentPort.postMessage(error.message);
    });`, { eval: true });
  const [message] = await require('node:events').once(worker, 'message');
  assert.strictEqual(
    message, refused('Tracing properties can only be changed through main thread sessions'));
});
