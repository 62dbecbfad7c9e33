'use strict';

// Random sequences of calls on ServerResponse, and what comes of them.
//   calls.js COUNT SEED
// Prints a line of JSON for each sequence: { index, request, received, isOpen, said }.

const http = require('http');
const net = require('net');
const { once } = require('events');
const { setTimeout: sleep } = require('timers/promises');

const [COUNT, SEED] = process.argv.slice(2).map(Number);
const PARALLEL = 16;
/** After so long a response that did not end will not. */
const SETTLE_MS = 200;
const CLOSE_MS = 20;
const LARGE_BYTES = 70_000;

let state = SEED >>> 0;

/** A whole number from 0 to below `end`; the same for the same seed on every runtime. */
function below(end) {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor(state / 2 ** 32 * end);
}
const pick = (list) => list[below(list.length)];
const times = (count, make) => Array.from({ length: count }, make);

const VALUES = {
  'content-length': ['0', '3', '5', '10', 5, 'abc'],
  'transfer-encoding': ['chunked', 'gzip, chunked', 'identity'],
  'connection': ['close', 'keep-alive', 'upgrade', 'Close, X-A'],
  'trailer': ['X-T', 'X-T, X-U'],
  'set-cookie': [['a=1', 'b=2'], 'c=3'],
  'upgrade': ['foo'],
};
const OTHER_VALUES = ['v', 'é', '', 7, ['p', 'q'], 'a\nb', undefined, 'x'.repeat(20), ' pad '];
const NAMES = [
  'Content-Type', 'content-length', 'Transfer-Encoding', 'Connection', 'Trailer', 'X-A', 'x-b',
  'Date', 'Keep-Alive', 'Set-Cookie', 'Content-Encoding', 'Upgrade', 'Vary',
];

function header() {
  const name = pick(NAMES);
  return [name, pick(VALUES[name.toLowerCase()] ?? OTHER_VALUES)];
}

/** As writeHead() takes them: nothing, a list, an object. */
function headers() {
  const pairs = times(below(4), header);
  return pick([undefined, pairs.flat(), Object.fromEntries(pairs), Object.fromEntries(pairs)]);
}

const chunk = () => pick([
  'abc', 'hello', Buffer.from('xyz'), 'é', 'x'.repeat(3000), Buffer.alloc(LARGE_BYTES, 'A'),
  new Uint8Array([65, 66]),
]);

const CALLS = [
  () => ['setHeader', ...header()],
  () => ['setHeader', ...header()],
  () => ['appendHeader', pick(['X-A', 'Set-Cookie', 'Vary']), pick(['one', ['t', 'u']])],
  () => ['removeHeader', pick(NAMES)],
  () => ['setHeaders', pick([new Map([['X-M', '1']]), new Headers({ 'x-h': 'h' })])],
  () => ['writeHead', pick([200, 204, 304, 404, 100, 101, 205, 999, 1000, 'abc']), headers()],
  () => ['writeHead', pick([200, 500]), 'Reason', headers()],
  () => ['write', chunk(), ...pick([[], [], ['latin1'], ['utf8']])],
  () => ['write', chunk()],
  () => ['write', chunk()],
  () => ['flushHeaders'],
  () => ['addTrailers', pick([{ 'X-T': 'tv' }, [['X-T', 'a'], ['X-U', 'b']]])],
  () => ['writeContinue'],
  () => ['writeProcessing'],
  () => ['writeEarlyHints', pick([{ link: '</a>; rel=x' }, { 'link': [], 'x-h': '1' }])],
  () => ['statusCode =', pick([200, 201, 204, 304, 404])],
  () => ['statusMessage =', pick(['Hey', 'é', ''])],
  () => ['sendDate =', false],
  () => ['shouldKeepAlive =', pick([true, false])],
  () => ['strictContentLength =', true],
  () => ['wait'],
  () => ['wait'],
];
const ENDS = [
  () => ['end'], () => ['end'], () => ['end', chunk()], () => ['end', chunk()],
  () => ['end', 'fin', 'utf8'], () => ['destroy'], () => ['wait'],
];

function sequence() {
  const calls = times(below(7), () => pick(CALLS)());
  calls.push(pick(ENDS)());
  if (below(4) === 0) calls.push(pick(CALLS)());
  if (below(6) === 0) calls.push(['end', 'again']);
  return calls;
}

function request() {
  const method = pick(['GET', 'GET', 'GET', 'POST', 'HEAD', 'PUT', 'OPTIONS']);
  const lines = [`${method} / HTTP/${pick(['1.1', '1.1', '1.1', '1.0'])}`, 'Host: a'];
  const connection = pick(['', '', 'close', 'keep-alive']);
  if (connection !== '') lines.push(`Connection: ${connection}`);
  if (below(8) === 0) lines.push('Expect: 100-continue');
  if (below(8) === 0) lines.push('TE: trailers');
  const body = method === 'POST' || method === 'PUT' ? pick(['', 'hello', 'x'.repeat(100)]) : '';
  if (body !== '') lines.push(`Content-Length: ${body.length}`);
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** A value as it is printed: large ones by their length. */
function show(value) {
  if (typeof value === 'function') return 'callback';
  if (typeof value === 'string' && value.length < 50) return value;
  return value?.length > 40 ? `${value.length}` : value;
}

const PROPERTIES = [
  'headersSent', 'writableEnded', 'writableFinished', 'writableNeedDrain', 'destroyed', 'finished',
  'chunkedEncoding', 'statusCode', 'statusMessage', 'shouldKeepAlive',
];

async function call(res, [name, ...rest], say) {
  if (name === 'wait') {
    await sleep(5);
  } else if (name.endsWith(' =')) {
    res[name.slice(0, -2)] = rest[0];
  } else {
    if (name === 'write' || name === 'end') {
      rest.push((error) => say(`${name} called back ${error?.code ?? ''}`));
    }
    try {
      const given = res[name](...rest);
      say(`${name}(${rest.map(show)}) = ${given === res ? 'itself' : given}`);
    } catch (error) {
      say(`${name}(${rest.map(show)}) threw ${error.code} ${error.message}`);
    }
  }
  say(PROPERTIES.map((property) => res[property]).join());
}

async function run(index, calls, request) {
  const said = [];
  const say = (text) => { said.push(text); };
  const server = http.createServer();
  for (const event of ['request', 'checkContinue']) {
    server.on(event, async (req, res) => {
      for (const name of ['close', 'finish', 'prefinish', 'drain']) res.on(name, () => say(name));
      res.on('error', (error) => say(`error ${error.code} ${error.message}`));
      req.on('error', () => {});
      for (const one of calls) await call(res, one, say);
    });
  }
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const client = net.connect(server.address().port, '127.0.0.1').setEncoding('latin1');
  let received = '';
  client.on('data', (text) => { received += text; });
  client.on('error', () => {});
  const closed = once(client, 'close');
  client.write(request);
  await Promise.race([closed, sleep(SETTLE_MS)]);
  await sleep(CLOSE_MS); // The server's own 'close' comes behind the client's.
  const isOpen = !client.destroyed;
  const result = { index, request, received: received.replace(/(Date: )\w{3}, [^\r]*GMT/i, '$1'),
                   isOpen, said: said.slice() };
  process.stdout.write(`${JSON.stringify(result)}\n`);
  client.destroy();
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

async function main() {
  const cases = times(COUNT, () => ({ calls: sequence(), request: request() }));
  let next = 0;
  await Promise.all(times(PARALLEL, async () => {
    while (next < COUNT) {
      const index = next++;
      await run(index, cases[index].calls, cases[index].request);
    }
  }));
}

main();
