// Uploads to memory and disk, limits, filters; raw busboy; formidable; form-data and FormData as
// clients.
// packages: multer busboy formidable form-data
'use strict';

const multer = require('multer');
const busboy = require('busboy');
const formidable = require('formidable');
const FormData = require('form-data');
const express = require('express');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'multer-'));
const app = express();
const memory = multer({ limits: { fileSize: 100000, files: 2 } });
app.post('/memory', memory.array('files'), (req, res) =>
  res.json({
    body: req.body,
    files: req.files.map(({ originalname, mimetype, size }) => ({ originalname, mimetype, size })),
  }),
);
const disk = multer({
  dest: folder,
  fileFilter: (req, file, done) => done(null, file.mimetype === 'text/plain'),
});
app.post('/disk', disk.single('file'), (req, res) => {
  res.json({ file: req.file && fs.readFileSync(req.file.path, 'utf8') });
});
app.post('/busboy', (req, res) => {
  const seen = [];
  req.pipe(
    busboy({ headers: req.headers })
      .on('file', (name, stream, info) => {
        let size = 0;
        stream
          .on('data', (part) => {
            size += part.length;
          })
          .on('end', () => seen.push([name, info, size]));
      })
      .on('field', (name, value) => seen.push([name, value]))
      .on('close', () => res.json(seen.sort())),
  );
});
app.post('/formidable', async (req, res) => {
  const [fields, files] = await formidable
    .default({ uploadDir: folder, hashAlgorithm: 'sha1' })
    .parse(req);
  res.json({
    fields,
    files: files.file.map(({ originalFilename, size, hash }) => ({ originalFilename, size, hash })),
  });
});
app.use((error, req, res, next) =>
  res.status(400).json({ code: error.code, message: error.message }),
);

const server = app.listen(0, '127.0.0.1', async () => {
  const { port } = server.address();
  const send = (to, form) =>
    new Promise((resolve, reject) => {
      form.submit({ port, host: '127.0.0.1', path: to }, (error, response) => {
        if (error) return reject(error);
        let text = '';
        response
          .on('data', (part) => {
            text += part;
          })
          .on('end', () => {
            console.log(to, response.statusCode, text);
            resolve();
          });
      });
    });
  const form = (...files) => {
    const made = new FormData();
    made.append('name', 'välue');
    for (const [field, data, options] of files) made.append(field, data, options);
    return made;
  };
  const big = path.join(folder, 'big.txt');
  fs.writeFileSync(big, 'b'.repeat(90000));
  await send(
    '/memory',
    form(['files', Buffer.from('one'), 'one.txt'], ['files', fs.createReadStream(big)]),
  );
  await send('/memory', form(['files', Buffer.alloc(200000), 'large.bin']));
  await send('/memory', form(['wrong', Buffer.from('one'), 'one.txt']));
  await send(
    '/disk',
    form(['file', Buffer.from('kept'), { filename: 'k.txt', contentType: 'text/plain' }]),
  );
  await send('/disk', form(['file', Buffer.from('kept'), { filename: 'k.png' }]));
  await send(
    '/busboy',
    form(['file', fs.createReadStream(big), { filename: 'ü.txt' }], ['other', 'text']),
  );
  await send('/formidable', form(['file', fs.createReadStream(big)]));
  const web = new globalThis.FormData();
  web.append('a', '1');
  web.append('files', new File(['web file'], 'w.txt', { type: 'text/plain' }));
  const response = await fetch(`http://127.0.0.1:${port}/memory`, { method: 'POST', body: web });
  console.log(response.status, await response.text());
  const cut = await fetch(`http://127.0.0.1:${port}/memory`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/form-data; boundary=x' },
    body: '--x\r\ncontent-disp',
  });
  console.log(cut.status, await cut.text());
  server.close();
  fs.rmSync(folder, { recursive: true });
});
