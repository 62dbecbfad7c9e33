'use strict';
// child_process. Starting processes is not built: every function throws and says so.
//
// Missing: ChildProcess, spawn, spawnSync, exec, execSync, execFile, execFileSync, fork.

const { codes: { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } } = require('internal/errors');

function refuse(name) {
  throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM(`child_process.${name} (not built yet)`);
}

function exec(command, options, callback) { refuse('exec'); }
function execFile(file, args, options, callback) { refuse('execFile'); }
function execFileSync(file, args, options) { refuse('execFileSync'); }
function execSync(command, options) { refuse('execSync'); }
function fork(modulePath, args = [], options = undefined) { refuse('fork'); }
function spawn(file, args, options) { refuse('spawn'); }
function spawnSync(file, args, options) { refuse('spawnSync'); }

module.exports = {
  exec,
  execFile,
  execFileSync,
  execSync,
  fork,
  spawn,
  spawnSync,
};
