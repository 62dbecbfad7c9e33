// execa, cross-spawn and concurrently: children of every kind.
// packages: execa cross-spawn concurrently
import { execa, execaNode, execaSync, $ } from 'execa';
import crossSpawn from 'cross-spawn';
import concurrently from 'concurrently';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import lib from './lib/run.js';

const node = process.execPath;
console.log(
  (await execa('echo', ['a b', 'c'])).stdout,
  (await execa({ input: 'piped in' })`cat`).stdout,
);
console.log((await execa({ lines: true })`printf ${'one\ntwo\n'}`).stdout);
for (const [file, args, options] of [
  ['sh', ['-c', 'echo out; echo err >&2; exit 2']],
  ['no-such-program-here', []],
  ['sleep', ['9'], { timeout: 50 }],
  ['sh', ['-c', 'kill -TERM $$']],
]) {
  const { failed, exitCode, signal, timedOut, stdout, stderr, code, shortMessage, isTerminated } =
    await execa(file, args, { ...options, reject: false });
  console.log({
    failed,
    exitCode,
    signal,
    timedOut,
    stdout,
    stderr,
    code,
    shortMessage,
    isTerminated,
  });
}
console.log(
  (await execa('sh', ['-c', 'echo 1; echo 2 >&2'], { all: true })).all.split('\n').sort(),
);
console.log((await $`echo ${'x y'}`.pipe`tr a-z A-Z`).stdout);
const lines = [];
for await (const line of execa(node, ['-e', 'for (let i = 0; i < 3; i++) console.log("line", i)']))
  lines.push(line);
console.log(lines, execaSync(node, ['-p', '1 + 1']).stdout);
const folder = lib.project({
  'ipc.mjs':
    "import { sendMessage, getOneMessage } from 'execa';\nconst m = await " +
    'getOneMessage();\nawait sendMessage({ back: m });\n',
});
const ipc = execaNode(path.join(folder, 'ipc.mjs'));
await ipc.sendMessage({ hello: [1, 2] });
console.log(await ipc.getOneMessage());
await ipc;
const cancel = new AbortController();
const cancelled = execa({ cancelSignal: cancel.signal, reject: false })`sleep 9`;
setTimeout(() => cancel.abort(), 30);
console.log((await cancelled).isCanceled);
console.log(
  crossSpawn.sync('sh', ['-c', 'echo $0 "$@"', 'x y', '"q"'], { encoding: 'utf8' }).stdout,
);
await new Promise((resolve) =>
  crossSpawn('no-such-program').on('error', (error) => {
    console.log(error.code);
    resolve();
  }),
);

const file = fs.createWriteStream(path.join(os.tmpdir(), 'concurrently.txt'));
const { result } = concurrently(
  [
    { command: 'echo first', name: 'a' },
    { command: 'exit 3', name: 'b' },
    { command: `${node} -p 6*7`, name: 'c' },
  ],
  { outputStream: file, prefixColors: [], successCondition: 'all', maxProcesses: 1 },
);
await result.catch((events) =>
  console.log(events.map(({ command, exitCode }) => [command.name, exitCode])),
);
await new Promise((resolve) => file.end(resolve));
console.log(fs.readFileSync(file.path, 'utf8').replaceAll(node, 'node'));
