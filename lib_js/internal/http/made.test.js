'use strict';

// Aim: IncomingMessages that programs make, and what packages look for on those that come.

const assert = require('assert');
const http = require('http');
const { PassThrough } = require('stream');
const { test } = require('node:test');
const { listen } = require('../../fixtures/listen.test.cjs');

test('a request that a program makes is read by its own _read', async () => {
  class Made extends http.IncomingMessage {
    constructor(body) {
      super(new PassThrough());
      // As serverless-http does.
      Object.assign(this, { complete: true, method: 'POST', headers: {} });
      this._read = () => {
        this.push(body);
        this.push(null);
      };
    }
  }
  const made = new Made('body');
  assert.deepStrictEqual(made.rawHeaders, []);
  assert.strictEqual(made.readableEnded, false);
  assert.strictEqual((await made.toArray()).join(''), 'body');
});

test('a response that is complete ends though its headers were read before', async (t) => {
  const server = http.createServer((req, res) => {
    assert.ok(req.rawHeaders.length > 0);
    setImmediate(async () => {
      for await (const chunk of req) assert.fail(`${chunk}`);
      res.end('over');
    });
  });
  const port = await listen(t, server);
  const res = await new Promise((resolve) => http.get({ port, host: '127.0.0.1' }, resolve));
  assert.ok(res.rawHeaders.length > 0);
  assert.strictEqual((await res.toArray()).join(''), 'over');
});

test('a response has its socket as its own property', async (t) => {
  const server = http.createServer((req, res) => res.end());
  const port = await listen(t, server);
  const res = await new Promise((resolve) => http.get({ port, host: '127.0.0.1' }, resolve));
  // The package `request` wants it before it believes in TLS.
  assert.ok(Object.hasOwn(res, 'socket'));
  assert.strictEqual(res.socket, res.req.socket);
  assert.strictEqual(res.connection, res.socket);
  const other = new PassThrough();
  res.socket = other;
  assert.strictEqual(res.connection, other);
  res.resume();
});

test('stacks name the classes of messages', async (t) => {
  const stacks = [];
  const note = () => stacks.push(new Error('here').stack);
  const server = http.createServer((req, res) => {
    req.on('mine', note).emit('mine');
    res.on('mine', note).emit('mine');
    res.end();
  });
  const port = await listen(t, server);
  const res = await new Promise((resolve) => http.get({ port, host: '127.0.0.1' }, resolve));
  res.resume();
  assert.match(stacks[0], /at IncomingMessage\.emit /);
  assert.match(stacks[1], /at ServerResponse\.emit /);
});
