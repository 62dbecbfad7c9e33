// yarn 1 as a program, without the network: pack, install, run, why.
// packages: yarn
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { binary, project, run } = require('./lib/run.js');

const folder = project({
  'lib/package.json': JSON.stringify({
    name: 'local-lib',
    version: '1.2.3',
    license: 'MIT',
    main: 'index.js',
    bin: { 'local-bin': 'cli.js' },
  }),
  'lib/index.js': 'module.exports = (x) => x * 2;\n',
  'lib/cli.js': '#!/usr/bin/env node\nconsole.log("cli", require("./index.js")(21));\n',
  'app/package.json': JSON.stringify({
    name: 'app',
    version: '0.0.1',
    license: 'MIT',
    scripts: { start: 'node main.js', bin: 'local-bin', bad: 'exit 7' },
    dependencies: { 'local-lib': 'file:../lib/local-lib.tgz' },
  }),
  'app/main.js': "console.log('app', require('local-lib')(4), process.env.npm_lifecycle_event);\n",
});
const env = { HOME: folder, YARN_CACHE_FOLDER: path.join(folder, 'cache') };
const yarn = (where, ...args) => {
  const { status, stdout, stderr } = run(
    path.join(folder, where),
    [binary('yarn', 'yarn'), '--no-progress', '--non-interactive', ...args],
    { env },
  );
  const shown = (text) => text.replaceAll(folder, 'TOP').replace(/.*ExperimentalWarning.*\n/g, '');
  console.log(args.join(' '), status, '\n', shown(stdout), '\n', shown(stderr));
};
yarn('lib', '--version');
yarn('lib', 'pack', '--filename', 'local-lib.tgz');
yarn('app', 'install', '--offline');
console.log(fs.readdirSync(path.join(folder, 'app/node_modules')).sort().join());
console.log(fs.readFileSync(path.join(folder, 'app/yarn.lock'), 'utf8').replace(/#\w{40}/, ''));
yarn('app', '-s', 'start');
yarn('app', '-s', 'bin');
yarn('app', '-s', 'run', 'bin');
yarn('app', 'run', 'bad');
yarn('app', 'list', '--offline');
yarn('app', 'check', '--integrity');
yarn('app', 'remove', 'none');
