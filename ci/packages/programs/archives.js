// tar, archiver, yauzl, fflate, pako, jszip: files packed by one and read by another.
// packages: tar archiver yauzl fflate pako jszip
'use strict';

const tar = require('tar');
const { ZipArchive, TarArchive } = require('archiver');
const yauzl = require('yauzl');
const fflate = require('fflate');
const pako = require('pako');
const JSZip = require('jszip');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const zlib = require('node:zlib');
const { once } = require('node:events');
const { PassThrough } = require('node:stream');
const { text } = require('node:stream/consumers');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'archives-'));
const at = (name) => path.join(folder, name);
fs.mkdirSync(at('in/deep'), { recursive: true });
fs.writeFileSync(at('in/a.txt'), 'text of a\n'.repeat(1000));
fs.writeFileSync(
  at('in/deep/ü.bin'),
  Buffer.from(Array.from({ length: 70000 }, (_, index) => (index * index) & 255)),
);
fs.symlinkSync('a.txt', at('in/link'));

async function main() {
  await tar.create({ gzip: true, file: at('t.tgz'), cwd: folder, portable: true }, ['in']);
  const names = [];
  await tar.list({
    file: at('t.tgz'),
    onReadEntry: (entry) => names.push(`${entry.type} ${entry.path} ${entry.size}`),
  });
  console.log(names.sort());
  fs.mkdirSync(at('out'));
  await tar.extract({
    file: at('t.tgz'),
    cwd: at('out'),
    strip: 1,
    filter: (name) => !name.endsWith('link'),
  });
  console.log(
    fs.readdirSync(at('out'), { recursive: true }).sort(),
    fs.readFileSync(at('out/deep/ü.bin')).equals(fs.readFileSync(at('in/deep/ü.bin'))),
  );
  await tar
    .list({ file: at('in/a.txt'), strict: true })
    .catch((error) => console.log(error.code, error.message));

  for (const [Kind, name, options] of [
    [ZipArchive, 'x.zip', { zlib: { level: 9 } }],
    [TarArchive, 'x.tar.gz', { gzip: true }],
  ]) {
    const archive = new Kind(options);
    const output = fs.createWriteStream(at(name));
    archive.pipe(output);
    archive.directory(at('in'), 'top');
    archive.append('from a string', { name: 'string.txt' });
    archive.append(fs.createReadStream(at('in/a.txt')), { name: 'stream.txt' });
    await Promise.all([archive.finalize(), once(output, 'close')]);
  }
  console.log(zlib.gunzipSync(fs.readFileSync(at('x.tar.gz'))).length % 512);
  const entries = [];
  await new Promise((resolve, reject) =>
    yauzl.open(at('x.zip'), { lazyEntries: true }, (error, zip) => {
      if (error) return reject(error);
      zip
        .on('entry', (entry) => {
          if (entry.fileName.endsWith('/')) return zip.readEntry();
          zip.openReadStream(entry, async (failure, stream) => {
            let size = 0;
            for await (const part of stream) size += part.length;
            entries.push([entry.fileName, entry.uncompressedSize === size]);
            zip.readEntry();
          });
        })
        .on('end', resolve)
        .on('error', reject)
        .readEntry();
    }),
  );
  console.log(entries.sort());
  await new Promise((resolve) => {
    yauzl.open(at('in/a.txt'), (error) => resolve(console.log(error.message)));
  });
  const unzipped = await JSZip.loadAsync(fs.readFileSync(at('x.zip')));
  console.log(
    Object.keys(unzipped.files).sort(),
    await unzipped.file('string.txt').async('string'),
  );
  const made = new JSZip();
  made.file('j.txt', 'of jszip').folder('sub').file('k.bin', Buffer.alloc(1000));
  const bytes = await made.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  console.log(
    Object.keys(fflate.unzipSync(bytes)),
    (await text(made.generateNodeStream().pipe(new PassThrough()))).startsWith('PK'),
  );

  const data = fs.readFileSync(at('in/a.txt'));
  console.log(
    zlib.gunzipSync(fflate.gzipSync(data)).equals(data),
    zlib.inflateSync(pako.deflate(data)).equals(data),
  );
  console.log(
    Buffer.from(pako.ungzip(zlib.gzipSync(data))).equals(data),
    Buffer.from(fflate.unzlibSync(zlib.deflateSync(data))).equals(data),
  );
  await new Promise((resolve) =>
    fflate.gzip(new Uint8Array(600000).fill(7), (error, packed) => {
      console.log(error, zlib.gunzipSync(packed).length);
      resolve();
    }),
  );
  await new Promise((resolve) =>
    fflate.zip(
      { 'a/b.txt': new Uint8Array(400000), 'c.txt': fflate.strToU8('c') },
      (error, packed) => {
        console.log(error, Object.keys(fflate.unzipSync(packed)));
        resolve();
      },
    ),
  );
  try {
    pako.inflate(new Uint8Array([1, 2, 3]));
  } catch (error) {
    console.log(String(error));
  }
}

main().finally(() => fs.rmSync(folder, { recursive: true }));
