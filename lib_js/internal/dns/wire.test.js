// Flags: --expose-internals
'use strict';

// Answers from bytes that nobody vouches for. `CORING_FUZZ_DNS` sets how many damaged messages are
// read (100 000), `CORING_FUZZ_SEED` replays a run.

const assert = require('assert');
const { test } = require('node:test');
const {
  MessageError, TYPES, decode, encodeQuery, isEchoOf,
} = require('internal/dns/wire');

const label = (text) => [text.length, ...Buffer.from(text)];
const NAME = [...label('www'), ...label('example'), 0];
const TO_NAME = [0xc0, 12]; // Points to the name of the question.
const u16 = (value) => [value >> 8, value & 0xff];

function record(type, data) {
  return [...TO_NAME, ...u16(type), 0, 1, 0, 0, 1, 0, ...u16(data.length), ...data];
}

function message(records) {
  return Buffer.from([
    0x12, 0x34, 0x81, 0x80, 0, 1, ...u16(records.length), 0, 0, 0, 0,
    ...NAME, 0, 1, 0, 1, ...records.flat(),
  ]);
}

const RECORDS = [
  record(TYPES.A, [192, 0, 2, 1]),
  record(TYPES.AAAA, [0x20, 1, 0xd, 0xb8, ...new Array(11).fill(0), 1]),
  record(TYPES.NS, [...label('ns'), ...TO_NAME]),
  record(TYPES.MX, [0, 10, ...label('mx'), ...TO_NAME]),
  record(TYPES.TXT, [...label('one'), ...label('two')]),
  record(TYPES.SRV, [0, 1, 0, 2, 0x1f, 0x90, ...TO_NAME]),
  record(TYPES.NAPTR, [0, 1, 0, 2, ...label('s'), ...label('SIP+D2U'), ...label(''), ...TO_NAME]),
  record(TYPES.SOA, [...TO_NAME, ...TO_NAME, ...new Array(20).fill(1)]),
  record(TYPES.CAA, [0, ...label('issue'), ...Buffer.from('ca.example')]),
  record(TYPES.TLSA, [3, 1, 1, 0xaa, 0xbb]),
  record(65, [1, 2, 3]),
];

test('each kind of record is read', () => {
  const { id, isResponse, questionsCount, answers } = decode(message(RECORDS));
  assert.strictEqual(id, 0x1234);
  assert.strictEqual(isResponse, true);
  assert.strictEqual(questionsCount, 1);
  assert.strictEqual(answers.length, RECORDS.length);
  const types = answers.map(({ type }) => type);
  assert.deepStrictEqual(types, [1, 28, 2, 15, 16, 33, 35, 6, 257, 52, 65]);
  assert.deepStrictEqual(answers[0].data, { address: '192.0.2.1' });
  assert.deepStrictEqual(answers[1].data, { address: '2001:db8::1' });
  assert.deepStrictEqual(answers[3].data, { priority: 10, exchange: 'mx.www.example' });
  assert.deepStrictEqual(answers[4].data, { entries: ['one', 'two'] });
  assert.deepStrictEqual(answers[8].data, { critical: 0, issue: 'ca.example' });
  assert.strictEqual(answers[10].data, undefined);
});

test('a name that points at itself is refused', () => {
  const bytes = message([]);
  bytes.set([0xc0, 12], 12);
  assert.throws(() => decode(bytes), MessageError);
});

test('what is asked for, byte by byte', () => {
  const check = (name, labels) => {
    const head = [0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const expect = [...head, ...labels.flatMap(label), 0, 0, TYPES.MX, 0, 1];
    assert.deepStrictEqual([...encodeQuery(7, name, TYPES.MX)], expect, name);
  };
  check('example', ['example']);
  check('www.example.', ['www', 'example']);
  check(`${'a'.repeat(63)}.b`, ['a'.repeat(63), 'b']);
  check('', []);
  for (const name of ['a..b', '.a', 'a.b..', 'a'.repeat(64), 'a.'.repeat(128)]) {
    assert.strictEqual(encodeQuery(7, name, TYPES.A), null);
  }
});

test('an answer repeats its question', () => {
  const check = (name, type, expect) => {
    const question = encodeQuery(1, name, type);
    assert.strictEqual(isEchoOf(message([]), question), expect, name);
    assert.strictEqual(isEchoOf(question, encodeQuery(2, 'www.example', TYPES.A)), expect, name);
  };
  check('www.example', TYPES.A, true);
  check('WwW.eXample', TYPES.A, true);
  check('www.example', TYPES.AAAA, false);
  check('www.examplf', TYPES.A, false);
  check('www.exampl', TYPES.A, false);
  check('www.example.b', TYPES.A, false);
  check('ww.wexample', TYPES.A, false);
  check('', TYPES.A, false);
});

/** Mulberry32: small, and good enough to choose places. */
function randomFrom(seed) {
  return (bound) => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** Bytes that mean something: pointers, lengths, counts. */
const MARKS = [0, 1, 4, 12, 16, 63, 64, 0x80, 0xbf, 0xc0, 0xff];

test('damaged messages are read or refused', () => {
  const count = Number(process.env.CORING_FUZZ_DNS ?? 100_000);
  const seed = Number(process.env.CORING_FUZZ_SEED ?? Date.now() % 2 ** 31);
  const random = randomFrom(seed);
  const sound = [message(RECORDS), ...RECORDS.map((one) => message([one]))];
  let read = 0;
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const bytes = Buffer.from(sound[random(sound.length)]);
    for (let changes = 1 + random(4); changes > 0; changes--) {
      bytes[random(bytes.length)] = random(2) === 0 ? random(256) : MARKS[random(MARKS.length)];
    }
    const cut = random(4) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    try {
      decode(cut);
      read++;
    } catch (error) {
      assert.ok(error instanceof MessageError, `CORING_FUZZ_SEED=${seed}: ${error.stack}`);
      refused++;
    }
  }
  // Either alone would say that the damage is of no use.
  assert.ok(read > count / 20 && refused > count / 20, `${read} read, ${refused} refused`);
});
