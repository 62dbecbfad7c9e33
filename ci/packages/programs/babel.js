// @babel/core with preset-env, a plugin, source maps, errors; terser on the result.
// packages: @babel/core @babel/preset-env terser
'use strict';

const babel = require('@babel/core');
const { minify } = require('terser');

const code = `
import thing, { other as renamed } from './thing.js';
export class A { #x = 1; static y = 2; get x() { return this.#x ?? thing?.z; } async *g() {
  yield* renamed(); } }
export default (...rest) => ({ ...rest, [\`\${A.y}\`]: 2n ** 3n });
`;

async function main() {
  const es5 = await babel.transformAsync(code, {
    presets: [['@babel/preset-env', { targets: { ie: 11 }, modules: 'commonjs' }]],
    babelrc: false,
    configFile: false,
    sourceMaps: true,
    filename: 'code.js',
  });
  console.log(es5.code);
  console.log(es5.map.mappings.length, es5.map.sources);
  const plugin = ({ types: t }) => ({
    visitor: {
      Identifier(path) {
        if (path.node.name === 'hello') path.replaceWith(t.identifier('goodbye'));
      },
    },
  });
  console.log(
    babel.transformSync('hello(1 + hello);', {
      plugins: [plugin],
      babelrc: false,
      configFile: false,
    }).code,
  );
  try {
    babel.transformSync('let a = ;', {
      filename: 'bad.js',
      babelrc: false,
      configFile: false,
      highlightCode: false,
    });
  } catch (error) {
    console.log(error.code, error.reasonCode, error.message.replace(/^.*bad\.js/, 'bad.js'));
  }
  console.log(
    (
      await minify(
        'function add(first, second) { if (false) { x(); } return first + second; } ' +
          'console.log(add(1, 2));',
        { toplevel: true, compress: { passes: 2 } },
      )
    ).code,
  );
  const maps = await minify(
    { 'a.js': 'var long_name = 1;\nconsole.log(long_name)' },
    { sourceMap: true, mangle: true },
  );
  console.log(maps.code, maps.map);
}

main();
