// tsc on a project: what is emitted, and what errors look like; the API: transpile, language
// service.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const ts = require('typescript');
const { binary, project, run } = require('./lib/run.js');

const folder = project({
  'tsconfig.json': JSON.stringify({
    compilerOptions: {
      target: 'es2022',
      module: 'nodenext',
      strict: true,
      outDir: 'out',
      declaration: true,
      sourceMap: true,
      types: [],
    },
    include: ['src'],
  }),
  'src/index.ts': `import { Shape, area } from './shape.js';
export enum Colour { Red, Green = 5 }
export class Box<T extends object> { constructor(private readonly held: T) {} get value(): T {
  return this.held; } }
const shapes: Shape[] = [{ kind: 'circle', radius: 2 }, { kind: 'square', side: 3 }];
export const total = shapes.map(area).reduce((a, b) => a + b, 0);
console.log(total.toFixed(3), Colour[5], new Box({ a: 1 }).value);
declare const console: { log(...values: unknown[]): void };
`,
  'src/shape.ts': `export type Shape = { kind: 'circle'; radius: number } | { kind: 'square';
    side: number };
export function area(shape: Shape): number {
  switch (shape.kind) { case 'circle': return Math.PI * shape.radius ** 2;
    case 'square': return shape.side ** 2; }
}
`,
  'bad/bad.ts':
    'const text: string = 5;\nfunction f(a: number): string { return a; }\nf("x", 2);\n',
});
console.log(run(folder, [binary('typescript', 'tsc'), '-p', '.', '--listEmittedFiles']));
for (const name of ['index.js', 'index.d.ts', 'shape.js', 'shape.d.ts', 'index.js.map']) {
  console.log(`--- ${name}\n${fs.readFileSync(path.join(folder, 'out', name), 'utf8')}`);
}
console.log(run(folder, ['out/index.js']).stdout);
console.log(
  run(folder, [binary('typescript', 'tsc'), '--noEmit', '--pretty', 'false', 'bad/bad.ts']),
);
console.log(
  ts.transpileModule('let x: number = 1; export default async () => { await x; };', {
    compilerOptions: { target: 'es5', module: 'commonjs' },
  }).outputText,
);
