// rollup's WebAssembly build: bundles, code splitting, plugins, warnings.
// packages: @rollup/wasm-node
'use strict';

const { rollup } = require('@rollup/wasm-node');
const { project, run } = require('./lib/run.js');
const path = require('node:path');

const folder = project({
  'main.js':
    "import { used } from './lib.js';\nimport data from 'virtual';" +
    "\nconsole.log(used(data));\nimport('./late.js').then((m) => " +
    'console.log(m.default));\n',
  'lib.js': 'export const used = (x) => x * 2;\nexport const unused = () => { throw 1; };\n',
  'late.js': "import { used } from './lib.js';\nexport default used(50);\n",
});

async function main() {
  const bundle = await rollup({
    input: path.join(folder, 'main.js'),
    plugins: [
      {
        name: 'virtual',
        resolveId: (id) => (id === 'virtual' ? id : null),
        load: (id) => (id === 'virtual' ? 'export default 21' : null),
      },
    ],
    onwarn: (warning) => console.log(warning.code),
  });
  const { output } = await bundle.generate({ format: 'cjs', chunkFileNames: '[name].js' });
  for (const { fileName, code, exports } of output)
    console.log(`--- ${fileName} ${exports}\n${code}`);
  await bundle.write({ format: 'cjs', dir: path.join(folder, 'out'), chunkFileNames: '[name].js' });
  await bundle.close();
  console.log(run(folder, ['out/main.js']));
  await rollup({ input: path.join(folder, 'none.js') }).catch((error) => console.log(error.code));
}

main();
