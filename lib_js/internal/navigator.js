'use strict';
// navigator: what a server can say of itself. `locks` is absent.

const {
  ObjectDefineProperties,
  ObjectFreeze,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  globalThis,
} = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { kEnumerableProperty } = require('internal/util');

const kConstruct = {};

class Navigator {
  // Asked for when first read: the snapshot knows nothing of this machine.
  #cores;
  #language;
  #languages;

  constructor(secret = undefined) {
    if (secret !== kConstruct) throw new ERR_ILLEGAL_CONSTRUCTOR();
  }

  get hardwareConcurrency() {
    this.#cores ??= require('os').availableParallelism();
    return this.#cores;
  }

  get language() {
    this.#language ??= globalThis.Intl?.DateTimeFormat().resolvedOptions().locale ?? 'en-US';
    return this.#language;
  }

  get languages() {
    this.#languages ??= ObjectFreeze([this.language]);
    return this.#languages;
  }

  get userAgent() {
    const { version } = process;
    return `Node.js/${StringPrototypeSlice(version, 1, StringPrototypeIndexOf(version, '.'))}`;
  }

  get platform() {
    const { arch } = process;
    if (arch === 'x64') return 'Linux x86_64';
    return `Linux ${arch === 'arm64' ? 'aarch64' : arch}`;
  }
}

ObjectDefineProperties(Navigator.prototype, {
  hardwareConcurrency: kEnumerableProperty,
  language: kEnumerableProperty,
  languages: kEnumerableProperty,
  userAgent: kEnumerableProperty,
  platform: kEnumerableProperty,
});

module.exports = {
  Navigator,
  navigator: new Navigator(kConstruct),
};
