'use strict';
// EventTarget.prototype.dispatchEvent, and a controller aborted with a listener.
const { done, operations, variant } = require('./asked.js');

let sum = 0;
if (variant === 'dispatch') {
  const target = new EventTarget();
  target.addEventListener('data', () => { sum++; });
  for (let i = 0; i < operations; i++) target.dispatchEvent(new Event('data'));
} else {
  for (let i = 0; i < operations; i++) {
    const controller = new AbortController();
    controller.signal.addEventListener('abort', () => { sum++; });
    controller.abort();
  }
}
done(sum === operations);
