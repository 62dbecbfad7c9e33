'use strict';

// Writes one file after the other: to a new name, to the disk, over the old name; then says its
// number. Each file is full of its number. Goes on until it is killed.
//
//   acknowledge.js FOLDER

const fs = require('node:fs');
const { open, rename } = require('node:fs/promises');
const path = require('node:path');

const folder = process.argv[2];
const current = path.join(folder, 'current');
const next = path.join(folder, 'next');
const LINES = 4096;

async function main() {
  const before = fs.existsSync(current) ? Number.parseInt(fs.readFileSync(current, 'utf8'), 10) : 0;
  for (let number = before + 1; ; number++) {
    const file = await open(next, 'w');
    await file.writeFile(`${String(number).padStart(11)}\n`.repeat(LINES));
    await file.sync();
    await file.close();
    await rename(next, current);
    fs.writeSync(1, `${number}\n`);
  }
}

main();
