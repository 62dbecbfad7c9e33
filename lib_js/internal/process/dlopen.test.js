'use strict';

// What process.dlopen() refuses, and why. Addons that load: ci/tests/addons.rs, `cargo ci addons`.

const assert = require('assert');
const fs = require('fs');
const os = require('os');
const path = require('path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-dlopen-'));

function refused(name, code, text, ...flags) {
  const module = { exports: {} };
  assert.throws(() => process.dlopen(module, name, ...flags), (error) => {
    assert.strictEqual(error.code, code);
    assert.match(error.message, text);
    return true;
  });
  assert.deepStrictEqual(module.exports, {});
}

try {
  const write = (name, bytes) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, bytes);
    return file;
  };
  const missing = path.join(folder, 'missing.node');
  refused(missing, 'ERR_DLOPEN_FAILED', /missing\.node: cannot open shared object file: No such/);
  refused('no-%s-slash.node', 'ERR_DLOPEN_FAILED', /^no-%s-slash\.node: cannot open shared/);
  refused(write('short.node', 'x'), 'ERR_DLOPEN_FAILED', /short\.node: file too short$/);
  const text = write('text.node', 'no library at all\n'.repeat(100));
  refused(text, 'ERR_DLOPEN_FAILED', /text\.node: invalid ELF header$/);
  refused('libm.so.6', 'ERR_DLOPEN_FAILED', /^Module did not self-register: 'libm\.so\.6'\.$/);
  refused('libm.so.6', 'ERR_DLOPEN_FAILED', /did not self-register/, os.constants.dlopen.RTLD_NOW);
  refused('with\0zero', 'ERR_DLOPEN_FAILED', /zero/);

  assert.throws(() => process.dlopen({ exports: {} }), { code: 'ERR_MISSING_ARGS' });
  for (const exports of [undefined, null]) {
    assert.throws(() => process.dlopen({ exports }, missing), TypeError);
  }
  assert.throws(() => require(text), { code: 'ERR_DLOPEN_FAILED' });
} finally {
  fs.rmSync(folder, { recursive: true });
}
