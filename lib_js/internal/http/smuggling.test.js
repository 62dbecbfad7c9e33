'use strict';

// Aim: what two servers in a row could read differently is refused: 400 or 431 (413 for chunk
// extensions), and the connection is closed before anything behind it is read. Method: each class
// of request smuggling as bytes, followed by a request that must never reach the handler; both
// lanes. Node 24 passes the same rows, except that it begins to handle some of the bad heads.

const assert = require('assert');
const { Wire, exchange, laneRow, parse, withServer } = require('./fixtures/wire.test.cjs');

const H = 'Host: x\r\n';
const TE = 'Transfer-Encoding: chunked\r\n';
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';

const post = (fields, body = '') => `POST /first HTTP/1.1\r\n${H}${fields}\r\n${body}`;
const chunked = (body) => post(TE, body);

/** Class, bytes, and the status if it is not 400. All are refused in the head. */
const HEADS = [
  ['CL and TE', post(`Content-Length: 4\r\n${TE}`, '0\r\n\r\n')],
  ['TE and CL', post(`${TE}Content-Length: 4\r\n`, '0\r\n\r\n')],
  ['two different CL', post('Content-Length: 4\r\nContent-Length: 5\r\n', 'abcd')],
  ['two equal CL', post('Content-Length: 4\r\nContent-Length: 4\r\n', 'abcd')],
  ['CL list', post('Content-Length: 4, 4\r\n', 'abcd')],
  ['negative CL', post('Content-Length: -1\r\n')],
  ['signed CL', post('Content-Length: +4\r\n', 'abcd')],
  ['hex CL', post('Content-Length: 0x4\r\n', 'abcd')],
  ['huge CL', post('Content-Length: 99999999999999999999\r\n')],
  ['CL of 2^64', post('Content-Length: 18446744073709551616\r\n')],
  ['CL with words', post('Content-Length: 4 4\r\n', 'abcd')],
  ['empty CL', post('Content-Length: \r\n')],
  ['fraction CL', post('Content-Length: 4.0\r\n', 'abcd')],
  ['TE not chunked', post('Transfer-Encoding: gzip\r\n')],
  ['TE chunked not last', post('Transfer-Encoding: chunked, gzip\r\n', '0\r\n\r\n')],
  ['TE chunked twice', post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'), 'any'],
  ['TE look-alike', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n')],
  ['TE with control', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n')],
  ['TE in two lines, chunked first',
    post(`${TE}Transfer-Encoding: identity\r\n`, '0\r\n\r\n')],
  ['space before colon', post('Content-Length : 4\r\n', 'abcd')],
  ['tab before colon', post('Content-Length\t: 4\r\n', 'abcd')],
  ['space before the first name', `GET /first HTTP/1.1\r\n ${H}\r\n`],
  ['empty name', post(': x\r\n')],
  ['no colon', post('Nothing\r\n')],
  ['NUL in name', post('A\0: b\r\n')],
  ['NUL in value', post('A: b\0c\r\n')],
  ['NUL in url', `GET /first\0 HTTP/1.1\r\n${H}\r\n`],
  ['obs-fold', post('A: b\r\n c\r\n')],
  ['obs-fold with tab', post(`A: b\r\n\t${TE}`)],
  ['bare LF after the request line', `GET /first HTTP/1.1\n${H}\r\n`],
  ['bare LF after a field', `GET /first HTTP/1.1\r\nHost: x\nA: b\r\n\r\n`],
  ['bare LF at the end', `GET /first HTTP/1.1\r\n${H}\n`],
  ['CR alone in a value', post('A: b\rc\r\n')],
  ['CR alone hides a field', post(`A: b\r${TE}`)],
  ['CR CR LF', post('A: b\r\r\n')],
  ['lower case version', `GET /first http/1.1\r\n${H}\r\n`],
  ['HTTP/3.0', `GET /first HTTP/3.0\r\n${H}\r\n`],
  ['HTTP/1.10', `GET /first HTTP/1.10\r\n${H}\r\n`],
  ['unknown method', `GETS /first HTTP/1.1\r\n${H}\r\n`],
  ['lower case method', `get /first HTTP/1.1\r\n${H}\r\n`],
  ['DEL in value', post('A: b\x7f\r\n')],
  ['bracket in name', post('A[: b\r\n')],
  ['response as request', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['TLS hello', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'],
  ['oversized head', `GET /first HTTP/1.1\r\n${H}A: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
  ['oversized url', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${H}\r\n`, 431],
];

/** Class and bytes that are refused in the body: the handler may have begun. */
const BODIES = [
  ['no chunk size', chunked('\r\nabc\r\n0\r\n\r\n')],
  ['chunk size that is no number', chunked('x\r\nabc\r\n0\r\n\r\n')],
  ['negative chunk size', chunked('-3\r\nabc\r\n0\r\n\r\n')],
  ['0x chunk size', chunked('0x3\r\nabc\r\n0\r\n\r\n')],
  ['huge chunk size', chunked('fffffffffffffffff\r\nabc\r\n0\r\n\r\n')],
  ['chunk size of 2^64', chunked('10000000000000000\r\nabc\r\n0\r\n\r\n')],
  ['space before the size', chunked(' 3\r\nabc\r\n0\r\n\r\n')],
  ['space after the size', chunked('3 \r\nabc\r\n0\r\n\r\n')],
  ['bare LF after the size', chunked('3\nabc\r\n0\r\n\r\n')],
  ['bare LF after the data', chunked('3\r\nabc\n0\r\n\r\n')],
  ['CR alone after the size', chunked('3\rabc\r\n0\r\n\r\n')],
  ['bare LF in an extension', chunked('3;a\nabc\r\n0\r\n\r\n')],
  ['NUL in an extension', chunked('3;a\0\r\nabc\r\n0\r\n\r\n')],
  ['chunk longer than its size', chunked('3\r\nabcd\r\n0\r\n\r\n')],
  ['endless extension', chunked(`3;${'a'.repeat(20_000)}\r\nabc\r\n0\r\n\r\n`)],
  ['obs-fold in trailers', chunked('0\r\nA: b\r\n c\r\n\r\n')],
  ['space before colon in trailers', chunked('0\r\nA : b\r\n\r\n')],
  ['NUL in trailers', chunked('0\r\nA: b\0\r\n\r\n')],
  ['oversized trailers', chunked(`0\r\nA: ${'b'.repeat(20_000)}\r\n\r\n`)],
];

const REFUSALS = [400, 413, 431];

/** As llhttp, of these the head is given, and what follows it refused. */
const SEEN = ['TE not chunked', 'TE look-alike'];

/** Runs the rows; `isHead` says that no handler may have seen anything. */
async function refuseAll(list, isHead) {
  const seen = [];
  const handler = (req, res) => {
    seen.push(req.url);
    req.on('error', () => {});
    req.resume().on('end', () => res.end('handled'));
  };
  await withServer({}, handler, async (port, server) => {
    for (const [name, text, status = 400] of list) {
      for (const split of [text.length + SMUGGLED.length, Math.floor(text.length / 2)]) {
        seen.length = 0;
        const all = text + SMUGGLED;
        const wire = new Wire(port).send(all.slice(0, split));
        if (split < all.length) {
          await new Promise(setImmediate);
          wire.send(all.slice(split));
        }
        const label = `${name}, split at ${split}`;
        const answer = await wire.closed();
        assert.doesNotMatch(answer, /handled/, label);
        assert.ok(!seen.includes('/smuggled'), label);
        if (isHead && !SEEN.includes(name)) assert.deepStrictEqual(seen, [], label);
        // A reset may have overtaken the answer, if there was more to read than we looked at.
        if (answer !== '' || wire.error === null) {
          const response = parse(answer);
          if (status === 'any') assert.ok(REFUSALS.includes(response.status), label);
          else if (isHead) assert.strictEqual(response.status, status, label);
          else assert.ok(REFUSALS.includes(response.status), `${label}: ${response.status}`);
          assert.strictEqual(response.headers.connection, 'close', label);
          assert.strictEqual(response.rest, '', label);
        }
      }
    }
    assert.strictEqual(parse(await exchange(
      port, `GET /last HTTP/1.1\r\n${H}Connection: close\r\n\r\n`)).body, 'handled');
    assert.ok(server.listening);
  });
}

laneRow('heads that are refused', () => refuseAll(HEADS, true));
laneRow('bodies that are refused', () => refuseAll(BODIES, false));

/** Odd and allowed: what must pass as one request. */
const PASSES = [
  ['blank lines in front', `\r\n\r\nGET /first HTTP/1.1\r\n${H}\r\n`],
  ['two spaces in the request line', `GET  /first HTTP/1.1\r\n${H}\r\n`],
  ['CL with zeros', post('Content-Length: 0004\r\n', 'abcd')],
  ['white space around values', post('Content-Length: \t 4 \t\r\n', 'abcd')],
  ['names in any case', post('tRANSFER-eNCODING: CHUNKED\r\n', '4\r\nabcd\r\n0\r\n\r\n')],
  ['chunk size with zeros', chunked('0004\r\nabcd\r\n00\r\n\r\n')],
  ['upper case size', chunked('A\r\n0123456789\r\n0\r\n\r\n')],
  ['gzip, chunked', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n')],
  ['high bytes in a value', post('A: \xe9\xff\r\n')],
];

laneRow('odd requests that are allowed', async () => {
  const seen = [];
  const handler = (req, res) => {
    seen.push(req.url);
    req.resume().on('end', () => res.end('handled'));
  };
  await withServer({}, handler, async (port) => {
    for (const [name, text] of PASSES) {
      seen.length = 0;
      await exchange(port, `${text}GET /next HTTP/1.1\r\n${H}Connection: close\r\n\r\n`);
      assert.deepStrictEqual(seen, ['/first', '/next'], name);
    }
  });
});
