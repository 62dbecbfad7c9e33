'use strict';

// Web Storage: localStorage in a file of SQLite's, sessionStorage in memory. The files are Node's:
// the same tables, keys and values in UTF-16, 10 MiB at most.

const {
  ArrayPrototypeMap, ArrayPrototypePush, ObjectDefineProperty, Proxy, ReflectGet, ReflectHas,
  SafeMap, TypeError,
} = primordials;

const binding = internalBinding('sqlite');
const { Buffer } = require('buffer');
const { codes: { ERR_INVALID_ARG_VALUE } } = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { invalidState, withCode } = require('internal/sqlite/errors');
const { makeClass, makeShells } = require('internal/sqlite/shell');
const {
  customInspectSymbol, emitExperimentalWarning, lazyDOMException,
} = require('internal/util');

emitExperimentalWarning('Web Storage');

const SCHEMA_VERSION = 1;
const SQLITE_CONSTRAINT = 19;
/** Rows are arrays. */
const ARRAYS = 1;

const SIZE_OF_NEW = 'OCTET_LENGTH(NEW.key) + OCTET_LENGTH(NEW.value)';
const SIZE_OF_OLD = 'OCTET_LENGTH(OLD.key) + OCTET_LENGTH(OLD.value)';

function trigger(name, event, growth, isLimited) {
  const check = isLimited ?
    'SELECT RAISE(ABORT, \'QuotaExceeded\') WHERE EXISTS (' +
    'SELECT 1 FROM nodejs_webstorage_state WHERE total_size > max_size);' : '';
  return `CREATE TRIGGER IF NOT EXISTS ${name} AFTER ${event} ON nodejs_webstorage FOR EACH ROW ` +
    `BEGIN UPDATE nodejs_webstorage_state SET total_size = total_size ${growth}; ${check} END;`;
}

const SCHEMA = `
  PRAGMA encoding = 'UTF-16le';
  PRAGMA busy_timeout = 3000;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  PRAGMA temp_store = memory;
  PRAGMA optimize;
  CREATE TABLE IF NOT EXISTS nodejs_webstorage(
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY(key)
  ) STRICT;
  CREATE TABLE IF NOT EXISTS nodejs_webstorage_state(
    max_size INTEGER NOT NULL DEFAULT 10485760,
    total_size INTEGER NOT NULL,
    schema_version INTEGER NOT NULL DEFAULT 0,
    single_row_ INTEGER NOT NULL DEFAULT 1 CHECK(single_row_ = 1),
    PRIMARY KEY(single_row_)
  ) STRICT;
  ${trigger('nodejs_quota_insert', 'INSERT', `+ ${SIZE_OF_NEW}`, true)}
  ${trigger('nodejs_quota_update', 'UPDATE', `+ ((${SIZE_OF_NEW}) - (${SIZE_OF_OLD}))`, true)}
  ${trigger('nodejs_quota_delete', 'DELETE', `- (${SIZE_OF_OLD})`, false)}
  INSERT OR IGNORE INTO nodejs_webstorage_state (total_size) VALUES (0);
`;

const LOAD = 'SELECT value FROM nodejs_webstorage WHERE key = ? LIMIT 1';
const STORE = 'INSERT INTO nodejs_webstorage (key, value) VALUES (?, ?) ON CONFLICT (key) ' +
  'DO UPDATE SET value = EXCLUDED.value WHERE EXCLUDED.key = key';
const REMOVE = 'DELETE FROM nodejs_webstorage WHERE key = ?';
const CLEAR = 'DELETE FROM nodejs_webstorage';
const KEYS = 'SELECT key FROM nodejs_webstorage';
const KEY_AT = 'SELECT key FROM nodejs_webstorage LIMIT 1 OFFSET ?';
const COUNT = 'SELECT count(*) FROM nodejs_webstorage';
const VERSION = 'SELECT schema_version FROM nodejs_webstorage_state';

function toBlob(text) {
  return Buffer.from(text, 'utf16le');
}

function toText(blob) {
  return Buffer.from(blob.buffer, blob.byteOffset, blob.byteLength).ucs2Slice();
}

/** The failure of the op that gave null. */
function storageError() {
  const { 0: code, 1: meaning } = binding.failure();
  if ((code & 0xff) === SQLITE_CONSTRAINT) {
    return lazyDOMException('Setting the value exceeded the quota', 'QuotaExceededError');
  }
  return invalidState(meaning);
}

function done(result) {
  if (result === null) throw storageError();
  return result;
}

/** Keys and values in a file, which is opened when it is first asked for. */
class Table {
  #location;
  #database;
  /** Statements by their text. */
  #statements = new SafeMap();
  /** Symbols are kept beside the file. */
  symbols = new SafeMap();

  constructor(location) {
    this.#location = location;
  }

  #open() {
    if (this.#database !== undefined) return;
    const database = done(binding.open(Buffer.from(this.#location), 0));
    try {
      done(binding.execute(database, SCHEMA));
      this.#database = database;
      const version = this.#ask(VERSION)[0];
      if (version > SCHEMA_VERSION) {
        throw invalidState('localStorage was created with a newer version of Node.js');
      }
      if (version < SCHEMA_VERSION) {
        done(binding.execute(
          database, `UPDATE nodejs_webstorage_state SET schema_version = ${SCHEMA_VERSION};`));
      }
    } catch (error) {
      this.#database = undefined;
      this.#statements.clear();
      binding.close(database);
      throw error;
    }
  }

  /** The statement with its parameters, ready to run. */
  #ready(sql, one, two) {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = done(binding.prepare(this.#database, sql));
      this.#statements.set(sql, statement);
    }
    done(binding.begin(statement));
    if (one !== undefined) done(binding.bind(statement, 1, one));
    if (two !== undefined) done(binding.bind(statement, 2, two));
    return statement;
  }

  /** The first row; undefined if there is none. */
  #ask(sql, one) {
    return done(binding.get(this.#ready(sql, one), ARRAYS));
  }

  #run(sql, one, two) {
    done(binding.run(this.#ready(sql, one, two), ARRAYS));
  }

  load(key) {
    if (typeof key === 'symbol') return this.symbols.get(key) ?? null;
    this.#open();
    const row = this.#ask(LOAD, toBlob(key));
    return row === undefined ? null : toText(row[0]);
  }

  store(key, value) {
    if (typeof key === 'symbol') {
      this.symbols.set(key, value);
      return;
    }
    const text = `${value}`;
    this.#open();
    this.#run(STORE, toBlob(key), toBlob(text));
  }

  remove(key) {
    if (typeof key === 'symbol') {
      this.symbols.delete(key);
      return;
    }
    this.#open();
    this.#run(REMOVE, toBlob(key));
  }

  clear() {
    this.#open();
    this.#run(CLEAR);
  }

  keyAt(index) {
    this.#open();
    const row = this.#ask(KEY_AT, index);
    return row === undefined ? null : toText(row[0]);
  }

  keys() {
    this.#open();
    const rows = done(binding.all(this.#ready(KEYS), ARRAYS));
    const keys = [];
    for (let i = 0; i < rows.length; i++) ArrayPrototypePush(keys, toText(rows[i][0]));
    return keys;
  }

  get length() {
    this.#open();
    return this.#ask(COUNT)[0];
  }
}

const Shells = makeShells(true);

function checkCount(args, count, method) {
  if (args.length >= count) return;
  throw withCode(
    new TypeError(`Failed to execute '${method}' on 'Storage': ${count} ` +
                  `argument${count === 1 ? '' : 's'} required`),
    'ERR_MISSING_ARGS');
}

const Storage = makeClass('Storage', {
  clear() {
    Shells.of(this).clear();
  },

  getItem(...args) {
    const table = Shells.of(this);
    checkCount(args, 1, 'getItem');
    return table.load(`${args[0]}`);
  },

  key(...args) {
    const table = Shells.of(this);
    checkCount(args, 1, 'key');
    const index = args[0] | 0;
    return index < 0 ? null : table.keyAt(index);
  },

  removeItem(...args) {
    const table = Shells.of(this);
    checkCount(args, 1, 'removeItem');
    table.remove(`${args[0]}`);
  },

  setItem(...args) {
    const table = Shells.of(this);
    checkCount(args, 2, 'setItem');
    table.store(`${args[0]}`, args[1]);
  },
});
ObjectDefineProperty(Storage.prototype, 'length', {
  __proto__: null,
  enumerable: true,
  configurable: false,
  get() {
    return Shells.of(this).length;
  },
});

/** Is there a method of this name? It hides the item. */
function isHidden(key) {
  return key === 'constructor' || ReflectHas(Storage.prototype, key);
}

/** Items as properties. */
function handlerOf(table, prototype) {
  return {
    __proto__: null,

    get(target, key, receiver) {
      if (isHidden(key)) return ReflectGet(prototype, key, receiver);
      return table.load(key) ?? undefined;
    },

    set(target, key, value) {
      table.store(key, value);
      return true;
    },

    has(target, key) {
      return isHidden(key) || table.load(key) !== null;
    },

    deleteProperty(target, key) {
      table.remove(key);
      return true;
    },

    defineProperty(target, key, descriptor) {
      if ('value' in descriptor) table.store(key, descriptor.value);
      return true;
    },

    getOwnPropertyDescriptor(target, key) {
      if (isHidden(key)) return undefined;
      const value = table.load(key);
      if (value === null) return undefined;
      return { value, writable: true, enumerable: true, configurable: true };
    },

    ownKeys() {
      return table.keys();
    },

    preventExtensions() {
      throw new TypeError('Cannot prevent extensions');
    },
  };
}

/** What console.log shows of a storage: its items. */
function inspectTable(table, prototype) {
  const shown = { __proto__: prototype };
  const keys = table.keys();
  for (let i = 0; i < keys.length; i++) {
    if (isHidden(keys[i])) continue;
    ObjectDefineProperty(shown, keys[i], {
      __proto__: null, value: table.load(keys[i]), enumerable: true,
    });
  }
  return shown;
}

function makeStorage(location, isLocal) {
  const { prototype } = getOptionValue('--experimental-storage-inspection') ?
    require('internal/inspector/inspected_storage').makeInspected(Storage, isLocal) : Storage;
  const table = new Table(location);
  const target = { __proto__: prototype };
  ObjectDefineProperty(target, customInspectSymbol, {
    __proto__: null, configurable: true, value: () => inspectTable(table, prototype),
  });
  return new Shells(new Proxy(target, handlerOf(table, prototype)), table);
}

/** [key, value] of every item, for debuggers. */
function entriesOf(storage) {
  const table = Shells.of(storage);
  return ArrayPrototypeMap(table.keys(), (key) => [key, table.load(key)]);
}

let localStorage;
let sessionStorage;

module.exports = {
  Storage,
  entriesOf,

  get localStorage() {
    if (localStorage !== undefined) return localStorage;
    const location = getOptionValue('--localstorage-file') ?? '';
    if (location === '') {
      throw new ERR_INVALID_ARG_VALUE('--localstorage-file', location,
                                      'is an invalid localStorage location');
    }
    return localStorage = makeStorage(location, true);
  },

  get sessionStorage() {
    return sessionStorage ??= makeStorage(':memory:', false);
  },
};
