'use strict';
// Buffer.from(string, encoding): ENCODING-KIND-UNITS, such as utf8-mixed-64.
const { done, operations, text, variant } = require('./asked.js');

const [encoding, kind, units] = variant.split('-');
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
