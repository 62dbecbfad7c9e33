'use strict';
// TextEncoder: encode or into, KIND-UNITS: encode-mixed-64.
const { done, operations, text, variant } = require('./asked.js');

const [method, kind, units] = variant.split('-');
const source = text(kind, Number(units));
const bytes = Buffer.byteLength(source);
const encoder = new TextEncoder();

let sum = 0;
if (method === 'encode') {
  for (let i = 0; i < operations; i++) sum += encoder.encode(source).length;
} else {
  const into = new Uint8Array(bytes);
  for (let i = 0; i < operations; i++) sum += encoder.encodeInto(source, into).written;
}
done(sum === operations * bytes);
