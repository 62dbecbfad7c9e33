'use strict';
// Loads a package from the folder that PACKAGES names: packages are installed outside the
// repository (`cargo ci perf` does it).
const { createRequire } = require('module');

module.exports = createRequire(`${process.env.PACKAGES}/packages.js`);
