'use strict';

const assert = require('node:assert');
const constants = require('constants');

// graceful-fs asks the object itself.
assert.strictEqual(constants.hasOwnProperty('O_SYMLINK'), false);
assert.strictEqual(constants.hasOwnProperty('O_RDONLY'), true);
assert.strictEqual(Object.isFrozen(constants), true);
assert.strictEqual(constants.RSA_PKCS1_PADDING, 1);
assert.strictEqual('defaultCipherList' in constants, false);
assert.strictEqual(Object.keys(constants).length, 239);
