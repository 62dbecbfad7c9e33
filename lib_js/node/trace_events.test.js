'use strict';
// Trace events: what a program of each category leaves in its file, that the file is whole however
// the process ends, and that nothing is told of what was not asked for.

const assert = require('assert');
const { spawn, spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { test } = require('node:test');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-trace-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const file = path.join(folder, 'node_trace.1.log');

function read(name = file) {
  const { traceEvents } = JSON.parse(fs.readFileSync(name, 'utf8'));
  for (const event of traceEvents) {
    assert.strictEqual(typeof event.ts, 'number');
    assert.strictEqual(typeof event.tid, 'number');
  }
  return traceEvents;
}

/** Runs a program; gives what was traced, without what every trace has. */
function trace(args, source, { status = 0, env = {} } = {}) {
  fs.rmSync(file, { force: true });
  const child = spawnSync(process.execPath, [...args, '-e', source], {
    cwd: folder, encoding: 'utf8', env: { ...process.env, ...env },
  });
  assert.strictEqual(child.status, status, child.stderr);
  const events = fs.existsSync(file) ? read() : [];
  for (const event of events) assert.strictEqual(event.pid, child.pid);
  return {
    all: events,
    events: events.filter(({ cat }) => cat !== '__metadata'),
    stderr: child.stderr,
    stdout: child.stdout,
  };
}

const of = (category) => ['--trace-event-categories', category];
const told = (events) => events.map(({ ph, name }) => `${ph} ${name}`);

test('each category tells of its own, and of nothing else', () => {
  const check = (category, source, expect, cat) => {
    const { events } = trace(of(category), source);
    assert.deepStrictEqual(told(events), expect, category);
    for (const event of events) assert.strictEqual(event.cat, cat);
  };
  check('node.console',
        "console.time('a'); console.timeLog('a'); console.timeEnd('a'); console.count('c'); " +
        "console.countReset('c')",
        ['b time::a', 'n time::a', 'e time::a', 'C count::c', 'C count::c'], 'node,node.console');
  check('node.perf.usertiming',
        "performance.mark('m'); performance.measure('n', 'm')",
        ['R m', 'b n', 'e n'], 'node,node.perf,node.perf.usertiming');
  check('node.perf.timerify', 'performance.timerify(function f() {})()',
        ['b f', 'e f'], 'node,node.perf,node.perf.timerify');
  check('node.module_timer', "require('url')", ["b require('url')", "e require('url')"],
        'node,node.module_timer');
  check('node.fs.sync', "try { fs.statSync('nothing'); } catch {}",
        ['B fs.sync.stat', 'E fs.sync.stat'], 'node,node.fs,node.fs.sync');
  check('node.fs_dir.sync', "fs.opendirSync('.').closeSync()",
        ['B fs_dir.sync.opendir', 'E fs_dir.sync.opendir', 'B fs_dir.sync.closedir',
         'E fs_dir.sync.closedir'], 'node,node.fs_dir,node.fs_dir.sync');
  check('node.fs_dir.async', "fs.opendir('.', (error, dir) => dir.close(() => {}))",
        ['b opendir', 'e opendir', 'b closedir', 'e closedir'],
        'node,node.fs_dir,node.fs_dir.async');
  check('node.bootstrap', '1',
        ['I environment', 'I nodeStart', 'I v8Start', 'I bootstrapComplete', 'I loopExit'],
        'node,node.bootstrap');
  check('nothing.of.ours', 'fs.statSync(".")', [], '');
});

test('what began before it was traced has no end', () => {
  const main = path.join(folder, 'main.js');
  fs.writeFileSync(main, `
    require('trace_events').createTracing({
      categories: ['node.module_timer', 'node.environment'],
    }).enable();
    require('url');`);
  const { events } = trace([], `require(${JSON.stringify(main)})`);
  const ours = events.filter(({ ph }) => ph === 'b' || ph === 'e');
  assert.deepStrictEqual(told(ours), ["b require('url')", "e require('url')"]);
});

test('how long modules take is printed', () => {
  const { stderr } = trace([], "require('url')", { env: { NODE_DEBUG: 'module_timer' } });
  assert.match(stderr, /^MODULE_TIMER \d+ \[\[eval\]\] \[url\]: [\d.]+ms\n$/);
});

test('scripts', () => {
  const { events } = trace([], `
    const tracing = require('trace_events').createTracing({ categories: ['node.vm.script'] });
    tracing.enable();
    require('vm').runInThisContext('1', 'x.js');
    tracing.disable();
    require('vm').runInThisContext('1', 'y.js');`);
  assert.deepStrictEqual(told(events), [
    'B ContextifyScript::New', 'E ContextifyScript::New', 'X RunInContext',
  ]);
  assert.deepStrictEqual(events[0].args, { filename: 'x.js' });
});

test('whole files are read and written in the steps of Node', () => {
  fs.writeFileSync(path.join(folder, 'abc'), 'abc');
  const names = (category, source) => told(trace(of(category), source).events);
  assert.deepStrictEqual(names('node.fs.sync', "fs.readFileSync('abc', 'utf8')"), [
    'B fs.sync.open', 'E fs.sync.open', 'B fs.sync.read', 'E fs.sync.read', 'B fs.sync.close',
    'E fs.sync.close',
  ]);
  for (const source of ["fs.readFile('abc', () => {})", "fs.promises.readFile('abc')"]) {
    assert.deepStrictEqual(names('node.fs.async', source), [
      'b open', 'e open', 'b fstat', 'e fstat', 'b read', 'e read', 'b close', 'e close',
    ]);
  }
  const { events } = trace(of('node.fs.async'), "fs.stat('nothing', () => {})");
  assert.deepStrictEqual(events.map(({ args }) => args), [{ path: 'nothing' }, { result: -2 }]);
  assert.strictEqual(events[0].id, events[1].id);
  const ends = trace(of('node.fs_dir.async'), `fs.opendir('.', (error, dir) => {
    dir.read(() => dir.close(() => {}));
  })`).events.filter(({ ph }) => ph === 'e');
  const results = ends.map(({ name, args }) => [name, args.result]);
  assert.deepStrictEqual(results[0], ['opendir', 0]);
  assert.strictEqual(results[1][0], 'readdir');
  assert(results[1][1] > 0 && results[1][1] < 100, results[1][1]);
});

test('connections, names and requests', () => {
  const net = trace(of('node.net.native'), `
    const { createServer, connect } = require('net');
    const server = createServer((socket) => socket.end()).listen(0, '127.0.0.1', () => {
      connect(server.address().port, '127.0.0.1').resume().on('close', () => server.close());
    });
    connect('nothing').on('error', () => {});`).events;
  assert.deepStrictEqual(told(net).sort(), ['b connect', 'b connect', 'e connect', 'e connect']);
  const local = net.find(({ args }) => args.pipe_path !== undefined);
  assert.deepStrictEqual(local.args, { path_type: 'file', pipe_path: 'nothing' });
  assert.strictEqual(net.filter(({ args }) => args.status === 0).length, 1);
  const dns = trace(of('node.dns.native'), "require('dns').lookup('localhost', () => {})").events;
  assert.deepStrictEqual(told(dns), ['b lookup', 'e lookup']);
  assert.strictEqual(dns[0].args.hostname, 'localhost');
  const http = trace(of('node.http'), `
    const { createServer, get } = require('http');
    const server = createServer((request, response) => response.end('x')).listen(0, () => {
      get({ port: server.address().port, path: '/p?q' }, (response) => {
        response.resume().on('end', () => server.close());
      });
    });`).events;
  assert.deepStrictEqual(told(http).sort(), [
    'b http.client.request', 'b http.server.request', 'e http.client.request',
    'e http.server.request',
  ]);
  const end = http.find(({ ph, name }) => ph === 'e' && name === 'http.server.request');
  assert.deepStrictEqual(end.args, { data: { url: '/p?q', statusCode: 200 } });
});

test('the compute lane, its threads, and the collector', () => {
  const lane = trace(of('node.threadpoolwork.sync,node.threadpoolwork.async'),
                     "crypto.pbkdf2('a', 'b', 9, 9, 'sha1', () => {})").events;
  assert.deepStrictEqual(told(lane), ['b crypto', 'B crypto', 'E crypto', 'e crypto']);
  assert.strictEqual(lane[1].tid, lane[2].tid);
  assert.notStrictEqual(lane[0].tid, lane[1].tid);
  const { events } = trace(['--expose-gc', ...of('v8')], "gc(); gc({ type: 'minor' })");
  assert(events.some(({ name, ph }) => name === 'MajorGC' && ph === 'B'));
  const scavenge = events.find(({ name }) => name === 'V8.GCScavenger');
  assert(scavenge.ph === 'X' && scavenge.dur > 0, JSON.stringify(scavenge));
});

test('what describes process and threads', () => {
  const source = "process.title = 'second'; new (require('worker_threads').Worker)('1', " +
    "{ eval: true, name: 'w' })";
  const { all } = trace([...of('node.async_hooks'), '--title=first'], source);
  const said = (name) => all.filter((event) => event.cat === '__metadata' && event.name === name)
    .map(({ args }) => args);
  assert.deepStrictEqual(said('process_name'), [{ name: 'first' }, { name: 'second' }]);
  assert.deepStrictEqual(said('version'), [{ node: process.versions.node }]);
  const threads = said('thread_name').map(({ name }) => name);
  assert(threads.includes('JavaScriptMainThread'));
  assert(threads.includes('[worker 1] w'), threads);
  assert.deepStrictEqual(said('node')[0].process.versions, { ...process.versions });
  const tids = new Set(all.filter(({ cat }) => cat !== '__metadata').map(({ tid }) => tid));
  assert.strictEqual(tids.size, 2);
});

test('the file is whole however the process ends', async () => {
  const mark = "performance.mark('last');";
  const ends = [
    ['process.exit(3)', 3],
    ['throw new Error("expected")', 1],
    ['Promise.reject(new Error("expected"))', 1],
    ['process.reallyExit(4)', 4],
    ['process.on("exit", () => performance.mark("later"))', 0],
  ];
  for (const [end, status] of ends) {
    const { events } = trace(of('node.perf'), mark + end, { status });
    assert.strictEqual(events[0].name, 'last', end);
    assert.strictEqual(events.length, end.includes('later') ? 2 : 1);
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGKILL']) {
    fs.rmSync(file, { force: true });
    // Printed in another turn than the mark's.
    const source = `${mark} setInterval(() => {}, 1e6);
      setTimeout(() => setTimeout(() => console.log('ready'), 10), 10);`;
    const child = spawn(process.execPath, [...of('node.perf'), '-e', source], {
      cwd: folder, stdio: ['ignore', 'pipe', 'inherit'],
    });
    child.stdout.once('data', () => child.kill(signal));
    const [, ended] = await require('events').once(child, 'exit');
    assert.strictEqual(ended, signal);
    assert(read().some(({ name }) => name === 'last'), signal);
  }
});

test('options', () => {
  const check = (args, expect) => {
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: folder });
    assert.strictEqual(status, 9);
    assert(stderr.includes(expect), stderr);
  };
  check(['--trace-event-categories'], '--trace-event-categories requires an argument');
  check(['--trace-event-categories='], '--trace-event-categories= requires an argument');
  const all = trace(['--trace-events-enabled'], 'setTimeout(() => {}, 1)').events;
  assert(all.some(({ name }) => name === 'Timeout'));
  trace([...of('node'), '--trace-event-file-pattern', 'p-$' + '{rotation}.json'], '1');
  assert(read(path.join(folder, 'p-1.json')).length > 0);
  const { stderr } = trace([...of('node'), '--trace-event-file-pattern=/nothing/x'], '1');
  assert.strictEqual(stderr, 'Could not open trace file /nothing/x: no such file or directory\n');
  const { stdout } = trace(of('b,a'), "console.log(require('trace_events').getEnabledCategories())");
  assert.strictEqual(stdout, 'a,b\n');
});

test('a program says what is traced', () => {
  const { events, stdout } = trace([], `
    const { createTracing, getEnabledCategories } = require('trace_events');
    const one = createTracing({ categories: ['node.perf', 'x'] });
    const two = createTracing({ categories: ['x'] });
    performance.mark('before');
    one.enable();
    two.enable();
    performance.mark('within');
    console.log(one, getEnabledCategories());
    one.disable();
    performance.mark('after');
    console.log(getEnabledCategories());
    two.disable();
    console.log(getEnabledCategories());`);
  assert.deepStrictEqual(told(events), ['R within']);
  assert.strictEqual(
    stdout, "Tracing { enabled: true, categories: 'node.perf,x' } node.perf,x\nx\nundefined\n");
  assert.deepStrictEqual(trace([], "require('trace_events').createTracing({ categories: ['v8'] })")
    .all, []);
});

test('what was switched off works as before', () => {
  const { events, stdout } = trace([], `
    const tracing = require('trace_events').createTracing({ categories: ['node', 'node.http'] });
    tracing.enable();
    tracing.disable();
    const { readFile, stat } = fs.promises;
    fs.statSync('.');
    readFile('abc', 'utf8').then((text) => console.log(text));
    setImmediate(() => {});`);
  const names = told(events).filter((name) => /fs\.|stat|open|read|CheckImmediate/.test(name));
  assert.deepStrictEqual(names, []);
  assert.strictEqual(stdout, 'abc\n');
});

test('the permission model stays in front of what is traced', () => {
  for (const args of [of('node.fs.sync'), []]) {
    const { events, stdout } = trace(['--permission', `--allow-fs-write=${folder}`, ...args], `
      const tracing = require('trace_events').createTracing({ categories: ['node.fs.sync'] });
      const codes = [];
      const read = () => {
        try { fs.readFileSync('/etc/hostname'); } catch (error) { codes.push(error.code); }
      };
      read();
      tracing.enable();
      read();
      tracing.disable();
      read();
      console.log(codes.join());`);
    assert.strictEqual(stdout, 'ERR_ACCESS_DENIED,ERR_ACCESS_DENIED,ERR_ACCESS_DENIED\n');
    assert.deepStrictEqual(events.filter(({ args: { bytesRead } }) => bytesRead > 0), []);
  }
});
