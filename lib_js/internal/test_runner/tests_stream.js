'use strict';
// The stream of events that run() returns and that reporters read. Each event is also emitted under
// its own name.

const { ArrayPrototypePush, ArrayPrototypeShift, ArrayPrototypeSlice, NumberMAX_SAFE_INTEGER,
        Symbol } = primordials;

const Readable = require('internal/streams/readable');

const kEmitMessage = Symbol('kEmitMessage');

class TestsStream extends Readable {
  #waiting = [];
  #wantsMore = true;

  constructor() {
    super({ __proto__: null, objectMode: true, highWaterMark: NumberMAX_SAFE_INTEGER });
  }

  _read() {
    this.#wantsMore = true;
    while (this.#waiting.length > 0 && this.#give(ArrayPrototypeShift(this.#waiting)));
  }

  #give(message) {
    if (this.#wantsMore) this.#wantsMore = this.push(message);
    else ArrayPrototypePush(this.#waiting, message);
    return this.#wantsMore;
  }

  [kEmitMessage](type, data) {
    this.emit(type, data);
    // An object of the program's world: reporters take it apart.
    this.#give({ type, data });
  }

  /** test:pass, test:fail and test:complete */
  result(type, test, testNumber, details, directive) {
    const isVerdict = type !== 'test:complete';
    this[kEmitMessage](type, {
      __proto__: null,
      name: test.name,
      nesting: test.nesting,
      testNumber,
      testId: test.testId,
      parentId: test.parent?.testId,
      details,
      tags: ArrayPrototypeSlice(test.tags),
      ...(isVerdict && details.classname ?
        { __proto__: null, classname: details.classname } : undefined),
      ...test.loc,
      ...directive,
    });
  }

  /** A hook of the root that failed: reported as a test named like its file. */
  hookFailure(hook, testNumber, details) {
    this[kEmitMessage]('test:fail', {
      __proto__: null,
      name: hook.loc?.file,
      nesting: 0,
      testNumber,
      testId: undefined,
      parentId: undefined,
      details,
      tags: ArrayPrototypeSlice(hook.parentTest.tags),
      ...hook.loc,
    });
  }

  /** test:enqueue and test:dequeue, which say what is queued; test:start does not. */
  progress(type, test, testType) {
    this[kEmitMessage](type, {
      __proto__: null,
      nesting: test.nesting,
      name: test.name,
      ...(testType === undefined ? undefined : { __proto__: null, type: testType }),
      testId: test.testId,
      parentId: test.parent?.testId,
      tags: ArrayPrototypeSlice(test.tags),
      ...test.loc,
    });
  }

  plan(nesting, loc, count) {
    this[kEmitMessage]('test:plan', { __proto__: null, nesting, count, ...loc });
  }

  log(test, message, data) {
    this[kEmitMessage]('test:log', {
      __proto__: null,
      name: test.name,
      nesting: test.nesting,
      testId: test.testId,
      parentId: test.parent?.testId,
      message,
      data,
      ...test.loc,
    });
  }

  diagnostic(nesting, loc, message, level = 'info') {
    this[kEmitMessage]('test:diagnostic', { __proto__: null, nesting, message, level, ...loc });
  }

  coverage(nesting, loc, summary) {
    this[kEmitMessage]('test:coverage', { __proto__: null, nesting, summary, ...loc });
  }

  summary(file, success, counts, durationMs) {
    this[kEmitMessage]('test:summary', {
      __proto__: null, success, counts, duration_ms: durationMs, file,
    });
  }

  interrupted(tests) {
    this[kEmitMessage]('test:interrupted', { __proto__: null, tests });
  }

  end() {
    this.#give(null);
  }
}

/** For tests that are not reported. */
class UnreadStream extends TestsStream {
  [kEmitMessage]() {}
}

let unread;

function getUnreadStream() {
  unread ??= new UnreadStream();
  return unread;
}

module.exports = { TestsStream, getUnreadStream, kEmitMessage };
