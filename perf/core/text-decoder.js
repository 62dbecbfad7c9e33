'use strict';
// TextDecoder.prototype.decode: LABEL-KIND-UNITS, with `stream` behind it for chunks.
const { done, operations, text, variant } = require('./asked.js');

const [label, kind, units, mode] = variant.split('-');
const expected = text(kind, Number(units));
const bytes = new Uint8Array(Buffer.from(expected, label));
const decoder = new TextDecoder(label);
const options = mode === 'stream' ? { stream: true } : undefined;

let sum = 0;
let last = expected;
for (let i = 0; i < operations; i++) {
  last = decoder.decode(bytes, options);
  sum += last.length;
}
done(sum === operations * expected.length && last === expected);
