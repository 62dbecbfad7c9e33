'use strict';

// fs.constants, whose numbers are the kernel's, and what the library makes of them.

const { ObjectAssign } = primordials;

const { makeReadOnly } = require('internal/util');

const fs = makeReadOnly(ObjectAssign({ __proto__: null }, internalBinding('constants').fs));

const { S_IFMT } = fs;

/** Kinds of directory entries by the type bits of a mode. */
const kindOfMode = {
  __proto__: null,
  [fs.S_IFREG]: fs.UV_DIRENT_FILE,
  [fs.S_IFDIR]: fs.UV_DIRENT_DIR,
  [fs.S_IFLNK]: fs.UV_DIRENT_LINK,
  [fs.S_IFIFO]: fs.UV_DIRENT_FIFO,
  [fs.S_IFSOCK]: fs.UV_DIRENT_SOCKET,
  [fs.S_IFCHR]: fs.UV_DIRENT_CHAR,
  [fs.S_IFBLK]: fs.UV_DIRENT_BLOCK,
};

function direntKind(mode) {
  return kindOfMode[mode & S_IFMT] ?? fs.UV_DIRENT_UNKNOWN;
}

module.exports = { constants: fs, direntKind };
