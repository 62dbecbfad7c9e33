'use strict';

// What SQLite asks in the midst of a call, and what programs' functions answer. Every call of an op
// that may ask goes through `calling`, which knows for which database. What a program throws stays
// here until SQLite has returned: no exception goes through its frames.

const {
  ArrayPrototypeShift, RangeError, ReflectApply, SafeArrayIterator, Symbol, TypeError,
} = primordials;

const { setAnswerer } = internalBinding('sqlite');
const { outOfRange } = require('internal/sqlite/errors');

// The kinds of questions, as in native's answers.rs.
const CALL = 0;
const STEP = 1;
const INVERSE = 2;
const VALUE = 3;
const LAST = 4;
const AUTHORIZE = 5;
const FILTER = 6;
const CONFLICT = 7;

const SQLITE_IGNORE = 2;
const INVALID_CHOICE = -1;

/** Instead of an answer: the call is to fail. */
const kThrown = Symbol('kThrown');

/** The database that SQLite works for. */
let current;

function isInt32(value) {
  return typeof value === 'number' && (value | 0) === value;
}

/** Integers that no number holds come as BigInts even to a function that takes none. */
function checkArguments(values, takesBigInts) {
  if (takesBigInts) return;
  for (let i = 0; i < values.length; i++) {
    if (typeof values[i] === 'bigint') {
      throw outOfRange('Value is too large to be represented as a JavaScript number: ' +
                       `${values[i]}`);
    }
  }
}

/** A symbol has a meaning of ours on its way to native: there is no value of SQL for it. */
function asAnswer(value) {
  return typeof value === 'symbol' ? true : value;
}

function begin(entry) {
  const { start } = entry;
  return typeof start === 'function' ? ReflectApply(start, null, []) : start;
}

function step(db, number, stateId, values, isInverse) {
  const entry = db.functions.get(number);
  let state = db.aggregates.get(stateId);
  if (state === undefined) {
    stateId = ++db.lastAggregate;
    state = { value: begin(entry), isWindow: false };
    db.aggregates.set(stateId, state);
  }
  checkArguments(values, entry.takesBigInts);
  const step = isInverse ? entry.inverse : entry.step;
  state.value = ReflectApply(step, undefined, [state.value, ...new SafeArrayIterator(values)]);
  return stateId;
}

function outcome(db, number, stateId, isLast) {
  const entry = db.functions.get(number);
  const state = db.aggregates.get(stateId);
  if (isLast) db.aggregates.delete(stateId);
  // A window has told its values before.
  if (isLast && state?.isWindow) return undefined;
  if (!isLast && state !== undefined) state.isWindow = true;
  const value = state === undefined ? begin(entry) : state.value;
  return asAnswer(entry.result === undefined ? value : ReflectApply(entry.result, null, [value]));
}

function authorize(db, action, names) {
  db.authorizingCount++;
  try {
    const code = ReflectApply(db.authorizer, undefined, [action, ...new SafeArrayIterator(names)]);
    if (!isInt32(code)) {
      throw new TypeError('Authorizer callback must return an integer authorization code');
    }
    if (code < 0 || code > SQLITE_IGNORE) {
      throw new RangeError('Authorizer callback returned a invalid authorization code');
    }
    return code;
  } finally {
    db.authorizingCount--;
  }
}

function replyTo(db, kind, number, values) {
  switch (kind) {
    case CALL: {
      const entry = db.functions.get(number);
      checkArguments(values, entry.takesBigInts);
      return asAnswer(ReflectApply(entry.call, undefined, values));
    }
    case STEP:
    case INVERSE: {
      const stateId = ArrayPrototypeShift(values);
      return step(db, number, stateId, values, kind === INVERSE);
    }
    case VALUE:
      return outcome(db, number, values[0], false);
    case LAST:
      return outcome(db, number, values[0], true);
    case AUTHORIZE:
      return authorize(db, number, values);
    case FILTER:
      // The name stands where others have a number.
      return ReflectApply(db.filter, null, [number]) ? 1 : 0;
    case CONFLICT: {
      const choice = ReflectApply(db.onConflict, null, [number]);
      return isInt32(choice) ? choice : INVALID_CHOICE;
    }
  }
}

function answer(kind, number, ...values) {
  const db = current;
  if (db === undefined) return kThrown;
  if (db.thrown !== undefined) {
    // SQLite lets go of an aggregate after a failure, too.
    if (kind === LAST) db.aggregates.delete(values[0]);
    return kThrown;
  }
  db.callbacksCount++;
  try {
    return replyTo(db, kind, number, values);
  } catch (error) {
    db.thrown = { error };
    return kThrown;
  } finally {
    db.callbacksCount--;
  }
}

/** Calls an op that may ask, for `db`, and throws what a function of the program's threw. */
function calling(db, op, a, b, c, d) {
  const outer = current;
  current = db;
  let thrown;
  let result;
  try {
    result = op(a, b, c, d);
  } finally {
    current = outer;
    thrown = db.thrown;
    db.thrown = undefined;
  }
  if (thrown !== undefined) throw thrown.error;
  return result;
}

let isAnswering = false;

/** Native asks here from now on; not while this file is evaluated, at build time. */
function beginAnswering() {
  if (isAnswering) return;
  isAnswering = true;
  setAnswerer(answer);
}

module.exports = { beginAnswering, calling, isInt32 };
