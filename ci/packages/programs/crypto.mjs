// jsonwebtoken, bcryptjs, node-forge, uuid, nanoid: signatures, hashes, identifiers.
// packages: jsonwebtoken bcryptjs node-forge uuid nanoid
import jwt from 'jsonwebtoken';
import bcrypt from 'bcryptjs';
import forge from 'node-forge';
import * as uuid from 'uuid';
import { nanoid, customAlphabet } from 'nanoid';

const now = 1700000000;
const token = jwt.sign({ sub: 'me', iat: now }, 'secret', { algorithm: 'HS256' });
console.log(token, jwt.verify(token, 'secret', { clockTimestamp: now }));
for (const [given, secret, options] of [
  [token, 'other'],
  [`${token}x`, 'secret'],
  ['no token', 'secret'],
  [jwt.sign({ exp: now }, 'secret'), 'secret'],
  [token, 'secret', { audience: 'you' }],
  [token, 'secret', { algorithms: ['HS512'] }],
]) {
  try {
    jwt.verify(given, secret, options);
  } catch (error) {
    console.log(error.name, error.message, error.expiredAt);
  }
}
console.log(
  jwt.decode(token, { complete: true }).header,
  jwt.sign({ iat: 1 }, Buffer.from('k'.repeat(64)), { algorithm: 'HS512' }),
);
console.log(jwt.sign({ iat: 1 }, '', { algorithm: 'none' }));
const hash = await bcrypt.hash('password', '$2b$04$abcdefghijklmnopqrstuu');
console.log(
  hash,
  await bcrypt.compare('password', hash),
  bcrypt.compareSync('wrong', hash),
  (await bcrypt.genSalt(4)).length,
);
console.log(forge.md.sha256.create().update('text').digest().toHex(), forge.util.encode64('text'));
const cipher = forge.cipher.createCipher('AES-CBC', '0123456789abcdef');
cipher.start({ iv: 'fedcba9876543210' });
cipher.update(forge.util.createBuffer('some plain text'));
console.log(cipher.finish(), cipher.output.toHex(), forge.random.getBytesSync(16).length);
console.log(forge.util.bytesToHex(forge.pkcs5.pbkdf2('password', 'salt', 1000, 16)));
console.log(
  uuid.v5('name', uuid.v5.URL),
  uuid.v3('name', uuid.v3.DNS),
  uuid.validate(uuid.v4()),
  uuid.version(uuid.v7()),
  uuid.version(uuid.v1()),
);
console.log(
  nanoid().length,
  /^[abc]{8}$/.test(customAlphabet('abc', 8)()),
  new Set(Array.from({ length: 1000 }, () => nanoid())).size,
);
