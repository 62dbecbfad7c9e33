// webpack: a production bundle with assets, a loader, code splitting and the persistent cache;
// errors.
'use strict';

const webpack = require('webpack');
const path = require('node:path');
const fs = require('node:fs');
const { project, run } = require('./lib/run.js');

const folder = project({
  'src/index.js':
    "import { shout } from './text.js';\nimport data from './data.json';\nimport raw " +
    "from './note.txt';\nconst lodash = require('lodash/capitalize');" +
    "\nconsole.log(shout(data.name), raw, lodash('word'));\nimport(/* " +
    'webpackChunkName: "late" */ \'./late.js\').then((m) => console.log(m.late));\n',
  'src/text.js':
    'export const shout = (text) => text.toUpperCase() + "!";\nexport const unused = 1;\n',
  'src/late.js': "export const late = 'loaded late';\n",
  'src/data.json': '{"name":"webpack","other":[1,2]}',
  'src/note.txt': 'a note',
  'loader.js':
    "module.exports = (text) => 'export default ' + JSON.stringify(text + ' by a loader');\n",
  'src/bad.js': "import './none.js';\nlet a = ;\n",
});

function build(options) {
  return new Promise((resolve, reject) => {
    const compiler = webpack({
      context: folder,
      mode: 'production',
      target: 'node',
      devtool: 'source-map',
      output: {
        path: path.join(folder, 'out'),
        filename: '[name].js',
        chunkFilename: '[name].chunk.js',
      },
      module: { rules: [{ test: /\.txt$/, use: path.join(folder, 'loader.js') }] },
      ...options,
    });
    compiler.run((error, stats) => compiler.close(() => (error ? reject(error) : resolve(stats))));
  });
}

async function main() {
  for (const round of [1, 2]) {
    const stats = await build({
      entry: './src/index.js',
      cache: { type: 'filesystem', cacheDirectory: path.join(folder, 'cache') },
    });
    const { assets, chunks, errors, warnings, modules } = stats.toJson();
    console.log(
      round,
      assets.map(({ name }) => name).sort(),
      chunks.length,
      errors,
      warnings.length,
      modules.length,
    );
  }
  console.log(fs.readFileSync(path.join(folder, 'out/late.chunk.js'), 'utf8'));
  console.log(run(folder, ['out/main.js']));
  const bad = await build({ entry: './src/bad.js' });
  console.log(
    bad.hasErrors(),
    bad.toJson().errors.map(({ message }) => message.split('\n')[0].replaceAll(folder, '')),
  );
}

main();
