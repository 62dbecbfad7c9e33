'use strict';

// Sends damaged streams through nginx and through haproxy to coring. The proxy marks each request
// that it forwards; one that reaches coring unmarked was smuggled through inside another.
//   coring behind.js [COUNT [SEED]]
// Needs nginx and haproxy (Debian: apt-get install nginx-light haproxy). Ends with 1 if anything
// was smuggled, or if nothing arrived at all.

const { spawn } = require('child_process');
const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');
const { setTimeout: sleep } = require('timers/promises');
const {
  damagedStream,
  randomFrom,
} = require('../../lib_js/internal/http/fixtures/streams.test.cjs');

const PARALLEL = 32;
const SILENCE_MS = 5000;
const START_MS = 10_000;
const [count = '50000', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2);

/** What each proxy is told: keep connections to coring open and share them, and mark requests. */
const PROXIES = {
  nginx: {
    program: '/usr/sbin/nginx',
    configuration: (folder, port, target) => `
daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 1024; }
http {
  access_log off;
  client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  upstream coring { server 127.0.0.1:${target}; keepalive 8; }
  server {
    listen 127.0.0.1:${port};
    proxy_http_version 1.1; proxy_request_buffering off; proxy_ignore_client_abort on;
    location / {
      proxy_pass http://coring;
      proxy_set_header Connection "";
      proxy_set_header X-Marked yes;
    }
  }
}`,
    arguments: (file) => ['-c', file],
  },
  haproxy: {
    program: '/usr/sbin/haproxy',
    configuration: (folder, port, target) => `
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend front
  bind 127.0.0.1:${port}
  http-request set-header X-Marked yes
  default_backend coring
backend coring
  http-reuse always
  server coring 127.0.0.1:${target}
`,
    arguments: (file) => ['-f', file],
  },
};

/** A port that nobody listens on now. */
function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function waitForPort(port, child) {
  for (let waited = 0; waited < START_MS; waited += 50) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}`);
    const isOpen = await new Promise((resolve) => {
      const socket = net.connect(port, '127.0.0.1');
      socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
      socket.on('connect', () => socket.destroy());
    });
    if (isOpen) return;
    await sleep(50);
  }
  throw new Error(`nothing listens on port ${port}`);
}

function send(port, bytes) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1');
    socket.setTimeout(SILENCE_MS, () => socket.destroy());
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.resume().end(bytes);
  });
}

async function behind(name, folder) {
  const seen = { marked: 0, smuggled: [] };
  const server = http.createServer((request, response) => {
    if (request.headers['x-marked'] === 'yes') seen.marked++;
    else seen.smuggled.push(`${request.method} ${request.url} ${request.rawHeaders}`);
    request.on('error', () => {}).resume().on('end', () => response.end('seen'));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const port = await freePort();
  const proxy = PROXIES[name];
  const file = path.join(folder, `${name}.conf`);
  fs.writeFileSync(file, proxy.configuration(folder, port, server.address().port));
  const child = spawn(proxy.program, proxy.arguments(file), { stdio: 'ignore' });
  try {
    await waitForPort(port, child);
    const random = randomFrom(Number(seed));
    let left = Number(count);
    await Promise.all(Array.from({ length: PARALLEL }, async () => {
      while (left-- > 0) await send(port, Buffer.from(damagedStream(random), 'latin1'));
    }));
  } finally {
    child.kill();
    server.close();
    server.closeAllConnections();
  }
  return seen;
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-behind-'));
  let isGood = true;
  for (const name of Object.keys(PROXIES)) {
    if (!fs.existsSync(PROXIES[name].program)) {
      throw new Error(`no ${PROXIES[name].program}: apt-get install nginx-light haproxy`);
    }
    const { marked, smuggled } = await behind(name, folder);
    console.log(`seed ${seed}: ${count} streams through ${name}: ` +
      `${marked} requests forwarded, ${smuggled.length} smuggled`);
    for (const one of smuggled.slice(0, 5)) console.log(`  ${one}`);
    isGood &&= smuggled.length === 0 && marked > 0;
  }
  fs.rmSync(folder, { recursive: true });
  process.exitCode = isGood ? 0 : 1;
}

main();
