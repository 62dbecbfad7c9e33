'use strict';
// Buffer.prototype.toString: ENCODING-KIND-UNITS, such as utf8-mixed-64.
const { done, operations, text, variant } = require('./asked.js');

const [name, kind, units] = variant.split('-');
// A literal, as programs write it.
const encoding = { utf8: 'utf8', latin1: 'latin1', base64: 'base64', hex: 'hex' }[name];
const expected = text(kind, Number(units));
const source = encoding === 'hex' || encoding === 'base64' ?
  Buffer.from(Buffer.from(expected).toString(encoding), encoding) : Buffer.from(expected, encoding);

let length = 0;
let last = source.toString(encoding);
for (let i = 0; i < operations; i++) {
  last = source.toString(encoding);
  length += last.length;
}
done(length === operations * last.length && Buffer.from(last, encoding).equals(source));
