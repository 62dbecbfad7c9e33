'use strict';

// Aim: a head that is looked up as a path says what the handler asked for, however often heads
// repeat or change. Method: many requests over one connection, each with its own headers; what the
// client reads is compared with a model that just joins strings.

const assert = require('assert');
const { laneRow, withServer } = require('./fixtures/wire.test.cjs');
const http = require('http');

function ask(port, agent) {
  return new Promise((resolve, reject) => {
    http.get({ port, host: '127.0.0.1', agent }, (res) => {
      let body = '';
      res.setEncoding('latin1').on('data', (text) => { body += text; });
      res.on('end', () => resolve({ res, body })).on('error', reject);
    }).on('error', reject);
  });
}

/** The raw headers that the program set itself. */
function own(res) {
  const found = [];
  for (let i = 0; i < res.rawHeaders.length; i += 2) {
    if (/^(x-|content-type|set-cookie)/i.test(res.rawHeaders[i])) {
      found.push(`${res.rawHeaders[i]}: ${res.rawHeaders[i + 1]}`);
    }
  }
  return found;
}

/** Headers of request `n`: some never change, some always do, names differ in case only. */
function headersOf(n) {
  const headers = [['X-Same', 'always'], ['Content-Type', n % 3 === 0 ? 'text/plain' : 'a/b']];
  if (n % 2 === 0) headers.push(['X-Number', n]);
  headers.push([n % 5 === 0 ? 'x-odd-case' : 'X-Odd-Case', `value ${n % 7}`]);
  if (n % 11 === 0) headers.push(['Set-Cookie', [`a=${n}`, 'b=2']]);
  headers.push(['X-Unique', `${n}`.repeat(1 + n % 4)]);
  if (n % 13 === 0) headers.push(['X-Long', 'y'.repeat(600)]);
  return headers;
}

function expected(n) {
  const lines = [];
  for (const { 0: name, 1: value } of headersOf(n)) {
    for (const one of Array.isArray(value) ? value : [value]) lines.push(`${name}: ${one}`);
  }
  return lines;
}

laneRow('heads of 400 responses', async () => {
  let count = 0;
  await withServer({}, (req, res) => {
    const n = count++;
    const status = n % 17 === 0 ? 404 : 200;
    if (n % 4 === 0) {
      res.writeHead(status, Object.fromEntries(headersOf(n)));
    } else if (n % 4 === 1) {
      for (const { 0: name, 1: value } of headersOf(n)) res.setHeader(name, value);
      res.writeHead(status);
    } else if (n % 4 === 2) {
      res.writeHead(status, 'Own Words', headersOf(n).flat());
    } else {
      for (const { 0: name, 1: value } of headersOf(n)) res.setHeader(name, value);
      res.statusCode = status;
    }
    res.end(`${n}`);
  }, async (port) => {
    const agent = new http.Agent({ keepAlive: true });
    for (let n = 0; n < 400; n++) {
      const { res, body } = await ask(port, agent);
      assert.strictEqual(body, `${n}`);
      assert.strictEqual(res.statusCode, n % 17 === 0 ? 404 : 200);
      if (n % 4 === 2) assert.strictEqual(res.statusMessage, 'Own Words');
      assert.deepStrictEqual(own(res), expected(n));
    }
    agent.destroy();
  });
});

laneRow('a value that was good once is checked again under another name', async () => {
  await withServer({}, (req, res) => {
    for (const value of ['ok', 'ok', 'bad\n', 'bad\n']) {
      try {
        res.setHeader('X-Checked', value);
        assert.strictEqual(value, 'ok');
      } catch (error) {
        assert.strictEqual(error.code, 'ERR_INVALID_CHAR');
        assert.strictEqual(value, 'bad\n');
      }
    }
    assert.throws(() => res.writeHead(200, { 'X-Checked': 'bad\n' }), { code: 'ERR_INVALID_CHAR' });
    assert.throws(() => res.setHeader('x y', 'ok'), { code: 'ERR_INVALID_HTTP_TOKEN' });
    res.end('still alive');
  }, async (port) => {
    const { res, body } = await ask(port, false);
    assert.strictEqual(body, 'still alive');
    assert.deepStrictEqual(own(res), ['X-Checked: ok']);
  });
});

laneRow('Connection, Content-Length and Transfer-Encoding act on each response anew', async () => {
  const heads = [
    [{ 'Connection': 'close' }, 'close'],
    [{}, 'keep-alive'],
    [{ 'Content-Length': 2 }, 'keep-alive'],
    [{ 'Transfer-Encoding': 'chunked' }, 'keep-alive'],
    [{ 'Connection': 'close', 'Content-Length': '2' }, 'close'],
    [{ 'Content-Length': 2 }, 'keep-alive'],
  ];
  let count = 0;
  await withServer({}, (req, res) => {
    res.writeHead(200, heads[count++ % heads.length][0]).end('ok');
  }, async (port) => {
    const agent = new http.Agent({ keepAlive: true });
    for (let n = 0; n < heads.length * 3; n++) {
      const { res, body } = await ask(port, agent);
      const { 0: headers, 1: connection } = heads[n % heads.length];
      assert.strictEqual(body, 'ok');
      assert.strictEqual(res.headers.connection, connection);
      const hasLength = 'Content-Length' in headers;
      assert.strictEqual(res.headers['content-length'], hasLength ? '2' : undefined);
      assert.strictEqual(res.headers['transfer-encoding'], hasLength ? undefined : 'chunked');
    }
    agent.destroy();
  });
});
