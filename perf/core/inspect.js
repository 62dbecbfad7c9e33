'use strict';
// util.inspect of what programs log.
const { inspect } = require('util');
const { done, operations, variant } = require('./asked.js');

class Account {
  constructor(id) {
    this.id = id;
    this.owner = { name: 'Ada', mail: 'ada@example.org' };
    this.tags = new Set(['new', 'paid']);
  }
}

const VALUES = {
  'plain': [
    { id: 17, name: 'item 17', price: 3.5, isNew: true }, "{ id: 17, name: 'item 17', "],
  'nested': [
    { page: 1, items: [1, 2, 3].map((id) => ({ id, tags: ['a', 'b'], stock: { here: id } })) },
    '{\n  page: 1,\n  items: [\n    { id: 1, tags: [Array], stock: [Object] },'],
  'class': [new Account(7), "Account {\n  id: 7,\n  owner: { name: 'Ada',"],
  'array': [Array.from({ length: 100 }, (_, i) => i * 3), '[\n    0,   3,   6,'],
  'map': [new Map([['one', 1], ['two', { deep: [2] }]]), "Map(2) { 'one' => 1, 'two' => { "],
  'error': [new TypeError('no such thing'), 'TypeError: no such thing\n    at '],
};

const [value, begins] = VALUES[variant];
let length = 0;
const once = inspect(value);
for (let i = 0; i < operations; i++) length += inspect(value).length;
done(length === operations * once.length && once.startsWith(begins));
