// Native addons.
// packages: bcrypt argon2 @node-rs/crc32 sharp lightningcss bufferutil
import argon2 from 'argon2';
import bcrypt from 'bcrypt';
import bufferutil from 'bufferutil';
import { transform } from 'lightningcss';
import { crc32, crc32c } from '@node-rs/crc32';
import sharp from 'sharp';
import { Worker, isMainThread } from 'node:worker_threads';

const hash = bcrypt.hashSync('secret', 4);
console.log('bcrypt', hash.length);
console.log('bcrypt', bcrypt.compareSync('secret', hash), bcrypt.compareSync('no', hash));
const hashes = await Promise.all(['a', 'b', 'c', 'd'].map((word) => bcrypt.hash(word, 4)));
const same = await Promise.all(hashes.map((each, index) => bcrypt.compare('abcd'[index], each)));
console.log('bcrypt', same);
console.log('bcrypt', await bcrypt.hash('x', '$2b$bad').catch((error) => error.message));

const options = { memoryCost: 1024, timeCost: 2, parallelism: 1, salt: Buffer.alloc(16, 7) };
const tag = await argon2.hash('secret', options);
console.log('argon2', tag, await argon2.verify(tag, 'secret'), await argon2.verify(tag, 'no'));

console.log('crc32', crc32('hello'), crc32c(Buffer.from('hello')), crc32(Buffer.from('lo'), 4));

const red = { create: { width: 40, height: 30, channels: 3, background: { r: 255, g: 0, b: 0 } } };
const png = await sharp(red).png().toBuffer();
const { width, height, format, channels } = await sharp(png).metadata();
console.log('sharp', width, height, format, channels);
const small = await sharp(png).resize(10).raw().toBuffer({ resolveWithObject: true });
console.log('sharp', small.info.width, small.info.height, small.data.length);
console.log('sharp', [...small.data.slice(0, 3)]);
const nonsense = sharp(Buffer.from('nonsense'));
console.log('sharp', await nonsense.metadata().catch((error) => error.message));

const css = Buffer.from('.a { color: #ff0000; .b & { margin: 0px } }');
const targets = { chrome: 80 << 16 };
const minified = transform({ filename: 'a.css', code: css, minify: true, targets });
console.log('lightningcss', minified.code.toString());
const visitor = { Length: ({ value }) => ({ unit: 'em', value: value * 2 }) };
const doubled = transform({ filename: 'a.css', code: Buffer.from('.x{width:1px}'), visitor });
console.log('lightningcss', doubled.code.toString());

const masked = Buffer.alloc(5);
bufferutil.mask(Buffer.from('hello'), Buffer.from([1, 2, 3, 4]), masked, 0, 5);
console.log('bufferutil', masked.toString('hex'));

// The same addon once more, in another thread.
if (isMainThread) {
  const text = "const b = require('bcrypt'); console.log('worker', b.hashSync('x', 4).length)";
  const worker = new Worker(text, { eval: true });
  await new Promise((resolve) => worker.on('exit', resolve));
}
