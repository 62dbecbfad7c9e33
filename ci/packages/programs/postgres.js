// pg against a real PostgreSQL that asks for SCRAM, by a Unix socket and by TLS: this program makes
// one for itself, in a folder that goes with it. Needs Debian's package postgresql.
// packages: pg
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const net = require('node:net');
const { Client, Pool } = require('pg');
const { key, cert } = require('./lib/keys.js');

const HOME = '/usr/lib/postgresql';
const PASSWORD = 'pässword, long and strange';

function newest() {
  const versions = fs.readdirSync(HOME).sort((a, b) => Number(a) - Number(b));
  return path.join(HOME, versions.at(-1), 'bin');
}

/** PostgreSQL does not run as root. */
function owner() {
  if (process.getuid() !== 0) return {};
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres']));
  return { uid: id('-u'), gid: id('-g') };
}

/** PostgreSQL does not choose a port by itself. */
async function freePort() {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function start(folder, port) {
  const own = owner();
  if (own.uid !== undefined) fs.chownSync(folder, own.uid, own.gid);
  const data = path.join(folder, 'data');
  const write = (name, text) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, text, { mode: 0o600 });
    if (own.uid !== undefined) fs.chownSync(file, own.uid, own.gid);
    return file;
  };
  const secret = write('secret', PASSWORD);
  const options = { ...own, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] };
  execFileSync(path.join(newest(), 'initdb'), [
    '-D', data, '-U', 'tester', '--auth=scram-sha-256', `--pwfile=${secret}`, '-E', 'UTF8',
    '--locale=C', '--no-sync'], options);
  const server = spawn(path.join(newest(), 'postgres'), [
    '-D', data, '-k', folder, '-c', 'listen_addresses=127.0.0.1', '-p', port, '-c', 'fsync=off',
    '-c', 'ssl=on', '-c', `ssl_cert_file=${write('cert.pem', cert)}`,
    '-c', `ssl_key_file=${write('key.pem', key)}`], options);
  for (;;) {
    const [text] = await once(server.stderr, 'data');
    if (String(text).includes('ready to accept connections')) break;
  }
  server.stderr.resume();
  return server;
}

async function use(settings) {
  const client = new Client(settings);
  await client.connect();
  const ask = async (...query) => {
    const { rows, rowCount, command } = await client.query(...query);
    console.log(command, rowCount, JSON.stringify(rows));
  };
  await ask('CREATE TABLE things (id serial PRIMARY KEY, name text UNIQUE, data jsonb, raw bytea)');
  await ask('INSERT INTO things (name, data, raw) VALUES ($1, $2, $3) RETURNING id, raw', [
    'größer 😀', { list: [1, 2, null] }, Buffer.from([0, 1, 255])]);
  await ask('SELECT name, data, length(raw) AS bytes FROM things');
  await ask({ name: 'sum', text: 'SELECT $1::int + $2::int AS sum', values: [1, 2] });
  await ask({ name: 'sum', text: 'SELECT $1::int + $2::int AS sum', values: [3, 4] });
  await ask({ text: 'SELECT 1 AS a, 2 AS b', rowMode: 'array' });
  await ask("SELECT '2024-02-29T12:00:00Z'::timestamptz AS day, 1.5::float8 AS half, true AS yes");
  await ask('SELECT count(*)::int, sum(n)::int FROM generate_series(1, 20000) n');
  const large = await client.query("SELECT repeat('x', 300000) AS text");
  console.log(large.rows[0].text.length);
  for (const query of ['SELEC', "INSERT INTO things (name) VALUES ('größer 😀')", 'SELECT 1/0']) {
    await client.query(query).catch(({ code, message }) => console.log(code, message));
  }
  client.on('notification', ({ channel, payload }) => console.log(channel, payload));
  await client.query('LISTEN news');
  await client.query("NOTIFY news, 'something'");
  await client.end();
}

async function pooled(settings) {
  const pool = new Pool({ ...settings, max: 4 });
  const ids = Array.from({ length: 40 }, (_, i) => i);
  const answers = await Promise.all(ids.map((i) => pool.query('SELECT $1::int * 2 AS twice', [i])));
  console.log(answers.map(({ rows }) => rows[0].twice).join());
  const client = await pool.connect();
  await client.query('BEGIN');
  await client.query("INSERT INTO things (name) VALUES ('not for long')");
  await client.query('ROLLBACK');
  client.release();
  console.log((await pool.query('SELECT count(*)::int FROM things')).rows);
  await pool.end();
}

/** SCRAM over TLS, bound to the channel where that is wanted, and certificates that do not fit. */
async function secured(settings) {
  const ssl = { ca: cert };
  for (const more of [{ ssl }, { ssl, enableChannelBinding: true },
    { ssl: { ...ssl, maxVersion: 'TLSv1.2' } }, { ssl: { rejectUnauthorized: false } }]) {
    const client = new Client({ ...settings, ...more });
    await client.connect();
    const state = await client.query(
      'SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    const large = await client.query("SELECT repeat('x', 3000000) AS text");
    const sent = await client.query('SELECT length($1::text) AS count', ['ü'.repeat(500000)]);
    console.log(state.rows, large.rows[0].text.length, sent.rows);
    await client.end();
  }
  for (const more of [{ ssl: true }, { ssl, password: 'wrong' }]) {
    await new Client({ ...settings, ...more }).connect()
      .catch(({ code, message }) => console.log(code, message));
  }
}

async function main() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pg-'));
  const port = await freePort();
  const server = await start(folder, port);
  try {
    const settings = {
      host: folder, port, user: 'tester', password: PASSWORD, database: 'postgres',
    };
    await use(settings);
    await pooled(settings);
    await secured({ ...settings, host: 'localhost' });
    await new Client({ ...settings, password: 'wrong' }).connect()
      .catch(({ code, message }) => console.log(code, message));
  } finally {
    server.kill('SIGINT');
    console.log(await once(server, 'exit'));
    fs.rmSync(folder, { recursive: true });
  }
}

main();
