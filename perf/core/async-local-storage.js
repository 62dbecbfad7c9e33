'use strict';
// AsyncLocalStorage: entered, read, and carried across awaits, ticks and immediates.
const { AsyncLocalStorage } = require('async_hooks');
const { done, operations, variant } = require('./asked.js');

const storage = new AsyncLocalStorage();
const another = new AsyncLocalStorage();
let sum = 0;
const read = () => { sum += storage.getStore().one; };

const PROGRAMS = {
  run() {
    const store = { one: 1 };
    for (let i = 0; i < operations; i++) storage.run(store, read);
  },
  get() {
    storage.run({ one: 1 }, () => {
      for (let i = 0; i < operations; i++) read();
    });
  },
  async await() {
    const step = async () => {
      await undefined;
      read();
    };
    for (let i = 0; i < operations; i++) await storage.run({ one: 1 }, step);
  },
  async request() {
    // A request: two storages, a tick and an immediate behind each other.
    const answer = (resolve) => {
      read();
      resolve();
    };
    const handle = async () => {
      await new Promise((resolve) => process.nextTick(answer, resolve));
      await null;
      sum += another.getStore();
    };
    const inner = () => another.run(0, handle);
    for (let i = 0; i < operations; i += 100) {
      const all = [];
      for (let k = 0; k < 100; k++) all.push(storage.run({ one: 1 }, inner));
      await Promise.all(all);
      await new Promise(setImmediate);
    }
  },
};

Promise.resolve(PROGRAMS[variant]()).then(() => done(sum === operations));
