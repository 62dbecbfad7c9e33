'use strict';
// Timers, immediates and ticks made and run, a thousand at a time; `clear` makes and clears.
const { done, operations, variant } = require('./asked.js');

const BATCH = 1_000;
let made = 0;
let ran = 0;

const MAKE = {
  timeout: (callback) => setTimeout(callback, 1),
  immediate: (callback) => setImmediate(callback),
  tick: (callback) => process.nextTick(callback),
  argument: (callback) => process.nextTick(callback, 1, 2),
  microtask: (callback) => queueMicrotask(callback),
};

function batch(make) {
  let left = BATCH;
  const one = () => {
    ran++;
    if (--left > 0) return;
    if (made < operations) setImmediate(batch, make);
    else done(ran === made);
  };
  for (let i = 0; i < BATCH; i++) make(one);
  made += BATCH;
}

/** One after the other, as a loop of a program that lets others run. */
function chain(make) {
  const next = () => {
    if (ran++ < operations) make(next);
    else done(true);
  };
  next();
}

if (operations === 0) {
  done(true);
} else if (variant === 'clear') {
  let timer;
  const never = () => { throw new Error('cleared'); };
  for (let i = 0; i < operations; i++) {
    timer = setTimeout(never, 1_000 + i % 7);
    clearTimeout(timer);
  }
  done(timer !== undefined);
} else if (variant.startsWith('chain-')) {
  chain(MAKE[variant.slice(6)]);
} else {
  batch(MAKE[variant]);
}
