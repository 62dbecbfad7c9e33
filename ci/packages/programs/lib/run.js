// Runs a package's program as `npx` would and shows what it says: not a package's test itself.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawnSync } = require('node:child_process');

const modules = path.join(__dirname, '..', '..', 'node_modules');

/** The file that package NAME gives as its program. */
function binary(name, program = name) {
  const { bin } = JSON.parse(fs.readFileSync(path.join(modules, name, 'package.json'), 'utf8'));
  return path.join(modules, name, typeof bin === 'string' ? bin : bin[program]);
}

/** A folder of its own with these files, and with the packages at hand; gone at exit. */
function project(files) {
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'project-')));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  fs.symlinkSync(modules, path.join(folder, 'node_modules'));
  process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Runs `node ARGUMENTS` in FOLDER, with the node of the PATH as people do: `cargo ci packages` has
 * put itself there. What is different in every run (times, paths) is taken out.
 */
function run(folder, args, options = {}) {
  const { status, signal, stdout, stderr, error } = spawnSync('node', args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 55000,
    ...options,
    env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', CI: '', ...options.env },
  });
  const clean = (text) =>
    text
      .replaceAll(folder, 'FOLDER')
      .replaceAll(modules, 'MODULES')
      .replaceAll(path.dirname(folder), 'TMP')
      .replace(/\(node:\d+\)/g, '(node:PID)')
      .replace(/ \(\d+ ms\)/g, '')
      .replace(/\b\d+(\.\d+)? ?m?s\b/g, 'TIME');
  if (error) console.log(error.code);
  return { status, signal, stdout: clean(stdout), stderr: clean(stderr) };
}

module.exports = { binary, modules, project, run };
