'use strict';

// Aim: HTTPParser of _http_common tells programs what Node's tells. Method: rows, which Node 24
// passes too.

const assert = require('assert');
const { once } = require('events');
const http = require('http');
const { HTTPParser } = require('_http_common');
const net = require('net');
const { rows } = require('../../fixtures/rows.test.cjs');

const { REQUEST, RESPONSE } = HTTPParser;

/** What a parser tells of `text`, and what execute() gives. */
function parse(type, text) {
  const parser = new HTTPParser();
  const told = [];
  parser.initialize(type, {});
  parser[HTTPParser.kOnHeaders] = (headers, url) => told.push(['trailers', headers, url]);
  parser[HTTPParser.kOnHeadersComplete] = (...args) => { told.push(args); };
  parser[HTTPParser.kOnBody] = (bytes) => told.push(`${bytes}`);
  parser[HTTPParser.kOnMessageComplete] = () => told.push('end');
  return { told, result: parser.execute(Buffer.from(text)), parser };
}

rows('messages are told', [
  [REQUEST, 'PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc', [
    [1, 1, ['Content-Length', '3'], 4, '/a', undefined, undefined, false, true], 'abc', 'end',
  ]],
  [REQUEST, 'PUT /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nT: v\r\n\r\n', [
    [1, 1, ['Transfer-Encoding', 'chunked'], 4, '/a', undefined, undefined, false, true], 'a',
    ['trailers', ['T', 'v'], '/a'], 'end',
  ]],
  [RESPONSE, 'HTTP/1.0 204 All right\r\nA: b\r\n\r\n', [
    [1, 0, ['A', 'b'], undefined, undefined, 204, 'All right', false, false], 'end',
  ]],
  [REQUEST, 'GET /a\r\n\r\n', [
    [0, 9, [], 1, '/a', undefined, undefined, false, false], 'end',
  ]],
], (type, text, expect) => {
  const { told, result } = parse(type, text);
  assert.deepStrictEqual(told, expect);
  assert.strictEqual(result, text.length);
});

rows('what follows an upgrade is left where it is', [
  ['GET /a HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'],
  ['CONNECT a:1 HTTP/1.1\r\n\r\n'],
], (head) => {
  const { told, result, parser } = parse(REQUEST, `${head}GET? no`);
  assert.strictEqual(result, head.length);
  assert.strictEqual(told.length, 2);
  assert.strictEqual(told[0][7], true);
  assert.strictEqual(told[1], 'end');
  assert.strictEqual(parser.execute(Buffer.from('GET /b HTTP/1.1\r\n\r\n')), 19);
  assert.deepStrictEqual(told.slice(2).map((each) => each[4] ?? each), ['/b', 'end']);
});

rows('errors are told without the bytes', [['GET / HTTP/1.1\r\nA b\r\n\r\n']], (text) => {
  const { result } = parse(REQUEST, text);
  assert.strictEqual(result.message, 'Parse Error');
  assert.deepStrictEqual(Object.keys(result), ['bytesParsed', 'code', 'reason']);
  assert.strictEqual(result.code, 'HPE_INVALID_HEADER_TOKEN');
});

rows('requests of old versions, on both lanes', [
  ['GET /a\r\n\r\n', ['/a', '0.9', 0, 9]],
  ['GET /a HTTP/0.9\r\n\r\n', ['/a', '0.9', 0, 9]],
  ['GET /a HTTP/1.0\r\nHost: x\r\n\r\n', ['/a', '1.0', 1, 0]],
], async (text, expect) => {
  const server = http.createServer((req, res) => res.end(JSON.stringify([
    req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor,
  ])));
  const duplexes = net.createServer((socket) => server.emit('connection', socket));
  for (const listener of [server, duplexes]) {
    await once(listener.listen(0, '127.0.0.1'), 'listening');
    const socket = net.connect(listener.address().port, '127.0.0.1', () => socket.write(text));
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    assert.deepStrictEqual(JSON.parse(answer.slice(answer.indexOf('['))), expect);
    listener.close();
  }
});
