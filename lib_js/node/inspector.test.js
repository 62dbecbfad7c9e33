'use strict';

// Aim: what packages ask node:inspector for without a debugger: profiles, coverage, heap snapshots.

const assert = require('assert');
const inspector = require('inspector');
const { Session: PromiseSession } = require('inspector/promises');
const { test } = require('node:test');
const vm = require('vm');
const { Worker } = require('worker_threads');

async function withSession(run) {
  const session = new PromiseSession();
  session.connect();
  try {
    return await run(session);
  } finally {
    session.disconnect();
  }
}

test('a session says what is wrong with its use', async () => {
  const session = new inspector.Session();
  assert.throws(() => session.post('Runtime.enable'), { code: 'ERR_INSPECTOR_NOT_CONNECTED' });
  assert.throws(() => session.connectToMainThread(), { code: 'ERR_INSPECTOR_NOT_WORKER' });
  session.connect();
  assert.throws(() => session.connect(), {
    code: 'ERR_INSPECTOR_ALREADY_CONNECTED',
    message: 'The inspector session is already connected',
  });
  for (const args of [[5], ['a', 'b'], ['a', {}, 5]]) {
    assert.throws(() => session.post(...args), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  session.disconnect();
  session.disconnect();
  assert.throws(() => session.post('Runtime.enable'), { code: 'ERR_INSPECTOR_NOT_CONNECTED' });
  assert.throws(() => inspector.waitForDebugger(), { code: 'ERR_INSPECTOR_NOT_ACTIVE' });
  assert.strictEqual(inspector.url(), undefined);
  inspector.close();
  await withSession(async (promised) => {
    await assert.rejects(promised.post('Foo.bar'), {
      code: 'ERR_INSPECTOR_COMMAND', message: "Inspector error -32601: 'Foo.bar' wasn't found",
    });
  });
});

test('answers are there at once', () => {
  const session = new inspector.Session();
  session.connect();
  const seen = [];
  session.post('Runtime.evaluate', { expression: '1 + 1' }, (error, { result }) => {
    seen.push(error, result);
  });
  session.post('Runtime.evaluate', { expression: '[7]' }, (error, { result }) => {
    session.post('Runtime.getProperties', { objectId: result.objectId }, (_, properties) => {
      seen.push(properties.result[0].value.value);
    });
  });
  session.post('Runtime.evaluate', { expression: 'throw 5' }, (error, { exceptionDetails }) => {
    seen.push(exceptionDetails.exception.value);
  });
  assert.deepStrictEqual(seen, [null, { type: 'number', value: 2, description: '2' }, 7, 5]);
  session.disconnect();
});

test('profiles and counts of calls', async () => {
  await withSession(async (session) => {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    for (let i = 0; i < 1e5; i++) Math.sqrt(i);
    const { profile } = await session.post('Profiler.stop');
    assert.ok(profile.nodes.length > 0);
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    (function counted() {})();
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const { functions } = result.find(({ url }) => url.endsWith('inspector.test.js'));
    const counted = functions.find(({ functionName }) => functionName === 'counted');
    assert.strictEqual(counted.ranges[0].count, 1);
  });
});

test('coverage as jest takes it, and debugger statements hold nothing up', async () => {
  await withSession(async (session) => {
    assert.ok((await session.post('Debugger.enable')).debuggerId);
    await session.post('Profiler.enable');
    await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    vm.runInThisContext('(() => { debugger; })()', { filename: 'gone.js' });
    const { result } = await session.post('Profiler.takePreciseCoverage');
    const { scriptId } = result.find(({ url }) => url === 'gone.js');
    const { scriptSource } = await session.post('Debugger.getScriptSource', { scriptId });
    assert.strictEqual(scriptSource, '(() => { debugger; })()');
    await session.post('Debugger.disable');
  });
});

test('a heap snapshot comes in pieces', async () => {
  await withSession(async (session) => {
    let text = '';
    session.on('HeapProfiler.addHeapSnapshotChunk', ({ params }) => { text += params.chunk; });
    await session.post('HeapProfiler.takeHeapSnapshot');
    assert.ok(JSON.parse(text).snapshot.node_count > 1000);
  });
});

test('a callback that throws is a warning', async () => {
  const session = new inspector.Session();
  session.connect();
  const warned = new Promise((resolve) => process.once('warning', resolve));
  session.post('Profiler.enable', () => { throw new Error('mine'); });
  assert.strictEqual((await warned).message, 'mine');
  session.disconnect();
});

test('what is not built says so', async () => {
  assert.throws(() => inspector.open(0), {
    code: 'ERR_INSPECTOR_NOT_AVAILABLE', message: 'Inspector is not available',
  });
  await withSession(async (session) => {
    for (const [method, params] of [
      ['Debugger.pause'],
      ['Runtime.enable'],
      ['Runtime.evaluate', { expression: '1', awaitPromise: true }],
    ]) {
      await assert.rejects(session.post(method, params), { code: 'ERR_INSPECTOR_COMMAND' }, method);
    }
  });
  const worker = new Worker(`
    try {
      new (require('inspector').Session)().connectToMainThread();
    } catch (error) {
      require('worker_threads').parentPort.postMessage(error.code);
    }`, { eval: true });
  const code = await new Promise((resolve) => worker.once('message', resolve));
  assert.strictEqual(code, 'ERR_INSPECTOR_NOT_AVAILABLE');
});
