'use strict';
// navigator: what a server can say of itself.

const {
  ObjectDefineProperties,
  ObjectFreeze,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeToUpperCase,
  globalThis,
} = primordials;

const { codes: { ERR_ILLEGAL_CONSTRUCTOR } } = require('internal/errors');
const { kEnumerableProperty } = require('internal/util');

const kConstruct = {};

// What browsers have come to say on each system; other pairs are composed.
const PLATFORM_NAMES = {
  __proto__: null,
  aix: 'AIX',
  darwin: 'MacIntel',
  win32: 'Win32',
};
const SYSTEM_NAMES = {
  __proto__: null,
  freebsd: 'FreeBSD',
  openbsd: 'OpenBSD',
  sunos: 'SunOS',
};
const MACHINE_NAMES = {
  __proto__: null,
  linux: { __proto__: null, ia32: 'i686', x64: 'x86_64' },
  freebsd: { __proto__: null, ia32: 'i386', x64: 'amd64' },
  openbsd: { __proto__: null, ia32: 'i386', x64: 'amd64' },
  sunos: { __proto__: null, ia32: 'i86pc' },
};

function getNavigatorPlatform(arch, platform) {
  const whole = PLATFORM_NAMES[platform];
  if (whole !== undefined) return whole;
  const system = SYSTEM_NAMES[platform] ??
    `${StringPrototypeToUpperCase(platform[0])}${StringPrototypeSlice(platform, 1)}`;
  return `${system} ${MACHINE_NAMES[platform]?.[arch] ?? arch}`;
}

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

  get locks() {
    this.#cores; // Throws if this is another thing.
    return require('internal/locks').locks;
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
    this.#cores; // Throws if this is another thing, as in the next.
    const { version } = process;
    return `Node.js/${StringPrototypeSlice(version, 1, StringPrototypeIndexOf(version, '.'))}`;
  }

  get platform() {
    this.#cores;
    return getNavigatorPlatform(process.arch, process.platform);
  }
}

ObjectDefineProperties(Navigator.prototype, {
  hardwareConcurrency: kEnumerableProperty,
  locks: kEnumerableProperty,
  language: kEnumerableProperty,
  languages: kEnumerableProperty,
  userAgent: kEnumerableProperty,
  platform: kEnumerableProperty,
});

module.exports = {
  Navigator,
  getNavigatorPlatform,
  navigator: new Navigator(kConstruct),
};
