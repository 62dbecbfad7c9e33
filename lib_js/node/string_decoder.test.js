'use strict';

// Aim: however bytes are cut into chunks, the text is the one of all bytes together.
// Method: every way to cut a few short texts in three.

const assert = require('assert');
const { StringDecoder } = require('string_decoder');
const { rows } = require('../fixtures/rows.test.cjs');

const TEXTS = [
  Buffer.from('aé€😀z'),
  Buffer.from('😀😀'),
  Buffer.from('aé€😀z', 'utf16le'),
  Buffer.from([0x61, 0xE2, 0x82]), // Cut off.
  Buffer.from([0xF0, 0x9F, 0x61, 0xC3, 0xC3, 0xA9]), // Broken off in the middle.
  Buffer.from([0x80, 0xBF, 0xFF, 0xFE]), // Never begun.
];

rows('three chunks', [
  ['utf8'], ['utf16le'], ['base64'], ['base64url'], ['hex'], ['latin1'], ['ascii'],
], (encoding) => {
  for (const bytes of TEXTS) {
    const whole = encoding === 'utf16le' ? bytes.subarray(0, bytes.length & ~1) : bytes;
    const expected = whole.toString(encoding);
    for (let i = 0; i <= bytes.length; i++) {
      for (let j = i; j <= bytes.length; j++) {
        const decoder = new StringDecoder(encoding);
        const text = decoder.write(bytes.subarray(0, i)) + decoder.write(bytes.subarray(i, j)) +
          decoder.end(bytes.subarray(j));
        assert.strictEqual(text, expected, `${bytes.toString('hex')} cut at ${i} and ${j}`);
      }
    }
  }
});
