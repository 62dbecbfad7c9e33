'use strict';
// AES-256-GCM: `seal` or `open` and the bytes: seal-16384.
const { createCipheriv, createDecipheriv } = require('crypto');
const { done, operations, variant } = require('./asked.js');

const [way, bytes] = variant.split('-');
const key = Buffer.alloc(32, 1);
const iv = Buffer.alloc(12, 2);
const plain = Buffer.alloc(Number(bytes), 3);

function seal() {
  const cipher = createCipheriv('aes-256-gcm', key, iv);
  const text = cipher.update(plain);
  cipher.final();
  return [text, cipher.getAuthTag()];
}

function open([text, tag]) {
  const decipher = createDecipheriv('aes-256-gcm', key, iv);
  decipher.setAuthTag(tag);
  const opened = decipher.update(text);
  decipher.final();
  return opened;
}

const sealed = seal();
let sum = 0;
if (way === 'seal') {
  for (let i = 0; i < operations; i++) sum += seal()[0].length;
} else {
  for (let i = 0; i < operations; i++) sum += open(sealed).length;
}
done(sum === operations * plain.length);
