'use strict';

// node:sqlite. DatabaseSync and its kin stand in internal/sqlite/. What differs from Node 24: where
// that recurses until the stack is full, or crashes, because a function of the program's closes,
// changes or runs what SQLite is at work for, this refuses it as Node 26 does, with its words. An
// aggregate whose step() has thrown is not asked for its result.

const { backup } = require('internal/sqlite/backup');
const { constants } = require('internal/sqlite/constants');
const { DatabaseSync } = require('internal/sqlite/database');
const { Session } = require('internal/sqlite/session');
const { StatementSync } = require('internal/sqlite/statement');

module.exports = {
  DatabaseSync,
  StatementSync,
  Session,
  constants,
  backup,
};
