'use strict';
// Flags: --experimental-storage-inspection --experimental-webstorage --no-warnings

// Domain DOMStorage: what debuggers see of Web Storage and of storages that programs tell of.

const assert = require('node:assert');
const { DOMStorage } = require('node:inspector');
const { Session } = require('node:inspector/promises');
const { test } = require('node:test');
const util = require('node:util');

function connect() {
  const session = new Session();
  session.connect();
  const events = [];
  session.on('inspectorNotification', ({ method, params }) => {
    const { storageId, ...more } = params;
    assert.strictEqual(storageId.storageKey, `file://${process.cwd()}`);
    events.push([method.slice('DOMStorage.domStorage'.length), ...Object.values(more)]);
  });
  return { session, events };
}

const ofSession = { storageId: { isLocalStorage: false } };

test('methods are told, properties are not', async () => {
  const { session, events } = connect();
  const { events: none, session: deaf } = connect();
  sessionStorage.setItem('untold', 1);
  await session.post('DOMStorage.enable');
  sessionStorage.setItem('a', 1);
  sessionStorage.a = 2;
  sessionStorage.setItem('a', 3);
  sessionStorage.removeItem('a');
  assert.deepStrictEqual(
    await session.post('DOMStorage.getDOMStorageItems', ofSession), { entries: [['untold', '1']] });
  sessionStorage.clear();
  assert.deepStrictEqual(events, [
    ['ItemAdded', 'a', '1'], ['ItemUpdated', 'a', '2', '3'], ['ItemRemoved', 'a'], ['ItemsCleared'],
  ]);
  await session.post('DOMStorage.disable');
  sessionStorage.clear();
  assert.strictEqual(events.length, 4);
  assert.deepStrictEqual(none, []);
  session.disconnect();
  deaf.disconnect();
});

test('the storage is one of its kind still', () => {
  assert.ok(sessionStorage instanceof Storage);
  sessionStorage.setItem('b', 1);
  assert.deepStrictEqual(Object.keys(sessionStorage), ['b']);
  assert.strictEqual(sessionStorage.length, 1);
  assert.strictEqual(util.inspect(sessionStorage), "InspectorSessionStorage { b: '1' }");
  assert.throws(() => sessionStorage.setItem(Symbol('s'), 1), TypeError);
  assert.throws(() => new sessionStorage.constructor(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  sessionStorage.clear();
});

test('storages of programs hide the real ones', async () => {
  const { session } = connect();
  const items = () => session.post('DOMStorage.getDOMStorageItems', ofSession);
  await assert.rejects(items(), {
    message: 'Inspector error -32000: DOMStorage domain is not enabled',
  });
  await session.post('DOMStorage.enable');
  assert.deepStrictEqual(await items(), { entries: [] });
  DOMStorage.registerStorage({ isLocalStorage: false, storageMap: { a: 1, b: null } });
  DOMStorage.registerStorage({ isLocalStorage: false, storageMap: { a: 2 } });
  assert.deepStrictEqual(await items(), { entries: [['a', '2'], ['b', 'null']] });
  session.disconnect();
});

test('what Node does not build has its error; a file that is not there has no items', async () => {
  const { session } = connect();
  await session.post('DOMStorage.enable');
  for (const name of ['clear', 'removeDOMStorageItem', 'setDOMStorageItem']) {
    const params = { ...ofSession, key: 'a', value: 'b' };
    await assert.rejects(session.post(`DOMStorage.${name}`, params), {
      message: 'Inspector error -32000: Not implemented',
    });
  }
  const local = { storageId: { isLocalStorage: true } };
  assert.deepStrictEqual(
    await session.post('DOMStorage.getDOMStorageItems', local), { entries: [] });
  assert.deepStrictEqual(
    await session.post('Storage.getStorageKey'), { storageKey: `file://${process.cwd()}` });
  session.disconnect();
});

test('events of programs are checked', () => {
  const { session } = connect();
  const storageId = { securityOrigin: '', storageKey: 'k' };
  const rows = [
    ['domStorageItemAdded', {}, 'Missing storageId in event'],
    ['domStorageItemAdded', { storageId: {} }, 'Missing securityOrigin in storageId'],
    ['domStorageItemAdded', { storageId }, 'Missing key in event'],
    ['domStorageItemUpdated', { storageId, key: 'a' }, 'Missing oldValue in event'],
    ['registerStorage', {}, 'Missing isLocalStorage in event'],
    ['registerStorage', { isLocalStorage: true, storageMap: 5 }, 'Missing storageMap in event'],
  ];
  for (const { 0: name, 1: params, 2: message } of rows) {
    assert.throws(() => DOMStorage[name](params), { name: 'TypeError', message });
  }
  session.disconnect();
  DOMStorage.domStorageItemAdded({});
});
