'use strict';
// Tokens (JWT) as jsonwebtoken makes them of node:crypto: hs256-sign, es256-verify, ...
const crypto = require('crypto');
const { done, operations, variant } = require('./asked.js');

const [algorithm, way] = variant.split('-');
const { privateKey, publicKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const secret = crypto.createSecretKey(Buffer.alloc(32, 1));

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = { sub: '1234567890', name: 'Somebody', admin: true, iat: 1516239022 };

function mac(text) {
  return crypto.createHmac('sha256', secret).update(text).digest('base64url');
}

function sign() {
  const text = `${encoded({ alg: algorithm.toUpperCase(), typ: 'JWT' })}.${encoded(claims)}`;
  const signature = algorithm === 'hs256' ? mac(text) : crypto.createSign('RSA-SHA256').update(text)
    .sign({ key: privateKey, dsaEncoding: 'ieee-p1363' }, 'base64url');
  return `${text}.${signature}`;
}

function verify(token) {
  const end = token.lastIndexOf('.');
  const text = token.slice(0, end);
  const given = token.slice(end + 1);
  const isRight = algorithm === 'hs256' ?
    crypto.timingSafeEqual(Buffer.from(given), Buffer.from(mac(text))) :
    crypto.createVerify('RSA-SHA256').update(text)
      .verify({ key: publicKey, dsaEncoding: 'ieee-p1363' }, given, 'base64url');
  return isRight && JSON.parse(Buffer.from(text.split('.')[1], 'base64url')).sub;
}

const token = sign();
let right = 0;
if (way === 'sign') {
  for (let i = 0; i < operations; i++) right += sign().length === token.length;
} else {
  for (let i = 0; i < operations; i++) right += verify(token) === claims.sub;
}
done(right === operations);
