'use strict';
// Buffer.from(string, encoding): ENCODING-KIND-UNITS, such as utf8-mixed-64.
const { done, operations, text, variant } = require('./asked.js');

const [name, kind, units] = variant.split('-');
// A literal, as programs write it.
const encoding = { utf8: 'utf8', latin1: 'latin1', base64: 'base64', hex: 'hex' }[name];
const expected = Buffer.from(text(kind, Number(units)));
const source = expected.toString(encoding);
const bytes = Buffer.from(source, encoding);

let length = 0;
let last = bytes;
for (let i = 0; i < operations; i++) {
  last = Buffer.from(source, encoding);
  length += last.length;
}
done(length === operations * bytes.length && last.toString(encoding) === source &&
     (encoding === 'latin1' || last.equals(expected)));
