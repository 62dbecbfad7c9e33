'use strict';

// Domain IO: reads in pieces what Network.loadNetworkResource found. The URL is the handle, as it
// is in Node.

const { SafeMap } = primordials;

const { readInteger, readText, record } = require('internal/inspector/protocol');

const resources = internalBinding('network_resources');

const BYTES_DEFAULT = 2 ** 20;

class IODomain {
  /** Where the next piece begins, by handle, for clients that do not say it. */
  #offsets = new SafeMap();

  commands = commands;

  read({ handle, offset, size = BYTES_DEFAULT }) {
    const start = offset ?? this.#offsets.get(handle) ?? 0;
    const data = resources.read(handle, start, size);
    if (data === null) return { data: '', eof: true };
    if (offset === undefined) this.#offsets.set(handle, start + size);
    return { data, eof: false };
  }

  forget({ handle }) {
    resources.erase(handle);
    this.#offsets.delete(handle);
  }

  close() {}
}

const commands = {
  __proto__: null,
  read: [
    record({
      __proto__: null,
      handle: [readText, false],
      offset: [readInteger, true],
      size: [readInteger, true],
    }),
    (domain, params) => domain.read(params),
  ],
  close: [
    record({ __proto__: null, handle: [readText, false] }),
    (domain, params) => domain.forget(params),
  ],
};

module.exports = { IODomain };
