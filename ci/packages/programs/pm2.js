// pm2: two processes behind one port, reload, scale, stop, logs.
// packages: pm2
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { binary, project, run } = require('./lib/run.js');

const folder = project({
  'app.js': `const fs = require('fs');
const server = require('http').createServer((req, res) =>
  res.end('worker ' + process.env.NODE_APP_INSTANCE));
server.listen(0, '127.0.0.1', () => {
  fs.writeFileSync('port', String(server.address().port));
  process.send('ready');
});
process.on('SIGINT', () => process.exit(0));
console.log('up');
`,
});

async function main() {
  const env = { PM2_HOME: path.join(folder, 'home'), PM2_DISCRETE_MODE: 'true' };
  const pm2 = (...args) => run(folder, [binary('pm2', 'pm2'), ...args], { env });
  const list = () => {
    const lines = pm2('jlist').stdout.split('\n');
    return JSON.parse(lines.find((line) => line.startsWith('[')) ?? '[]').map(
      ({ name, pm2_env: { status, exec_mode, restart_time } }) =>
        [name, status, exec_mode, restart_time].join(' '),
    );
  };
  try {
    console.log(pm2('start', 'app.js', '-i', '2', '--wait-ready', '--name', 'app').status, list());
    const port = fs.readFileSync(path.join(folder, 'port'), 'utf8');
    const seen = new Set();
    for (let i = 0; i < 50 && seen.size < 2; i++) {
      const headers = { connection: 'close' };
      seen.add(await (await fetch(`http://127.0.0.1:${port}`, { headers })).text());
    }
    console.log([...seen].sort());
    console.log('reload', pm2('reload', 'app').status, list());
    console.log('scale', pm2('scale', 'app', '1').status, list());
    console.log('stop', pm2('stop', 'app').status, list());
    const logs = fs.readdirSync(path.join(folder, 'home/logs')).map((n) => n.replace(/\d/, 'N'));
    console.log([...new Set(logs)].sort());
  } finally {
    console.log('kill', pm2('kill').status);
  }
}

main();
