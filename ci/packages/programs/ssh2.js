// ssh2 at both ends: keys, passwords, commands with both outputs, a forwarded port, SFTP.
// packages: ssh2
'use strict';

const net = require('node:net');
const { Client, Server, utils } = require('ssh2');

const keys = ['ed25519', 'rsa', 'ecdsa'].map((type) =>
  utils.generateKeyPairSync(type, { bits: type === 'rsa' ? 2048 : 256 }),
);
const mine = utils.generateKeyPairSync('ed25519');
const known = utils.parseKey(mine.public);

const server = new Server({ hostKeys: keys.map((key) => key.private) }, (client) => {
  client.on('authentication', (context) => {
    console.log('server: authentication by', context.method, context.username);
    if (context.method === 'password' && context.password === 'right') return context.accept();
    if (context.method !== 'publickey') return context.reject(['publickey', 'password']);
    if (!context.key.data.equals(known.getPublicSSH())) return context.reject();
    if (context.signature && !known.verify(context.blob, context.signature, context.hashAlgo)) {
      return context.reject();
    }
    context.accept();
  });
  client.on('ready', () => {
    client.on('session', (accept) => {
      const session = accept();
      session.on('exec', (accepted, reject, { command }) => {
        const stream = accepted();
        if (command === 'cat') {
          stream.pipe(stream);
          stream.on('end', () => stream.exit(0));
          return;
        }
        stream.stderr.write('to stderr');
        stream.write(`ran ${command}`);
        stream.exit(3);
        stream.end();
      });
      session.on('sftp', (accepted) => {
        const sftp = accepted();
        sftp.on('REALPATH', (id) =>
          sftp.name(id, [{ filename: '/home', longname: '', attrs: {} }]),
        );
        sftp.on('STAT', (id) => sftp.status(id, utils.sftp.STATUS_CODE.NO_SUCH_FILE));
      });
    });
    client.on('tcpip', (accept) => accept().end('through the tunnel'));
  });
  client.on('error', (error) => console.log('server:', error.message));
});

function connect(options) {
  return new Promise((resolve) => {
    const client = new Client();
    client.on('ready', () => resolve(client));
    client.on('error', (error) => resolve(console.log('client:', error.level, error.message)));
    client.connect({ host: '127.0.0.1', port: server.address().port, username: 'me', ...options });
  });
}

function execute(client, command, input) {
  return new Promise((resolve) =>
    client.exec(command, (error, stream) => {
      let [out, errors, code] = ['', ''];
      stream.on('data', (text) => (out += text)).stderr.on('data', (text) => (errors += text));
      stream.on('exit', (status) => (code = status));
      stream.on('close', () => resolve([out.length > 99 ? out.length : out, errors, code]));
      stream.end(input);
    }),
  );
}

async function main() {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  await connect({ password: 'wrong' });
  (await connect({ privateKey: mine.private })).end();
  for (const cipher of ['aes256-gcm@openssh.com', 'aes256-ctr', 'aes128-ctr']) {
    const algorithms = { cipher: [cipher], hmac: ['hmac-sha2-256'] };
    const client = await connect({ password: 'right', algorithms });
    console.log(cipher, await execute(client, 'ls -l'));
    console.log(await execute(client, 'cat', Buffer.alloc(300000, 'x')));
    client.end();
  }
  const client = await connect({ password: 'right' });
  const sftp = await new Promise((resolve) => client.sftp((error, made) => resolve(made)));
  await new Promise((resolve) =>
    sftp.realpath('.', (error, found) => resolve(console.log(error, found))),
  );
  await new Promise((resolve) =>
    sftp.stat('none', (error) => resolve(console.log(error.code, error.message))),
  );
  const through = net.createServer((socket) =>
    client.forwardOut('127.0.0.1', 1, 'inner', 80, (error, stream) => stream.pipe(socket)),
  );
  await new Promise((resolve) => through.listen(0, '127.0.0.1', resolve));
  let text = '';
  for await (const part of net.connect(through.address().port, '127.0.0.1')) text += part;
  console.log(text);
  through.close();
  client.end();
  server.close(() => console.log('closed'));
}

main();
