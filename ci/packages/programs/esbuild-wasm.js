// esbuild's WebAssembly build, which runs in a child process: transform, build, errors.
'use strict';

const esbuild = require('esbuild-wasm');
const { project, run } = require('./lib/run.js');
const path = require('node:path');

const folder = project({
  'main.ts':
    "import { twice } from './twice';\nenum E { A = 3 }\nconsole.log(twice(E.A), " +
    'process.argv.length);\n',
  'twice.ts': 'export const twice = (x: number): number => x * 2;\nexport const unused = 5;\n',
});

async function main() {
  console.log(
    (
      await esbuild.transform('let x: number = 1 ?? 2; export { x }', {
        loader: 'ts',
        target: 'es2019',
      })
    ).code,
  );
  const result = await esbuild.build({
    entryPoints: [path.join(folder, 'main.ts')],
    bundle: true,
    platform: 'node',
    outfile: path.join(folder, 'out.js'),
    minify: true,
    metafile: true,
    absWorkingDir: folder,
  });
  console.log(Object.keys(result.metafile.inputs), result.errors);
  console.log(run(folder, ['out.js']).stdout);
  await esbuild
    .transform('let = ;', { logLevel: 'silent' })
    .catch((error) => console.log(error.errors.map(({ text }) => text)));
  await esbuild.stop();
}

main();
