'use strict';

// What the REPL asks of V8's inspector about its context.

/** Calls use(session) with a session of its own; not, if the program may have none. */
function withSession(use) {
  const { Session } = require('internal/inspector/session');
  const session = new Session();
  try {
    session.connect();
  } catch {
    return;
  }
  try {
    use(session);
  } finally {
    session.disconnect();
  }
}

/** A new context of vm, and the number that inspectors know it by. */
function createContext() {
  const vm = require('vm');
  let context;
  let id;
  withSession((session) => {
    session.post('Runtime.enable');
    session.once('Runtime.executionContextCreated', ({ params }) => { id = params.context.id; });
    context = vm.createContext();
    session.post('Runtime.disable');
  });
  return { context: context ?? vm.createContext(), id };
}

/** Names of let, const and class at the top of scripts, which are no properties. */
function lexicalNames(contextId) {
  let names = [];
  withSession((session) => {
    session.post('Runtime.globalLexicalScopeNames', { executionContextId: contextId },
                 (error, answer) => { if (!error) ({ names } = answer); });
  });
  return names;
}

module.exports = { createContext, lexicalNames, withSession };
