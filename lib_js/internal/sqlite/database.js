'use strict';

// DatabaseSync. What it has beside native's connection: its functions, and what is at work.

const {
  Error, MathMax, ObjectAssign, ObjectDefineProperty, ObjectHasOwn, SafeMap,
  StringPrototypeToLowerCase, SymbolDispose, SymbolFor, TypeError,
} = primordials;

const binding = internalBinding('sqlite');
const { getOptionValue } = require('internal/options');
const { Handles, kHandle } = require('internal/crypto/handles');
const { beginAnswering, calling, isInt32 } = require('internal/sqlite/answers');
const {
  errorOfText, invalidState, invalidType, invalidValue, sqliteError, withCode,
} = require('internal/sqlite/errors');
const { Limits } = require('internal/sqlite/limits');
const {
  booleanOption, checkBoolean, checkObject, checkText, functionOption, openOptions, pathOf,
  prepareOptions, textOption,
} = require('internal/sqlite/options');
const { makeSession } = require('internal/sqlite/session');
const { defineGetters, makeDispose, makeShells } = require('internal/sqlite/shell');
const { makeStatement, prepare } = require('internal/sqlite/statement');
const { makeTagStore } = require('internal/sqlite/tag_store');
const { isUint8Array } = require('internal/util/types');

// As in native's mod.rs.
const READ_ONLY = 1;
const TAKES_URI = 2;
const FOREIGN_KEYS = 0;
const QUOTED_TEXT_IN_CHANGES = 1;
const QUOTED_TEXT_IN_DEFINITIONS = 2;
const DEFENSIVE = 3;
const EXTENSIONS = 4;
const SCALAR = 0;
const AGGREGATE = 1;
const WINDOW = 2;
const DETERMINISTIC = 1;
const DIRECT_ONLY = 2;
const TAKES_BIGINTS = 4;

const Shells = makeShells();
const handles = new Handles(binding.close);

function extensionError(message) {
  return withCode(new Error(message), 'ERR_LOAD_SQLITE_EXTENSION');
}

/** Of an op that fails with null. */
function done(result) {
  if (result === null) throw sqliteError();
  return result;
}

class DatabaseState {
  constructor(path, options) {
    this.path = path;
    this.options = options;
    this.statementOptions = options.statements;
    this.allowsExtensions = options.allowExtension;
    this.shell = undefined;
    this.limits = undefined;
    /** Statements of another era are finished. */
    this.era = 0;
    /** Functions by number, and numbers by name and count of arguments. */
    this.functions = new SafeMap();
    this.functionNumbers = new SafeMap();
    this.lastFunction = 0;
    /** States of aggregates by number. */
    this.aggregates = new SafeMap();
    this.lastAggregate = 0;
    this.authorizer = undefined;
    this.filter = undefined;
    this.onConflict = undefined;
    /** What a function of the program's threw while SQLite was at work: { error }. */
    this.thrown = undefined;
    /** Functions of the program's that run for SQLite, and those that authorize. */
    this.callbacksCount = 0;
    this.authorizingCount = 0;
    beginAnswering();
  }

  get isOpen() {
    return this[kHandle] !== undefined;
  }

  checkOpen() {
    if (!this.isOpen) throw invalidState('database is not open');
  }

  /** An authorizer must not change what it is asked about. */
  checkAccess() {
    if (this.authorizingCount > 0) {
      throw invalidState('database cannot be accessed from an authorizer callback');
    }
  }

  open() {
    if (this.isOpen) throw invalidState('database is already open');
    const { options } = this;
    const how = (options.readOnly ? READ_ONLY : 0) | TAKES_URI;
    const handle = done(binding.open(this.path, how));
    handles.add(this, handle);
    try {
      this.#configure(handle, options);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #configure(handle, options) {
    done(binding.configure(handle, QUOTED_TEXT_IN_CHANGES, options.quotedText));
    done(binding.configure(handle, QUOTED_TEXT_IN_DEFINITIONS, options.quotedText));
    done(binding.configure(handle, FOREIGN_KEYS, options.foreignKeys));
    done(binding.configure(handle, DEFENSIVE, options.defensive));
    done(binding.setTimeout(handle, options.timeout));
    for (let i = 0; i < options.limits.length; i++) {
      if (options.limits[i] !== undefined) done(binding.limit(handle, i, options.limits[i]));
    }
    if (!options.allowExtension) return;
    if (getOptionValue('--permission')) {
      throw extensionError('Cannot load SQLite extensions when the permission model is enabled.');
    }
    done(binding.configure(handle, EXTENSIONS, true));
  }

  close() {
    this.checkOpen();
    if (this.callbacksCount > 0) {
      throw invalidState('database cannot be closed while in a callback');
    }
    let thrown;
    let closed = true;
    try {
      closed = calling(this, binding.close, this[kHandle]);
    } catch (error) {
      // SQLite asks for the values of aggregates that statements have begun, and closes anyway.
      thrown = { error };
    }
    done(closed);
    handles.end(this);
    this.era++;
    this.functions.clear();
    this.functionNumbers.clear();
    this.aggregates.clear();
    this.authorizer = undefined;
    this.limits?.forget();
    if (thrown !== undefined) throw thrown.error;
  }

  /** Makes a function known: entry.call, or .start, .step, .inverse and .result. */
  define(name, count, kind, flags, entry) {
    const number = ++this.lastFunction;
    this.functions.set(number, entry);
    const made = binding.createFunction(this[kHandle], name, number, count, kind, flags);
    if (made === null) {
      this.functions.delete(number);
      throw sqliteError();
    }
    const key = `${count} ${StringPrototypeToLowerCase(name)}`;
    const before = this.functionNumbers.get(key);
    if (before !== undefined) this.functions.delete(before);
    this.functionNumbers.set(key, number);
  }
}

/** The state of an open database that may be used. */
function openState(database) {
  const state = Shells.of(database);
  state.checkOpen();
  return state;
}

function usableState(database) {
  const state = openState(database);
  state.checkAccess();
  return state;
}

function DatabaseSync(...args) {
  if (new.target === undefined) {
    throw withCode(new TypeError('Cannot call constructor without `new`'),
                   'ERR_CONSTRUCT_CALL_REQUIRED');
  }
  const path = pathOf(args[0], 'path');
  if (args.length > 1) checkObject(args[1], 'options');
  const options = openOptions(args.length > 1 ? args[1] : { __proto__: null });
  const state = new DatabaseState(path, options);
  // Statements and sessions keep it from being collected, as in Node.
  state.shell = this;
  new Shells(this, state);
  defineGetters(this, getters);
  this[SymbolFor('sqlite-type')] = 'node:sqlite';
  if (options.open) state.open();
}

const getters = {
  __proto__: null,

  isOpen() {
    return Shells.of(this).isOpen;
  },

  isTransaction() {
    return done(binding.isInTransaction(openState(this)[kHandle]));
  },

  limits() {
    const state = Shells.of(this);
    state.limits ??= new Limits(state);
    return state.limits.proxy;
  },
};

/** How many arguments a function of SQL takes: as many as one of JavaScript. */
function countOf(fn, name) {
  const { length } = fn;
  if (!isInt32(length)) throw invalidType(`The "${name}.length" property must be an integer.`);
  return length;
}

/** Makes a function of the program's one of SQL. */
function defineScalar(state, args) {
  checkText(args[0], 'name');
  const hasOptions = args.length >= 3;
  if (hasOptions) checkObject(args[1], 'options');
  const options = hasOptions ? args[1] : { __proto__: null };
  const takesBigInts = booleanOption(options, 'useBigIntArguments', false);
  const varargs = booleanOption(options, 'varargs', false);
  const deterministic = booleanOption(options, 'deterministic', false);
  const directOnly = booleanOption(options, 'directOnly', false);
  const call = args[hasOptions ? 2 : 1];
  if (typeof call !== 'function') {
    throw invalidType('The "function" argument must be a function.');
  }
  const count = varargs ? -1 : countOf(call, 'function');
  const flags = (deterministic ? DETERMINISTIC : 0) | (directOnly ? DIRECT_ONLY : 0) |
    (takesBigInts ? TAKES_BIGINTS : 0);
  state.define(args[0], count, SCALAR, flags, { takesBigInts, call });
}

function defineAggregate(state, args) {
  checkText(args[0], 'name');
  checkObject(args[1], 'options');
  const options = args[1];
  const { start, step } = options;
  if (start === undefined) {
    throw invalidType('The "options.start" argument must be a function or a primitive value.');
  }
  if (typeof step !== 'function') {
    throw invalidType('The "options.step" argument must be a function.');
  }
  const { result } = options;
  const takesBigInts = booleanOption(options, 'useBigIntArguments', false);
  const varargs = booleanOption(options, 'varargs', false);
  const directOnly = booleanOption(options, 'directOnly', false);
  const inverse = functionOption(options, 'inverse');
  let count = -1;
  if (!varargs) {
    // The first argument is the value so far.
    count = MathMax(countOf(step, 'options.step') - 1, 0);
    if (inverse !== undefined) count = MathMax(count, countOf(inverse, 'options.inverse') - 1);
  }
  const flags = (directOnly ? DIRECT_ONLY : 0) | (takesBigInts ? TAKES_BIGINTS : 0);
  state.define(args[0], count, inverse === undefined ? AGGREGATE : WINDOW, flags, {
    takesBigInts, start, step, inverse, result: typeof result === 'function' ? result : undefined,
  });
}

/** The options of createSession, which must be its own properties. */
function ownText(options, name, otherwise) {
  if (!ObjectHasOwn(options, name)) return otherwise;
  const value = options[name];
  checkText(value, `options.${name}`);
  return value;
}

function applyChangeset(state, args) {
  if (!isUint8Array(args[0])) {
    throw invalidType('The "changeset" argument must be a Uint8Array.');
  }
  let filter;
  let onConflict;
  if (args[1] !== undefined) {
    const options = args[1];
    checkObject(options, 'options');
    onConflict = functionOption(options, 'onConflict');
    if (ObjectHasOwn(options, 'filter')) {
      ({ filter } = options);
      if (typeof filter !== 'function') {
        throw invalidType('The "options.filter" argument must be a function.');
      }
    }
  }
  const { filter: outerFilter, onConflict: outerConflict } = state;
  state.filter = filter ?? allTables;
  state.onConflict = onConflict ?? giveUp;
  let applied;
  try {
    applied = calling(state, binding.applyChanges, state[kHandle], args[0]);
  } finally {
    state.filter = outerFilter;
    state.onConflict = outerConflict;
  }
  if (applied !== null) return applied;
  const { 0: code, 1: text } = binding.failure();
  throw errorOfText(code, text);
}

function allTables() {
  return true;
}

const SQLITE_CHANGESET_ABORT = 2;

function giveUp() {
  return SQLITE_CHANGESET_ABORT;
}

const methods = {
  open() {
    Shells.of(this).open();
  },

  close() {
    Shells.of(this).close();
  },

  prepare(...args) {
    const state = usableState(this);
    checkText(args[0], 'sql');
    let options = state.statementOptions;
    if (args[1] !== undefined) {
      checkObject(args[1], 'options');
      options = prepareOptions(args[1], options);
    } else {
      options = { ...options };
    }
    return makeStatement(prepare(state, args[0], options));
  },

  exec(...args) {
    const state = usableState(this);
    checkText(args[0], 'sql');
    done(calling(state, binding.execute, state[kHandle], args[0]));
  },

  function(...args) {
    defineScalar(usableState(this), args);
  },

  createTagStore(...args) {
    return makeTagStore(this, usableState(this), args[0]);
  },

  location(...args) {
    const state = openState(this);
    let name = 'main';
    if (args[0] !== undefined) {
      checkText(args[0], 'dbName');
      name = args[0];
    }
    return done(binding.file(state[kHandle], name)) ?? null;
  },

  aggregate(...args) {
    defineAggregate(usableState(this), args);
  },

  createSession(...args) {
    let table;
    let name = 'main';
    if (args.length > 0) {
      checkObject(args[0], 'options');
      table = ownText(args[0], 'table');
      name = ownText(args[0], 'db', name);
    }
    const state = usableState(this);
    const handle = done(binding.openSession(state[kHandle], name, table || undefined));
    return makeSession(state, handle);
  },

  applyChangeset(...args) {
    return applyChangeset(usableState(this), args);
  },

  enableLoadExtension(...args) {
    const state = usableState(this);
    checkBoolean(args[0], 'allow');
    if (args[0] && !state.options.allowExtension) {
      throw invalidState('Cannot enable extension loading because it was disabled at database ' +
                         'creation.');
    }
    state.allowsExtensions = args[0];
    done(binding.configure(state[kHandle], EXTENSIONS, args[0]));
  },

  enableDefensive(...args) {
    const state = usableState(this);
    checkBoolean(args[0], 'active');
    done(binding.configure(state[kHandle], DEFENSIVE, args[0]));
  },

  loadExtension(...args) {
    const state = usableState(this);
    if (!state.options.allowExtension || !state.allowsExtensions) {
      throw invalidState('extension loading is not allowed');
    }
    checkText(args[0], 'path');
    // As in Node: what is no text is as if it were not there.
    const entry = typeof args[1] === 'string' ? args[1] : undefined;
    if (calling(state, binding.loadExtension, state[kHandle], args[0], entry) === null) {
      throw extensionError(binding.failure()[2]);
    }
  },

  serialize(...args) {
    const state = usableState(this);
    let name = 'main';
    if (args[0] !== undefined) {
      checkText(args[0], 'dbName');
      name = args[0];
    }
    return done(calling(state, binding.serialize, state[kHandle], name));
  },

  deserialize(...args) {
    const state = openState(this);
    if (state.callbacksCount > 0) {
      throw invalidState('database cannot be deserialized while in a callback');
    }
    const buffer = args[0];
    if (!isUint8Array(buffer)) throw invalidType('The "buffer" argument must be a Uint8Array.');
    if (buffer.length === 0) throw invalidValue('The "buffer" argument must not be empty.');
    let name = 'main';
    if (args[1] !== undefined) {
      checkObject(args[1], 'options');
      name = textOption(args[1], 'dbName', name);
    }
    state.checkOpen();
    state.era++;
    done(calling(state, binding.deserialize, state[kHandle], name, buffer));
  },

  setAuthorizer(...args) {
    const state = usableState(this);
    if (args[0] !== null && typeof args[0] !== 'function') {
      throw invalidType('The "callback" argument must be a function or null.');
    }
    state.authorizer = args[0] ?? undefined;
    done(binding.authorize(state[kHandle], args[0] !== null));
  },
};

ObjectAssign(DatabaseSync.prototype, methods);
DatabaseSync.prototype[SymbolDispose] = makeDispose(methods.close);
ObjectDefineProperty(DatabaseSync, 'length', { __proto__: null, value: 0, configurable: true });

module.exports = { DatabaseSync, Shells };
