// nodemon starts a program anew when a file changes, and ends with it.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { binary, project } = require('./lib/run.js');

const folder = project({
  'server.js': "console.log('started ' + require('./value.js'));\nsetInterval(() => {}, 1000);\n",
  'value.js': 'module.exports = 1;\n',
});
const options = ['--no-colours', '-q', '--delay', '50ms', '--watch', 'value.js', 'server.js'];
const child = spawn('node', [binary('nodemon'), ...options], {
  cwd: folder,
  stdio: ['ignore', 'pipe', 'inherit'],
});
child.stdout.setEncoding('utf8').on('data', (text) => {
  console.log(text.trim());
  if (text.includes('started 1')) {
    setTimeout(() => fs.writeFileSync(path.join(folder, 'value.js'), 'module.exports = 2;\n'), 500);
  }
  if (text.includes('started 2')) child.kill('SIGINT');
});
child.on('exit', (code, signal) => console.log('ended', code, signal));
