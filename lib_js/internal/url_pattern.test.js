'use strict';

// Aim: URLPattern beside the Web Platform Tests, of which Node's suite runs none. Method: rows,
// which Node 24 passes too.

const assert = require('assert');
const { row, rows } = require('../fixtures/rows.test.cjs');

/** Pattern, URL, what the groups of the path are (undefined: no match). */
rows('path', [
  ['/books/:id', '/books/12', { id: '12' }], ['/books/:id', '/books/', undefined],
  ['/books/:id?', '/books', { id: undefined }], ['/a/*', '/a/b/c', { 0: 'b/c' }],
  ['/:x(\\d+)-:y', '/12-z', { x: '12', y: 'z' }], ['/:x(\\d+)', '/a', undefined],
  ['/{a}+', '/aaa', {}], ['/a{/:rest}*', '/a/b/c', { rest: 'b/c' }], ['/a\\:b', '/a:b', {}],
  ['/caf\u00e9', '/caf%C3%A9', {}], ['/:n.html', '/x.html', { n: 'x' }],
], (pathname, url, groups) => {
  const found = new URLPattern({ pathname }).exec(url, 'https://h/');
  if (groups === undefined) assert.strictEqual(found, null);
  else assert.deepStrictEqual(found.pathname.groups, groups);
});

/** Written as a string: protocol, hostname, port, pathname, search, hash. */
rows('string', [
  ['https://*.example.com:8*/x?a#b', 'https', '*.example.com', '8*', '/x', 'a', 'b'],
  ['http{s}?://h/*', 'http{s}?', 'h', '', '/*', '*', '*'],
  ['data\\:text/*', 'data', '', '', 'text/*', '*', '*'],
  ['https://h:443/', 'https', 'h', '', '/', '*', '*'],
  ['https://[\\:\\:1]/', 'https', '[\\:\\:1]', '', '/', '*', '*'],
], (text, ...parts) => {
  const { protocol, hostname, port, pathname, search, hash } = new URLPattern(text);
  assert.deepStrictEqual([protocol, hostname, port, pathname, search, hash], parts);
});

rows('refused', [
  ['('], ['/no-base'], [{ pathname: '/:a/:a' }], [{ port: 'x' }], [{ hostname: 'a b' }],
  [{ pathname: '/(a(b))' }], [{ pathname: '/{a' }], [{ pathname: '/(?<a>b)' }],
], (input) => {
  assert.throws(() => new URLPattern(input),
                { name: 'TypeError', code: 'ERR_INVALID_URL_PATTERN' });
});

row('case counts unless it is ignored', () => {
  const url = 'https://h/ABC?Q#F';
  const pattern = { pathname: '/abc', search: 'q', hash: 'f' };
  assert.strictEqual(new URLPattern(pattern).test(url), false);
  assert.strictEqual(new URLPattern(pattern, { ignoreCase: true }).test(url), true);
  assert.strictEqual(new URLPattern(pattern).hasRegExpGroups, false);
  assert.strictEqual(new URLPattern({ pathname: '/(a|b)' }).hasRegExpGroups, true);
});
