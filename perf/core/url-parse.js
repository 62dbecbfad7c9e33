'use strict';
// new URL: what a server or a client asks of it.
const { done, operations, variant } = require('./asked.js');

let sum = 0;
let expected = 0;
if (variant === 'parse') {
  const url = 'https://user@example.org:8080/a/b/../c?page=2&size=10#top';
  for (let i = 0; i < operations; i++) sum += new URL(url).pathname.length;
  expected = '/a/c'.length;
} else if (variant === 'base') {
  for (let i = 0; i < operations; i++) sum += new URL('/a/c?page=2', 'http://localhost').search.length;
  expected = '?page=2'.length;
} else {
  const query = 'page=2&size=10&name=J%C3%BCrgen+K';
  for (let i = 0; i < operations; i++) sum += new URLSearchParams(query).get('name').length;
  expected = 'Jürgen K'.length;
}
done(sum === operations * expected);
