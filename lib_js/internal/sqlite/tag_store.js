'use strict';

// SQLTagStore: statements by the text of template literals, the least recently used one goes first.

const { ArrayIsArray, ArrayPrototypeSlice, SafeMap } = primordials;

const { isInt32 } = require('internal/sqlite/answers');
const { invalidType, outOfRange } = require('internal/sqlite/errors');
const { defineGetters, makeClass, makeShells } = require('internal/sqlite/shell');
const {
  all, beginPlain, get, iterate, prepare, run,
} = require('internal/sqlite/statement');

const DEFAULT_CAPACITY = 1000;

const Shells = makeShells();

class TagStoreState {
  constructor(database, db, capacity) {
    this.database = database;
    this.db = db;
    this.capacity = capacity;
    this.statements = new SafeMap();
  }

  /** The statement of a text, made if need be. */
  take(sql) {
    const { statements } = this;
    let statement = statements.get(sql);
    if (statement !== undefined) statements.delete(sql);
    if (statement === undefined || statement.era !== this.db.era) {
      statement = prepare(this.db, sql, { ...this.db.statementOptions });
      if (statements.size >= this.capacity) statements.delete(statements.keys().next().value);
    }
    statements.set(sql, statement);
    return statement;
  }
}

function textOf(strings, valuesCount) {
  if (!ArrayIsArray(strings)) {
    throw invalidType('First argument must be an array of strings (template literal).');
  }
  let sql = '';
  for (let i = 0; i < strings.length; i++) {
    if (typeof strings[i] !== 'string') {
      throw invalidType('Template literal parts must be strings.');
    }
    sql += strings[i];
    if (i < valuesCount) sql += '?';
  }
  return sql;
}

/** The statement of a template with its values, ready to run. */
function ready(store, args) {
  const state = Shells.of(store);
  state.db.checkOpen();
  state.db.checkAccess();
  const values = ArrayPrototypeSlice(args, 1);
  const statement = state.take(textOf(args[0], values.length));
  beginPlain(statement, values);
  return statement;
}

const SQLTagStore = makeClass('SQLTagStore', {
  get(...args) {
    return get(ready(this, args));
  },

  all(...args) {
    return all(ready(this, args));
  },

  iterate(...args) {
    return iterate(ready(this, args));
  },

  run(...args) {
    return run(ready(this, args));
  },

  clear() {
    Shells.of(this).statements.clear();
  },
});

const getters = {
  __proto__: null,

  capacity() {
    return Shells.of(this).capacity;
  },

  db() {
    return Shells.of(this).database;
  },

  size() {
    return Shells.of(this).statements.size;
  },
};

/** The object that programs hold. */
function makeTagStore(database, db, capacity = DEFAULT_CAPACITY) {
  const refusal = 'The "maxSize" argument must be a positive integer.';
  if (typeof capacity !== 'number') throw invalidType(refusal);
  if (!isInt32(capacity) || capacity <= 0) throw outOfRange(refusal);
  const store = { __proto__: SQLTagStore.prototype };
  new Shells(store, new TagStoreState(database, db, capacity));
  defineGetters(store, getters);
  return store;
}

module.exports = { makeTagStore };
