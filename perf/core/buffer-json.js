'use strict';
// A Buffer to JSON and back.
const { done, operations, text, variant } = require('./asked.js');

const source = Buffer.from(text('plain', Number(variant)));
const revive = (key, value) => (value !== null && value.type === 'Buffer' ?
  Buffer.from(value.data) : value);

let same = 0;
for (let i = 0; i < operations; i++) {
  const back = Buffer.from(JSON.parse(JSON.stringify(source)).data);
  same += back.length;
}
done(same === operations * source.length &&
     JSON.parse(JSON.stringify(source), revive).equals(source));
