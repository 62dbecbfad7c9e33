'use strict';

// StatementSync and its iterator. A statement is at work as long as one of its calls is: SQLite may
// ask the program meanwhile, who must not touch it.

const {
  Error, IteratorPrototype, ObjectKeys, ObjectSetPrototypeOf, SafeFinalizationRegistry, SafeMap,
  StringPrototypeSlice, Uint8Array,
} = primordials;

const binding = internalBinding('sqlite');
const { kHandle } = require('internal/crypto/handles');
const { calling } = require('internal/sqlite/answers');
const {
  invalidState, invalidType, invalidValue, sqliteError, withCode,
} = require('internal/sqlite/errors');
const { checkBoolean } = require('internal/sqlite/options');
const { defineGetters, makeClass, makeShells } = require('internal/sqlite/shell');
const { isAnyArrayBuffer, isArrayBufferView } = require('internal/util/types');

// As in native's statements.rs.
const ARRAYS = 1;
const BIGINTS = 2;

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

const Shells = makeShells();
const IteratorShells = makeShells();

// Statements are made in loops, and forgotten: what was collected is freed while more are made, and
// else in the turn behind.
const collections = new SafeFinalizationRegistry(() => {
  collections.register({}, undefined);
  finishAll(binding.sweep());
});
let isWatching = false;

function finishAll(handles) {
  for (let i = 0; i < handles.length; i++) binding.finish(handles[i]);
}

function watch(state, handle) {
  const gone = binding.watch(state, handle);
  if (gone !== undefined) finishAll(gone);
  if (isWatching) return;
  isWatching = true;
  collections.register({}, undefined);
}

class StatementState {
  constructor(db, handle, options) {
    this.db = db;
    /** Of the database; another one has finished this statement. */
    this.era = db.era;
    this.isRunning = false;
    /** What iterators must find as it was. */
    this.resetsCount = 0;
    /** Names of parameters in order; and the places of those that have one. */
    this.list = undefined;
    this.names = undefined;
    /** Are all found by their place? */
    this.isPlain = true;
    this.bareNames = undefined;
    this.options = options;
    this.handle = handle;
    watch(this, handle);
  }

  get flags() {
    const { returnArrays, readBigInts } = this.options;
    return (returnArrays ? ARRAYS : 0) | (readBigInts ? BIGINTS : 0);
  }
}

function checkLives(state) {
  if (state.era !== state.db.era) throw invalidState('statement has been finalized');
}

/** The statement is not at work, and its database may be used. */
function checkIdle(state) {
  checkLives(state);
  state.db.checkAccess();
  if (state.isRunning) throw invalidState('statement is already being executed');
}

/** Calls an op of the statement, which fails with null. */
function act(state, op, flags) {
  state.isRunning = true;
  let result;
  try {
    result = calling(state.db, op, state.handle, flags);
  } finally {
    state.isRunning = false;
  }
  if (result === null) throw failed(state);
  return result;
}

function failed(state) {
  // A getter of a parameters object may have closed the database meanwhile.
  checkLives(state);
  return sqliteError();
}

/** Parameters by their name with and without the prefix. */
function readNames(state) {
  const list = binding.parameters(state.handle);
  if (list === null) throw failed(state);
  state.list = list;
  state.names = new SafeMap();
  for (let i = 0; i < list.length; i++) {
    if (list[i] === undefined) continue;
    if (list[i][0] !== '?') state.isPlain = false;
    if (!state.names.has(list[i])) state.names.set(list[i], i + 1);
  }
}

function readBareNames(state) {
  const bareNames = new SafeMap();
  for (const { 0: name } of state.names) {
    const bare = StringPrototypeSlice(name, 1);
    const other = bareNames.get(bare);
    if (other !== undefined) {
      throw invalidState(`Cannot create bare named parameter '${bare}' because of conflicting ` +
                         `names '${other}' and '${name}'.`);
    }
    bareNames.set(bare, name);
  }
  state.bareNames = bareNames;
}

function placeOf(state, key) {
  const place = state.names.get(key);
  if (place !== undefined) return place;
  if (!state.options.allowBareNamedParameters) return undefined;
  return state.names.get(state.bareNames.get(key));
}

function bindNamed(state, values) {
  const keys = ObjectKeys(values);
  if (state.options.allowBareNamedParameters && state.bareNames === undefined) {
    readBareNames(state);
  }
  for (let i = 0; i < keys.length; i++) {
    const place = placeOf(state, keys[i]);
    if (place === undefined) {
      if (state.options.allowUnknownNamedParameters) continue;
      throw invalidState(`Unknown named parameter '${keys[i]}'`);
    }
    bindValue(state, place, values[keys[i]]);
  }
}

/** The value as native takes it. */
function bindable(value, place) {
  switch (typeof value) {
    case 'number':
    case 'string':
      return value;
    case 'boolean':
      return value ? 1n : 0n;
    case 'bigint':
      if (value > INT64_MAX || value < INT64_MIN) {
        throw invalidValue('BigInt value is too large to bind.');
      }
      return value;
    default:
      if (value === null || isArrayBufferView(value)) return value;
      if (isAnyArrayBuffer(value)) return new Uint8Array(value);
      throw invalidType(`Provided value cannot be bound to SQLite parameter ${place}.`);
  }
}

function bindValue(state, place, value) {
  if (binding.bind(state.handle, place, bindable(value, place)) === null) throw failed(state);
}

/** Parameters by their place only; `values` is ours. */
function bindAll(state, values) {
  for (let i = 0; i < values.length; i++) values[i] = bindable(values[i], i + 1);
  if (values.length > 0 && binding.bindAll(state.handle, values) === null) throw failed(state);
}

function isNamed(value) {
  return (typeof value === 'object' && value !== null && !isArrayBufferView(value) &&
    !isAnyArrayBuffer(value)) || typeof value === 'function';
}

/** Begins anew, with these parameters. */
function begin(state, values) {
  checkIdle(state);
  state.resetsCount++;
  act(state, binding.begin);
  if (values.length === 0) return;
  if (state.names === undefined) readNames(state);
  let i = 0;
  if (state.isPlain && !isNamed(values[0])) {
    bindAll(state, values);
    return;
  }
  if (isNamed(values[0])) {
    bindNamed(state, values[0]);
    i = 1;
  }
  let place = 1;
  for (; i < values.length; i++) {
    while (state.list[place - 1] !== undefined && state.list[place - 1][0] !== '?') place++;
    bindValue(state, place++, values[i]);
  }
  // The program may have run: getters of the parameters.
  checkIdle(state);
}

/** Begins anew with parameters by their place only, those of a template. */
function beginPlain(state, values) {
  checkIdle(state);
  state.resetsCount++;
  act(state, binding.begin);
  if (state.names === undefined) readNames(state);
  if (state.list.length !== values.length) {
    throw invalidValue('SQLite parameters must be bound using template literal placeholders.');
  }
  bindAll(state, values);
}

function get(state) {
  return act(state, binding.get, state.flags);
}

function all(state) {
  return act(state, binding.all, state.flags);
}

function run(state) {
  const { 0: changes, 1: lastInsertRowid } = act(state, binding.run, state.flags);
  return { changes, lastInsertRowid };
}

function iterate(state) {
  const iterator = { __proto__: StatementSyncIterator.prototype };
  const { resetsCount } = state;
  return new IteratorShells(iterator, { statement: state, resetsCount, isDone: false });
}

function result(done, value) {
  return { __proto__: null, done, value };
}

const StatementSyncIterator = makeClass('StatementSyncIterator', {
  next() {
    const iterator = IteratorShells.of(this);
    const { statement } = iterator;
    checkLives(statement);
    if (iterator.isDone) return result(true, null);
    checkIdle(statement);
    if (iterator.resetsCount !== statement.resetsCount) {
      throw invalidState('iterator was invalidated');
    }
    const row = act(statement, binding.next, statement.flags);
    if (row !== undefined) return result(false, row);
    iterator.isDone = true;
    return result(true, null);
  },

  return() {
    const iterator = IteratorShells.of(this);
    const { statement } = iterator;
    checkIdle(statement);
    // Node does so even where another iterator reads the statement by now.
    act(statement, binding.reset);
    iterator.isDone = true;
    return result(true, null);
  },
});
ObjectSetPrototypeOf(StatementSyncIterator.prototype, IteratorPrototype);

/** For the methods that set one of the statement's options. */
function setOption(statement, option, value, name = option) {
  const state = Shells.of(statement);
  checkLives(state);
  checkBoolean(value, name);
  state.options[option] = value;
}

const StatementSync = makeClass('StatementSync', {
  iterate(...values) {
    const state = Shells.of(this);
    begin(state, values);
    return iterate(state);
  },

  all(...values) {
    const state = Shells.of(this);
    begin(state, values);
    return all(state);
  },

  get(...values) {
    const state = Shells.of(this);
    begin(state, values);
    return get(state);
  },

  run(...values) {
    const state = Shells.of(this);
    begin(state, values);
    return run(state);
  },

  columns() {
    const state = Shells.of(this);
    checkLives(state);
    const columns = binding.columns(state.handle);
    if (columns === null) throw failed(state);
    return columns;
  },

  setAllowBareNamedParameters(...args) {
    setOption(this, 'allowBareNamedParameters', args[0]);
  },

  setAllowUnknownNamedParameters(...args) {
    setOption(this, 'allowUnknownNamedParameters', args[0], 'enabled');
  },

  setReadBigInts(...args) {
    setOption(this, 'readBigInts', args[0]);
  },

  setReturnArrays(...args) {
    setOption(this, 'returnArrays', args[0]);
  },
});

const getters = {
  __proto__: null,

  sourceSQL() {
    const state = Shells.of(this);
    checkLives(state);
    const sql = binding.sourceSql(state.handle);
    if (sql === null) throw failed(state);
    return sql;
  },

  expandedSQL() {
    const state = Shells.of(this);
    checkLives(state);
    const sql = binding.expandedSql(state.handle);
    if (sql === null) throw failed(state);
    if (sql === undefined) {
      throw withCode(new Error('Expanded SQL text would exceed configured limits'),
                     'ERR_SQLITE_ERROR');
    }
    return sql;
  },
};

/** @returns {StatementState}  of the first statement in `sql` */
function prepare(db, sql, options) {
  const handle = calling(db, binding.prepare, db[kHandle], sql);
  if (handle === null) throw sqliteError();
  if (handle === undefined) throw invalidValue('The SQL query contains no statements.');
  return new StatementState(db, handle, options);
}

/** The object that programs hold. */
function makeStatement(state) {
  const statement = { __proto__: StatementSync.prototype };
  new Shells(statement, state);
  defineGetters(statement, getters);
  return statement;
}

module.exports = { StatementSync, all, beginPlain, get, iterate, makeStatement, prepare, run };
