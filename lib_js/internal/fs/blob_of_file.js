'use strict';

// fs.openAsBlob(): a Blob whose bytes are read from a file when they are asked for. The file must
// stay as it was when the Blob was made: else nobody could say what the Blob is.

const { ErrorCaptureStackTrace, PromiseResolve, TypeError } = primordials;

const { createBlob } = require('internal/blob');
const { now } = require('internal/fs/ops');
const { getValidatedPath } = require('internal/fs/utils');
const { kEmptyObject, lazyDOMException } = require('internal/util');
const { validateObject, validateString } = require('internal/validators');

function notReadable() {
  return lazyDOMException('The blob could not be read', 'NotReadableError');
}

/** A range of a file; slices are ranges of the same file. */
class FilePart {
  constructor(file, start, length) {
    this.file = file;
    this.start = start;
    this.length = length;
  }

  slice(start, end) {
    return new FilePart(this.file, this.start + start, end - start);
  }

  async read(start, end) {
    const { open } = require('fs/promises');
    const { path, size, mtimeNs } = this.file;
    let handle;
    try {
      handle = await open(path, 'r');
      const current = await handle.stat({ bigint: true });
      if (current.size !== size || current.mtimeNs !== mtimeNs) throw notReadable();
      const { buffer, bytesRead } =
        await handle.read(new Uint8Array(end - start), 0, end - start, this.start + start);
      if (bytesRead !== end - start) throw notReadable();
      return buffer;
    } catch {
      throw notReadable();
    } finally {
      await handle?.close();
    }
  }
}

function openAsBlob(path, options = kEmptyObject) {
  validateObject(options, 'options');
  const type = options.type || '';
  validateString(type, 'options.type');
  path = getValidatedPath(path);
  now.mayRead(path);
  let stats;
  try {
    stats = require('fs').statSync(path, { bigint: true });
  } catch {
    // Node throws it from native code: the text and the stack do not name the code.
    const error = new TypeError('Unable to open file as blob');
    error.code = 'ERR_INVALID_ARG_VALUE';
    ErrorCaptureStackTrace(error, openAsBlob);
    throw error;
  }
  const { size, mtimeNs } = stats;
  const length = Number(size);
  const part = new FilePart({ path, size, mtimeNs }, 0, length);
  return PromiseResolve(createBlob([part], length, type));
}

module.exports = { openAsBlob };
