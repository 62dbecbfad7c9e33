'use strict';

const {
  FunctionPrototypeCall,
  NumberIsInteger,
  ObjectSetPrototypeOf,
} = primordials;

const {
  ErrnoException,
  codes: { ERR_INVALID_ARG_VALUE, ERR_INVALID_FD, ERR_TTY_INIT_FAILED },
} = require('internal/errors');
const { SyncOutput } = require('internal/bootstrap/output');
const { getColorDepth, hasColors } = require('internal/tty');
const { Socket } = require('net');

const ops = internalBinding('process_ops');

const TERMINAL = 3;
const EINVAL = -22;
const MODES = { __proto__: null, false: 0, raw: 1, io: 2 };

function isatty(fd) {
  return NumberIsInteger(fd) && fd >= 0 && fd <= 0x7fffffff && ops.ttyInfo(fd) === TERMINAL;
}

function checkTerminal(fd) {
  if (fd >> 0 !== fd || fd < 0) throw new ERR_INVALID_FD(fd);
  if (ops.ttyInfo(fd) === TERMINAL) return;
  throw new ERR_TTY_INIT_FAILED({
    errno: EINVAL,
    code: 'EINVAL',
    message: 'invalid argument',
    syscall: 'uv_tty_init',
  });
}

function ReadStream(fd, options) {
  if (!(this instanceof ReadStream)) return new ReadStream(fd, options);
  checkTerminal(fd);
  FunctionPrototypeCall(Socket, this, {
    fd,
    manualStart: true,
    readableHighWaterMark: 0,
    ...options,
  });
  this.isRaw = false;
  this.rawMode = false;
  this.isTTY = true;
  this.fd = fd;
}
ObjectSetPrototypeOf(ReadStream.prototype, Socket.prototype);
ObjectSetPrototypeOf(ReadStream, Socket);

ReadStream.prototype.setRawMode = function(mode) {
  if (typeof mode === 'string' && mode !== 'raw' && mode !== 'io') {
    throw new ERR_INVALID_ARG_VALUE('mode', mode, "must be true, false, 'raw', or 'io'");
  }
  const rawMode = typeof mode === 'string' ? mode : (mode ? 'raw' : false);
  const errno = ops.setRawMode(this.fd, MODES[rawMode]);
  if (errno < 0) {
    this.emit('error', new ErrnoException(errno, 'setRawMode'));
    return this;
  }
  this.isRaw = rawMode !== false;
  this.rawMode = rawMode;
  return this;
};

function WriteStream(fd) {
  if (!(this instanceof WriteStream)) return new WriteStream(fd);
  checkTerminal(fd);
  FunctionPrototypeCall(SyncOutput, this, fd);
  const size = ops.winSize(fd);
  if (typeof size !== 'number') {
    this.columns = size[0];
    this.rows = size[1];
  }
}
ObjectSetPrototypeOf(WriteStream.prototype, SyncOutput.prototype);
ObjectSetPrototypeOf(WriteStream, SyncOutput);

WriteStream.prototype.isTTY = true;
WriteStream.prototype.getColorDepth = getColorDepth;
WriteStream.prototype.hasColors = hasColors;

/** Called for SIGWINCH. */
WriteStream.prototype._refreshSize = function() {
  const size = ops.winSize(this.fd);
  if (typeof size === 'number') {
    this.emit('error', new ErrnoException(size, 'getWindowSize'));
    return;
  }
  if (this.columns === size[0] && this.rows === size[1]) return;
  this.columns = size[0];
  this.rows = size[1];
  this.emit('resize');
};

WriteStream.prototype.cursorTo = function(x, y, callback) {
  return require('readline').cursorTo(this, x, y, callback);
};
WriteStream.prototype.moveCursor = function(dx, dy, callback) {
  return require('readline').moveCursor(this, dx, dy, callback);
};
WriteStream.prototype.clearLine = function(dir, callback) {
  return require('readline').clearLine(this, dir, callback);
};
WriteStream.prototype.clearScreenDown = function(callback) {
  return require('readline').clearScreenDown(this, callback);
};
WriteStream.prototype.getWindowSize = function() {
  return [this.columns, this.rows];
};

module.exports = { isatty, ReadStream, WriteStream };
