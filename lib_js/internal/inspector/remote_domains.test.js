'use strict';
// Node's own domains, as debuggers outside hear them.

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { test } = require('node:test');

/** Gives the address at which debuggers find the program, and a way to end it. */
async function start(flags, source) {
  const child = spawn(process.execPath, ['--inspect=0', ...flags, '-e', source], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  for await (const chunk of child.stderr.setEncoding('utf8')) {
    text += chunk;
    const found = /listening on (ws:\S+)\n/.exec(text);
    if (found) return { address: found[1], end: () => child.kill('SIGKILL') };
  }
  throw new Error(`no address in ${text}`);
}

/** A debugger: what it asks, and the next event of a name. */
async function connect(address) {
  const socket = new WebSocket(address);
  const messages = [];
  const waiting = new Set();
  socket.onmessage = ({ data }) => {
    messages.push(JSON.parse(data));
    for (const look of waiting) look();
  };
  await once(socket, 'open');
  const until = (isIt) => new Promise((resolve) => {
    const look = () => {
      const index = messages.findIndex(isIt);
      if (index === -1) return;
      waiting.delete(look);
      resolve(messages.splice(index, 1)[0]);
    };
    waiting.add(look);
    look();
  });
  let lastId = 0;
  return {
    messages,
    close: () => socket.close(),
    event: (name) => until(({ method }) => method === name),
    async ask(method, params) {
      const id = ++lastId;
      socket.send(JSON.stringify({ id, method, params }));
      const { result, error } = await until((message) => message.id === id);
      return result ?? error;
    },
  };
}

test('events go to those who asked for them', async () => {
  const { address, end } = await start(['--experimental-network-inspection'], `
    const { Network } = require('inspector');
    setInterval(() => Network.webSocketClosed({ requestId: 'w', timestamp: 1 }), 5);
  `);
  const client = await connect(address);
  const other = await connect(address);
  assert.deepStrictEqual(await client.ask('Network.enable'), {});
  assert.deepStrictEqual(
    await client.event('Network.webSocketClosed'),
    { method: 'Network.webSocketClosed', params: { requestId: 'w', timestamp: 1 } });
  assert.deepStrictEqual(await client.ask('Network.getResponseBody', {}), {
    code: -32602,
    message: 'Invalid parameters',
    data: 'Failed to deserialize params.requestId - BINDINGS: mandatory field missing',
  });
  assert.deepStrictEqual(
    await client.ask('Network.nothing'), { code: -32601, message: "'Network.nothing' wasn't found" });
  // A name in a text is none.
  const { result } = await other.ask('Runtime.evaluate', { expression: '"Network.enable".length' });
  assert.strictEqual(result.value, 14);
  assert.deepStrictEqual(other.messages, []);
  client.close();
  end();
});

test('answers come while JavaScript is paused', async () => {
  const { address, end } = await start(['--experimental-inspector-network-resource'], `
    require('inspector').NetworkResources.put('map:a', 'text');
    setInterval(() => { debugger; }, 5);
  `);
  const client = await connect(address);
  await client.ask('Debugger.enable');
  await client.event('Debugger.paused');
  assert.deepStrictEqual(
    await client.ask('Network.loadNetworkResource', { url: 'map:a' }),
    { resource: { success: true, stream: 'map:a' } });
  assert.deepStrictEqual(
    await client.ask('IO.read', { handle: 'map:a' }), { data: 'text', eof: false });
  end();
});

test('storages are registered with debuggers that were silent so far', async () => {
  const { address, end } = await start(['--experimental-storage-inspection'], `
    const { DOMStorage } = require('inspector');
    globalThis.register = () =>
      DOMStorage.registerStorage({ isLocalStorage: true, storageMap: { a: 'b' } });
    setInterval(() => {}, 1000);
  `);
  const client = await connect(address);
  // A debugger may come before the program's first line.
  for (let isThere = false; !isThere;) {
    const expression = 'globalThis.register?.() === undefined && "register" in globalThis';
    ({ result: { value: isThere } } = await client.ask('Runtime.evaluate', { expression }));
  }
  await client.ask('DOMStorage.enable');
  assert.deepStrictEqual(
    await client.ask('DOMStorage.getDOMStorageItems', { storageId: { isLocalStorage: true } }),
    { entries: [['a', 'b']] });
  end();
});
