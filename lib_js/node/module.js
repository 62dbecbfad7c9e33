'use strict';
// The public module `module`: the CommonJS Module itself.
//
// Absent, unlike in Node: register() (asynchronous loader hooks on a thread of
// their own; registerHooks() is here), the compile cache, stripTypeScriptTypes()
// and the source map functions.

const { Module } = require('internal/modules/cjs/loader');
const { findPackageJSON } = require('internal/modules/package_json_reader');

Module.findPackageJSON = findPackageJSON;

module.exports = Module;
