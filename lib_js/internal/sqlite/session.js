'use strict';

// Session: the changes of a database since it was made.

const { SymbolDispose } = primordials;

const binding = internalBinding('sqlite');
const { Handles, kHandle } = require('internal/crypto/handles');
const { calling } = require('internal/sqlite/answers');
const { invalidState, sqliteError } = require('internal/sqlite/errors');
const { makeClass, makeDispose, makeShells } = require('internal/sqlite/shell');

const Shells = makeShells();
const handles = new Handles(binding.closeSession);

class SessionState {
  constructor(db, handle) {
    this.db = db;
    /** SQLite gathers its changes, and may ask the program meanwhile. */
    this.isInUse = false;
    handles.add(this, handle);
  }
}

function openState(session) {
  const state = Shells.of(session);
  state.db.checkOpen();
  if (state[kHandle] === undefined || !binding.isSessionOpen(state[kHandle])) {
    throw invalidState('session is not open');
  }
  if (state.isInUse) throw invalidState('session is currently in use');
  state.db.checkAccess();
  return state;
}

function changes(session, isPatch) {
  const state = openState(session);
  let bytes;
  state.isInUse = true;
  try {
    bytes = calling(state.db, binding.changes, state[kHandle], isPatch);
  } finally {
    state.isInUse = false;
  }
  if (bytes === null) throw sqliteError();
  return bytes;
}

const methods = {
  changeset() {
    return changes(this, false);
  },

  patchset() {
    return changes(this, true);
  },

  close() {
    const state = openState(this);
    binding.closeSession(state[kHandle]);
    handles.end(state);
  },
};

const Session = makeClass('Session', methods);
Session.prototype[SymbolDispose] = makeDispose(methods.close);


/** The object that programs hold. */
function makeSession(db, handle) {
  return new Shells({ __proto__: Session.prototype }, new SessionState(db, handle));
}

module.exports = { Session, makeSession };
