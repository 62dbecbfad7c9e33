'use strict';
// structuredClone of small and of larger objects.
const { done, operations, variant } = require('./asked.js');

const item = (id) => ({ id, name: `item ${id}`, tags: ['a', 'b'], when: new Date(id) });
const VALUES = {
  'plain': { id: 17, name: 'item 17', isNew: true },
  'nested': { page: 1, items: Array.from({ length: 20 }, (_, id) => item(id)) },
  'map': new Map([['one', new Set([1, 2])], ['two', new Uint8Array(64)]]),
};

const value = VALUES[variant];
let clone = structuredClone(value);
for (let i = 0; i < operations; i++) clone = structuredClone(value);
done(clone !== value && JSON.stringify(clone) === JSON.stringify(value));
