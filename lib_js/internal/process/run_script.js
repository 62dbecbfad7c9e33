'use strict';

// --run: a script of the nearest package.json, run by the shell in that package's directory. The
// shell takes this process's place, so signals and the exit code are its own.

const {
  ArrayPrototypeForEach,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  JSONParse,
  ObjectKeys,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
} = primordials;

const path = require('path');

const SHELL = '/bin/sh';

const ops = internalBinding('process_ops');

function fail(text) {
  ops.writeSync(2, `${text}\n`);
  ops.reallyExit(1);
}

/** Kept as one word by the shell, and as it is. */
function quoted(word) {
  if (RegExpPrototypeExec(/^[\w@%+=:,./-]+$/, word) !== null) return word;
  return `'${RegExpPrototypeSymbolReplace(/'/g, word, "'\\''")}'`;
}

/** Upward from `directory`: where package.json is, and every node_modules/.bin on the way. */
function findPackage(directory) {
  const { internalModuleStat } = internalBinding('fs_ops');
  const binaries = [];
  for (let at = directory; ; at = path.dirname(at)) {
    const bin = path.join(at, 'node_modules/.bin');
    if (internalModuleStat(bin) === 1) ArrayPrototypePush(binaries, bin);
    const file = path.join(at, 'package.json');
    if (internalModuleStat(file) === 0) return { binaries, file, root: at };
    if (path.dirname(at) === at) return undefined;
  }
}

/** The "scripts" of a package.json; ends the process where there are none. */
function scriptsOf(file) {
  const text = internalBinding('fs_ops').readFileUtf8(file, -1);
  let content;
  try {
    content = JSONParse(text);
  } catch {
    fail(`Can't parse ${file}\n`);
  }
  const scripts = content?.scripts;
  if (typeof scripts !== 'object' || scripts === null) {
    fail(`Can't find "scripts" field in ${file}`);
  }
  return scripts;
}

function commandOf(scripts, name, file) {
  const command = scripts[name];
  if (typeof command === 'string') return command;
  if (command !== undefined) {
    fail(`Script "${name}" is unexpectedly not a string for ${file}\n`);
  }
  let text = `Missing script: "${name}" for ${file}\n\nAvailable scripts are:`;
  ArrayPrototypeForEach(ObjectKeys(scripts), (key) => {
    if (typeof scripts[key] === 'string') text += `\n  ${key}: ${scripts[key]}`;
  });
  return fail(text);
}

/** @param {string} name  @param {string[]} words  appended to the command */
function runScript(name, words) {
  const directory = process.cwd();
  const found = findPackage(directory);
  if (found === undefined) fail(`Can't find package.json for directory ${directory}`);
  const { binaries, file, root } = found;
  const command = commandOf(scriptsOf(file), name, file);
  const line = ArrayPrototypeJoin(
    [command, ...ArrayPrototypeMap(words, quoted)], ' ');
  const env = { ...process.env };
  if (env.PATH !== undefined) ArrayPrototypePush(binaries, env.PATH);
  env.PATH = ArrayPrototypeJoin(binaries, path.delimiter);
  env.NODE_RUN_SCRIPT_NAME = name;
  env.NODE_RUN_PACKAGE_JSON_PATH = file;
  const variables = ArrayPrototypeMap(ObjectKeys(env), (key) => `${key}=${env[key]}`);
  process.chdir(root);
  ops.execve(SHELL, [SHELL, '-c', line], variables);
  fail(`Can't run ${SHELL}`);
}

module.exports = { runScript };
