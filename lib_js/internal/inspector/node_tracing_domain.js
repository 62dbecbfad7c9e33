'use strict';

// Domain NodeTracing: a client of the inspector hears trace events, which need no file for that.

const {
  ArrayIsArray,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  JSONParse,
} = primordials;

const {
  ProtocolError, malformed, readNothing, readText, record,
} = require('internal/inspector/protocol');
const self = require('internal/worker/self');
const { clearInterval, setInterval } = require('timers');

// https://www.jsonrpc.org/specification#error_object
const INVALID_REQUEST = -32600;

/** Events that one notification tells of. */
const EVENTS_AT_ONCE = 8192;
/** How often a client hears of what has gone on. */
const PERIOD_MS = 1000;

const CATEGORIES = [
  'node', 'node.async_hooks', 'node.bootstrap', 'node.console', 'node.dns.native',
  'node.environment', 'node.fs.async', 'node.fs.sync', 'node.fs_dir.async', 'node.fs_dir.sync',
  'node.http', 'node.net.native', 'node.perf', 'node.perf.timerify', 'node.perf.usertiming',
  'node.promises.rejections', 'node.threadpoolwork.async', 'node.threadpoolwork.sync',
  'node.vm.script', 'v8',
];

function refused(message) {
  return new ProtocolError(INVALID_REQUEST, message, undefined);
}

function readTexts(value, place) {
  if (!ArrayIsArray(value)) throw malformed(place, 'CBOR: array start expected');
  return ArrayPrototypeMap(value, (text) => readText(text, place));
}

class NodeTracingDomain {
  #notify;
  #listening;
  #timer;

  constructor(notify) {
    this.#notify = notify;
  }

  commands = commands;

  start({ traceConfig: { includedCategories } }) {
    if (this.#listening !== undefined) {
      throw refused('Call NodeTracing::end to stop tracing before updating the config');
    }
    if (!self.isMainThread) {
      throw refused('Tracing properties can only be changed through main thread sessions');
    }
    if (includedCategories.length === 0) throw refused('At least one category should be enabled');
    const { Listening } = require('internal/trace_events/listening');
    this.#listening = new Listening(includedCategories);
    this.#timer = setInterval(() => this.#tell(), PERIOD_MS).unref();
  }

  #tell() {
    for (;;) {
      const events = this.#listening.take(EVENTS_AT_ONCE);
      if (events.length === 0) return;
      const value = [];
      for (let i = 0; i < events.length; i++) ArrayPrototypePush(value, JSONParse(events[i]));
      this.#notify('dataCollected', { value });
    }
  }

  stop() {
    if (this.#listening !== undefined) {
      this.#listening.end();
      this.#tell();
      this.close();
    }
    this.#notify('tracingComplete', {});
  }

  close() {
    if (this.#listening === undefined) return;
    clearInterval(this.#timer);
    this.#listening.close();
    this.#listening = undefined;
  }
}

const commands = {
  __proto__: null,
  getCategories: [readNothing, () => ({ categories: CATEGORIES })],
  start: [
    record({
      __proto__: null,
      traceConfig: [record({
        __proto__: null,
        recordMode: [readText, true],
        includedCategories: [readTexts, false],
      }), false],
    }),
    (domain, params) => domain.start(params),
  ],
  stop: [readNothing, (domain) => domain.stop()],
};

module.exports = { NodeTracingDomain };
