'use strict';

// Calls of WASI that know no files: arguments, environment, clocks, chance, waiting, the end.

const {
  ArrayPrototypeMap,
  ArrayPrototypePush,
  BigInt,
  Int32Array,
  MathMin,
  MathRound,
  Number,
  globalThis,
} = primordials;

const { Buffer } = require('buffer');
const { numberOf, refuse } = require('internal/wasi/errno');
const { right } = require('internal/wasi/descriptors');

const REALTIME = 0;
const MONOTONIC = 1;
const PROCESS_CPU = 2;
const THREAD_CPU = 3;

const NS_PER_US = 1000n;
const NS_PER_MS = 1000000n;

// Of poll_oneoff().
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;
const EVENT_CLOCK = 0;
const EVENT_WRITE = 2;
const ABSOLUTE_TIME = 1;

/** Texts as C has them: a table of addresses, and the texts with a zero behind each. */
class Texts {
  constructor(list) {
    this.list = ArrayPrototypeMap(list, (text) => Buffer.from(`${text}\0`));
    this.bytesCount = 0;
    for (let i = 0; i < this.list.length; i++) this.bytesCount += this.list[i].length;
  }

  sizes(memory, count, bytes) {
    memory.u32(count, this.list.length);
    memory.u32(bytes, this.bytesCount);
  }

  put(memory, table, at) {
    for (let i = 0; i < this.list.length; i++) {
      memory.u32(table + 4 * i, at);
      memory.put(at, this.list[i]);
      at += this.list[i].length;
    }
  }
}

function cpuTime({ user, system }) {
  return BigInt(user + system) * NS_PER_US;
}

function now(clock) {
  switch (clock) {
    case REALTIME: {
      const { performance } = require('perf_hooks');
      const ms = performance.timeOrigin + performance.now();
      return BigInt(MathRound(ms * 1e3)) * NS_PER_US;
    }
    case MONOTONIC: return process.hrtime.bigint();
    case PROCESS_CPU: return cpuTime(process.cpuUsage());
    case THREAD_CPU: return cpuTime(process.threadCpuUsage());
    default: throw refuse('EINVAL');
  }
}

/** Blocks the thread, as the program wants it. */
function sleep(ns) {
  if (ns <= 0n) return;
  const { Atomics, SharedArrayBuffer } = globalThis;
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const ms = Number(ns) / Number(NS_PER_MS);
  Atomics.wait(nobody, 0, 0, MathMin(ms, 2 ** 31));
}

function readSubscription(memory, at) {
  const { view } = memory;
  const tag = view.getUint8(at + 8);
  const userdata = view.getBigUint64(at, true);
  if (tag > EVENT_WRITE) throw refuse('EINVAL');
  if (tag !== EVENT_CLOCK) return { tag, userdata, fd: view.getUint32(at + 16, true) };
  const clock = view.getUint32(at + 16, true);
  const timeout = view.getBigUint64(at + 24, true);
  const isAbsolute = (view.getUint16(at + 40, true) & ABSOLUTE_TIME) !== 0;
  return { tag, userdata, waitNs: isAbsolute ? timeout - now(clock) : timeout };
}

/** @returns {object} the calls; `state` has memory, descriptors, args and env */
function systemCalls(state) {
  const args = new Texts(state.args);
  const env = new Texts(state.env);
  // A preopened socket cannot be had: there are only the calls' errors.
  const notASocket = (base) => (fd) => {
    state.descriptors.get(fd, base);
    throw refuse('ENOTSOCK');
  };
  return {
    args_get: (table, at) => args.put(state.memory, table >>> 0, at >>> 0),
    args_sizes_get: (count, bytes) => args.sizes(state.memory, count, bytes),
    environ_get: (table, at) => env.put(state.memory, table >>> 0, at >>> 0),
    environ_sizes_get: (count, bytes) => env.sizes(state.memory, count, bytes),

    clock_res_get(clock, at) {
      now(clock);
      state.memory.u64(at, clock === MONOTONIC ? 1 : NS_PER_US);
    },
    clock_time_get(clock, precision, at) {
      state.memory.u64(at, now(clock));
    },

    /** Descriptors count as ready: whoever reads from one then waits. */
    poll_oneoff(from, to, count, found) {
      count >>>= 0;
      if (count === 0) throw refuse('EINVAL');
      const { descriptors, memory } = state;
      const events = [];
      let next;
      for (let i = 0; i < count; i++) {
        const asked = readSubscription(memory, (from >>> 0) + i * SUBSCRIPTION_BYTES);
        if (asked.tag === EVENT_CLOCK) {
          if (next === undefined || asked.waitNs < next.waitNs) next = asked;
          continue;
        }
        asked.error = 0;
        try {
          descriptors.get(asked.fd, right.POLL_FD_READWRITE);
        } catch (thrown) {
          asked.error = numberOf(thrown);
        }
        ArrayPrototypePush(events, asked);
      }
      if (events.length === 0) {
        sleep(next.waitNs);
        next.error = 0;
        ArrayPrototypePush(events, next);
      }
      for (let i = 0; i < events.length; i++) {
        const { error, tag, userdata } = events[i];
        const at = (to >>> 0) + i * EVENT_BYTES;
        memory.bytes(at, EVENT_BYTES).fill(0);
        memory.u64(at, userdata);
        memory.u16(at + 8, error);
        memory.u8(at + 10, tag);
        if (tag !== EVENT_CLOCK && error === 0) memory.u64(at + 16, 1);
      }
      memory.u32(found, events.length);
    },

    proc_exit(code) {
      process.reallyExit(code);
    },
    proc_raise(signal) {
      // Numbers are Linux's from 1 to 15, and no others are portable.
      if (signal < 1 || signal > 15) throw refuse('ENOSYS');
      process.kill(process.pid, signal);
    },
    random_get(at, count) {
      const { randomFillSync } = require('crypto');
      // What lies outside is found before so much is made.
      const bytes = state.memory.bytes(at, count);
      bytes.set(randomFillSync(Buffer.allocUnsafe(bytes.length)));
    },
    sched_yield() {},

    sock_accept: notASocket(right.SOCK_ACCEPT),
    sock_recv: notASocket(right.FD_READ),
    sock_send: notASocket(right.FD_WRITE),
    sock_shutdown: notASocket(right.SOCK_SHUTDOWN),
  };
}

module.exports = { systemCalls };
