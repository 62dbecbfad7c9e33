'use strict';
// performance.now, mark and measure.
const { done, operations, variant } = require('./asked.js');

let sum = 0;
if (variant === 'now') {
  const start = performance.now();
  for (let i = 0; i < operations; i++) sum += performance.now() >= start ? 1 : 0;
} else {
  for (let i = 0; i < operations; i++) {
    sum += performance.mark('a').name.length;
    if (i % 100 === 99) performance.clearMarks();
  }
}
done(sum === operations);
