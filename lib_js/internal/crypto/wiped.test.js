'use strict';

// Aim: keys, passphrases and what was enciphered are gone from a process's memory when the program
// has let go of them. Method: a child reads a secret that this process has drawn, uses it and
// forgets it; this process looks for it in the child's memory, while it must be there and when not.

const assert = require('assert');
const { spawn } = require('child_process');
const crypto = require('crypto');
const { once } = require('events');
const fs = require('fs');
const os = require('os');
const path = require('path');
const { row } = require('../../fixtures/rows.test.cjs');

const SECRET_BYTES = 48;
const CHUNK_BYTES = 2 ** 22;

/** How often these, of one length, are in what the process may write to. */
function occurrences(pid, needles) {
  const memory = fs.openSync(`/proc/${pid}/mem`, 'r');
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let count = 0;
  for (const line of fs.readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
    const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
    if (from === undefined) continue;
    const end = Number(`0x${to}`);
    for (let at = Number(`0x${from}`); at < end; at += CHUNK_BYTES - needles[0].length) {
      let bytes = 0;
      try {
        bytes = fs.readSync(memory, chunk, 0, Math.min(CHUNK_BYTES, end - at), at);
      } catch (error) {
        // Pages that a driver keeps to itself.
        assert.match(error.code, /^(EIO|EFAULT)$/);
      }
      const seen = chunk.subarray(0, bytes);
      for (const needle of needles) {
        for (let found = seen.indexOf(needle); found !== -1;
          found = seen.indexOf(needle, found + 1)) count++;
      }
    }
  }
  fs.closeSync(memory);
  return count;
}

/** Runs in the child: `use` gives what must be kept while the secret has to be there. */
const CHILD = `
  const crypto = require('crypto');
  const fs = require('fs');
  function read(file) {
    const bytes = Buffer.allocUnsafeSlow(fs.statSync(file).size);
    const descriptor = fs.openSync(file);
    fs.readSync(descriptor, bytes);
    fs.closeSync(descriptor);
    return bytes;
  }
  let kept;
  (function() {
    const secret = read(process.argv[1]);
    kept = USE(crypto, secret);
    secret.fill(0);
  })();
  console.log('kept');
  process.stdin.once('data', async () => {
    kept = undefined;
    for (let i = 0; i < 10; i++) {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log('forgotten');
    setInterval(() => {}, 1000);
  });`;

/** [while it was kept, when it was forgotten] */
async function counts(file, needles, use) {
  const code = CHILD.replace('USE', `(${use})`);
  const child = spawn(process.execPath, ['--expose-gc', '-e', code, file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const found = [];
    for (const expect of ['kept\n', 'forgotten\n']) {
      assert.strictEqual(String((await once(child.stdout, 'data'))[0]), expect);
      found.push(occurrences(child.pid, needles));
      child.stdin.write('x');
    }
    return found;
  } finally {
    child.kill('SIGKILL');
  }
}

const uses = {
  'a secret key': (crypto, secret) => crypto.createSecretKey(secret),
  'a secret key that was used': (crypto, secret) => {
    const key = crypto.createSecretKey(secret);
    crypto.createHmac('sha256', key).update('x').digest();
    crypto.hkdfSync('sha256', key, '', '', 20);
    return [key, crypto.createSecretKey(secret)];
  },
  'the key of a cipher': (crypto, secret) => {
    const key = secret.subarray(0, 32);
    const cipher = crypto.createCipheriv('aes-256-gcm', key, Buffer.alloc(12));
    cipher.update('x');
    return [cipher, crypto.createSecretKey(secret)];
  },
  'what is enciphered': (crypto, secret) => {
    for (const name of ['aes-256-gcm', 'aes-256-cbc']) {
      const iv = Buffer.alloc(name.endsWith('gcm') ? 12 : 16);
      const cipher = crypto.createCipheriv(name, Buffer.alloc(32), iv);
      const hidden = Buffer.concat([cipher.update(secret), cipher.final()]);
      const decipher = crypto.createDecipheriv(name, Buffer.alloc(32), iv);
      decipher.update(hidden).fill(0);
    }
    return crypto.createSecretKey(secret);
  },
  'a passphrase': (crypto, secret) => {
    const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = privateKey.export({
      format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: secret });
    crypto.createPrivateKey({ key, passphrase: secret });
    return crypto.createSecretKey(secret);
  },
  'a password': (crypto, secret) => {
    crypto.pbkdf2Sync(secret, 'salt', 2, 32, 'sha512');
    crypto.scryptSync(secret, 'salt', 32, { N: 16 });
    return crypto.createSecretKey(secret);
  },
};

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wiped-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

for (const [name, use] of Object.entries(uses)) {
  row(`${name} is wiped`, async () => {
    const secret = crypto.randomBytes(SECRET_BYTES);
    const file = path.join(folder, `${name}.bin`);
    fs.writeFileSync(file, secret);
    const needles = [secret.subarray(0, 16), secret.subarray(16, 32), secret.subarray(32)];
    const [kept, forgotten] = await counts(file, needles, use);
    assert.ok(kept >= needles.length, 'looked for in the wrong place');
    assert.strictEqual(forgotten, 0);
  }, 20_000);
}

row('a private key is wiped', async () => {
  const { privateKey } = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { d } = privateKey.export({ format: 'jwk' });
  const bytes = Buffer.from(d, 'base64url');
  const file = path.join(folder, 'key.der');
  fs.writeFileSync(file, privateKey.export({ format: 'der', type: 'pkcs8' }));
  const use = (crypto, secret) => {
    const key = crypto.createPrivateKey({ key: secret, format: 'der', type: 'pkcs8' });
    crypto.sign('sha256', Buffer.alloc(10), key);
    return key;
  };
  // As it is written, and as libcrypto's numbers have it.
  const needles = [bytes.subarray(64, 128), Buffer.from(bytes).reverse().subarray(64, 128)];
  const [kept, forgotten] = await counts(file, needles, use);
  assert.ok(kept >= 2, 'looked for in the wrong place');
  assert.strictEqual(forgotten, 0);
}, 20_000);
