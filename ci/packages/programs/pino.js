// pino (with a transport in a worker thread), pino-pretty, winston with files, bunyan, debug.
// packages: pino pino-pretty winston bunyan debug
'use strict';

const pino = require('pino');
const pretty = require('pino-pretty');
const winston = require('winston');
const bunyan = require('bunyan');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { once } = require('node:events');
const { Writable } = require('node:stream');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'logs-'));
const sink = (label) =>
  new Writable({
    write(part, encoding, done) {
      console.log(
        label,
        String(part)
          .trim()
          .replace(/"time":"[^"]+"/, '"time":"NOW"'),
      );
      done();
    },
  });

async function main() {
  const plain = { base: null, timestamp: false };
  const log = pino(
    {
      ...plain,
      level: 'debug',
      redact: ['password', 'deep.*.key'],
      serializers: { err: pino.stdSerializers.err },
      formatters: { level: (label) => ({ level: label }) },
    },
    sink('pino'),
  );
  log.info({ a: 1, password: 'x', deep: { x: { key: 1, other: 2 } } }, 'hello %s %d %j', 'you', 5, {
    z: 1,
  });
  log.child({ module: 'child' }).warn('of the child');
  log.trace('not shown');
  const error = new Error('an error');
  error.stack = 'Error: an error\n    at somewhere';
  log.error(error, 'failed');
  const printed = pretty({ colorize: false, sync: true, destination: sink('pretty') });
  pino(plain, printed).info({ key: 'value' }, 'pretty');

  const file = path.join(folder, 'pino.log');
  const transport = pino.transport({ target: 'pino/file', options: { destination: file } });
  const threaded = pino({ ...plain, level: 'info' }, transport);
  for (let index = 0; index < 100; index++) threaded.info({ index }, 'from a thread');
  transport.end();
  await once(transport, 'close');
  const lines = fs.readFileSync(file, 'utf8').trim().split('\n');
  console.log(lines.length, lines[0], lines[99]);
  const direct = pino(
    plain,
    pino.destination({ dest: `${file}.sync`, sync: false, minLength: 4096 }),
  );
  for (let index = 0; index < 1000; index++) direct.info({ index });
  direct.flush();
  await new Promise((resolve) => {
    direct[pino.symbols.streamSym].on('close', resolve).end();
  });
  console.log(fs.readFileSync(`${file}.sync`, 'utf8').split('\n').length);

  const logger = winston.createLogger({
    level: 'silly',
    format: winston.format.combine(
      winston.format.splat(),
      winston.format.errors(),
      winston.format.json(),
    ),
    defaultMeta: { service: 's' },
    transports: [
      new winston.transports.Stream({ stream: sink('winston') }),
      new winston.transports.File({
        filename: path.join(folder, 'winston.log'),
        maxsize: 500,
        maxFiles: 3,
      }),
    ],
  });
  logger.info('hello %s', 'there', { more: [1] });
  for (let index = 0; index < 30; index++) logger.debug(`line ${index}`);
  logger.child({ id: 7 }).error('wrong');
  logger.end();
  await new Promise((resolve) => setTimeout(resolve, 200));
  console.log(fs.readdirSync(folder).filter((name) => name.startsWith('winston')).length > 1);
  console.log(
    winston.format
      .simple()
      .transform({ level: 'info', message: 'm', [Symbol.for('level')]: 'info' }, {})[
      Symbol.for('message')
    ],
  );

  const records = new bunyan.RingBuffer({ limit: 2 });
  const old = bunyan.createLogger({
    name: 'b',
    streams: [{ type: 'raw', stream: records }],
    serializers: bunyan.stdSerializers,
  });
  old.info({ x: 1 }, 'one');
  old.warn('two');
  old.fatal({ err: new RangeError('r') }, 'three');
  console.log(records.records.map(({ name, level, msg, err }) => [name, level, msg, err?.name]));
  const { stderr } = require('node:child_process').spawnSync(
    process.execPath,
    [
      '-e',
      'const d = require("debug")("app:x"); d("hello %o", { a: [1] }); ' +
        'd.extend("sub")("more %s", 1); require("debug")("other")("no")',
    ],
    {
      cwd: __dirname,
      env: { ...process.env, DEBUG: 'app:*', DEBUG_HIDE_DATE: '1', DEBUG_COLORS: 'no' },
      encoding: 'utf8',
    },
  );
  console.log(stderr);
}

// A thread that only writes logs does not keep the program.
const awake = setInterval(() => {}, 1000);
main().finally(() => clearInterval(awake) ?? fs.rmSync(folder, { recursive: true, force: true }));
