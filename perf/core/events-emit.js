'use strict';
// EventEmitter.prototype.emit with so many listeners and two arguments.
const { EventEmitter } = require('events');
const { done, operations, variant } = require('./asked.js');

const listeners = Number(variant);
const emitter = new EventEmitter();
let sum = 0;
for (let i = 0; i < listeners; i++) emitter.on('data', (a, b) => { sum += a + b; });

for (let i = 0; i < operations; i++) emitter.emit('data', 1, 2);
done(sum === operations * listeners * 3);
