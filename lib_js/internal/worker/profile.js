'use strict';
// Handles of profiles that run in another thread.

const { JSONParse, JSONStringify, PromisePrototypeThen, SymbolAsyncDispose } = primordials;

class ProfileHandle {
  #end;
  #stopped;

  /** @param {() => Promise<string>} end gives DevTools' answer */
  constructor(end) {
    this.#end = end;
  }

  /** The profile as JSON; the same again when asked again. */
  stop() {
    this.#stopped ??= PromisePrototypeThen(
      this.#end(), (answer) => JSONStringify(JSONParse(answer).result.profile));
    return this.#stopped;
  }

  async [SymbolAsyncDispose]() {
    await this.stop();
  }
}

class CPUProfileHandle extends ProfileHandle {}

class HeapProfileHandle extends ProfileHandle {}

module.exports = { CPUProfileHandle, HeapProfileHandle };
