// gRPC over node:http2: the four kinds of calls, metadata, errors, deadlines, TLS, shutdown.
// packages: @grpc/grpc-js @grpc/proto-loader
'use strict';

const grpc = require('@grpc/grpc-js');
const loader = require('@grpc/proto-loader');
const path = require('node:path');
const { key, cert } = require('./lib/keys.js');
const { project } = require('./lib/run.js');

const folder = project({
  'tested.proto': `syntax = "proto3";
package tested;
service Calls {
  rpc One (Message) returns (Message);
  rpc Out (Message) returns (stream Message);
  rpc In (stream Message) returns (Message);
  rpc Both (stream Message) returns (stream Message);
  rpc Fail (Message) returns (Message);
  rpc Never (Message) returns (Message);
}
message Message { string text = 1; int32 number = 2; bytes data = 3; }
`,
});
const definition = loader.loadSync(path.join(folder, 'tested.proto'), { defaults: true });
const { tested } = grpc.loadPackageDefinition(definition);

const calls = {
  One(call, callback) {
    const trailer = new grpc.Metadata();
    trailer.set('x-trailer', 'last');
    const text = `${call.request.text} ${call.metadata.get('x-key')} ${call.metadata.get('x-bin')}`;
    callback(null, { text, number: call.request.data.length }, trailer);
  },
  Out(call) {
    for (let number = 0; number < 1000; number++) call.write({ number });
    call.end();
  },
  In(call, callback) {
    let number = 0;
    call.on('data', (message) => (number += message.number));
    call.on('end', () => callback(null, { number }));
  },
  Both(call) {
    call.on('data', ({ number }) => call.write({ number: number * 2 }));
    call.on('end', () => call.end());
  },
  Fail: (call, callback) => callback({ code: grpc.status.NOT_FOUND, details: 'not föund' }),
  Never: (call) => call.on('cancelled', () => console.log('cancelled at the server')),
};

async function examine(client) {
  const unary = (name, request, ...more) =>
    new Promise((resolve) => {
      const call = client[name](request, ...more, (error, answer) => {
        const details = error?.details.replace(/\d+(\.\d+)?/g, 'N').replace(/ after.*/, '');
        console.log(name, error?.code, details, answer?.text, answer?.number);
      });
      call.on('status', ({ code, metadata }) => resolve([code, metadata.get('x-trailer')]));
    });
  const metadata = new grpc.Metadata();
  metadata.add('x-key', 'value');
  metadata.add('x-bin', Buffer.from('binary'));
  console.log(await unary('One', { text: 'hello', data: Buffer.alloc(300000) }, metadata));
  console.log(await unary('One', { data: Buffer.alloc(2 << 20) }));
  console.log(await unary('Fail', {}));
  console.log(await unary('Never', {}, { deadline: Date.now() + 200 }));
  let count = 0;
  for await (const { number } of client.Out({})) count += number;
  console.log('Out', count);
  await new Promise((resolve) => {
    const call = client.In((error, { number }) => resolve(console.log('In', error, number)));
    for (let number = 0; number < 1000; number++) call.write({ number });
    call.end();
  });
  const both = client.Both();
  both.write({ number: 1 });
  for await (const { number } of both) {
    if (number < 100) both.write({ number });
    else both.end(console.log('Both', number));
  }
  const cancelled = client.Out({});
  cancelled.once('data', () => cancelled.cancel());
  await new Promise((resolve) =>
    cancelled.on('error', ({ code, details }) => resolve(console.log('Out', code, details))),
  );
}

async function main() {
  const pair = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(cert) }];
  for (const [serverSide, clientSide] of [
    [grpc.ServerCredentials.createInsecure(), grpc.credentials.createInsecure()],
    [grpc.ServerCredentials.createSsl(null, pair), grpc.credentials.createSsl(Buffer.from(cert))],
  ]) {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': 1 << 20 });
    server.addService(tested.Calls.service, calls);
    const port = await new Promise((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', serverSide, (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const client = new tested.Calls(`localhost:${port}`, clientSide);
    await examine(client);
    client.close();
    console.log('down', await new Promise((resolve) => server.tryShutdown(resolve)));
  }
}

main();
