'use strict';

// fs.Stats and its BigInt form. Dates are made when they are asked for.

const {
  BigInt, Date, MathFloor, Number, ObjectDefineProperty, ObjectSetPrototypeOf, ReflectApply,
} = primordials;

const { constants } = require('internal/fs/constants');
const { deprecate } = require('internal/util');

const {
  S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK,
} = constants;

// Where native puts what.
const DEVICE = 0;
const MODE = 1;
const INODE = 7;
const SIZE = 8;
const ACCESSED = 10;
const MODIFIED = 12;
const CHANGED = 14;
const BORN = 16;

const NS_PER_S = 1_000_000_000n;
const NS_PER_MS = 1_000_000n;

function StatsBase(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks) {
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
}

StatsBase.prototype.isDirectory = function() {
  return this._checkModeProperty(S_IFDIR);
};
StatsBase.prototype.isFile = function() {
  return this._checkModeProperty(S_IFREG);
};
StatsBase.prototype.isBlockDevice = function() {
  return this._checkModeProperty(S_IFBLK);
};
StatsBase.prototype.isCharacterDevice = function() {
  return this._checkModeProperty(S_IFCHR);
};
StatsBase.prototype.isSymbolicLink = function() {
  return this._checkModeProperty(S_IFLNK);
};
StatsBase.prototype.isFIFO = function() {
  return this._checkModeProperty(S_IFIFO);
};
StatsBase.prototype.isSocket = function() {
  return this._checkModeProperty(S_IFSOCK);
};

/** A date of the prototype that becomes the object's own once it was read or written. */
function defineDate(Class, name) {
  const source = `${name}Ms`;
  function define(stats, value) {
    ObjectDefineProperty(stats, name, {
      __proto__: null, value, writable: true, enumerable: true, configurable: true,
    });
    return value;
  }
  ObjectDefineProperty(Class.prototype, name, {
    __proto__: null,
    get() { return define(this, dateOf(this[source])); },
    set(value) { define(this, value); },
    enumerable: true,
    configurable: true,
  });
}

/** The nearest whole millisecond. */
function dateOf(ms) {
  return new Date(MathFloor(Number(ms) + 0.5));
}

function defineDates(Class) {
  defineDate(Class, 'atime');
  defineDate(Class, 'mtime');
  defineDate(Class, 'ctime');
  defineDate(Class, 'birthtime');
}

function Stats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks,
               atimeMs, mtimeMs, ctimeMs, birthtimeMs) {
  // As StatsBase does it: most programs that ask for facts ask for many.
  this.dev = dev;
  this.mode = mode;
  this.nlink = nlink;
  this.uid = uid;
  this.gid = gid;
  this.rdev = rdev;
  this.blksize = blksize;
  this.ino = ino;
  this.size = size;
  this.blocks = blocks;
  this.atimeMs = atimeMs;
  this.mtimeMs = mtimeMs;
  this.ctimeMs = ctimeMs;
  this.birthtimeMs = birthtimeMs;
}
ObjectSetPrototypeOf(Stats.prototype, StatsBase.prototype);
ObjectSetPrototypeOf(Stats, StatsBase);
defineDates(Stats);
Stats.prototype._checkModeProperty = function(type) {
  return (this.mode & S_IFMT) === type;
};

function BigIntStats(dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks,
                     atimeNs, mtimeNs, ctimeNs, birthtimeNs) {
  ReflectApply(StatsBase, this, [dev, mode, nlink, uid, gid, rdev, blksize, ino, size, blocks]);
  this.atimeMs = atimeNs / NS_PER_MS;
  this.mtimeMs = mtimeNs / NS_PER_MS;
  this.ctimeMs = ctimeNs / NS_PER_MS;
  this.birthtimeMs = birthtimeNs / NS_PER_MS;
  this.atimeNs = atimeNs;
  this.mtimeNs = mtimeNs;
  this.ctimeNs = ctimeNs;
  this.birthtimeNs = birthtimeNs;
}
ObjectSetPrototypeOf(BigIntStats.prototype, StatsBase.prototype);
ObjectSetPrototypeOf(BigIntStats, StatsBase);
defineDates(BigIntStats);
BigIntStats.prototype._checkModeProperty = function(type) {
  return (this.mode & BigInt(S_IFMT)) === BigInt(type);
};

function milliseconds(figures, at) {
  return figures[at] * 1000 + figures[at + 1] / 1_000_000;
}

function nanoseconds(figures, at) {
  return BigInt(figures[at]) * NS_PER_S + BigInt(figures[at + 1]);
}

function bigStatsOf(f) {
  return new BigIntStats(
    BigInt(f[0]), BigInt(f[1]), BigInt(f[2]), BigInt(f[3]), BigInt(f[4]), BigInt(f[5]),
    BigInt(f[6]), BigInt(f[7]), BigInt(f[8]), BigInt(f[9]),
    nanoseconds(f, ACCESSED), nanoseconds(f, MODIFIED), nanoseconds(f, CHANGED),
    nanoseconds(f, BORN));
}

/** @param {Float64Array} f  the 18 figures of native */
function statsOf(f, isBig = false) {
  if (isBig) return bigStatsOf(f);
  return new Stats(
    f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9],
    milliseconds(f, ACCESSED), milliseconds(f, MODIFIED), milliseconds(f, CHANGED),
    milliseconds(f, BORN));
}

function isRegular(figures) {
  return (figures[MODE] & S_IFMT) === S_IFREG;
}

/** Size of a regular file; 0 for everything else, whose size says nothing. */
function regularSize(figures) {
  return isRegular(figures) ? figures[SIZE] : 0;
}

function isDirectory(figures) {
  return (figures[MODE] & S_IFMT) === S_IFDIR;
}

module.exports = {
  ACCESSED,
  BigIntStats,
  DEVICE,
  DeprecatedStats: deprecate(Stats, 'fs.Stats constructor is deprecated.', 'DEP0180'),
  INODE,
  MODE,
  SIZE,
  Stats,
  bigStatsOf,
  isDirectory,
  isRegular,
  regularSize,
  statsOf,
};
