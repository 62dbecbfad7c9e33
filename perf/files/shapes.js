'use strict';

// What programs do with files. The folder is made by the scenario: `small/` with 256 files of 4 KiB
// and `few/` with 32, `large` of 1 MiB, `wide` of 64 MiB and `huge` of 1 GiB; each byte is 7.
//
// prepare(folder) gives the state; operation(state, index) is one operation, and its bytes are
// looked at, so that nobody answers without reading; check(state) looks once more at the end.
// A shape done `once` gives back how many operations it was.

const fs = require('node:fs');
const { open, readFile, writeFile, stat, readdir, rm } = require('node:fs/promises');
const path = require('node:path');
const { pipeline } = require('node:stream/promises');

const SMALL = 4096;
const LARGE = 1 << 20;
const WIDE = 64 << 20;
const HUGE = 2 ** 30;
const FILES = 256;
const DOOMED = 10_000;
const BYTE = 7;

function expect(ok, what) {
  if (!ok) throw new Error(`wrong result: ${what}`);
}

const nothing = async () => {};

const small = (folder, index) => path.join(folder, 'small', `file-${index % FILES}`);

function reading(concurrency) {
  return {
    concurrency,
    prepare: async (folder) => Array.from({ length: FILES }, (_, index) => small(folder, index)),
    async operation(names, index) {
      const bytes = await readFile(names[index % FILES]);
      expect(bytes.length === SMALL && bytes[index % SMALL] === BYTE, 'a small file');
    },
    check: nothing,
  };
}

module.exports = {
  'read-4k-1': reading(1),
  'read-4k-16': reading(16),
  'read-4k-128': reading(128),

  'read-4k-callback-16': {
    ...reading(16),
    operation: (names, index) => new Promise((resolve, reject) => {
      fs.readFile(names[index % FILES], (error, bytes) => {
        if (error) reject(error);
        else resolve(expect(bytes.length === SMALL, 'a small file'));
      });
    }),
  },

  'read-text-16': {
    ...reading(16),
    async operation(names, index) {
      expect((await readFile(names[index % FILES], 'utf8')).length === SMALL, 'a small text');
    },
  },

  'read-1m-4': {
    concurrency: 4,
    prepare: async (folder) => path.join(folder, 'large'),
    async operation(name, index) {
      const bytes = await readFile(name);
      expect(bytes.length === LARGE && bytes[index % LARGE] === BYTE, 'a large file');
    },
    check: nothing,
  },

  'random-4k-128': {
    concurrency: 128,
    async prepare(folder) {
      const file = await open(path.join(folder, 'wide'));
      return { file, pages: Array.from({ length: 128 }, () => Buffer.alloc(SMALL)), seed: 1 };
    },
    async operation(state, index) {
      state.seed = (state.seed * 1103515245 + 12345) % 2147483648;
      const at = state.seed % (WIDE / SMALL) * SMALL;
      const page = state.pages[index % state.pages.length];
      const { bytesRead } = await state.file.read(page, 0, SMALL, at);
      expect(bytesRead === SMALL && page[0] === BYTE, 'a page');
    },
    check: ({ file }) => file.close(),
  },

  'write-4k-16': {
    concurrency: 16,
    async prepare(folder) {
      const home = await fs.promises.mkdtemp(path.join(folder, 'written-'));
      const names = Array.from({ length: FILES }, (_, index) => path.join(home, `file-${index}`));
      return { home, names, bytes: Buffer.alloc(SMALL, BYTE) };
    },
    operation: ({ names, bytes }, index) => writeFile(names[index % FILES], bytes),
    async check({ home, names, bytes }) {
      expect((await readFile(names[0])).equals(bytes), 'what was written');
      fs.rmSync(home, { recursive: true });
    },
  },

  'stat-256': {
    concurrency: FILES,
    prepare: async (folder) => Array.from({ length: FILES }, (_, index) => small(folder, index)),
    async operation(names, index) {
      const facts = await stat(names[index % FILES]);
      expect(facts.size === SMALL && facts.isFile(), 'the facts of a file');
    },
    check: nothing,
  },

  'readdir-1': {
    concurrency: 1,
    prepare: async (folder) => path.join(folder, 'small'),
    async operation(name) {
      expect((await readdir(name)).length === FILES, 'the names');
    },
    check: nothing,
  },

  'readdir-32': {
    concurrency: 1,
    prepare: async (folder) => path.join(folder, 'few'),
    async operation(name) {
      expect((await readdir(name)).length === 32, 'the names');
    },
    check: nothing,
  },

  'readdir-types-1': {
    concurrency: 1,
    prepare: async (folder) => path.join(folder, 'small'),
    async operation(name) {
      const entries = await readdir(name, { withFileTypes: true });
      expect(entries.length === FILES && entries[0].isFile(), 'the entries');
    },
    check: nothing,
  },

  'copy-1g': {
    once: true,
    prepare: async (folder) => ({
      from: path.join(folder, 'huge'), to: path.join(folder, `copy-${process.pid}`),
    }),
    async operation({ from, to }) {
      await pipeline(fs.createReadStream(from), fs.createWriteStream(to));
      return HUGE / 65536;
    },
    async check({ to }) {
      expect((await stat(to)).size === HUGE, 'the size of the copy');
      fs.unlinkSync(to);
    },
  },

  'rm-10k': {
    once: true,
    async prepare(folder) {
      const home = fs.mkdtempSync(path.join(folder, 'doomed-'));
      for (let index = 0; index < DOOMED; index++) {
        if (index % 100 === 0) fs.mkdirSync(path.join(home, `d${index / 100}`));
        fs.writeFileSync(path.join(home, `d${Math.floor(index / 100)}`, `f${index}`), '');
      }
      return home;
    },
    async operation(home) {
      await rm(home, { recursive: true });
      return DOOMED;
    },
    check: async (home) => expect(!fs.existsSync(home), 'that nothing is left'),
  },
};
