'use strict';
// --metrics=PATH: what the cores of this process count, as Prometheus reads it, to whoever asks a
// Unix socket by HTTP. Nothing is counted for it on the way of a request: the ring and the loop
// count anyway; collections and the loop's delay are watched from when the socket opens.

const {
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  RegExpPrototypeSymbolReplace,
} = primordials;

const { setTimeout } = require('internal/timers');

const turn = internalBinding('turn');
const { idleTime, loopMetrics } = internalBinding('performance');

const CHANNEL = 'coring:metrics';
const DELAY_RESOLUTION_MS = 20;
/** A core that is busy for so long is told of as one that does not answer. */
const ANSWER_MS = 250;
/** A request is a line and some headers: more is none. */
const REQUEST_CHARS_MAX = 8192;

/** Name, type, help; the place is that of the value in `counters()`. */
const ROWS = [
  ['turns_total', 'counter', 'Passes of the loop.'],
  ['completions_total', 'counter', 'Completions that turns have delivered.'],
  ['idle_seconds_total', 'counter', 'Time in which the loop waited with nothing to do.'],
  ['ring_enters_total', 'counter', 'System calls that entered the ring.'],
  ['ring_submissions_total', 'counter', 'Operations handed to the kernel.'],
  ['ring_completions_total', 'counter', 'Completions taken from the ring.'],
  ['ring_stale_total', 'counter', 'Completions of operations that nobody waits for any more.'],
  ['ring_starved_total', 'counter', 'Receives that found no buffer.'],
  ['ring_rearmed_total', 'counter', 'Starved receives that got one.'],
  ['ring_short_sends_total', 'counter', 'Sends that the kernel took in part.'],
  ['ring_overflows_total', 'counter', 'Times that the completion queue was full.'],
  ['ring_in_flight', 'gauge', 'Operations in the kernel now.'],
  ['sockets_open', 'gauge', 'Sockets of this core.'],
  ['heap_used_bytes', 'gauge', 'Memory of live and dead objects of V8.'],
  ['gc_total', 'counter', 'Collections of garbage.'],
  ['gc_seconds_total', 'counter', 'Time in which collections stopped the program.'],
  ['gc_longest_seconds', 'gauge', 'The longest of them.'],
  ['loop_delay_p50_seconds', 'gauge', 'How late timers of the loop were, half of them less.'],
  ['loop_delay_p99_seconds', 'gauge', 'How late, 99 of 100 less.'],
  ['loop_delay_max_seconds', 'gauge', 'How late at most.'],
];

const collections = { count: 0, ms: 0, longestMs: 0 };
let delay;

function watch() {
  const { PerformanceObserver, monitorEventLoopDelay } = require('perf_hooks');
  new PerformanceObserver((list) => {
    const entries = list.getEntries();
    for (let i = 0; i < entries.length; i++) {
      const { duration } = entries[i];
      collections.count++;
      collections.ms += duration;
      if (duration > collections.longestMs) collections.longestMs = duration;
    }
  }).observe({ type: 'gc' });
  delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
}

/** Of this core, in the order of ROWS. */
function counters() {
  const ring = turn.ringStats();
  const { 0: turns, 1: completions } = loopMetrics();
  // What was recorded is the time between two looks.
  const late = (ns) => (ns > DELAY_RESOLUTION_MS * 1e6 ? ns / 1e9 - DELAY_RESOLUTION_MS / 1e3 : 0);
  return [
    turns, completions, idleTime() / 1e3,
    ring[0], ring[1], ring[2], ring[3], ring[4], ring[5], ring[6], ring[7], ring[8], ring[9],
    process.memoryUsage().heapUsed,
    collections.count, collections.ms / 1e3, collections.longestMs / 1e3,
    late(delay.percentile(50)), late(delay.percentile(99)), late(delay.max),
  ];
}

/** The text of all cores; `answers[core]` is undefined where one did not answer. */
function render(answers) {
  const lines = [];
  const head = (name, type, help) => ArrayPrototypePush(
    lines, `# HELP coring_${name} ${help}`, `# TYPE coring_${name} ${type}`);
  head('core_up', 'gauge', `Whether the core answered within ${ANSWER_MS} ms.`);
  for (let core = 0; core < answers.length; core++) {
    const isUp = answers[core] !== undefined;
    ArrayPrototypePush(lines, `coring_core_up{core="${core}"} ${isUp ? 1 : 0}`);
  }
  for (let row = 0; row < ROWS.length; row++) {
    const { 0: name, 1: type, 2: help } = ROWS[row];
    head(name, type, help);
    for (let core = 0; core < answers.length; core++) {
      const values = answers[core];
      if (values === undefined) continue;
      ArrayPrototypePush(lines, `coring_${name}{core="${core}"} ${values[row]}`);
    }
  }
  return `${ArrayPrototypeJoin(lines, '\n')}\n`;
}

/** Core 0 asks the others by a channel; each question has a number. */
class Cores {
  constructor(channel) {
    this.channel = channel;
    this.question = 0;
    this.waiting = null;
    this.queue = [];
  }

  ask(done) {
    if (this.channel === undefined) {
      done([counters()]);
      return;
    }
    ArrayPrototypePush(this.queue, done);
    if (this.waiting !== null) return;
    const answers = new Array(turn.cores());
    for (let core = 0; core < answers.length; core++) answers[core] = undefined;
    answers[0] = counters();
    this.waiting = { answers, left: answers.length - 1 };
    this.question++;
    this.channel.postMessage({ question: this.question });
    const { question } = this;
    setTimeout(() => {
      if (question === this.question) this.finish();
    }, ANSWER_MS).unref();
  }

  take({ question, core, values }) {
    if (values === undefined || question !== this.question || this.waiting === null) return;
    this.waiting.answers[core] = values;
    if (--this.waiting.left === 0) this.finish();
  }

  finish() {
    if (this.waiting === null) return;
    const { answers } = this.waiting;
    const { queue } = this;
    this.waiting = null;
    this.queue = [];
    for (let i = 0; i < queue.length; i++) queue[i](answers);
  }
}

function openChannel(onMessage) {
  const { BroadcastChannel } = require('worker_threads');
  const channel = new BroadcastChannel(CHANNEL);
  channel.onmessage = ({ data }) => onMessage(data);
  channel.unref();
  return channel;
}

function answer(socket, cores) {
  let text = '';
  socket.setEncoding('latin1');
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk;
    if (text.length > REQUEST_CHARS_MAX) {
      socket.destroy();
      return;
    }
    if (!text.endsWith('\r\n\r\n')) return;
    cores.ask((answers) => {
      const body = render(answers);
      socket.end('HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4\r\n' +
        `Connection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
  });
}

function refuse(path, error) {
  internalBinding('process_ops').writeSync(2, `coring: --metrics=${path}: ${error.message}\n`);
}

/** Listens; a socket that a dead process left is removed, one that somebody answers stays. */
function listen(server, path) {
  const net = require('net');
  let isSecond = false;
  server.on('error', (error) => {
    if (error.code !== 'EADDRINUSE' || isSecond) {
      refuse(path, error);
      return;
    }
    isSecond = true;
    const probe = net.connect(path);
    probe.on('connect', () => {
      probe.destroy();
      refuse(path, error);
    });
    probe.on('error', () => {
      require('fs').rmSync(path, { force: true });
      server.listen(path);
    });
  });
  server.on('listening', () => {
    // Who may ask is who runs the program.
    require('fs').chmodSync(path, 0o600);
    server.unref();
  });
  server.listen(path);
}

/** Called on every core before the program runs. */
function startMetrics(given) {
  watch();
  const core = turn.core();
  if (core !== 0) {
    const channel = openChannel(({ question, values }) => {
      if (values === undefined) channel.postMessage({ question, core, values: counters() });
    });
    return;
  }
  let cores;
  const channel = turn.cores() > 1 ? openChannel((message) => cores.take(message)) : undefined;
  cores = new Cores(channel);
  const name = RegExpPrototypeSymbolReplace(/\$\{pid\}/g, given, `${process.pid}`);
  const path = require('path').resolve(name);
  const server = require('net').createServer((socket) => answer(socket, cores));
  listen(server, path);
}

module.exports = { startMetrics };
