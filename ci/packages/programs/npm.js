// npm itself with this runtime as its node: version, pack, install of a local tarball, scripts.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { binary, run } = require('./lib/run.js');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'npm-')));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
const write = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  fs.writeFileSync(path.join(folder, name), text);
};
write(
  'lib/package.json',
  JSON.stringify({
    name: 'local-lib',
    version: '1.2.3',
    main: 'index.js',
    bin: { 'local-bin': 'cli.js' },
    files: ['*.js'],
  }),
);
write('lib/index.js', 'module.exports = (x) => x * 2;\n');
write(
  'lib/cli.js',
  '#!/usr/bin/env node\nconsole.log("cli", require("./index.js")(Number(process.argv[2])));\n',
);
write('lib/ignored.txt', 'no');
write(
  'app/package.json',
  JSON.stringify({
    name: 'app',
    version: '0.0.1',
    scripts: { start: 'node main.js', prestart: 'echo before', bin: 'local-bin 21', bad: 'exit 7' },
  }),
);
write(
  'app/main.js',
  "console.log('app', require('local-lib')(4), process.env.npm_lifecycle_event, " +
    'process.env.npm_package_name);\n',
);
const env = {
  HOME: folder,
  npm_config_cache: path.join(folder, 'cache'),
  npm_config_update_notifier: 'false',
  npm_config_fund: 'false',
  npm_config_audit: 'false',
  npm_config_offline: 'true',
  npm_config_logs_max: '0',
};
const npm = (where, ...args) => {
  const { status, stdout, stderr } = run(
    path.join(folder, where),
    [binary('npm', 'npm'), ...args],
    { env },
  );
  // The bytes of a packed file are their compressor's own affair.
  const shown = stdout.replace(/"(size|shasum|integrity)": .*/g, '"$1"').replaceAll(folder, 'TOP');
  console.log(
    args.join(' '),
    status,
    '\n',
    shown,
    '\n',
    stderr.replaceAll(folder, 'TOP').replace(/.*(nodedir|Unknown).*\n/g, ''),
  );
};
npm('lib', '--version');
npm('lib', 'pack', '--json');
npm('app', 'install', '../lib/local-lib-1.2.3.tgz');
console.log(
  fs.readFileSync(path.join(folder, 'app/package.json'), 'utf8'),
  fs.readFileSync(path.join(folder, 'app/package-lock.json'), 'utf8').replace(/"sha512-.*"/, ''),
);
npm('app', 'start');
npm('app', 'run', '-s', 'bin');
npm('app', 'run', 'bad');
npm('app', 'ls');
npm('app', 'exec', '--', 'local-bin', '5');
npm('app', 'pkg', 'set', 'description=described');
npm('app', 'view', './none');
npm('app', 'uninstall', 'local-lib');
npm('app', 'unknown-command');
