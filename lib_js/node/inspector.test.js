'use strict';
// Sessions with V8's own domains, as tools for profiles and coverage use them.

const assert = require('assert');
const inspector = require('inspector');
const { Session: PromisesSession } = require('inspector/promises');
const { test } = require('node:test');

function connected(Session = inspector.Session) {
  const session = new Session();
  session.connect();
  return session;
}

test('answers come while one asks, in the order of the questions', () => {
  const session = connected();
  const values = [];
  for (const expression of ['1 + 1', 'typeof process', '({ a: [1] }).a.length']) {
    session.post('Runtime.evaluate', { expression }, (error, { result }) => {
      values.push(error ?? result.value);
    });
  }
  assert.deepStrictEqual(values, [2, 'object', 1]);
  session.disconnect();
});

test('errors of V8 have its code and words', async () => {
  const session = connected(PromisesSession);
  await assert.rejects(session.post('Nothing.such'), {
    code: 'ERR_INSPECTOR_COMMAND',
    message: "Inspector error -32601: 'Nothing.such' wasn't found",
  });
  const pending = session.post('Runtime.evaluate', {
    expression: 'new Promise(() => {})', awaitPromise: true,
  });
  session.disconnect();
  // V8 answers it while the session goes.
  await assert.rejects(pending, { code: 'ERR_INSPECTOR_COMMAND' });
});

test('notifications come at once, from wherever they arise', () => {
  const session = connected();
  const heard = [];
  session.on('inspectorNotification', ({ method }) => heard.push(method));
  session.on('Debugger.paused', ({ params }) => heard.push(params.callFrames[0].functionName));
  session.post('Debugger.enable');
  heard.length = 0;
  (function stops() { debugger; })(); // eslint-disable-line no-debugger
  assert.deepStrictEqual(heard, ['stops', 'Debugger.paused', 'Debugger.resumed']);
  session.disconnect();
  (function goesOn() { debugger; })(); // eslint-disable-line no-debugger
  assert.strictEqual(heard.length, 3);
});

test('a listener may close its session, and every other', () => {
  const one = connected();
  const other = connected();
  let count = 0;
  for (const session of [one, other]) {
    session.on('Debugger.paused', () => {
      count++;
      one.disconnect();
      other.disconnect();
    });
    session.post('Debugger.enable');
  }
  (function stops() { debugger; })(); // eslint-disable-line no-debugger
  assert.strictEqual(count, 1);
  const third = connected();
  third.post('Runtime.evaluate', { expression: '3' }, (error, { result }) => {
    count = result.value;
  });
  assert.strictEqual(count, 3);
  third.disconnect();
});

test('what a listener throws is a warning, and V8 lives on', async () => {
  const session = connected();
  const warned = new Promise((resolve) => process.once('warning', resolve));
  session.post('Runtime.evaluate', { expression: '1' }, () => { throw new Error('mine'); });
  assert.strictEqual((await warned).message, 'mine');
  let value;
  session.post('Runtime.evaluate', { expression: '2' }, (error, { result }) => {
    value = result.value;
  });
  assert.strictEqual(value, 2);
  session.disconnect();
});

test('the console is heard while somebody listens, and prints as before', () => {
  const session = connected();
  const heard = [];
  session.on('Runtime.consoleAPICalled', ({ params }) => {
    const { args, stackTrace, type } = params;
    // A warning from before may be told, too.
    if (type !== 'error') heard.push([type, args[0].value, stackTrace.callFrames[0].url]);
  });
  session.post('Runtime.enable');
  console.debug('told');
  inspector.console.log('told only');
  session.disconnect();
  console.debug('printed');
  const { href } = require('url').pathToFileURL(__filename);
  assert.deepStrictEqual(heard, [['debug', 'told', href], ['log', 'told only', href]]);
  assert.strictEqual(console.debug.name, 'debug');
});

test('coverage by session, as vitest and c8 take it', async () => {
  const session = connected(PromisesSession);
  await session.post('Profiler.enable');
  await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  require('vm').runInThisContext('function hit() {} function miss() {} hit(); hit();', 'covered.js');
  const { result } = await session.post('Profiler.takePreciseCoverage');
  const { functions } = result.find(({ url }) => url === 'covered.js');
  const counts = functions.map(({ functionName, ranges }) => [functionName, ranges[0].count]);
  assert.deepStrictEqual(counts, [['', 1], ['hit', 2], ['miss', 0]]);
  session.disconnect();
});

test('a snapshot of the heap comes in pieces', async () => {
  const session = connected(PromisesSession);
  const pieces = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => pieces.push(params.chunk));
  // V8 takes it when nothing else runs.
  assert.deepStrictEqual(await session.post('HeapProfiler.takeHeapSnapshot', null), {});
  session.disconnect();
  assert.ok(JSON.parse(pieces.join('')).snapshot.node_count > 0);
});

test('nobody connects from outside unless asked', () => {
  assert.strictEqual(inspector.url(), undefined);
  assert.throws(() => inspector.open(65536), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => inspector.waitForDebugger(), { code: 'ERR_INSPECTOR_NOT_ACTIVE' });
  assert.throws(() => new inspector.Session().connectToMainThread(), {
    code: 'ERR_INSPECTOR_NOT_WORKER',
  });
});
