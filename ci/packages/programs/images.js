// pngjs, whose inflate works with zlib's handle itself, and qrcode on top of it.
// packages: pngjs qrcode
'use strict';

const { PNG } = require('pngjs');
const qrcode = require('qrcode');
const { Readable } = require('node:stream');

async function main() {
  const png = new PNG({ width: 200, height: 150 });
  for (let i = 0; i < png.data.length; i++) png.data[i] = (i * 7 + (i >> 9)) & 255;
  const bytes = PNG.sync.write(png);
  const read = PNG.sync.read(bytes);
  console.log(read.width, read.height, read.depth, read.alpha, read.data.equals(png.data));
  for (const bad of [bytes.subarray(0, 100), Buffer.from('no image'), Buffer.alloc(0)]) {
    try {
      console.log(PNG.sync.read(bad).width);
    } catch (error) {
      console.log(error.message);
    }
  }
  const parsed = await new Promise((resolve, reject) =>
    Readable.from([bytes.subarray(0, 50), bytes.subarray(50)])
      .pipe(new PNG({ filterType: 4 }))
      .on('parsed', function () {
        resolve(this);
      })
      .on('error', reject),
  );
  console.log(parsed.width, parsed.data.equals(png.data));
  let size = 0;
  await new Promise((resolve) =>
    parsed
      .pack()
      .on('data', (part) => (size += part.length))
      .on('end', resolve),
  );
  console.log(size > 1000);
  console.log(await qrcode.toString('https://example.com', { type: 'utf8' }));
  const url = await qrcode.toDataURL('text');
  const code = PNG.sync.read(Buffer.from(url.split(',')[1], 'base64'));
  console.log(url.slice(0, 22), code.width, code.data.filter((byte) => byte === 0).length);
}

main();
