'use strict';

// Aim: URL, URLSearchParams and file URLs, whose parser is native. Method: rows,
// which Node 24 passes, too.

const assert = require('assert');
const { domainToASCII, fileURLToPath, pathToFileURL } = require('url');
const { row, rows } = require('../fixtures/rows.test.cjs');

/** Input, base, href. */
rows('parse', [
  ['http://a', undefined, 'http://a/'], ['HTTP://EXAMPLE.com:80/a/../b', undefined,
                                         'http://example.com/b'],
  ['../c?d#e', 'https://h:8443/a/b/', 'https://h:8443/a/c?d#e'], ['//x/y', 'https://h', 'https://x/y'],
  ['?q', 'http://h/p?x#y', 'http://h/p?q'], ['#f', 'http://h/p?x', 'http://h/p?x#f'],
  ['http://user:p%40ss@h/', undefined, 'http://user:p%40ss@h/'], ['http://0x7f.1', undefined,
                                                                 'http://127.0.0.1/'],
  ['http://[::0001]', undefined, 'http://[::1]/'], ['http://h/\u00e9?\u20ac', undefined,
                                                    'http://h/%C3%A9?%E2%82%AC'],
  ['http://b\u00fccher.de', undefined, 'http://xn--bcher-kva.de/'],
  ['  http://h/ \t', undefined, 'http://h/'], ['http://h/a\tb\nc', undefined, 'http://h/abc'],
  ['data:text/plain,x y', undefined, 'data:text/plain,x y'],
  ['mailto:a@b', undefined, 'mailto:a@b'],
  ['file:///C:/../x', undefined, 'file:///C:/x'], ['http:\\\\h\\p', undefined, 'http://h/p'],
  ['http://h:65535', undefined, 'http://h:65535/'],
], (input, base, href) => {
  assert.strictEqual(new URL(input, base).href, href);
  assert.strictEqual(URL.canParse(input, base), true);
  assert.strictEqual(URL.parse(input, base).href, href);
});

rows('refused', [
  [''], ['/x'], ['http://'], ['http://h:65536'], ['http://a b/'], ['http://[::1'], ['//h', 'mailto:x'],
  ['http://256.1.1.1'], ['http://%zz'],
], (input, base) => {
  const expect = { code: 'ERR_INVALID_URL', name: 'TypeError', message: 'Invalid URL', input };
  assert.throws(() => new URL(input, base), expect);
  assert.strictEqual(URL.canParse(input, base), false);
  assert.strictEqual(URL.parse(input, base), null);
});

/** Property, value, href that follows from `http://u:p@h:1/a?b#c`. */
rows('setters', [
  ['protocol', 'https', 'https://u:p@h:1/a?b#c'], ['protocol', 'mailto', 'http://u:p@h:1/a?b#c'],
  ['host', 'x:2', 'http://u:p@x:2/a?b#c'], ['hostname', 'y', 'http://u:p@y:1/a?b#c'],
  ['port', '80', 'http://u:p@h/a?b#c'], ['port', '99999', 'http://u:p@h:1/a?b#c'],
  ['pathname', 'x y', 'http://u:p@h:1/x%20y?b#c'], ['search', '', 'http://u:p@h:1/a#c'],
  ['search', 'q=1', 'http://u:p@h:1/a?q=1#c'], ['hash', '', 'http://u:p@h:1/a?b'],
  ['username', '', 'http://:p@h:1/a?b#c'], ['password', '', 'http://u@h:1/a?b#c'],
  ['href', 'ftp://z', 'ftp://z/'],
], (name, value, href) => {
  const url = new URL('http://u:p@h:1/a?b#c');
  url[name] = value;
  assert.strictEqual(url.href, href);
});

row('parts, origin and JSON', () => {
  const url = new URL('http://u:p@h:1/a/b?c=d#e');
  const { protocol, host, hostname, port, pathname, search, hash, origin } = url;
  const { username, password } = url;
  assert.deepStrictEqual(
    [protocol, host, hostname, port, pathname, search, hash, origin, username, password],
    ['http:', 'h:1', 'h', '1', '/a/b', '?c=d', '#e', 'http://h:1', 'u', 'p']);
  assert.strictEqual(JSON.stringify({ url }), `{"url":"${url.href}"}`);
  assert.strictEqual(new URL('data:x').origin, 'null');
});

/** Input and what it becomes again. */
rows('URLSearchParams', [
  ['?a=1&b=2&a=3', 'a=1&b=2&a=3'], ['a=b+c%20d', 'a=b+c+d'], ['a', 'a='], ['&&a=&=b', 'a=&=b'],
  ['%zz=%', '%25zz=%25'], ['\u00e9=\u20ac', '%C3%A9=%E2%82%AC'],
  [{ x: 1, y: [2, 3] }, 'x=1&y=2%2C3'],
  [[['p', 'q'], ['p', 'r']], 'p=q&p=r'], [new Map([['m', 'n']]), 'm=n'],
  ['a=~*-._!\'()', 'a=%7E*-._%21%27%28%29'],
], (input, expect) => assert.strictEqual(`${new URLSearchParams(input)}`, expect));

row('URLSearchParams and its URL', () => {
  const url = new URL('http://h/?b=2&a=1');
  url.searchParams.sort();
  url.searchParams.append('c', '3 4');
  url.searchParams.delete('b', '9');
  assert.strictEqual(url.href, 'http://h/?a=1&b=2&c=3+4');
  url.search = '?z=0';
  assert.deepStrictEqual([...url.searchParams], [['z', '0']]);
  assert.strictEqual(url.searchParams.size, 1);
  assert.strictEqual(url.searchParams.get('none'), null);
  assert.strictEqual(url.searchParams.has('z', '1'), false);
});

row('paths of files', () => {
  assert.strictEqual(pathToFileURL('/a b/%#?\u00e9').href, 'file:///a%20b/%25%23%3F%C3%A9');
  assert.strictEqual(fileURLToPath('file:///a%20b/%25'), '/a b/%');
  assert.throws(() => fileURLToPath('file:///a%2fb'), { code: 'ERR_INVALID_FILE_URL_PATH' });
  assert.throws(() => fileURLToPath('file://host/a'), { code: 'ERR_INVALID_FILE_URL_HOST' });
  assert.throws(() => fileURLToPath('http://a'), { code: 'ERR_INVALID_URL_SCHEME' });
  assert.strictEqual(domainToASCII('b\u00fccher.de'), 'xn--bcher-kva.de');
});
