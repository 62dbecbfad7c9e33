'use strict';

// Aim: what AWS-LC does otherwise than OpenSSL and programs shall not notice. Method: rows, which
// Node 24 passes too.

const assert = require('assert');
const crypto = require('crypto');
const { row } = require('../../fixtures/rows.test.cjs');

const key = Buffer.alloc(16, 1);

row('keys are wrapped with any vector', () => {
  for (const count of [1, 7, 8, 9, 20]) {
    const plain = Buffer.alloc(count, 5);
    const iv = Buffer.from('3fd838af', 'hex');
    const wrapped = crypto.createCipheriv('id-aes128-wrap-pad', key, iv).update(plain);
    const unwrap = (vector) =>
      crypto.createDecipheriv('id-aes128-wrap-pad', key, vector).update(wrapped);
    assert.deepStrictEqual(unwrap(iv), plain);
    assert.throws(() => unwrap(Buffer.alloc(4)));
  }
});

row('a CCM message comes in one piece', () => {
  const cipher = crypto.createCipheriv('aes-128-ccm', key, Buffer.alloc(12), { authTagLength: 8 });
  cipher.update('abc');
  assert.throws(() => cipher.update('def'), /unsupported state/);
  assert.throws(() => cipher.final(), /unable to authenticate/);
});

row('bytes that were changed are refused at the end', () => {
  const rows = [['aes-128-gcm', 16], ['aes-128-ccm', 16], ['chacha20-poly1305', 32]];
  for (const [name, keyBytes] of rows) {
    const secret = Buffer.alloc(keyBytes, 2);
    const options = { authTagLength: 16 };
    const cipher = crypto.createCipheriv(name, secret, Buffer.alloc(12), options);
    const bytes = Buffer.concat([cipher.update('some bytes'), cipher.final()]);
    const open = (given) => {
      const decipher = crypto.createDecipheriv(name, secret, Buffer.alloc(12), options);
      decipher.setAuthTag(cipher.getAuthTag());
      return Buffer.concat([decipher.update(given), decipher.final()]).toString();
    };
    assert.strictEqual(open(bytes), 'some bytes', name);
    bytes[0] ^= 1;
    assert.throws(() => open(bytes), /unable to authenticate/, name);
  }
});
