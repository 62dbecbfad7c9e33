'use strict';

// Aim: events and text come out of a child's output whole and in order, however the bytes are cut,
// and text that looks like the begin of an event is text.
// Method: the same bytes cut at every place, and byte for byte.

const assert = require('assert');
const { spawnSync } = require('child_process');
const { rows } = require('../../fixtures/rows.test.cjs');

const flag = '--expose-internals';

function readerOf(seen) {
  const { MessageReader } = require('internal/test_runner/wire');
  return new MessageReader((item) => seen.push(item), (text) => {
    if (typeof seen.at(-1) === 'string') seen.push(seen.pop() + text);
    else seen.push(text);
  });
}

function read(pieces) {
  const seen = [];
  const reader = readerOf(seen);
  for (const piece of pieces) reader.push(piece);
  reader.finish();
  return seen;
}

function testWire() {
  const { encodeMessage } = require('internal/test_runner/wire');
  const event = (message) => ({ type: 'test:diagnostic', data: { nesting: 0, message } });
  const bytes = (...parts) => Buffer.concat(parts.map((part) => (
    typeof part === 'string' ? Buffer.from(part) :
      Buffer.isBuffer(part) ? part : encodeMessage(part))));
  const header = encodeMessage(event('x')).subarray(0, 2);
  const shown = (raw) => String.fromCharCode(raw[0]) + raw.subarray(1).toString();
  const huge = Buffer.concat([header, Buffer.from([0xff, 0xff, 0xff, 0xff])]);

  rows('cut at every place', [
    ['nothing', bytes(), []],
    ['text', bytes('a text'), ['a text']],
    ['an event', bytes(event('a')), [event('a')]],
    ['events', bytes(event('a'), event('b')), [event('a'), event('b')]],
    ['text between', bytes('x', event('a'), 'y', event('b'), 'z'),
     ['x', event('a'), 'y', event('b'), 'z']],
    ['half a header at the end', bytes(event('a'), header.subarray(0, 1)),
     [event('a'), shown(header.subarray(0, 1))]],
    ['a header at the end', bytes('x', header), [`x${shown(header)}`]],
    ['a length beyond the end', bytes(huge), [shown(huge)]],
    ['an event behind a false one', bytes(huge, event('a')), [shown(huge), event('a')]],
    ['an event cut off', bytes(event('a')).subarray(0, 20),
     [shown(bytes(event('a')).subarray(0, 6)) + bytes(event('a')).subarray(6, 20).toString()]],
  ], (name, all, expected) => {
    if (name !== 'an event cut off') assert.deepStrictEqual(read([all]), expected);
    for (let cut = 0; cut <= all.length; cut++) {
      const seen = read([all.subarray(0, cut), all.subarray(cut)]);
      assert.deepStrictEqual(seen.filter(isEvent), expected.filter(isEvent), `cut at ${cut}`);
    }
    const single = Array.from(all, (byte) => Buffer.from([byte]));
    assert.deepStrictEqual(read(single).filter(isEvent), expected.filter(isEvent));
  });

  rows('errors keep', [['class', RangeError], ['class', TypeError]], (name, Class) => {
    const error = Object.assign(new Class('m'), { code: 'C', cause: new Error('inner') });
    const item = { type: 'test:fail', data: { nesting: 0, details: { error } } };
    const [{ data: { details } }] = read([encodeMessage(item)]);
    assert(details.error instanceof Class);
    assert.strictEqual(details.error.message, 'm');
    assert.strictEqual(details.error.code, 'C');
    assert.strictEqual(details.error.cause.message, 'inner');
    // The child's other reporters still see the error itself.
    assert.strictEqual(item.data.details.error, error);
  });
}

function isEvent(item) {
  return typeof item !== 'string';
}

if (process.execArgv.includes(flag)) {
  testWire();
} else {
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [flag, __filename], { encoding: 'utf8' });
  process.stdout.write(stdout + stderr);
  process.exitCode = status;
}
