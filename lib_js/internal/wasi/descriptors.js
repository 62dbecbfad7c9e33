'use strict';

// The descriptors of a WASI program: what stands behind each of its numbers, and what it may do
// with that.

const { ArrayPrototypeIndexOf } = primordials;

const fs = require('fs');
const { refuse } = require('internal/wasi/errno');

const fileType = {
  __proto__: null,
  UNKNOWN: 0,
  BLOCK_DEVICE: 1,
  CHARACTER_DEVICE: 2,
  DIRECTORY: 3,
  REGULAR_FILE: 4,
  SOCKET_STREAM: 6,
  SYMBOLIC_LINK: 7,
};

// Rights by their bits.
const right = {
  __proto__: null,
  FD_DATASYNC: 1 << 0,
  FD_READ: 1 << 1,
  FD_SEEK: 1 << 2,
  FD_FDSTAT_SET_FLAGS: 1 << 3,
  FD_SYNC: 1 << 4,
  FD_TELL: 1 << 5,
  FD_WRITE: 1 << 6,
  FD_ADVISE: 1 << 7,
  FD_ALLOCATE: 1 << 8,
  PATH_CREATE_DIRECTORY: 1 << 9,
  PATH_CREATE_FILE: 1 << 10,
  PATH_LINK_SOURCE: 1 << 11,
  PATH_LINK_TARGET: 1 << 12,
  PATH_OPEN: 1 << 13,
  FD_READDIR: 1 << 14,
  PATH_READLINK: 1 << 15,
  PATH_RENAME_SOURCE: 1 << 16,
  PATH_RENAME_TARGET: 1 << 17,
  PATH_FILESTAT_GET: 1 << 18,
  PATH_FILESTAT_SET_SIZE: 1 << 19,
  PATH_FILESTAT_SET_TIMES: 1 << 20,
  FD_FILESTAT_GET: 1 << 21,
  FD_FILESTAT_SET_SIZE: 1 << 22,
  FD_FILESTAT_SET_TIMES: 1 << 23,
  PATH_SYMLINK: 1 << 24,
  PATH_REMOVE_DIRECTORY: 1 << 25,
  PATH_UNLINK_FILE: 1 << 26,
  POLL_FD_READWRITE: 1 << 27,
  SOCK_SHUTDOWN: 1 << 28,
  SOCK_ACCEPT: 1 << 29,
};

const ALL = (1 << 30) - 1;
const TERMINAL = right.FD_READ | right.FD_FDSTAT_SET_FLAGS | right.FD_WRITE |
  right.FD_FILESTAT_GET | right.POLL_FD_READWRITE;
const REGULAR = TERMINAL | right.FD_DATASYNC | right.FD_SEEK | right.FD_SYNC | right.FD_TELL |
  right.FD_ADVISE | right.FD_ALLOCATE | right.FD_FILESTAT_SET_SIZE | right.FD_FILESTAT_SET_TIMES;
const PATHS = right.PATH_CREATE_DIRECTORY | right.PATH_CREATE_FILE | right.PATH_LINK_SOURCE |
  right.PATH_LINK_TARGET | right.PATH_OPEN | right.PATH_READLINK | right.PATH_RENAME_SOURCE |
  right.PATH_RENAME_TARGET | right.PATH_FILESTAT_GET | right.PATH_FILESTAT_SET_SIZE |
  right.PATH_FILESTAT_SET_TIMES | right.PATH_SYMLINK | right.PATH_REMOVE_DIRECTORY |
  right.PATH_UNLINK_FILE;
const DIRECTORY = PATHS | right.FD_FDSTAT_SET_FLAGS | right.FD_SYNC | right.FD_ADVISE |
  right.FD_READDIR | right.FD_FILESTAT_GET | right.FD_FILESTAT_SET_TIMES |
  right.POLL_FD_READWRITE;

function typeOf(stats) {
  if (stats.isFile()) return fileType.REGULAR_FILE;
  if (stats.isDirectory()) return fileType.DIRECTORY;
  if (stats.isSymbolicLink()) return fileType.SYMBOLIC_LINK;
  if (stats.isCharacterDevice()) return fileType.CHARACTER_DEVICE;
  if (stats.isBlockDevice()) return fileType.BLOCK_DEVICE;
  return stats.isSocket() ? fileType.SOCKET_STREAM : fileType.UNKNOWN;
}

/** The most that can be done with a kind of file: [with itself, with what is opened below]. */
function rightsOf(type) {
  switch (type) {
    case fileType.REGULAR_FILE: return [REGULAR, 0];
    case fileType.DIRECTORY: return [DIRECTORY, DIRECTORY | REGULAR];
    case fileType.CHARACTER_DEVICE: return [TERMINAL, 0];
    default: return [ALL, ALL];
  }
}

class Descriptor {
  constructor(fd, type, path) {
    this.fd = fd;
    this.type = type;
    this.path = path; // Of a directory, in the world outside.
    this.preopened = undefined; // The name that the program knows it by.
    const { 0: base, 1: inheriting } = rightsOf(type);
    this.base = base;
    this.inheriting = inheriting;
    this.flags = 0;
    this.isAppending = false; // By the kernel, for as long as it is open.
    this.isOwn = true; // Opened here, and to be closed here.
    // Of files that were opened here; others are where the process is in them.
    this.offset = undefined;
    this.entries = undefined; // Names of a directory while it is read.
  }

  get isSeekable() {
    return this.offset !== undefined;
  }
}

class Descriptors {
  #list = [];

  get(number, base = 0, inheriting = 0) {
    const descriptor = this.#list[number >>> 0];
    if (descriptor === undefined) throw refuse('EBADF');
    if ((base & ~descriptor.base) !== 0 || (inheriting & ~descriptor.inheriting) !== 0) {
      throw refuse('ENOTCAPABLE');
    }
    return descriptor;
  }

  add(descriptor) {
    const free = ArrayPrototypeIndexOf(this.#list, undefined);
    const number = free === -1 ? this.#list.length : free;
    this.#list[number] = descriptor;
    return number;
  }

  addStandard(fd) {
    const descriptor = new Descriptor(fd, typeOf(fs.fstatSync(fd)));
    descriptor.isOwn = false;
    this.add(descriptor);
  }

  addPreopened(name, host) {
    const path = fs.realpathSync(host);
    const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_DIRECTORY);
    const descriptor = new Descriptor(fd, fileType.DIRECTORY, path);
    descriptor.preopened = name;
    this.add(descriptor);
  }

  close(number) {
    const descriptor = this.get(number);
    this.#list[number >>> 0] = undefined;
    if (descriptor.isOwn) fs.closeSync(descriptor.fd);
  }

  /** The program is gone, or never came to be. */
  closeAll() {
    for (let number = 0; number < this.#list.length; number++) {
      if (this.#list[number] !== undefined) this.close(number);
    }
  }

  renumber(from, to) {
    const descriptor = this.get(from);
    this.get(to);
    if (from === to) return;
    this.close(to);
    this.#list[to >>> 0] = descriptor;
    this.#list[from >>> 0] = undefined;
  }
}

module.exports = { ALL, Descriptor, Descriptors, fileType, right, typeOf };
