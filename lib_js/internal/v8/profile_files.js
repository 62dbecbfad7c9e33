'use strict';
// --cpu-prof and --heap-prof: what V8 samples from the start of a thread to its end goes into files
// that DevTools and others read. Names and places are Node's.

const {
  ArrayPrototypePush,
  ArrayPrototypeShift,
  Date,
  DatePrototypeGetDate,
  DatePrototypeGetFullYear,
  DatePrototypeGetHours,
  DatePrototypeGetMinutes,
  DatePrototypeGetMonth,
  DatePrototypeGetSeconds,
  JSONParse,
  JSONStringify,
  RegExpPrototypeSymbolReplace,
  StringPrototypePadStart,
} = primordials;

const { getOptionValue } = require('internal/options');

const devtools = internalBinding('profiler');
const { holdSignals } = internalBinding('turn');

/** What each option samples: the domain's methods, and how its files are named. */
const KINDS = [
  {
    flag: '--cpu-prof',
    prefix: 'CPU',
    extension: 'cpuprofile',
    begin: (interval) => [
      ['Profiler.enable'],
      ['Profiler.setSamplingInterval', { interval }],
      ['Profiler.start'],
    ],
    end: 'Profiler.stop',
  },
  {
    flag: '--heap-prof',
    prefix: 'Heap',
    extension: 'heapprofile',
    begin: (samplingInterval) => [
      ['HeapProfiler.enable'],
      ['HeapProfiler.startSampling', { samplingInterval }],
    ],
    end: 'HeapProfiler.stopSampling',
  },
];

const running = [];
let written = 0;

function tell(text) {
  internalBinding('process_ops').writeSync(2, `${text}\n`);
}

/** @returns {any} the answer to one DevTools method: its result, or an error */
function ask(session, method, params) {
  return JSONParse(devtools.dispatch(session, JSONStringify({ id: 1, method, params })));
}

/** Absolute from the start: the program may go elsewhere. */
function folderOf(flag) {
  return require('path').resolve(
    getOptionValue(`${flag}-dir`) || getOptionValue('--diagnostic-dir') || '.');
}

function startProfiles() {
  for (let i = 0; i < KINDS.length; i++) {
    const kind = KINDS[i];
    if (!getOptionValue(kind.flag)) continue;
    const session = devtools.openSession();
    const steps = kind.begin(getOptionValue(`${kind.flag}-interval`));
    // V8 makes a thread for its samples, which must not take the program's signals.
    holdSignals(true);
    for (let j = 0; j < steps.length; j++) ask(session, steps[j][0], steps[j][1]);
    holdSignals(false);
    ArrayPrototypePush(running, { kind, session, folder: folderOf(kind.flag) });
  }
  if (running.length > 0) writeBeforeKill();
}

/** A signal to itself may be the last that this process does. */
function writeBeforeKill() {
  const { kill } = process;
  process.kill = function(pid, sig) {
    const isDeadly = sig !== 0 && process.listenerCount(sig ?? 'SIGTERM') === 0;
    if (isDeadly && pid === process.pid) writeProfiles();
    return kill(pid, sig);
  };
}

function two(number) {
  return StringPrototypePadStart(`${number}`, 2, '0');
}

/** `PREFIX.yyyymmdd.hhmmss.PID.THREAD.NUMBER.EXTENSION`, in local time. */
function defaultName({ prefix, extension }) {
  const now = new Date();
  const day = DatePrototypeGetFullYear(now) +
    two(DatePrototypeGetMonth(now) + 1) + two(DatePrototypeGetDate(now));
  const time = two(DatePrototypeGetHours(now)) +
    two(DatePrototypeGetMinutes(now)) + two(DatePrototypeGetSeconds(now));
  // Cores of one process are its main thread each; their numbers keep their files apart.
  const threadId = require('internal/worker/self').threadId || internalBinding('turn').core();
  const number = StringPrototypePadStart(`${++written}`, 3, '0');
  return `${prefix}.${day}.${time}.${process.pid}.${threadId}.${number}.${extension}`;
}

function nameOf(kind) {
  const given = getOptionValue(`${kind.flag}-name`);
  if (!given) return defaultName(kind);
  return RegExpPrototypeSymbolReplace(/\$\{pid\}/g, given, `${process.pid}`);
}

function write({ kind, session, folder }) {
  const answer = ask(session, kind.end);
  devtools.closeSession(session);
  const profile = answer.result?.profile;
  if (profile === undefined) {
    tell(`Failed to get 'result' from ${kind.prefix === 'CPU' ? 'CPU' : 'heap'} profile ` +
      `response:\n${JSONStringify(answer)}`);
    return;
  }
  const fs = require('fs');
  const path = `${folder}/${nameOf(kind)}`;
  try {
    // The folder is made for who names one.
    if (getOptionValue(`${kind.flag}-dir`) || getOptionValue('--diagnostic-dir')) {
      fs.mkdirSync(folder, { recursive: true });
    }
    fs.writeFileSync(path, JSONStringify(profile));
  } catch (error) {
    tell(`${error.code}: Failed to write file ${path}`);
  }
}

/** Ends what was started; each profile is written once. */
function writeProfiles() {
  while (running.length > 0) {
    write(ArrayPrototypeShift(running));
  }
}

module.exports = { startProfiles, writeProfiles };
