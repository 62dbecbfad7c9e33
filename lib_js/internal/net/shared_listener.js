'use strict';

// A socket to listen on, or a connection, that only waits here: it came from another process, or
// is about to go to one. server.listen(handle) takes it over.

const fs = require('fs');
const { setImmediate } = require('internal/timers');

class SharedListener {
  constructor(fd, path) {
    this.fd = fd;
    this.path = path; // Of a unix socket that was made here.
    this.isRefed = true;
  }

  get isShared() {
    return true;
  }

  /** The descriptor now belongs to whoever asked. */
  take() {
    const { fd } = this;
    this.fd = -1;
    return fd;
  }

  close(callback) {
    const fd = this.take();
    this.isRefed = false;
    if (fd >= 0) fs.closeSync(fd);
    if (this.path !== undefined && this.path[0] !== '\0') fs.rmSync(this.path, { force: true });
    if (typeof callback === 'function') setImmediate(callback);
  }

  // It keeps nothing alive, but says what it was told.
  ref() {
    this.isRefed = true;
  }

  unref() {
    this.isRefed = false;
  }

  hasRef() {
    return this.isRefed;
  }
}

module.exports = { SharedListener };
