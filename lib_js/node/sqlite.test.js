'use strict';
// Flags: --no-warnings --expose-gc

// node:sqlite where programs do what they should not: functions that close, change or run what
// SQLite is at work for, statements and sessions that outlive their database, and calls at random.

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { DatabaseSync, Session, StatementSync, backup, constants } = require('node:sqlite');
const { Worker } = require('node:worker_threads');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-sqlite-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const invalidState = (message) => ({ code: 'ERR_INVALID_STATE', name: 'Error', message });
const NOT_OPEN = invalidState('database is not open');
const FINALIZED = invalidState('statement has been finalized');
const IN_CALLBACK = invalidState('database cannot be closed while in a callback');
const RUNNING = invalidState('statement is already being executed');
const IN_AUTHORIZER =
  invalidState('database cannot be accessed from an authorizer callback');

function open(options = {}) {
  return new DatabaseSync(':memory:', options);
}

test('the version is that of the library', () => {
  const row = open().prepare('SELECT sqlite_version() AS version').get();
  assert.strictEqual(row.version, process.versions.sqlite);
});

test('classes look as in Node', () => {
  const db = open();
  assert.throws(() => DatabaseSync(':memory:'), { code: 'ERR_CONSTRUCT_CALL_REQUIRED' });
  for (const Class of [StatementSync, Session]) {
    assert.throws(() => new Class(), { code: 'ERR_ILLEGAL_CONSTRUCTOR' });
  }
  assert.deepStrictEqual(Reflect.ownKeys(db),
                         ['isOpen', 'isTransaction', 'limits', Symbol.for('sqlite-type')]);
  const statement = db.prepare('SELECT ? AS a');
  assert.deepStrictEqual(Reflect.ownKeys(statement), ['sourceSQL', 'expandedSQL']);
  for (const receiver of [undefined, null, 1, {}, db, Object.create(statement)]) {
    assert.throws(() => StatementSync.prototype.get.call(receiver),
                  { name: 'TypeError', message: 'Illegal invocation' });
  }
  const iterator = statement.iterate(1);
  for (const thing of [db, statement, iterator, db.createSession(), db.createTagStore()]) {
    assert.throws(() => structuredClone(thing), { name: 'DataCloneError' });
  }
  assert.ok(iterator instanceof Iterator);
  assert.deepStrictEqual([...iterator].map((row) => ({ ...row })), [{ a: 1 }]);
});

test('values go in and out unchanged', () => {
  const db = open();
  const statement = db.prepare('SELECT ? AS value, typeof(?1) AS type');
  const rows = [
    [null, null, 'null'], [1, 1, 'real'], [1.5, 1.5, 'real'], [5n, 5, 'integer'],
    [true, 1, 'integer'], ['', '', 'text'], ['a\0b', 'a\0b', 'text'], ['é€😀', 'é€😀', 'text'],
    ['\ud800', '\ufffd', 'text'], [-(2n ** 53n) + 1n, -(2 ** 53) + 1, 'integer'],
    [new Uint8Array([1, 2]), new Uint8Array([1, 2]), 'blob'],
    [new Uint8Array(0), new Uint8Array(0), 'blob'],
    [new DataView(new ArrayBuffer(3), 1), new Uint8Array(2), 'blob'],
    [new ArrayBuffer(2), new Uint8Array(2), 'blob'],
  ];
  for (const [given, value, type] of rows) {
    assert.deepStrictEqual({ ...statement.get(given) }, { value, type });
  }
  for (const refused of [undefined, Symbol('x')]) {
    assert.throws(() => statement.get(refused), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.throws(() => statement.get(2n ** 63n), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => statement.get(1, 2), { code: 'ERR_SQLITE_ERROR', errcode: 25 });
  for (const large of [2n ** 53n, -(2n ** 63n)]) {
    assert.throws(() => statement.get(large), { code: 'ERR_OUT_OF_RANGE', name: 'RangeError' });
    const reader = db.prepare('SELECT ? AS value', { readBigInts: true });
    assert.strictEqual(reader.get(large).value, large);
  }
});

test('functions cannot end what they are called from', () => {
  const db = open();
  const bytes = db.serialize();
  let statement;
  const acts = {
    close: [() => db.close(), IN_CALLBACK],
    deserialize: [() => db.deserialize(bytes),
                  invalidState('database cannot be deserialized while in a callback')],
    get: [() => statement.get(), RUNNING],
    all: [() => statement.all(), RUNNING],
    run: [() => statement.run(), RUNNING],
    iterate: [() => statement.iterate(), RUNNING],
    redefine: [() => db.function('act', () => 1), { code: 'ERR_SQLITE_ERROR', errcode: 5 }],
  };
  for (const name in acts) {
    const { 0: act, 1: expected } = acts[name];
    db.function('act', act);
    statement = db.prepare('SELECT act() AS value');
    assert.throws(() => statement.get(), expected, name);
    assert.throws(() => statement.all(), expected, name);
    assert.throws(() => statement.run(), expected, name);
    assert.throws(() => [...statement.iterate()], expected, name);
    assert.throws(() => db.exec('SELECT act()'), name === 'close' || name === 'deserialize' ?
      expected : Error, name);
    assert.strictEqual(db.isOpen, true);
  }
  // It is disposed of when nothing is at work, and not before.
  db.function('act', () => {
    db[Symbol.dispose]();
    return 5;
  });
  assert.strictEqual(db.prepare('SELECT act() AS value').get().value, 5);
  assert.strictEqual(db.isOpen, true);
  db[Symbol.dispose]();
  db[Symbol.dispose]();
  assert.strictEqual(db.isOpen, false);
});

test('an authorizer leaves its database alone', () => {
  const db = open();
  const other = db.prepare('SELECT 1 AS value');
  const iterator = db.prepare('SELECT 1').iterate();
  const session = db.createSession();
  const acts = [
    () => db.exec('SELECT 1'), () => db.prepare('SELECT 1'), () => other.get(),
    () => iterator.next(), () => iterator.return(), () => session.changeset(),
    () => session.close(), () => db.function('f', () => 1), () => db.setAuthorizer(null),
    () => db.serialize(), () => { db.limits.attach = 1; }, () => db.createTagStore(),
    () => db.aggregate('f', { start: 0, step() {} }), () => db.applyChangeset(new Uint8Array(0)),
  ];
  for (const act of acts) {
    db.setAuthorizer(() => {
      act();
      return constants.SQLITE_OK;
    });
    assert.throws(() => db.prepare('SELECT 2'), IN_AUTHORIZER, `${act}`);
    db.setAuthorizer(null);
  }
  db.setAuthorizer(() => {
    db.close();
    return constants.SQLITE_OK;
  });
  assert.throws(() => db.exec('SELECT 2'), IN_CALLBACK);
  db.setAuthorizer(() => {
    assert.deepStrictEqual([db.isOpen, db.isTransaction, db.location()], [true, false, null]);
    return constants.SQLITE_OK;
  });
  assert.strictEqual(other.get().value, 1);
});

test('what a function throws comes out as it is, and nothing of it stays', () => {
  const db = open();
  db.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3)');
  for (const thrown of [new Error('own'), undefined, null, 'text', Symbol('s')]) {
    let results = 0;
    db.function('f', () => { throw thrown; });
    db.aggregate('step', { start: 0, step() { throw thrown; }, result() { results++; } });
    db.aggregate('start', { start() { throw thrown; }, step() {}, result() { results++; } });
    db.aggregate('result', { start: 0, step() {}, result() { throw thrown; } });
    for (const sql of ['SELECT f()', 'SELECT step() FROM t', 'SELECT start() FROM t',
                       'SELECT result() FROM t', 'UPDATE t SET a = f()']) {
      const statement = db.prepare(sql);
      for (const act of [() => db.exec(sql), () => statement.get(), () => statement.run(),
                         () => statement.all(), () => [...statement.iterate()]]) {
        let caught = 'nothing';
        try {
          act();
        } catch (error) {
          caught = error;
        }
        assert.strictEqual(caught, thrown, sql);
      }
    }
    assert.strictEqual(results, 0);
    assert.throws(() => db.exec('no sql'), { code: 'ERR_SQLITE_ERROR', errcode: 1 });
  }
  assert.deepStrictEqual(db.prepare('SELECT sum(a) AS s FROM t').get().s, 6);
});

test('functions may use other statements, and themselves', () => {
  const db = open();
  db.function('fib', (n) => (n < 2 ? n : db.prepare('SELECT fib(?) + fib(?) AS f')
    .get(n - 1, n - 2).f));
  assert.strictEqual(db.prepare('SELECT fib(12) AS f').get().f, 144);
  // Without an end: the stack is full at some time, and all is as it was.
  db.function('deep', () => db.prepare('SELECT deep() AS d').get().d);
  assert.throws(() => db.prepare('SELECT deep()').get(), RangeError);
  assert.strictEqual(db.prepare('SELECT fib(5) AS f').get().f, 5);
  // Two databases ask each other.
  const other = open();
  other.function('twice', (n) => db.prepare('SELECT ? * 2 AS n').get(n).n);
  db.function('remote', (n) => other.prepare('SELECT twice(?) AS n').get(n).n);
  assert.strictEqual(db.prepare('SELECT remote(21) AS n').get().n, 42);
  other.function('fails', () => db.exec('no sql'));
  db.function('remote', () => other.exec('SELECT fails()'));
  assert.throws(() => db.exec('SELECT remote()'), { message: 'near "no": syntax error' });
});

test('aggregates count rows in and out', () => {
  const db = open();
  db.exec('CREATE TABLE t(a); INSERT INTO t VALUES (1), (2), (3), (4)');
  const receivers = [];
  db.aggregate('list', {
    start() {
      'use strict';
      receivers.push(this);
      return [];
    },
    step(list, a) { return [...list, a]; },
    inverse(list, a) {
      assert.strictEqual(list[0], a);
      return list.slice(1);
    },
    result(list) { return list.join(); },
  });
  const over = 'OVER (ORDER BY a ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)';
  const rows = db.prepare(`SELECT list(a) ${over} AS l FROM t`).all();
  assert.deepStrictEqual(rows.map(({ l }) => l), ['1', '1,2', '2,3', '3,4']);
  const groups = db.prepare('SELECT list(a) AS l FROM t GROUP BY a % 2').all();
  assert.deepStrictEqual(groups.map(({ l }) => l), ['2,4', '1,3']);
  assert.strictEqual(db.prepare('SELECT list(a) AS l FROM t WHERE a > 9').get().l, '');
  assert.ok(receivers.every((receiver) => receiver === null));
  const iterator = db.prepare(`SELECT list(a) ${over} AS l FROM t`).iterate();
  iterator.next();
  iterator.return();
  db.prepare(`SELECT list(a) ${over} AS l FROM t`).iterate().next();
  db.close();
});

test('integers that no number holds are refused or given as BigInts', () => {
  const db = open();
  const types = [];
  const note = (value) => { types.push(typeof value); };
  db.function('plain', note);
  db.function('big', { useBigIntArguments: true }, note);
  db.exec('SELECT plain(5), big(5), big(9223372036854775807)');
  assert.deepStrictEqual(types, ['number', 'bigint', 'bigint']);
  assert.throws(() => db.exec('SELECT plain(9007199254740992)'), { code: 'ERR_OUT_OF_RANGE' });
});

test('a function gives what SQL has, or its call fails', () => {
  const db = open();
  let given;
  db.function('f', () => given);
  const get = (value) => {
    given = value;
    return db.prepare('SELECT f() AS value').get().value;
  };
  for (const value of [null, 1.5, 'x', new Uint8Array([1])]) {
    assert.deepStrictEqual(get(value), value);
  }
  assert.strictEqual(get(undefined), null);
  assert.strictEqual(get(7n), 7);
  const refusal = (message) => ({ code: 'ERR_SQLITE_ERROR', errcode: 1, message });
  const other = refusal('Returned JavaScript value cannot be converted to a SQLite value');
  for (const value of [true, {}, [], Symbol('x'), () => 1]) {
    assert.throws(() => get(value), other);
  }
  assert.throws(() => get(Promise.resolve()),
                refusal('Asynchronous user-defined functions are not supported'));
  assert.throws(() => get(2n ** 64n), refusal('BigInt value is too large for SQLite'));
});

test('what is left of a closed database says so', () => {
  const db = open();
  const statement = db.prepare('SELECT 1 AS a UNION SELECT 2');
  const iterator = statement.iterate();
  iterator.next();
  const session = db.createSession();
  const store = db.createTagStore();
  const { limits } = db;
  db.close();
  for (const act of [() => statement.get(), () => statement.columns(), () => statement.sourceSQL,
                     () => statement.expandedSQL, () => statement.setReadBigInts(true),
                     () => iterator.next(), () => iterator.return()]) {
    assert.throws(act, FINALIZED, `${act}`);
  }
  for (const act of [() => db.close(), () => db.exec('x'), () => db.prepare('x'),
                     () => session.changeset(), () => session.close(), () => limits.length,
                     () => { limits.length = 5; }, () => store.get`SELECT 1`,
                     () => db.isTransaction, () => db.serialize(), () => db.location()]) {
    assert.throws(act, NOT_OPEN, `${act}`);
  }
  db.open();
  assert.throws(() => statement.get(), FINALIZED);
  assert.throws(() => session.changeset(), invalidState('session is not open'));
  assert.strictEqual(store.get`SELECT 3 AS a`.a, 3);
  assert.strictEqual(limits.attach, 10);
});

test('a getter of the parameters may do anything', () => {
  const db = open();
  const statement = db.prepare('SELECT :a AS a, :b AS b');
  const inner = { get a() { return statement.get({ a: 1, b: 2 }).a; }, b: 3 };
  assert.deepStrictEqual({ ...statement.get(inner) }, { a: 1, b: 3 });
  assert.throws(() => statement.get({ get a() { throw new Error('got'); } }), { message: 'got' });
  const closing = { get a() {
    db.close();
    return 1;
  } };
  assert.throws(() => statement.get(closing), FINALIZED);
});

test('parameters are found by name with and without their prefix', () => {
  const db = open();
  const rows = [
    ['SELECT :a AS x, @b AS y, $c AS z', [{ ':a': 1, 'b': 2, '$c': 3 }], [1, 2, 3]],
    ['SELECT :a AS x, ? AS y, ? AS z', [{ a: 1 }, 2, 3], [1, 2, 3]],
    ['SELECT ?2 AS x, ? AS y, ?1 AS z', [1, 2, 3], [2, 3, 1]],
    ['SELECT :a AS x, :a AS y, ? AS z', [{ a: 1 }, 5], [1, 1, 5]],
  ];
  for (const [sql, values, expected] of rows) {
    assert.deepStrictEqual(db.prepare(sql, { returnArrays: true }).get(...values), expected, sql);
  }
  const statement = db.prepare('SELECT $a AS x, :a AS y');
  assert.throws(() => statement.get({ a: 1 }), invalidState(
    "Cannot create bare named parameter 'a' because of conflicting names '$a' and ':a'."));
  statement.setAllowBareNamedParameters(false);
  assert.throws(() => statement.get({ a: 1 }), invalidState("Unknown named parameter 'a'"));
  statement.setAllowUnknownNamedParameters(true);
  assert.deepStrictEqual({ ...statement.get({ 'a': 1, ':a': 2 }) }, { x: null, y: 2 });
});

test('limits are properties that SQLite keeps', () => {
  const db = open({ limits: { attach: 3, column: 100 } });
  assert.deepStrictEqual([db.limits.attach, db.limits.column], [3, 100]);
  db.limits.attach = Infinity;
  assert.strictEqual(db.limits.attach, 10);
  assert.deepStrictEqual(Object.getOwnPropertyDescriptor(db.limits, 'column'),
                         { value: 100, writable: true, enumerable: true, configurable: false });
  assert.strictEqual(Object.keys(db.limits).length, 11);
  for (const value of ['1', 1.5, NaN, null, undefined, 2 ** 31]) {
    assert.throws(() => { db.limits.attach = value; }, { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.throws(() => { db.limits.attach = -1; }, { code: 'ERR_OUT_OF_RANGE' });
});

test('tagged statements are kept, the last used the longest', () => {
  const db = open();
  const store = db.createTagStore(2);
  assert.strictEqual(store.get`SELECT ${1} AS a`.a, 1);
  assert.strictEqual(store.get`SELECT ${2} AS b`.b, 2);
  assert.strictEqual(store.get`SELECT ${3} AS a`.a, 3);
  assert.strictEqual(store.size, 2);
  assert.strictEqual(store.all`SELECT ${4} AS c`[0].c, 4);
  assert.strictEqual(store.size, 2);
  const iterator = store.iterate`SELECT ${3} AS a`;
  assert.strictEqual(iterator.next().value.a, 3);
  store.run`SELECT ${3} AS a`;
  assert.throws(() => iterator.next(), invalidState('iterator was invalidated'));
  assert.throws(() => store.get(['SELECT ?']), { code: 'ERR_INVALID_ARG_VALUE' });
  for (const capacity of [0, -1, 1.5]) {
    assert.throws(() => db.createTagStore(capacity), { code: 'ERR_OUT_OF_RANGE' });
  }
});

test('changes of one database are applied to another', () => {
  const table = 'CREATE TABLE t(a INTEGER PRIMARY KEY, b)';
  const db = open();
  db.exec(table);
  const session = db.createSession({ table: 't' });
  db.exec("INSERT INTO t VALUES (1, 'x'), (2, 'y')");
  const changes = session.changeset();
  session.close();
  assert.throws(() => session.close(), invalidState('session is not open'));
  const other = open();
  other.exec(`${table}; INSERT INTO t VALUES (1, 'kept')`);
  assert.strictEqual(other.applyChangeset(changes), false);
  const kinds = [];
  const onConflict = (kind) => {
    kinds.push(kind);
    return constants.SQLITE_CHANGESET_OMIT;
  };
  assert.strictEqual(other.applyChangeset(changes, { onConflict, filter: () => false }), true);
  assert.strictEqual(other.applyChangeset(changes, { onConflict }), true);
  assert.deepStrictEqual(kinds, [constants.SQLITE_CHANGESET_CONFLICT]);
  const thrown = new Error('own');
  const fails = () => { throw thrown; };
  assert.throws(() => other.applyChangeset(changes, { filter: fails }), thrown);
  assert.throws(() => other.applyChangeset(changes, { onConflict: fails }), thrown);
  assert.throws(() => other.applyChangeset(changes, { onConflict: () => other.close() }),
                IN_CALLBACK);
  // The changes are read while programs run: they must not lose them.
  const buffer = changes.slice();
  other.applyChangeset(buffer, { onConflict, filter() {
    structuredClone(buffer.buffer, { transfer: [buffer.buffer] });
    return true;
  } });
  assert.throws(() => other.applyChangeset(new Uint8Array(9)), {
    code: 'ERR_SQLITE_ERROR', errcode: 11,
  });
});

test('a backup goes on when its source is closed or its progress fails', async () => {
  const db = open();
  db.exec('CREATE TABLE t(a)');
  const insert = db.prepare('INSERT INTO t VALUES (zeroblob(4000))');
  for (let i = 0; i < 200; i++) insert.run();
  const news = [];
  const first = path.join(folder, 'first.db');
  const pages = await backup(db, first, { rate: 50, progress: (p) => news.push(p) });
  assert.ok(pages > 200);
  assert.deepStrictEqual(news[0], { totalPages: pages, remainingPages: pages - 50 });
  const copy = new DatabaseSync(first, { readOnly: true });
  assert.strictEqual(copy.prepare('SELECT count(*) AS n FROM t').get().n, 200);
  assert.throws(() => copy.exec('DELETE FROM t'), { errcode: 8 });
  const failing = backup(db, path.join(folder, 'second.db'), {
    rate: 50,
    progress() { throw new Error('own'); },
  });
  await assert.rejects(failing, { message: 'own' });
  await assert.rejects(backup(db, path.join(folder, 'no/such/folder')),
                       { code: 'ERR_SQLITE_ERROR', errcode: 14 });
  await assert.rejects(backup(db, first, { source: 'nothing' }),
                       { message: 'unknown database nothing' });
  const last = backup(db, path.join(folder, 'third.db'), { rate: 1 });
  db.close();
  assert.strictEqual(await last, pages);
  assert.throws(() => backup(db, first), NOT_OPEN);
  assert.throws(() => backup({}, first), { code: 'ERR_INVALID_ARG_TYPE' });
});

test('files wait for others as long as they may', async () => {
  const file = path.join(folder, 'shared.db');
  const one = new DatabaseSync(file);
  one.exec('CREATE TABLE t(a); BEGIN IMMEDIATE');
  assert.strictEqual(one.isTransaction, true);
  assert.strictEqual(one.location(), fs.realpathSync(file));
  const other = new DatabaseSync(new URL(`file://${file}`), { timeout: 20 });
  assert.throws(() => other.exec('INSERT INTO t VALUES (1)'), { errcode: 5 });
  one.exec('COMMIT; BEGIN EXCLUSIVE');
  await assert.rejects(backup(other, path.join(folder, 'locked.db')),
                       { code: 'ERR_SQLITE_ERROR', errcode: 5 });
  one.exec('COMMIT');
  other.exec('INSERT INTO t VALUES (1)');
  assert.strictEqual(one.prepare('SELECT a FROM t').get().a, 1);
  for (const wrong of ['a\0b', undefined, 1, {}, { href: 'nothing' }]) {
    assert.throws(() => new DatabaseSync(wrong), { code: 'ERR_INVALID_ARG_TYPE' });
  }
  assert.throws(() => new DatabaseSync(new URL('http://x/')), { code: 'ERR_INVALID_URL_SCHEME' });
  const missing = new DatabaseSync(path.join(folder, 'no/such/file'), { open: false });
  for (let i = 0; i < 2; i++) {
    assert.throws(() => missing.open(), { code: 'ERR_SQLITE_ERROR', errcode: 14 });
    assert.strictEqual(missing.isOpen, false);
  }
});

test('extensions need leave', () => {
  const db = open();
  assert.throws(() => db.loadExtension('x'), invalidState('extension loading is not allowed'));
  assert.throws(() => db.enableLoadExtension(true), { code: 'ERR_INVALID_STATE' });
  const allowed = open({ allowExtension: true });
  assert.throws(() => allowed.loadExtension(path.join(folder, 'nothing')),
                { code: 'ERR_LOAD_SQLITE_EXTENSION', message: /cannot open shared object/ });
  allowed.enableLoadExtension(false);
  assert.throws(() => allowed.loadExtension('x'), { code: 'ERR_INVALID_STATE' });
});

test('what a program forgets is freed', async () => {
  const file = path.join(folder, 'forgotten.db');
  const descriptors = () => fs.readdirSync('/proc/self/fd').length;
  const before = descriptors();
  for (let i = 0; i < 300; i++) {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE IF NOT EXISTS t(a)');
    db.function('self', () => db.isOpen);
    db.prepare('SELECT * FROM t').get();
    db.createSession();
  }
  for (let i = 0; i < 50 && descriptors() > before + 20; i++) {
    global.gc();
    await new Promise((resolve) => { setImmediate(resolve); });
  }
  assert.ok(descriptors() <= before + 20, `${descriptors()} of ${before}`);
});

test('statements of a loop are freed within it', () => {
  const db = open();
  const rss = () => process.memoryUsage().rss / 2 ** 20;
  for (let i = 0; i < 5000; i++) db.prepare(`SELECT ${i} AS a`).get();
  const before = rss();
  for (let i = 0; i < 150_000; i++) assert.strictEqual(db.prepare('SELECT 1 AS a').get().a, 1);
  assert.ok(rss() - before < 150, `${rss() - before} MiB more`);
});

test('a thread that ends in the midst of a call leaves nothing', async () => {
  const worker = new Worker(`
    const { DatabaseSync } = require('node:sqlite');
    const { parentPort } = require('node:worker_threads');
    const db = new DatabaseSync(':memory:');
    db.aggregate('n', { start: 0, step: (n) => n + 1 });
    db.function('forever', () => { parentPort.postMessage(1); for (;;); });
    db.prepare('SELECT n() FROM (SELECT 1 UNION SELECT forever())').get();
  `, { eval: true });
  await new Promise((resolve) => { worker.once('message', resolve); });
  await worker.terminate();
});

/** Numbers that are the same in each run. */
function makeRandom(seed) {
  return (bound) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
    return (seed >>> 8) % bound;
  };
}

test('calls at random throw errors and harm nothing', () => {
  const random = makeRandom(20260722);
  const pick = (list) => list[random(list.length)];
  const values = [
    undefined, null, true, 0, -1, 1.5, NaN, Infinity, 5n, 2n ** 70n, '', 'x', 'main', 'a\0b',
    Symbol('x'), {}, [], () => 1, new Uint8Array(3), new ArrayBuffer(8), { a: 1 }, { ':b': 2 },
    'SELECT 1', 'SELECT * FROM t', 'INSERT INTO t VALUES (1, 2)', 'SELECT f(a) FROM t',
    'SELECT g(a) OVER (ORDER BY a) FROM t', 'BEGIN', 'COMMIT', 'DROP TABLE IF EXISTS t',
    'CREATE TABLE IF NOT EXISTS t(a, b)', 'VACUUM', { start: 0, step: (n) => n },
    { returnArrays: true }, { filter: () => true, onConflict: () => 0 },
    Object.defineProperty(() => 1, 'length', { value: 1e9 }),
  ];
  let things = [];
  let depth = 0;
  const act = () => {
    const thing = pick(things);
    const keys = [...Object.keys(thing), ...Object.keys(Object.getPrototypeOf(thing)),
                  Symbol.dispose, 'next', 'return'];
    const key = pick(keys);
    const given = Array.from({ length: random(4) }, () => pick(values));
    let made;
    try {
      made = typeof thing[key] === 'function' ? thing[key](...given) : thing[key];
    } catch (error) {
      assert.ok(error instanceof Error, `${String(key)} threw ${String(error)}`);
    }
    const isThing = made instanceof StatementSync || made instanceof Session ||
      made?.constructor?.name === 'SQLTagStore' || typeof made?.next === 'function';
    if (isThing && things.length < 30) things.push(made);
  };
  const meddle = () => {
    if (depth > 3) return 1;
    depth++;
    try {
      act();
    } finally {
      depth--;
    }
    return random(3);
  };
  for (let round = 0; round < 60; round++) {
    const db = open({ timeout: 1 });
    db.exec('CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2), (3, 4), (5, 6)');
    db.function('f', { varargs: true }, meddle);
    db.aggregate('g', {
      varargs: true, start: meddle, step: meddle, inverse: meddle, result: meddle,
    });
    things = [db, db.prepare('SELECT f(a), f(b) FROM t'), db.createTagStore(3),
              db.prepare('SELECT g(a) OVER (ORDER BY a ROWS 1 PRECEDING) FROM t')];
    if (round % 3 === 0) db.setAuthorizer(meddle);
    for (let i = 0; i < 150; i++) act();
    if (!db.isOpen) continue;
    db.setAuthorizer(null);
    db[Symbol.dispose]();
    assert.strictEqual(db.isOpen, false);
  }
});
