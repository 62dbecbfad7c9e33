'use strict';
// The port for debuggers, as those outside see it. The program runs in a process of its own.

const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');
const { pathToFileURL } = require('node:url');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'debugger-port-'));
const children = new Set();
after(() => {
  fs.rmSync(folder, { recursive: true });
  // Those whose test has failed.
  for (const child of children) child.kill('SIGKILL');
});

/** A program of which a debugger can wait for lines on stderr. */
class Program {
  constructor(args) {
    this.child = spawn(process.execPath, args);
    this.exited = once(this.child, 'exit');
    children.add(this.child);
    this.child.on('exit', () => children.delete(this.child));
    this.stderr = '';
    this.stdout = '';
    this.child.stderr.setEncoding('utf8').on('data', (text) => { this.stderr += text; });
    this.child.stdout.setEncoding('utf8').on('data', (text) => { this.stdout += text; });
  }

  async until(name, expression) {
    for (;;) {
      const found = expression.exec(this[name]);
      if (found) return found;
      await once(this.child[name], 'data');
    }
  }

  /** The address that it tells. */
  async address() {
    const [, address] = await this.until('stderr', /listening on (ws:\S+)\n/);
    return new URL(address);
  }
}

/** A debugger. */
class Client {
  #lastId = 0;
  #answers = new Map();
  #events = [];
  #waiting = [];
  /** URLs by the ids of scripts. */
  scripts = new Map();

  static async connect(address) {
    const client = new Client();
    client.socket = new WebSocket(address);
    client.closed = once(client.socket, 'close');
    client.socket.onmessage = ({ data }) => client.#hear(JSON.parse(data));
    await once(client.socket, 'open');
    return client;
  }

  #hear(message) {
    if (message.id) {
      this.#answers.get(message.id)(message);
      this.#answers.delete(message.id);
      return;
    }
    const { method, params } = message;
    if (method === 'Debugger.scriptParsed') this.scripts.set(params.scriptId, params.url);
    const index = this.#waiting.findIndex((waiting) => waiting.method === method);
    if (index === -1) this.#events.push(message);
    else this.#waiting.splice(index, 1)[0].resolve(params);
  }

  async ask(method, params) {
    const id = ++this.#lastId;
    const { promise, resolve } = Promise.withResolvers();
    this.#answers.set(id, resolve);
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await promise;
    if (error) throw new Error(error.message);
    return result;
  }

  event(method) {
    const index = this.#events.findIndex((event) => event.method === method);
    if (index !== -1) return this.#events.splice(index, 1)[0].params;
    const { promise, resolve } = Promise.withResolvers();
    this.#waiting.push({ method, resolve });
    return promise;
  }
}

function write(name, source) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, source);
  return file;
}

for (const [name, source] of [
  ['first.js', 'let a = 40;\na += 2;\ndebugger;\nconsole.log(a);\n'],
  ['first.mjs', 'let a = 40;\na += 2;\ndebugger;\nconsole.log(a);\n'],
]) {
  test(`--inspect-brk pauses before the first line of ${name}`, async () => {
    const file = write(name, source);
    const program = new Program(['--inspect-brk=0', file]);
    const client = await Client.connect(await program.address());
    await client.ask('NodeRuntime.enable');
    await client.event('NodeRuntime.waitingForDebugger');
    await client.ask('Runtime.enable');
    await client.ask('Debugger.enable');
    await client.ask('Runtime.runIfWaitingForDebugger');
    const start = await client.event('Debugger.paused');
    assert.strictEqual(start.reason, 'Break on start');
    const { scriptId, lineNumber } = start.callFrames[0].location;
    assert.strictEqual(client.scripts.get(scriptId), pathToFileURL(file).href);
    assert.strictEqual(lineNumber, 0);
    await client.ask('Debugger.resume');
    const { callFrames: [{ callFrameId, location }] } = await client.event('Debugger.paused');
    assert.strictEqual(location.lineNumber, 2);
    const { result } = await client.ask('Debugger.evaluateOnCallFrame', {
      callFrameId, expression: '++a',
    });
    assert.strictEqual(result.value, 43);
    client.ask('Debugger.resume');
    const { type, args } = await client.event('Runtime.consoleAPICalled');
    assert.deepStrictEqual([type, args[0].value], ['log', 43]);
    await client.event('Runtime.executionContextDestroyed');
    await program.until('stderr', /Waiting for the debugger to disconnect\.\.\.\n/);
    client.socket.close();
    assert.deepStrictEqual(await program.exited, [0, null]);
    assert.strictEqual(program.stdout, '43\n');
  });
}

test('a server stops at a breakpoint, and goes on', async () => {
  const file = write('server.js', `
    const server = require('http').createServer((request, response) => {
      const name = request.url.slice(1);
      response.end('hello ' + name);
    });
    server.listen(0, () => console.log(server.address().port));`);
  const program = new Program(['--inspect=0', file]);
  const client = await Client.connect(await program.address());
  const [, port] = await program.until('stdout', /(\d+)\n/);
  await client.ask('Debugger.enable');
  const { locations } = await client.ask('Debugger.setBreakpointByUrl', {
    url: pathToFileURL(file).href, lineNumber: 3,
  });
  assert.strictEqual(locations.length, 1);
  const answer = fetch(`http://127.0.0.1:${port}/world`).then((response) => response.text());
  const { callFrames: [{ callFrameId }] } = await client.event('Debugger.paused');
  const { result } = await client.ask('Debugger.evaluateOnCallFrame', {
    callFrameId, expression: 'name',
  });
  assert.strictEqual(result.value, 'world');
  await client.ask('Debugger.resume');
  assert.strictEqual(await answer, 'hello world');
  client.socket.close();
  await client.closed;
  await program.until('stderr', /Debugger attached\.\nDebugger ending on ws:/);
  program.child.kill();
  await program.exited;
});

test('a loop without end is interrupted, by several at once', async () => {
  const program = new Program(['--inspect=0', '-e', `
    let i = 0;
    setTimeout(() => { console.log('busy'); for (;;) i++; }, 1);`]);
  const address = await program.address();
  const one = await Client.connect(address);
  const other = await Client.connect(address);
  await one.ask('Debugger.enable');
  await other.ask('Debugger.enable');
  await program.until('stdout', /busy/);
  await other.ask('Debugger.pause');
  await one.event('Debugger.paused');
  const { callFrames: [{ callFrameId }] } = await other.event('Debugger.paused');
  const { result } = await one.ask('Debugger.evaluateOnCallFrame', {
    callFrameId, expression: 'typeof i',
  });
  assert.strictEqual(result.value, 'number');
  await one.ask('Debugger.resume');
  const sum = await other.ask('Runtime.evaluate', { expression: '1 + 1' });
  assert.strictEqual(sum.result.value, 2);
  program.child.kill();
  await program.exited;
});

test('SIGUSR1 opens the port, also of a busy program', async () => {
  const program = new Program(['--inspect-port=0', '-e', `
    setTimeout(() => { console.log('busy'); for (;;); }, 50);`]);
  await program.until('stdout', /busy/);
  process._debugProcess(program.child.pid);
  const client = await Client.connect(await program.address());
  const { result } = await client.ask('Runtime.evaluate', { expression: 'process.pid' });
  assert.strictEqual(result.value, program.child.pid);
  program.child.kill();
  await program.exited;
});

test('stacks of what was scheduled are joined', async () => {
  const file = write('timer.js', 'setTimeout(function later() {\n  debugger;\n}, 1);\n');
  const program = new Program(['--inspect-wait=0', file]);
  const client = await Client.connect(await program.address());
  await client.ask('Debugger.enable');
  await client.ask('Debugger.setAsyncCallStackDepth', { maxDepth: 8 });
  await client.ask('Runtime.runIfWaitingForDebugger');
  const { asyncStackTrace } = await client.event('Debugger.paused');
  assert.strictEqual(asyncStackTrace.description, 'Timeout');
  assert.ok(asyncStackTrace.callFrames.some(({ url }) => url.endsWith('timer.js')));
  program.child.kill();
  await program.exited;
});

test('lists are told to hosts that cannot be a page of the web', async () => {
  const program = new Program(['--inspect=0', '-e', 'setInterval(() => {}, 1000)']);
  const { port, pathname } = await program.address();
  const ask = (url, host) => new Promise((resolve, reject) => {
    http.get({ port, path: url, headers: { host } }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece) => { text += piece; });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
  for (const url of ['/json', '/json/list']) {
    const [{ id, type, webSocketDebuggerUrl }] = JSON.parse(await ask(url, 'localhost:1'));
    assert.deepStrictEqual([`/${id}`, type], [pathname, 'node']);
    assert.strictEqual(webSocketDebuggerUrl, `ws://localhost:1${pathname}`);
  }
  assert.deepStrictEqual(JSON.parse(await ask('/json/version', 'localhost')), {
    'Browser': `node.js/${process.version}`, 'Protocol-Version': '1.1',
  });
  assert.match(await ask('/json', 'example.com'), /WebSockets request was expected/);
  assert.match(await ask('/other', 'localhost'), /WebSockets request was expected/);
  program.child.kill();
  await program.exited;
});

test('a client that breaks the rules is cut off, and no other', async () => {
  const program = new Program(['--inspect=0', '-e', 'setInterval(() => {}, 1000)']);
  const address = await program.address();
  const client = await Client.connect(address);
  const head = `GET ${address.pathname} HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
    'Sec-WebSocket-Key: x\r\n\r\n';
  for (const bytes of [
    Buffer.from([0x81, 0x01, 0x61]), // Not masked.
    Buffer.from([0x82, 0x80, 0, 0, 0, 0]), // Binary.
    Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
  ]) {
    const socket = net.connect(address.port);
    socket.write(head);
    await once(socket, 'data');
    socket.write(bytes);
    const [answer] = await once(socket, 'data');
    assert.strictEqual(answer[0], 0x88);
    await once(socket, 'close');
  }
  const { result } = await client.ask('Runtime.evaluate', { expression: '6 * 7' });
  assert.strictEqual(result.value, 42);
  program.child.kill();
  await program.exited;
});

test('programs open and close the port themselves', async () => {
  const program = new Program(['-e', `
    const inspector = require('inspector');
    console.log(inspector.url(), process.features.inspector);
    const open = inspector.open(0);
    console.log(inspector.url().endsWith(process.debugPort + '/' + inspector.url().slice(-36)));
    try { inspector.open(0); } catch (error) { console.log(error.code); }
    open[Symbol.dispose]();
    console.log(inspector.url());
    try { inspector.waitForDebugger(); } catch (error) { console.log(error.code); }
    inspector.open(process.debugPort);
    inspector.close();`]);
  assert.deepStrictEqual(await program.exited, [0, null]);
  assert.strictEqual(program.stdout,
                     'undefined true\ntrue\nERR_INSPECTOR_ALREADY_ACTIVATED\n' +
                     'undefined\nERR_INSPECTOR_NOT_ACTIVE\n');
  const addresses = program.stderr.match(/listening on ws:\/\/127\.0\.0\.1:(\d+)/g);
  assert.strictEqual(addresses.length, 2);
  assert.strictEqual(addresses[0], addresses[1]);
});

test('a port in use is told, and the program runs', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  const program = new Program([`--inspect=${port}`, '-e', 'console.log(1)']);
  assert.deepStrictEqual(await program.exited, [0, null]);
  assert.strictEqual(program.stdout, '1\n');
  assert.strictEqual(
    program.stderr,
    `Starting inspector on 127.0.0.1:${port} failed: address already in use\n`);
  server.close();
});
