'use strict';

// Calls of WASI on open files: fd_*.

const { BigInt, BigIntAsIntN, BigIntAsUintN, Number, StringPrototypeLocaleCompare } = primordials;

const { Buffer } = require('buffer');
const fs = require('fs');
const { ALL, fileType, right, typeOf } = require('internal/wasi/descriptors');
const { refuse } = require('internal/wasi/errno');

const SET = 0;
const CURRENT = 1;
const END = 2;

const APPEND = 1;

// Of fd_filestat_set_times() and path_filestat_set_times().
const ATIME = 1;
const ATIME_NOW = 2;
const MTIME = 4;
const MTIME_NOW = 8;

const DIRENT_BYTES = 24;
const FILESTAT_BYTES = 64;
const FDSTAT_BYTES = 24;

const NS_PER_S = 1e9;

function putStats(memory, at, stats) {
  memory.bytes(at, FILESTAT_BYTES).fill(0);
  memory.u64(at, stats.dev);
  memory.u64(at + 8, stats.ino);
  memory.u8(at + 16, typeOf(stats));
  memory.u64(at + 24, stats.nlink);
  memory.u64(at + 32, stats.size);
  memory.u64(at + 40, stats.atimeNs);
  memory.u64(at + 48, stats.mtimeNs);
  memory.u64(at + 56, stats.ctimeNs);
}

/** [access time, modification time] in seconds: given, now, or as they are. */
function timesOf(stats, atime, mtime, flags) {
  const both = (one, other) => (flags & one) !== 0 && (flags & other) !== 0;
  if (both(ATIME, ATIME_NOW) || both(MTIME, MTIME_NOW)) throw refuse('EINVAL');
  const now = Date.now() / 1e3;
  const pick = (given, isGiven, isNow, was) => {
    if (isGiven) return Number(given) / NS_PER_S;
    return isNow ? now : Number(was) / NS_PER_S;
  };
  return [
    pick(atime, (flags & ATIME) !== 0, (flags & ATIME_NOW) !== 0, stats.atimeNs),
    pick(mtime, (flags & MTIME) !== 0, (flags & MTIME_NOW) !== 0, stats.mtimeNs),
  ];
}

function lengthOf(pieces) {
  let count = 0;
  for (let i = 0; i < pieces.length; i++) count += pieces[i].length;
  return count;
}

function readPieces(memory, descriptor, pieces, position) {
  if (!memory.isShared) return fs.readvSync(descriptor.fd, pieces, position);
  const bytes = Buffer.allocUnsafe(lengthOf(pieces));
  const count = fs.readSync(descriptor.fd, bytes, 0, bytes.length, position);
  let at = 0;
  for (let i = 0; i < pieces.length && at < count; i++) {
    const end = at + pieces[i].length;
    pieces[i].set(bytes.subarray(at, end < count ? end : count));
    at = end;
  }
  return count;
}

function writePieces(memory, descriptor, pieces, position) {
  if (!memory.isShared) return fs.writevSync(descriptor.fd, pieces, position);
  const bytes = Buffer.concat(pieces);
  return fs.writeSync(descriptor.fd, bytes, 0, bytes.length, position);
}

function toOffset(offset) {
  if (offset < 0n) throw refuse('EINVAL');
  return Number(offset);
}

/** Reads or writes where the file is, and moves it on. */
function moving(memory, descriptor, list, count, transfer) {
  const pieces = memory.pieces(list, count);
  if (lengthOf(pieces) === 0) return 0;
  if (!descriptor.isSeekable) return transfer(memory, descriptor, pieces, null);
  if (transfer === writePieces && (descriptor.flags & APPEND) !== 0) {
    descriptor.offset = fs.fstatSync(descriptor.fd).size;
  }
  const done = transfer(memory, descriptor, pieces, descriptor.offset);
  descriptor.offset += done;
  return done;
}

function refuseDirectory(descriptor) {
  if (descriptor.type === fileType.DIRECTORY) throw refuse('EISDIR');
  return descriptor;
}

/** Names of a directory, as they were when it was first read. */
function entriesOf(descriptor, isAnew) {
  if (isAnew || descriptor.entries === undefined) {
    const entries = fs.readdirSync(descriptor.path, { withFileTypes: true });
    descriptor.entries = entries.sort((one, other) =>
      StringPrototypeLocaleCompare(one.name, other.name));
  }
  return descriptor.entries;
}

function inodeOf(directory, name) {
  try {
    return fs.lstatSync(`${directory}/${name}`, { bigint: true }).ino;
  } catch {
    return 0n; // It has gone meanwhile.
  }
}

function direntOf(descriptor, entry, next) {
  const name = Buffer.from(entry.name);
  const bytes = Buffer.alloc(DIRENT_BYTES + name.length);
  bytes.writeBigUInt64LE(BigInt(next), 0);
  bytes.writeBigUInt64LE(inodeOf(descriptor.path, entry.name), 8);
  bytes.writeUInt32LE(name.length, 16);
  bytes.writeUInt8(typeOf(entry), 20);
  bytes.set(name, DIRENT_BYTES);
  return bytes;
}

function fileCalls(state) {
  const find = (fd, base) => state.descriptors.get(fd, base);
  return {
    fd_advise(fd) {
      refuseDirectory(find(fd, right.FD_ADVISE));
    },
    fd_allocate(fd, offset, count) {
      const { fd: file } = find(fd, right.FD_ALLOCATE);
      const end = toOffset(offset) + toOffset(count);
      if (fs.fstatSync(file).size < end) fs.ftruncateSync(file, end);
    },
    fd_close(fd) {
      state.descriptors.close(fd);
    },
    fd_datasync(fd) {
      fs.fdatasyncSync(find(fd, right.FD_DATASYNC).fd);
    },
    fd_fdstat_get(fd, at) {
      const { base, flags, inheriting, type } = find(fd);
      state.memory.bytes(at, FDSTAT_BYTES).fill(0);
      state.memory.u8(at, type);
      state.memory.u16(at + 2, flags);
      state.memory.u64(at + 8, base);
      state.memory.u64(at + 16, inheriting);
    },
    fd_fdstat_set_flags(fd, flags) {
      const descriptor = find(fd, right.FD_FDSTAT_SET_FLAGS);
      // What else there is was settled when the file was opened.
      if (((flags ^ descriptor.flags) & ~APPEND) !== 0) throw refuse('ENOSYS');
      if (descriptor.isAppending && (flags & APPEND) === 0) throw refuse('ENOSYS');
      descriptor.flags = flags;
    },
    fd_fdstat_set_rights(fd, base, inheriting) {
      const descriptor = find(fd);
      const wanted = Number(base) & ALL;
      const below = Number(inheriting) & ALL;
      state.descriptors.get(fd, wanted, below);
      descriptor.base = wanted;
      descriptor.inheriting = below;
    },
    fd_filestat_get(fd, at) {
      const { fd: file } = find(fd, right.FD_FILESTAT_GET);
      putStats(state.memory, at >>> 0, fs.fstatSync(file, { bigint: true }));
    },
    fd_filestat_set_size(fd, size) {
      fs.ftruncateSync(find(fd, right.FD_FILESTAT_SET_SIZE).fd, toOffset(size));
    },
    fd_filestat_set_times(fd, atime, mtime, flags) {
      const { fd: file } = find(fd, right.FD_FILESTAT_SET_TIMES);
      const stats = fs.fstatSync(file, { bigint: true });
      fs.futimesSync(file, ...timesOf(stats, atime, mtime, flags));
    },
    fd_pread(fd, list, count, offset, read) {
      const descriptor = refuseDirectory(find(fd, right.FD_READ | right.FD_SEEK));
      const pieces = state.memory.pieces(list, count);
      state.memory.u32(read, lengthOf(pieces) === 0 ? 0 :
        readPieces(state.memory, descriptor, pieces, toOffset(offset)));
    },
    fd_prestat_get(fd, at) {
      const { preopened } = find(fd);
      if (preopened === undefined) throw refuse('EINVAL');
      state.memory.u32(at, 0); // A directory.
      state.memory.u32((at >>> 0) + 4, Buffer.byteLength(preopened));
    },
    fd_prestat_dir_name(fd, at, count) {
      const { preopened } = find(fd);
      if (preopened === undefined) throw refuse('EBADF');
      const name = Buffer.from(preopened);
      if (name.length > count >>> 0) throw refuse('ENOBUFS');
      state.memory.put(at, name);
    },
    fd_pwrite(fd, list, count, offset, written) {
      const descriptor = refuseDirectory(find(fd, right.FD_WRITE | right.FD_SEEK));
      const pieces = state.memory.pieces(list, count);
      state.memory.u32(written, lengthOf(pieces) === 0 ? 0 :
        writePieces(state.memory, descriptor, pieces, toOffset(offset)));
    },
    fd_read(fd, list, count, read) {
      const descriptor = refuseDirectory(find(fd, right.FD_READ));
      state.memory.u32(read, moving(state.memory, descriptor, list, count, readPieces));
    },
    fd_readdir(fd, at, count, cookie, used) {
      const descriptor = find(fd, right.FD_READDIR);
      if (descriptor.path === undefined) throw refuse('ENOTDIR');
      const entries = entriesOf(descriptor, cookie === 0n);
      let rest = state.memory.bytes(at, count);
      let filled = 0;
      for (let i = Number(BigIntAsUintN(64, cookie)); i < entries.length && rest.length > 0; i++) {
        const dirent = direntOf(descriptor, entries[i], i + 1);
        // The last one may be cut: the program asks for it again.
        const part = dirent.subarray(0, rest.length);
        rest.set(part);
        rest = rest.subarray(part.length);
        filled += part.length;
      }
      state.memory.u32(used, filled);
    },
    fd_renumber(from, to) {
      state.descriptors.renumber(from, to);
    },
    fd_seek(fd, delta, whence, at) {
      const descriptor = find(fd, right.FD_SEEK);
      if (!descriptor.isSeekable) throw refuse('ESPIPE');
      let from;
      if (whence === SET) from = 0;
      else if (whence === CURRENT) from = descriptor.offset;
      else if (whence === END) from = fs.fstatSync(descriptor.fd).size;
      else throw refuse('EINVAL');
      const offset = from + Number(BigIntAsIntN(64, delta));
      if (offset < 0) throw refuse('EINVAL');
      descriptor.offset = offset;
      state.memory.u64(at, offset);
    },
    fd_sync(fd) {
      fs.fsyncSync(find(fd, right.FD_SYNC).fd);
    },
    fd_tell(fd, at) {
      const descriptor = find(fd, right.FD_TELL);
      if (!descriptor.isSeekable) throw refuse('ESPIPE');
      state.memory.u64(at, descriptor.offset);
    },
    fd_write(fd, list, count, written) {
      const descriptor = refuseDirectory(find(fd, right.FD_WRITE));
      state.memory.u32(written, moving(state.memory, descriptor, list, count, writePieces));
    },
  };
}

module.exports = { fileCalls, putStats, timesOf };
