'use strict';
// Flags: --expose-internals --experimental-inspector-network-resource

// What domains answer, by whatever way the messages come.

const assert = require('node:assert');
const inspector = require('node:inspector');
const { test } = require('node:test');
const { Worker } = require('node:worker_threads');

const { SessionDomains, isOfDomains } = require('internal/inspector/domains');
const {
  setWaitingForDebugger, tellWaitingForDisconnect,
} = require('internal/inspector/node_runtime_domain');

/** A client that keeps what it hears. */
function connect() {
  const heard = [];
  const domains = new SessionDomains((text) => heard.push(JSON.parse(text)));
  let id = 0;
  return {
    heard,
    close: () => domains.close(),
    dispatch: (text) => domains.dispatch(text),
    ask(method, params) {
      if (!domains.dispatch(JSON.stringify({ id: ++id, method, params }))) return 'of V8';
      const answer = heard.pop();
      assert.strictEqual(answer.id, id);
      return answer.result ?? answer.error;
    },
  };
}

test('what is not theirs is left to V8', () => {
  const client = connect();
  const rows = [
    '', '{', '5', 'null', '[]', '{"id":1}', '{"id":1,"method":5}', '{"id":1,"method":"Network"}',
    '{"id":1,"method":"Runtime.enable"}', '{"id":1,"method":"Network.nothing"}',
    '{"id":1,"method":"Network.__proto__"}', '{"id":1,"method":"__proto__.x"}',
    '{"method":"Network.enable"}', '{"id":"1","method":"Network.enable"}',
    '{"id":1,"method":"DOMStorage.enable"}', '{"id":1,"method":"Storage.getStorageKey"}',
  ];
  for (const row of rows) assert.strictEqual(client.dispatch(row), false, row);
  assert.deepStrictEqual(client.heard, []);
  assert.strictEqual(isOfDomains('Network.enable'), true);
  assert.strictEqual(isOfDomains('Networks.enable'), false);
  client.close();
});

test('parameters are checked, and errors say where', () => {
  const client = connect();
  const check = (method, params, data) => {
    const error = client.ask(method, params);
    assert.deepStrictEqual(
      error, { code: -32602, message: 'Invalid parameters', data: `Failed to deserialize ${data}` });
  };
  const map = 'CBOR: map start expected';
  check('Network.getResponseBody', undefined, `params - ${map}`);
  check('Network.getResponseBody', null, `params - ${map}`);
  check('Network.getResponseBody', 'text', `params - ${map}`);
  check('Network.getResponseBody', {}, 'params.requestId - BINDINGS: mandatory field missing');
  check('IO.read', { handle: 5 }, 'params.handle - BINDINGS: string value expected');
  for (const size of ['5', 1.5, null, 2 ** 31, -(2 ** 31) - 1]) {
    check('IO.read', { handle: '', size }, 'params.size - BINDINGS: int32 value expected');
  }
  check('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: 1 },
        'params.enabled - BINDINGS: bool value expected');
  check('Network.enable', { maxTotalBufferSize: '' },
        'params.maxTotalBufferSize - BINDINGS: int32 value expected');
  assert.deepStrictEqual(client.ask('Network.enable', { other: 1 }), {});
  assert.deepStrictEqual(client.ask('Network.disable', 5), {});
  client.close();
});

test('resources are read in pieces of bytes, from where a client was', () => {
  const client = connect();
  const url = 'http://x/a.js.map';
  assert.deepStrictEqual(
    client.ask('Network.loadNetworkResource', { url }), { resource: { success: false } });
  inspector.NetworkResources.put(url, 'gr\u00f6\u00dfe');
  assert.deepStrictEqual(
    client.ask('Network.loadNetworkResource', { url }), { resource: { success: true, stream: url } });
  const read = (more) => {
    const { data, eof } = client.ask('IO.read', { handle: url, ...more });
    return eof ? null : data;
  };
  assert.strictEqual(read({ size: 4 }), 'gr\u00f6');
  assert.strictEqual(read({ offset: 6 }), 'e');
  assert.strictEqual(read(), '\u00dfe');
  assert.strictEqual(read(), null);
  assert.strictEqual(read({ offset: 7 }), null);
  assert.strictEqual(read({ offset: -1 }), null);
  const other = connect();
  assert.strictEqual(other.ask('IO.read', { handle: url, size: 2 }).data, 'gr');
  other.close();
  assert.deepStrictEqual(client.ask('IO.close', { handle: url }), {});
  assert.strictEqual(read({ offset: 0 }), null);
  client.close();
});

test('threads share resources', async () => {
  const worker = new Worker(
    'require("inspector").NetworkResources.put("of:worker", "text")', { eval: true });
  await new Promise((resolve) => worker.once('exit', resolve));
  const client = connect();
  assert.strictEqual(client.ask('IO.read', { handle: 'of:worker' }).data, 'text');
  client.close();
});

test('clients hear that the process waits, if they asked for it', () => {
  const client = connect();
  const other = connect();
  other.ask('NodeRuntime.disable');
  setWaitingForDebugger(true);
  assert.deepStrictEqual(client.heard, []);
  client.dispatch('{"id":1,"method":"NodeRuntime.enable"}');
  assert.deepStrictEqual(client.heard, [
    { method: 'NodeRuntime.waitingForDebugger', params: {} }, { id: 1, result: {} },
  ]);
  setWaitingForDebugger(false);
  setWaitingForDebugger(true);
  assert.strictEqual(client.heard.length, 3);
  assert.strictEqual(tellWaitingForDisconnect(), false);
  client.ask('NodeRuntime.notifyWhenWaitingForDisconnect', { enabled: true });
  assert.strictEqual(tellWaitingForDisconnect(), true);
  assert.strictEqual(client.heard.at(-1).method, 'NodeRuntime.waitingForDisconnect');
  client.close();
  assert.strictEqual(tellWaitingForDisconnect(), false);
  assert.deepStrictEqual(other.heard, []);
  other.close();
  setWaitingForDebugger(false);
});

test('a client that left hears nothing', () => {
  const client = connect();
  client.ask('NodeRuntime.enable');
  client.close();
  setWaitingForDebugger(true);
  setWaitingForDebugger(false);
  assert.deepStrictEqual(client.heard, []);
});
