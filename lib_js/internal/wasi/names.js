'use strict';

// Calls of WASI on names of files: path_*.

const { Number } = primordials;

const { Buffer } = require('buffer');
const fs = require('fs');
const { ALL, Descriptor, fileType, right, typeOf } = require('internal/wasi/descriptors');
const { refuse } = require('internal/wasi/errno');
const { putStats, timesOf } = require('internal/wasi/files');
const { resolve } = require('internal/wasi/paths');

const FOLLOW = 1;

// Ways to open.
const CREATE = 1;
const ONLY_DIRECTORY = 2;
const EXCLUSIVE = 4;
const TRUNCATE = 8;

const READS = right.FD_READ | right.FD_READDIR;
const WRITES = right.FD_DATASYNC | right.FD_WRITE | right.FD_ALLOCATE | right.FD_FILESTAT_SET_SIZE;

const {
  O_APPEND, O_CREAT, O_DIRECTORY, O_DSYNC, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR, O_SYNC,
  O_TRUNC, O_WRONLY,
} = fs.constants;

/** fdflags in their order: append, dsync, nonblock, rsync, sync. */
const FLAGS = [O_APPEND, O_DSYNC, O_NONBLOCK, O_SYNC, O_SYNC];

/** [flags of open(2), rights to the directory, rights that it must pass on] */
function plan(openFlags, fdFlags, base, inheriting) {
  const isWriting = (base & WRITES) !== 0;
  let flags = isWriting ? ((base & READS) !== 0 ? O_RDWR : O_WRONLY) : O_RDONLY;
  let here = right.PATH_OPEN;
  let below = base | inheriting;
  if ((openFlags & CREATE) !== 0) {
    flags |= O_CREAT;
    here |= right.PATH_CREATE_FILE;
  }
  if ((openFlags & ONLY_DIRECTORY) !== 0) flags |= O_DIRECTORY;
  if ((openFlags & EXCLUSIVE) !== 0) flags |= O_EXCL;
  if ((openFlags & TRUNCATE) !== 0) {
    flags |= O_TRUNC;
    here |= right.PATH_FILESTAT_SET_SIZE;
  }
  for (let i = 0; i < FLAGS.length; i++) {
    if ((fdFlags & (1 << i)) !== 0) flags |= FLAGS[i];
  }
  if ((flags & O_SYNC) === O_SYNC) below |= right.FD_SYNC;
  if (isWriting && (flags & (O_APPEND | O_TRUNC)) === 0) below |= right.FD_SEEK;
  return [flags, here, below];
}

/** Of links that are not followed the last part is one still: nothing may open it. */
function openFile(path, flags) {
  try {
    return fs.openSync(path, flags | O_NOFOLLOW, 0o666);
  } catch (error) {
    if (error.code === 'ELOOP' && (flags & O_DIRECTORY) !== 0) throw refuse('ENOTDIR');
    throw error;
  }
}

function pathCalls(state) {
  /** The path outside; the directory must have a right. */
  const toPath = (fd, at, count, base, follow = false) =>
    resolve(state.descriptors.get(fd, base), state.memory.text(at, count), follow);
  return {
    path_create_directory(fd, at, count) {
      fs.mkdirSync(toPath(fd, at, count, right.PATH_CREATE_DIRECTORY));
    },
    path_filestat_get(fd, lookup, at, count, to) {
      const path = toPath(fd, at, count, right.PATH_FILESTAT_GET, (lookup & FOLLOW) !== 0);
      putStats(state.memory, to >>> 0, fs.lstatSync(path, { bigint: true }));
    },
    path_filestat_set_times(fd, lookup, at, count, atime, mtime, flags) {
      const path = toPath(fd, at, count, right.PATH_FILESTAT_SET_TIMES, (lookup & FOLLOW) !== 0);
      const stats = fs.lstatSync(path, { bigint: true });
      fs.lutimesSync(path, ...timesOf(stats, atime, mtime, flags));
    },
    path_link(fd, lookup, at, count, toFd, toAt, toCount) {
      const from = toPath(fd, at, count, right.PATH_LINK_SOURCE, (lookup & FOLLOW) !== 0);
      fs.linkSync(from, toPath(toFd, toAt, toCount, right.PATH_LINK_TARGET));
    },
    path_open(fd, lookup, at, count, openFlags, rights, rightsBelow, fdFlags, opened) {
      const base = Number(rights) & ALL;
      const inheriting = Number(rightsBelow) & ALL;
      const { 0: flags, 1: here, 2: below } = plan(openFlags, fdFlags, base, inheriting);
      const directory = state.descriptors.get(fd, here, below);
      const path = resolve(directory, state.memory.text(at, count), (lookup & FOLLOW) !== 0);
      const file = openFile(path, flags);
      const type = typeOf(fs.fstatSync(file));
      const isDirectory = type === fileType.DIRECTORY;
      const descriptor = new Descriptor(file, type, isDirectory ? path : undefined);
      descriptor.base &= base;
      descriptor.inheriting &= inheriting;
      descriptor.flags = fdFlags;
      descriptor.isAppending = (flags & O_APPEND) !== 0;
      if (type === fileType.REGULAR_FILE) descriptor.offset = 0;
      state.memory.u32(opened, state.descriptors.add(descriptor));
    },
    path_readlink(fd, at, count, to, toCount, used) {
      const target = Buffer.from(fs.readlinkSync(toPath(fd, at, count, right.PATH_READLINK)));
      const part = target.subarray(0, toCount >>> 0);
      state.memory.put(to, part);
      state.memory.u32(used, part.length);
    },
    path_remove_directory(fd, at, count) {
      fs.rmdirSync(toPath(fd, at, count, right.PATH_REMOVE_DIRECTORY));
    },
    path_rename(fd, at, count, toFd, toAt, toCount) {
      const from = toPath(fd, at, count, right.PATH_RENAME_SOURCE);
      fs.renameSync(from, toPath(toFd, toAt, toCount, right.PATH_RENAME_TARGET));
    },
    path_symlink(at, count, fd, toAt, toCount) {
      const target = state.memory.text(at, count);
      // A link out of the directory would be of use to nobody but others.
      if (target[0] === '/') throw refuse('EPERM');
      fs.symlinkSync(target, toPath(fd, toAt, toCount, right.PATH_SYMLINK));
    },
    path_unlink_file(fd, at, count) {
      fs.unlinkSync(toPath(fd, at, count, right.PATH_UNLINK_FILE));
    },
  };
}

module.exports = { pathCalls };
