'use strict';

// Aim: the native half of Buffer gives what Node gives, on good and bad input. Method: rows of
// encodings, searches and comparisons; a second, slow implementation where rows do not reach.

const assert = require('assert');
const { row, rows } = require('../fixtures/rows.test.cjs');

/** Encoding, text, bytes in hex; both ways. */
rows('encodings', [
  ['utf8', '', ''], ['utf8', 'a\u00e9\u20ac\u{1f600}', '61c3a9e282acf09f9880'],
  ['latin1', 'a\u00e9\u00ff', '61e9ff'], ['hex', '00ff10', '00ff10'], ['base64', 'AP8Q', '00ff10'],
  ['base64', 'AP8=', '00ff'], ['base64', 'AA==', '00'], ['base64', '+/+/', 'fbffbf'],
  ['base64url', '-_-_', 'fbffbf'], ['base64url', 'AA', '00'],
  ['ucs2', 'a\u20ac', '6100ac20'], ['utf16le', '\u{1f600}', '3dd800de'], ['ascii', 'abc', '616263'],
], (encoding, text, hex) => {
  assert.strictEqual(Buffer.from(text, encoding).toString('hex'), hex);
  assert.strictEqual(Buffer.from(hex, 'hex').toString(encoding), text);
  assert.strictEqual(Buffer.byteLength(text, encoding), hex.length / 2);
  const written = Buffer.alloc(hex.length / 2 + 2, 0xee);
  assert.strictEqual(written.write(text, 1, encoding), hex.length / 2);
  assert.strictEqual(written.toString('hex'), `ee${hex}ee`);
});

/** Encoding, text that is not well-formed, bytes that come of it. */
rows('bad text', [
  ['hex', 'abc', 'ab'], ['hex', 'abxxcd', 'ab'], ['hex', 'x', ''], ['hex', 'a', ''],
  ['base64', 'AP8Q=AA', '00ff10'], ['base64', 'A', ''], ['base64', 'A P\n8\tQ', '00ff10'],
  ['base64', 'AP*8Q', '00ff10'], ['base64', '-_-_', 'fbffbf'], ['base64', '====', ''],
  ['base64url', '+/+/', 'fbffbf'], ['utf8', '\ud800', 'efbfbd'], ['utf8', '\udc00a', 'efbfbd61'],
  ['utf8', 'a\ud800b\udc00', '61efbfbd62efbfbd'], ['latin1', '\u0100\u20ac', '00ac'],
  ['ascii', '\u00e9\u0141', 'e941'],
], (encoding, text, hex) => {
  assert.strictEqual(Buffer.from(text, encoding).toString('hex'), hex);
});

/** Bytes that are not UTF-8, and the text that comes of them. */
rows('bad utf8', [
  ['ff', '\ufffd'], ['c3', '\ufffd'], ['e282', '\ufffd'], ['c0af', '\ufffd\ufffd'],
  ['eda080', '\ufffd\ufffd\ufffd'], ['f4908080', '\ufffd\ufffd\ufffd\ufffd'],
  ['61c362', 'a\ufffdb'], ['f09f98', '\ufffd'], ['80', '\ufffd'], ['efbbbf61', '\ufeffa'],
  ['e28261', '\ufffda'], ['00', '\0'],
], (hex, text) => {
  assert.strictEqual(Buffer.from(hex, 'hex').toString(), text);
  assert.strictEqual(Buffer.from(`${'61'.repeat(100)}${hex}`, 'hex').toString(),
                     'a'.repeat(100) + text);
});

row('ucs2 of an odd length leaves the last byte out', () => {
  assert.strictEqual(Buffer.from([97, 0, 98]).toString('ucs2'), 'a');
  assert.strictEqual(Buffer.alloc(3).write('ab', 'ucs2'), 2);
  assert.strictEqual(Buffer.alloc(3).write('\u20ac\u20ac'), 3);
  assert.strictEqual(Buffer.alloc(2).write('\u20ac'), 0); // No half characters.
});

/** Haystack, needle, from, encoding; indexOf and lastIndexOf. */
rows('indexOf', [
  ['abcabc', 'b', undefined, 'utf8', 1, 4], ['abcabc', 'bc', 2, 'utf8', 4, 1],
  ['abcabc', 'x', undefined, 'utf8', -1, -1], ['abcabc', '', undefined, 'utf8', 0, 6],
  ['abcabc', '', 9, 'utf8', 6, 6], ['abcabc', 'abcabcd', undefined, 'utf8', -1, -1],
  ['abcabc', 98, undefined, undefined, 1, 4], ['abcabc', 98 + 256, undefined, undefined, 1, 4],
  ['abcabc', 'b', -2, 'utf8', 4, 4], ['abcabc', 'b', -20, 'utf8', 1, -1],
  ['abcabc', 'Yg==', undefined, 'base64', 1, 4], ['abcabc', '6263', 2, 'hex', 4, 1],
  ['abcabc', 'b', NaN, 'utf8', 1, 4], ['aaaaab', 'aab', undefined, 'utf8', 3, 3],
  ['abcabc', Buffer.from('ca'), undefined, undefined, 2, 2],
], (text, needle, from, encoding, first, last) => {
  const buffer = Buffer.from(text);
  assert.strictEqual(buffer.indexOf(needle, from, encoding), first);
  assert.strictEqual(buffer.lastIndexOf(needle, from, encoding), last);
  assert.strictEqual(buffer.includes(needle, from, encoding), first !== -1);
});

row('indexOf agrees with strings', () => {
  let seed = 12345;
  const random = (below) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % below;
  };
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: random(80) }, () => 'ab'[random(2)]).join('');
    const needle = Array.from({ length: 1 + random(6) }, () => 'ab'[random(2)]).join('');
    const from = random(90);
    const buffer = Buffer.from(text);
    const label = `${text} ${needle} ${from}`;
    assert.strictEqual(buffer.indexOf(needle, from), text.indexOf(needle, from), label);
    assert.strictEqual(buffer.lastIndexOf(needle, from), text.lastIndexOf(needle, from));
  }
});

rows('compare', [
  ['', '', 0], ['a', '', 1], ['', 'a', -1], ['abc', 'abd', -1], ['abc', 'ab', 1], ['\xff', 'a', 1],
], (a, b, expect) => {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  assert.strictEqual(Buffer.compare(left, right), expect);
  assert.strictEqual(left.equals(right), expect === 0);
  assert.strictEqual(Buffer.from(`_${a}_`).compare(right, 0, right.length, 1, 1 + left.length),
                     expect);
});

rows('numbers', [
  ['Int8', 1, -128], ['UInt8', 1, 255], ['Int16LE', 2, -2], ['UInt16BE', 2, 0x1234],
  ['Int32BE', 4, -123456789], ['UInt32LE', 4, 0xdeadbeef], ['FloatLE', 4, 1.5],
  ['DoubleBE', 8, Math.PI], ['BigInt64LE', 8, -(2n ** 63n)], ['BigUInt64BE', 8, 2n ** 64n - 1n],
], (name, bytes, value) => {
  const buffer = Buffer.alloc(bytes + 2);
  assert.strictEqual(buffer[`write${name}`](value, 1), bytes + 1);
  assert.strictEqual(buffer[`read${name}`](1), value);
  assert.throws(() => buffer[`read${name}`](3), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => buffer[`read${name}`]('1'), { code: 'ERR_INVALID_ARG_TYPE' });
});

row('fill, copy, concat, swap', () => {
  assert.strictEqual(Buffer.alloc(5, 'ab').toString(), 'ababa');
  assert.strictEqual(Buffer.alloc(4).fill('abcd', 'hex').toString('hex'), 'abcdabcd');
  assert.throws(() => Buffer.alloc(2).fill('zz', 'hex'), { code: 'ERR_INVALID_ARG_VALUE' });
  const buffer = Buffer.from('abcdef');
  assert.strictEqual(buffer.copy(buffer, 2, 0, 4), 4); // Overlapping.
  assert.strictEqual(`${buffer}`, 'ababcd');
  assert.strictEqual(`${Buffer.concat([Buffer.from('ab'), Buffer.from('cd')], 3)}`, 'abc');
  assert.strictEqual(Buffer.from('01020304', 'hex').swap32().toString('hex'), '04030201');
  assert.throws(() => Buffer.alloc(3).swap16(), { code: 'ERR_INVALID_BUFFER_SIZE' });
  assert.throws(() => Buffer.alloc(-1), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => Buffer.from('a', 'no'), { code: 'ERR_UNKNOWN_ENCODING' });
});

row('isUtf8, isAscii, transcode, atob, btoa', () => {
  const { isAscii, isUtf8, transcode } = require('buffer');
  assert.deepStrictEqual([isUtf8(Buffer.from('c3a9', 'hex')), isUtf8(Buffer.from('c3', 'hex'))],
                         [true, false]);
  assert.strictEqual(isAscii(Buffer.from('a')), true);
  assert.strictEqual(isAscii(Buffer.from('\u00e9')), false);
  if (transcode) {
    assert.strictEqual(transcode(Buffer.from('\u20ac'), 'utf8', 'ucs2').toString('hex'), 'ac20');
  }
  assert.strictEqual(btoa('\xff\0'), '/wA=');
  assert.strictEqual(atob(' /w A='), '\xff\0');
  assert.throws(() => atob('a'), { name: 'InvalidCharacterError' });
  assert.throws(() => btoa('\u20ac'), { name: 'InvalidCharacterError' });
});

/** Strings of each of V8's kinds, and their UTF-8. Optimised code takes another way for some. */
const kinds = [
  ['flat', 'abcdefgh'.repeat(6), 48], ['Latin-1', JSON.parse(`"${'a\u00e9'.repeat(30)}"`), 90],
  ['cut', 'The quick brown fox. '.repeat(9).slice(3, 67), 64],
  ['joined', ['x'.repeat(20), 'y'.repeat(30)].reduce((a, b) => a + b), 50],
  ['two bytes', '\u4e16\u754c'.repeat(20), 120], ['lone', `${'a'.repeat(40)}\ud800`, 43],
  ['empty', '', 0],
];
const targets = [['outside', Buffer.alloc(400)], ['in V8\'s heap', new Uint8Array(64)]];

rows('optimised writes', kinds.flatMap((kind) => targets.map((target) => [...kind, ...target])),
     (name, string, bytes, where, target) => {
       const encoder = new TextEncoder();
       const utf8 = Buffer.from([...string].map((c) => encodeURIComponent(
         c === '\ud800' ? '\ufffd' : c).replace(/^[^%]$/, (plain) =>
         `%${plain.charCodeAt(0).toString(16)}`)).join('').replaceAll('%', ''), 'hex');
       const room = Math.min(bytes, target.length);
       // Often enough that V8 optimises, with the string as a constant.
       const { hot } = new Function('given', 'target', 'encoder', 'Buffer', `
         const string = given;
         const once = () => [
           Buffer.byteLength(string), Buffer.from(string, 'utf8').length,
           Buffer.from(string, 'latin1').length,
           Buffer.prototype.utf8Write.call(target, string, 0, target.length),
           encoder.encodeInto(string, target).written];
         return { hot() {
           let last;
           for (let i = 0; i < 30_000; i++) last = once();
           return last;
         } };`)(string, target, encoder, Buffer);
       const [length, whole, latin1, written, into] = hot();
       assert.deepStrictEqual([length, whole, latin1], [bytes, bytes, string.length]);
       assert.ok(written <= room && written > room - 3, `${written} of ${room}`);
       assert.strictEqual(into, written);
       assert.deepStrictEqual(Buffer.from(target).subarray(0, into), utf8.subarray(0, into));
     });

/** Name, how more than any machine has is asked for, and what is said. */
rows('memory that the machine has not got', [
  ['Buffer.alloc', (bytes) => Buffer.alloc(bytes), { message: 'Array buffer allocation failed' }],
  ['ArrayBuffer', (bytes) => new ArrayBuffer(bytes), { message: 'Array buffer allocation failed' }],
  ['Buffer.allocUnsafe', (bytes) => Buffer.allocUnsafe(bytes),
    { code: 'ERR_MEMORY_ALLOCATION_FAILED', message: 'Failed to allocate memory' }],
], (name, make, expect) => {
  for (const bytes of [2 ** 45, 2 ** 48, 2 ** 52]) {
    assert.throws(() => make(bytes), { name: 'RangeError', ...expect });
  }
});
