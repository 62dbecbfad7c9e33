'use strict';
// module.enableCompileCache(): V8's code of compiled modules on disk, for the next process. A file
// has five numbers (magic, bytes of source, bytes of code, checksums of both) and the code.

const {
  NumberPrototypeToString,
  SafeMap,
  StringPrototypeIncludes,
  StringPrototypeStartsWith,
  StringPrototypePadStart,
} = primordials;

const { Buffer } = require('buffer');
const { setCompileCache, getCompileCache } = require('internal/modules/helpers');
const { fileURLToPath } = require('internal/url');
const { validateString } = require('internal/validators');
const fs = require('fs');
const path = require('path');

const { checksum } = internalBinding('modules');

const FAILED = 0;
const ENABLED = 1;
const ALREADY_ENABLED = 2;
const DISABLED = 3;

const MAGIC = 0x8ADFDBB2;
const HEADER_BYTES = 20;

let isDebugging;

/** NODE_DEBUG_NATIVE=COMPILE_CACHE */
function debug(text) {
  isDebugging ??= StringPrototypeIncludes(
    process.env.NODE_DEBUG_NATIVE ?? '', 'COMPILE_CACHE');
  if (isDebugging) internalBinding('process_ops').writeSync(2, text);
}

function hex(number) {
  return StringPrototypePadStart(NumberPrototypeToString(number, 16), 8, '0');
}

/** Code of another V8, another user or another machine is never looked at. */
function folderName() {
  const { cachedDataVersionTag } = internalBinding('v8');
  return `${process.version}-${process.arch}-${hex(cachedDataVersionTag())}-${process.getuid()}`;
}

class CompileCache {
  #entries = new SafeMap();
  #isPortable;

  constructor(directory, isPortable) {
    this.directory = directory;
    this.#isPortable = isPortable;
  }

  /** What the name of an entry's file is made of. */
  #keyOf(kind, name) {
    if (!this.#isPortable) return `${kind}\0${name}`;
    const isURL = kind === 'ESM' && StringPrototypeStartsWith(name, 'file:');
    const filename = isURL ? fileURLToPath(name) : name;
    if (!path.isAbsolute(filename)) return `${kind}\0${name}`;
    return `${kind}\0${path.relative(this.directory, filename)}`;
  }

  /**
   * The entry for a source that is about to be compiled; `data` is what the disk has for it.
   * @param {string} kind 'CommonJS', 'ESM', or what was transpiled
   */
  find(kind, name, source) {
    const key = this.#keyOf(kind, name);
    const sum = checksum(source);
    const known = this.#entries.get(key);
    if (known !== undefined && known.sum === sum) return known;
    const entry = {
      __proto__: null,
      kind,
      name,
      sum,
      length: source.length,
      file: path.join(this.directory, hex(checksum(key))),
      data: undefined,
      isChanged: false,
    };
    this.#entries.set(key, entry);
    this.#read(entry);
    return entry;
  }

  #read(entry) {
    let text = `[compile cache] reading cache from ${entry.file} ` +
      `for ${entry.kind} ${entry.name}...`;
    let bytes;
    try {
      bytes = fs.readFileSync(entry.file);
    } catch (error) {
      debug(`${text} ${error.code === 'ENOENT' ? 'no such file or directory' : error.code}\n`);
      return;
    }
    const fault = this.#faultOf(entry, bytes);
    text += bytes.length < HEADER_BYTES ? '' : `${headerText(bytes)}...`;
    if (fault !== undefined) {
      debug(`${text} ${fault}\n`);
      return;
    }
    entry.data = bytes.subarray(HEADER_BYTES);
    debug(`${text} success, size=${entry.data.length}\n`);
  }

  /** Why the bytes are no cache for this source; undefined if they are. */
  #faultOf(entry, bytes) {
    if (bytes.length < HEADER_BYTES) return 'truncated';
    const compare = (what, expected, actual) => (expected === actual ? undefined :
      `${what} mismatch: expected ${expected}, actual ${actual}`);
    const data = bytes.subarray(HEADER_BYTES);
    return compare('magic number', MAGIC, bytes.readUInt32LE(0)) ??
      compare('code hash', entry.sum, bytes.readUInt32LE(12)) ??
      compare('code size', entry.length, bytes.readUInt32LE(4)) ??
      compare('cache size', bytes.readUInt32LE(8), data.length) ??
      compare('cache hash', bytes.readUInt32LE(16), checksum(data));
  }

  /** Compiled: was the data of use? If not, `make` gives new data. */
  settle(entry, isRejected, make) {
    const what = `[compile cache] V8 code cache for ${entry.kind} ${entry.name}`;
    if (entry.data !== undefined && !isRejected) {
      debug(`${what} was accepted, keeping the in-memory entry\n`);
      return;
    }
    debug(`${what} was ${entry.data === undefined ? 'not initialized' : 'rejected'}, ` +
      'initializing the in-memory entry\n');
    entry.data = make();
    entry.isChanged = true;
  }

  /** The JavaScript of a source in another language. */
  transpiled(kind, name, source, make) {
    const entry = this.find(kind, name, source);
    if (entry.data !== undefined) {
      debug(`[compile cache] retrieving transpile cache for ${kind} ${name}...success\n`);
      return entry.data.toString();
    }
    debug(`[compile cache] no transpile cache for ${kind} ${name}\n`);
    const text = make();
    debug(`[compile cache] saving transpilation cache for ${kind} ${name}\n`);
    entry.data = Buffer.from(text);
    entry.isChanged = true;
    return text;
  }

  persist() {
    for (const { 1: entry } of this.#entries) {
      const what = `[compile cache] skip persisting ${entry.kind} ${entry.name} because `;
      if (entry.data === undefined) debug(`${what}the cache was not initialized\n`);
      else if (!entry.isChanged) debug(`${what}cache was the same\n`);
      else this.#write(entry);
    }
    debug('[compile cache] Clear deserialized cache.\n');
  }

  flush() {
    debug('[compile cache] module.flushCompileCache() requested.\n');
    this.persist();
    debug('[compile cache] module.flushCompileCache() finished.\n');
  }

  /** Under another name first: readers find a whole file or none. */
  #write(entry) {
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt32LE(MAGIC, 0);
    header.writeUInt32LE(entry.length, 4);
    header.writeUInt32LE(entry.data.length, 8);
    header.writeUInt32LE(entry.sum, 12);
    header.writeUInt32LE(checksum(entry.data), 16);
    const { threadId } = require('internal/worker/self');
    const temporary = `${entry.file}.${process.pid}.${threadId}`;
    let text = `[compile cache] writing cache for ${entry.kind} ${entry.name} to temporary file ` +
      `${temporary} ${headerText(header)}...`;
    try {
      fs.writeFileSync(temporary, Buffer.concat([header, entry.data]));
      debug(`${text}success\n`);
      text = `[compile cache] Renaming ${temporary} to ${entry.file}...`;
      fs.renameSync(temporary, entry.file);
      debug(`${text}success\n`);
      entry.isChanged = false;
    } catch (error) {
      debug(`${text}failed: ${error.message}\n`);
    }
  }
}

function headerText(bytes) {
  return `[${bytes.readUInt32LE(0)} ${bytes.readUInt32LE(4)} ${bytes.readUInt32LE(8)} ` +
    `${bytes.readUInt32LE(12)} ${bytes.readUInt32LE(16)}]`;
}

function failed(message) {
  debug(`[compile cache] ${message}\n`);
  return { status: FAILED, message };
}

/** @returns {{ status: number, message?: string, directory?: string }} */
function enable(given, isPortable) {
  const current = getCompileCache();
  if (current !== undefined) return { status: ALREADY_ENABLED, directory: current.directory };
  if (process.env.NODE_DISABLE_COMPILE_CACHE) {
    const message = 'Disabled by NODE_DISABLE_COMPILE_CACHE';
    debug(`[compile cache] ${message}\n`);
    return { status: DISABLED, message };
  }
  const base = path.resolve(given);
  const folder = folderName();
  const directory = path.join(base, folder);
  debug(`[compile cache] resolved path ${base} + ${folder} -> ${directory}\n`);
  const { permission } = process;
  for (const right of ['write', 'read']) {
    if (permission === undefined || permission.has(`fs.${right}`, directory)) continue;
    return failed(
      `Skipping compile cache because ${right} permission for ${directory} is not granted`);
  }
  const text = `[compile cache] creating cache directory ${directory}...`;
  try {
    fs.mkdirSync(directory, { __proto__: null, recursive: true });
  } catch (error) {
    debug(`${text}${error.message}\n`);
    return failed(`Cannot create cache directory: ${error.message}`);
  }
  debug(`${text}success\n`);
  setCompileCache(new CompileCache(directory, isPortable));
  return { status: ENABLED, directory: base };
}

function enableCompileCache(options) {
  let directory = options;
  let portable;
  if (typeof options === 'object' && options !== null) ({ directory, portable } = options);
  directory ??= directory === null ? null : process.env.NODE_COMPILE_CACHE ||
    path.join(require('os').tmpdir(), 'node-compile-cache');
  portable ??= process.env.NODE_COMPILE_CACHE_PORTABLE === '1';
  validateString(directory, 'cacheDir');
  return enable(directory, portable);
}

module.exports = { enableCompileCache };
