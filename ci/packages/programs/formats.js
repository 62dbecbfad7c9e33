// js-yaml, toml, ini, csv-parse, papaparse, iconv-lite, protobufjs, graphql, graphql-http.
// packages: js-yaml toml ini csv-parse papaparse iconv-lite protobufjs graphql graphql-http
'use strict';

const yaml = require('js-yaml');
const ini = require('ini');
const { parse } = require('csv-parse');
const { parse: parseSync } = require('csv-parse/sync');
const papa = require('papaparse');
const iconv = require('iconv-lite');
const protobuf = require('protobufjs');
const {
  buildSchema,
  graphql,
  GraphQLError,
  printSchema,
  subscribe,
  parse: parseQuery,
} = require('graphql');
const { createHandler } = require('graphql-http/lib/use/http');
const http = require('node:http');
const { Readable } = require('node:stream');
const { pipeline } = require('node:stream/promises');

async function main() {
  console.log(
    yaml.load(
      'a: &x [1, 2.5, null, ~]\nb: *x\nc: |\n  two\n  lines\nd: 2020-01-01\ne: {f: "\\u00e4"}\n',
    ),
    yaml.dump({ a: [1, { b: 'c: d' }], e: 'multi\nline' }),
  );
  try {
    yaml.load('a: [1\nb: 2');
  } catch (error) {
    console.log(error.name, error.reason, error.message);
  }
  const toml = await import('toml');
  console.log(
    (toml.parse ?? toml.default.parse)(
      'title = "t"\n[a.b]\nc = [1, 2]\nd = 1979-05-27T07:32:00Z\n[[list]]\nx = 1\n',
    ),
  );
  console.log(
    ini.parse('top=1\n[section.sub]\na[]=1\na[]=2\n; comment\nb="quoted"\n'),
    ini.stringify({ a: 1, s: { b: true } }),
  );
  const csv = 'id,name,note\n1,"a ""quoted"" name","two\nlines"\n2,ünï,\n';
  console.log(
    parseSync(csv, { columns: true, cast: true }),
    papa.parse(csv, { header: true, skipEmptyLines: true }).data,
    papa.unparse([{ a: 1, b: 'x,y' }]),
  );
  const records = [];
  await pipeline(
    Readable.from(csv.match(/[^]{1,7}/g)),
    parse({ columns: true }),
    async (source) => {
      for await (const record of source) records.push(record.name);
    },
  );
  console.log(records);
  await pipeline(Readable.from('a,b\n1\n'), parse(), async (source) => {
    for await (const record of source) void record;
  }).catch((error) => console.log(error.code));
  const big = parseSync(
    Array.from({ length: 20000 }, (_, index) => `${index},${index * 2}`).join('\n'),
  );
  console.log(
    big.length,
    await new Promise((resolve) => {
      let rows = 0;
      papa.parse(Readable.from(['a,b\n', '1,2\n', '3,4']), {
        step: () => rows++,
        complete: () => resolve(rows),
      });
    }),
  );
  for (const name of ['win1252', 'shift_jis', 'gbk', 'utf16le', 'koi8-r', 'big5', 'utf7']) {
    const bytes = iconv.encode('Grüße – 日本 Привет', name);
    console.log(name, bytes.toString('hex'), iconv.decode(bytes, name));
  }
  const chunks = [];
  await pipeline(
    Readable.from([Buffer.from([0x83]), Buffer.from([0x65, 0x83, 0x58])]),
    iconv.decodeStream('shift_jis'),
    async (source) => {
      for await (const part of source) chunks.push(part);
    },
  );
  console.log(chunks.join(''));

  const { root } = protobuf.parse(
    'syntax = "proto3"; package p; message M { string name = 1; repeated int64 list ' +
      '= 2; map<string, Sub> subs = 3; oneof pick { bool yes = 4; bytes raw = 5; } ' +
      'enum E { A = 0; B = 5; } E e = 6; } message Sub { double d = 1; optional uint32 ' +
      'u = 2; }',
  );
  const type = root.lookupType('p.M');
  const bytes = type
    .encode(
      type.fromObject({
        name: 'ñ',
        list: [1, '9007199254740993', -1],
        subs: { k: { d: 1.5 } },
        raw: 'AQI=',
        e: 'B',
      }),
    )
    .finish();
  console.log(
    Buffer.from(bytes).toString('hex'),
    type.toObject(type.decode(bytes), { longs: String, bytes: String, enums: String }),
    type.verify({ name: 5 }),
  );
  try {
    type.decode(bytes.subarray(0, 5));
  } catch (error) {
    console.log(error.name, error.message);
  }

  const schema = buildSchema(
    'type Query { user(id: ID!): User, fails: Int! } type User { id: ID!, ' +
      'friends(first: Int = 2): [User!]! } type Mutation { add(a: Int!, b: Int!): Int }',
  );
  const user = ({ id }) => ({
    id,
    friends: async ({ first }) =>
      Array.from({ length: first }, (_, index) => user({ id: `${id}.${index}` })),
  });
  const rootValue = {
    user,
    add: ({ a, b }) => a + b,
    fails: () => {
      throw new GraphQLError('failed', { extensions: { code: 'X' } });
    },
  };
  console.log(
    JSON.stringify(
      await graphql({
        schema,
        rootValue,
        source: '{ user(id: "1") { id friends { id friends(first: 1) { id } } } }',
      }),
    ),
    JSON.stringify(await graphql({ schema, rootValue, source: '{ fails none }' })),
    printSchema(schema),
  );
  const server = http.createServer(createHandler({ schema, rootValue }));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${server.address().port}/graphql`;
  for (const body of [
    { query: 'mutation($a: Int!) { add(a: $a, b: 2) }', variables: { a: 40 } },
    { query: '{ fails }' },
    { query: '{' },
    {},
  ]) {
    const response = await fetch(url, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
    });
    console.log(response.status, response.headers.get('content-type'), await response.text());
  }
  console.log((await fetch(`${url}?query=${encodeURIComponent('{user(id:5){id}}')}`)).status);
  server.close();
  void [subscribe, parseQuery];
}

main();
