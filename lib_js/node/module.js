'use strict';
// The public module `module`: the CommonJS Module itself.
//
// Absent, unlike in Node: stripTypeScriptTypes().

const { Module } = require('internal/modules/cjs/loader');
const { register } = require('internal/modules/esm/loader');
const { findPackageJSON } = require('internal/modules/package_json_reader');

Module.register = register;
Module.findPackageJSON = findPackageJSON;

module.exports = Module;
