'use strict';

// backup(): the pages of a database, some at a time, copied by native's lane.

const { Promise, PromiseReject } = primordials;

const { allocateTicket, releaseTicket } = require('boot/turn');
const binding = internalBinding('sqlite');
const { kHandle } = require('internal/crypto/handles');
const { calling, isInt32 } = require('internal/sqlite/answers');
const { Shells } = require('internal/sqlite/database');
const { errorOfText, invalidType, outOfRange, sqliteError } = require('internal/sqlite/errors');
const {
  checkObject, functionOption, pathOf, textOption,
} = require('internal/sqlite/options');

const SQLITE_OK = 0;
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_DONE = 101;

const DEFAULT_RATE = 100;

/** One backup, as the owner of the ticket of its next step. */
class Backup {
  asyncType = 'SQLITE_BACKUP';

  constructor(db, handle, rate, progress, resolve, reject) {
    // It keeps the database from being forgotten, and closed.
    this.db = db;
    this.handle = handle;
    this.rate = rate;
    this.progress = progress;
    this.resolve = resolve;
    this.reject = reject;
  }

  step() {
    const ticket = allocateTicket(this);
    if (binding.backupStep(this.handle, this.rate, ticket) !== null) return;
    releaseTicket(ticket);
    this.fail(sqliteError());
  }

  fail(error) {
    binding.backupClose(this.handle);
    this.reject(error);
  }

  oncomplete(_, { 0: code, 1: totalPages, 2: remainingPages }) {
    const isWell = code === SQLITE_OK || code === SQLITE_DONE || code === SQLITE_BUSY ||
      code === SQLITE_LOCKED;
    if (isWell && remainingPages !== 0) {
      this.goOn({ totalPages, remainingPages });
    } else if (code !== SQLITE_DONE) {
      this.fail(errorOfCode(code));
    } else {
      binding.backupClose(this.handle);
      this.resolve(totalPages);
    }
  }

  goOn(news) {
    if (this.progress !== undefined) {
      try {
        const { progress } = this;
        progress(news);
      } catch (error) {
        this.fail(error);
        return;
      }
    }
    this.step();
  }
}

function errorOfCode(code) {
  const text = binding.errorText(code);
  const error = errorOfText(code, text);
  error.errstr = text;
  return error;
}

function rateOption(options) {
  const { rate } = options;
  if (rate === undefined) return DEFAULT_RATE;
  if (!isInt32(rate)) throw invalidType('The "options.rate" argument must be an integer.');
  if (rate <= 0) throw outOfRange('The "options.rate" argument must be a positive integer.');
  return rate;
}

function backup(sourceDb, path, ...rest) {
  checkObject(sourceDb, 'sourceDb');
  const db = Shells.has(sourceDb) ? Shells.of(sourceDb) : undefined;
  db?.checkOpen();
  const target = pathOf(path, 'path');
  if (db === undefined) throw invalidType('The "sourceDb" argument must be a DatabaseSync.');
  if (rest.length > 0) checkObject(rest[0], 'options');
  const options = rest.length > 0 ? rest[0] : { __proto__: null };
  const rate = rateOption(options);
  const sourceName = textOption(options, 'source', 'main');
  const targetName = textOption(options, 'target', 'main');
  const progress = functionOption(options, 'progress');
  const handle =
    calling(db, binding.backupOpen, db[kHandle], sourceName, target, targetName);
  if (handle === null) return PromiseReject(sqliteError());
  return new Promise((resolve, reject) => {
    new Backup(db, handle, rate, progress, resolve, reject).step();
  });
}

module.exports = { backup };
