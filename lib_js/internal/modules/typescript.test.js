'use strict';
// Aim: files of TypeScript run as in Node, whoever asks for them. Method: programs of several files in
// a folder of their own; what they print was taken from Node 24.

const assert = require('assert');
const { spawnSync } = require('child_process');
const fs = require('fs');
const { stripTypeScriptTypes } = require('module');
const os = require('os');
const path = require('path');
const { test } = require('node:test');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'coring-typescript-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

const files = {
  'script.ts': 'const path: typeof import("path") = require("path"); console.log(path.sep as string);',
  'detected.ts': 'import { sep } from "path"; type T = string; console.log(sep satisfies T);',
  'parts.mts': 'export interface Shape { side: number }\nexport const area = (s: Shape) => s.side ** 2;',
  'main.mts': 'import { area, type Shape } from "./parts.mts"; const s: Shape = { side: 3 };\n' +
    'console.log(area(s), import.meta.filename.endsWith("main.mts"));',
  'require.cts': 'const { area } = require("./parts.mts"); console.log(area({ side: 4 } as any));',
  'line.ts': 'interface Long {\n  name: string;\n}\n\nthrow new Error("here" as string);',
  'enum.ts': 'enum Color { Red, Green }\nconsole.log(Color.Green);',
  'broken.ts': 'const a: = 1;',
  'node_modules/pack/index.ts': 'export const a: number = 1;',
  'package.ts': 'require("./node_modules/pack/index.ts");',
  'worker.ts': 'import { Worker, isMainThread, parentPort } from "worker_threads";\n' +
    'if (isMainThread) new Worker(new URL(import.meta.url)).on("message", (m: string) => console.log(m));\n' +
    'else parentPort!.postMessage("from a thread" as string);',
};
for (const [name, text] of Object.entries(files)) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
}

function run(...args) {
  const { status, stderr, stdout } = spawnSync(process.execPath, args, {
    cwd: folder, encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '', FORCE_COLOR: '0' },
  });
  return { status, stderr, stdout };
}

function prints(expected, ...args) {
  assert.deepStrictEqual(run('--no-warnings', ...args), { status: 0, stderr: '', stdout: expected });
}

function fails(pattern, ...args) {
  const { status, stderr } = run('--no-warnings', ...args);
  assert.strictEqual(status, 1);
  assert.match(stderr, pattern);
}

test('scripts, modules, and both of each other', () => {
  prints('/\n', 'script.ts');
  prints('/\n', 'detected.ts');
  prints('9 true\n', 'main.mts');
  prints('16\n', 'require.cts');
  prints('9 true\n', '--input-type=module', '-e', 'import "./main.mts"');
});

test('lines and columns stay where they are', () => {
  fails(/line\.ts:5\nthrow new Error\("here"\s+\);\n\^\n\nError: here\n {4}at .*line\.ts:5:7/, 'line.ts');
});

test('what has code behind it only by option', () => {
  fails(/enum\.ts:1\nenum Color .*ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX\]: TypeScript enum/s, 'enum.ts');
  prints('1\n', '--experimental-transform-types', 'enum.ts');
  fails(/ERR_INVALID_TYPESCRIPT_SYNTAX/, 'broken.ts');
});

test('not in packages, and not by --no-strip-types', () => {
  fails(/ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING/, 'package.ts');
  fails(/Unknown file extension ".mts"/, '--no-strip-types', 'main.mts');
  fails(/SyntaxError: Missing initializer in const declaration/, '--no-strip-types', 'script.ts');
});

test('text of the command line, and threads', () => {
  prints('7\n', '-p', 'const a: number = 7; a');
  prints('esm\n', '-e', 'import "fs"; console.log("esm" as string)');
  fails(/\[eval\]:1\nenum A \{\}[^]*\^\^\^\^[^]*SyntaxError: Unexpected reserved word/, '-e', 'enum A {}');
  prints('from a thread\n', 'worker.ts');
});

test('module.stripTypeScriptTypes()', () => {
  assert.strictEqual(stripTypeScriptTypes('let a: number = 1'), 'let a         = 1');
  assert.strictEqual(
    stripTypeScriptTypes('let a: number = 1', { sourceUrl: 'a.ts' }),
    'let a         = 1\n\n//# sourceURL=a.ts');
  assert.match(
    stripTypeScriptTypes('enum A { B }', { mode: 'transform', sourceMap: true }),
    /^var A = [^]*sourceMappingURL=data:application\/json;base64,/);
  assert.throws(() => stripTypeScriptTypes('', { sourceMap: true }), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.strictEqual(process.features.typescript, 'strip');
});
