'use strict';

// Deprecated in documentation (DEP0008): one flat object of the constants that
// os and fs list. Those of crypto join them when crypto is built.

const { ObjectAssign, ObjectFreeze } = primordials;

const { dlopen, errno, priority, signals } = require('internal/constants_os');
const { fs } = internalBinding('constants');

module.exports = ObjectFreeze(ObjectAssign(
  { __proto__: null }, dlopen, errno, priority, signals, fs));
