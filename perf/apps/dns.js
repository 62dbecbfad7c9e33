'use strict';
// Resolves names, COUNT times, 64 at a time: with a name server on PORT of 127.0.0.1 by questions
// to it (resolve4), without one by the system's way (lookup of localhost).
const dns = require('dns');

let left = Number(process.env.COUNT);
const resolver = new dns.Resolver();
if (process.env.PORT) resolver.setServers([`127.0.0.1:${process.env.PORT}`]);

function done(error, found) {
  if (error) throw error;
  if (found.length === 0) throw new Error('no address');
  ask();
}

function ask() {
  if (left === 0) return;
  left -= 1;
  if (process.env.PORT) resolver.resolve4(`name${left % 100}.example`, done);
  else dns.lookup('localhost', 4, done);
}

for (let i = 0; i < 64; i += 1) ask();
