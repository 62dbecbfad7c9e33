'use strict';

// process.dlopen(): native addons are not supported, so it can only fail, in the words of dlopen(3)
// where the file is the reason.

const { StringPrototypeIncludes, TypeError } = primordials;

const { genericNodeError } = require('internal/errors');
const { getOptionValue } = require('internal/options');

const ELF = '\x7fELF';
const ELF_HEADER_BYTES = 64;

/** Why dlopen(3) would not take the file; undefined if it would. */
function refusalOf(filename) {
  const missing = 'cannot open shared object file: No such file or directory';
  // Without a slash it is looked for where the libraries of the system are.
  if (!StringPrototypeIncludes(filename, '/')) return missing;
  let bytes;
  try {
    bytes = require('fs').readFileSync(filename);
  } catch (error) {
    return error.code === 'ENOENT' ? missing : error.message;
  }
  if (bytes.length < ELF_HEADER_BYTES) return 'file too short';
  return bytes.latin1Slice(0, ELF.length) === ELF ? undefined : 'invalid ELF header';
}

function dlopen(module, filename) {
  if (arguments.length < 2) {
    const error = new TypeError('process.dlopen needs at least 2 arguments');
    error.code = 'ERR_MISSING_ARGS';
    throw error;
  }
  if (!getOptionValue('--addons') ||
      (getOptionValue('--permission') && !process.permission.has('addon'))) {
    throw genericNodeError('Cannot load native addon because loading addons is disabled.',
                           { code: 'ERR_DLOPEN_DISABLED' });
  }
  const name = `${filename}`;
  const reason = refusalOf(name) ?? 'native addons are not supported';
  throw genericNodeError(`${name}: ${reason}`, { code: 'ERR_DLOPEN_FAILED' });
}

module.exports = { dlopen };
