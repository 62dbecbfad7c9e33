'use strict';
// `coring perf [-o FILE] [--seconds N] [--v8] APP ...`: runs a program under Linux's perf, with
// V8's map of its compiled code, and draws where the time went: JavaScript, V8, native code and the
// kernel in one picture. Where perf may not or is not there, V8's own profiler is asked, which sees
// JavaScript only.

const { ArrayPrototypePush, ArrayPrototypeSlice, NumberIsFinite } = primordials;

const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const path = require('path');
const { clearTimeout, setTimeout } = require('internal/timers');

const FREQUENCY = '997';
const INTERVAL_US = '500';
const OUTPUT_BYTES_MAX = 1 << 30;

const USAGE = `coring perf [-o FILE.svg] [--seconds N] [--v8] [OPTIONS OF CORING] APP [ARGUMENTS]

  Runs APP until it ends, or N seconds, or Ctrl-C, and writes a flame graph.
  -o FILE.svg    where to (default: coring-perf.svg)
  --seconds N    end APP by SIGINT after so long
  --v8           V8's own profiler, even where Linux's perf is there
`;

function say(text) {
  internalBinding('process_ops').writeSync(2, `${text}\n`);
}

/** @returns {object | undefined} what was asked; undefined: nothing that makes sense */
function parse(words) {
  const asked = { output: 'coring-perf.svg', seconds: 0, onlyV8: false, command: [] };
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === '-o') asked.output = words[++at];
    else if (word === '--seconds') asked.seconds = Number(words[++at]);
    else if (word === '--v8') asked.onlyV8 = true;
    else break;
  }
  asked.command = ArrayPrototypeSlice(words, at);
  const isSound = asked.command.length > 0 && typeof asked.output === 'string' &&
    NumberIsFinite(asked.seconds) && asked.seconds >= 0;
  return isSound ? asked : undefined;
}

/** Whether perf is there and allowed: it records a program that does nothing. */
function canPerf(folder) {
  const file = path.join(folder, 'try.data');
  const { status } = spawnSync(
    'perf', ['record', '-q', '-e', 'cpu-clock', '-g', '-o', file, '--', 'true'],
    { stdio: 'ignore' });
  return status === 0;
}

/** Runs a command until it ends; SIGINT of ours is for it, and after the asked time it gets one. */
function runUntilEnd(file, words, seconds, done) {
  const child = spawn(file, words, { stdio: 'inherit' });
  const ignore = () => {};
  process.on('SIGINT', ignore);
  const timer = seconds > 0 ? setTimeout(() => interrupt(child.pid), seconds * 1000) : undefined;
  child.on('error', (error) => {
    say(`coring perf: ${file}: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('close', (code, signal) => {
    clearTimeout(timer);
    process.removeListener('SIGINT', ignore);
    done(code, signal);
  });
}

/** The program that perf has started, or else the child itself. */
function interrupt(pid) {
  let target = pid;
  try {
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    if (children !== '') target = Number(children.split(' ')[0]);
  } catch {
    // Without that file of the kernel the child is told itself.
  }
  try {
    process.kill(target, 'SIGINT');
  } catch {
    // It has just ended.
  }
}

function write(asked, stacks, source) {
  const { flameGraph } = require('internal/flame/graph');
  let count = 0;
  for (let i = 0; i < stacks.length; i++) count += stacks[i].count;
  const svg = flameGraph(stacks, asked.command.join(' '), `${count} samples by ${source}`);
  fs.writeFileSync(asked.output, svg);
  say(`coring perf: ${count} samples by ${source}: ${asked.output}`);
  if (count === 0) process.exitCode = 1;
}

function withPerf(asked, folder, done) {
  const data = path.join(folder, 'perf.data');
  const words = [
    'record', '-q', '-e', 'cpu-clock', '-F', FREQUENCY, '-g', '-o', data, '--',
    process.execPath, '--perf-basic-prof', '--interpreted-frames-native-stack',
    // V8 keeps a log of what it compiles, in the program's folder unless told of another.
    `--logfile=${path.join(folder, 'v8.log')}`, ...asked.command,
  ];
  runUntilEnd('perf', words, asked.seconds, () => {
    const { stdout, stderr, status } = spawnSync(
      'perf', ['script', '-i', data, '--no-inline', '-F', 'comm,tid,ip,sym,symoff,dso'],
      { encoding: 'utf8', maxBuffer: OUTPUT_BYTES_MAX });
    if (status !== 0) {
      say(`coring perf: perf script: ${stderr}`);
      process.exitCode = 1;
      done();
      return;
    }
    const { fromPerfScript } = require('internal/flame/stacks');
    removeMaps(stdout);
    write(asked, fromPerfScript(stdout), 'perf');
    done();
  });
}

/** V8 leaves its maps where perf looks for them; they are as large as the program. */
function removeMaps(text) {
  const seen = text.match(/\/tmp\/perf-\d+\.map/g) ?? [];
  for (const file of new Set(seen)) fs.rmSync(file, { force: true });
}

function withV8(asked, folder, done) {
  const preload = path.join(folder, 'preload.js');
  // A signal would end the program without a profile, were it not asked to exit.
  fs.writeFileSync(preload, "'use strict';\nprocess.once('SIGINT', () => process.exit(130));\n");
  const words = [
    '--cpu-prof', '--cpu-prof-dir', folder, '--cpu-prof-interval', INTERVAL_US,
    '--require', preload, ...asked.command,
  ];
  runUntilEnd(process.execPath, words, asked.seconds, () => {
    const { fromCpuProfile } = require('internal/flame/stacks');
    const stacks = [];
    for (const name of fs.readdirSync(folder)) {
      if (!name.endsWith('.cpuprofile')) continue;
      const text = fs.readFileSync(path.join(folder, name), 'utf8');
      ArrayPrototypePush(stacks, ...fromCpuProfile(text));
    }
    write(asked, stacks, "V8's profiler");
    done();
  });
}

/** Files that `coring perf` would run if it were no command. */
const FILES = ['perf', 'perf.js', 'perf.json', 'perf.node'];

function isCommand() {
  return !FILES.some((name) => fs.existsSync(name));
}

function runPerf(words) {
  const asked = parse(words);
  if (asked === undefined) {
    internalBinding('process_ops').writeSync(2, USAGE);
    process.exitCode = 9;
    return;
  }
  const folder = fs.mkdtempSync(path.join(require('os').tmpdir(), 'coring-perf-'));
  const done = () => fs.rmSync(folder, { recursive: true, force: true });
  if (!asked.onlyV8 && canPerf(folder)) {
    withPerf(asked, folder, done);
    return;
  }
  if (!asked.onlyV8) {
    say("coring perf: Linux's perf is not there, or may not (kernel.perf_event_paranoid): by " +
      "V8's profiler, which sees JavaScript only");
  }
  withV8(asked, folder, done);
}

module.exports = { isCommand, runPerf };
