'use strict';

// A listening socket that came from another process and that nobody accepts from here yet:
// server.listen(handle) takes it over.

const fs = require('fs');

class SharedListener {
  constructor(fd) {
    this.fd = fd;
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
    if (fd >= 0) fs.closeSync(fd);
    if (typeof callback === 'function') setImmediate(callback);
  }

  ref() {}

  unref() {}

  hasRef() {
    return false;
  }
}

module.exports = { SharedListener };
