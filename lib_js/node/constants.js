'use strict';

// Deprecated in documentation (DEP0008): one flat, frozen, otherwise plain object of the constants
// that os, fs and crypto list.

const { ObjectAssign, ObjectFreeze } = primordials;

const { dlopen, errno, priority, signals } = require('internal/constants_os');
const { fs } = internalBinding('constants');
const { defaultCipherList, ...crypto } = require('internal/crypto/constants');

module.exports = ObjectFreeze(ObjectAssign({}, dlopen, errno, priority, signals, fs, crypto));
