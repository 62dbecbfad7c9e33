// eslint by its API and by its program, prettier by both.
// packages: eslint prettier
import { ESLint } from 'eslint';
import prettier from 'prettier';
import path from 'node:path';
import fs from 'node:fs';
import run_ from './lib/run.js';
const { binary, project, run } = run_;

const folder = project({
  'package.json': '{"type":"module"}',
  'eslint.config.js':
    "export default [{ rules: { 'no-unused-vars': 'error', semi: ['warn', 'always'], " +
    "eqeqeq: 'error', 'prefer-const': 'error' } }];\n",
  'bad.js': "let a = 1\nif (a == 2) { console.log('x') }\nfunction f(unused) { return 1; }\n",
  'good.js': 'export const a = 1;\n',
});
const eslint = new ESLint({ cwd: folder });
for (const { filePath, messages, errorCount, warningCount } of await eslint.lintFiles(['*.js'])) {
  console.log(
    path.basename(filePath),
    errorCount,
    warningCount,
    messages.map(({ ruleId, line, column }) => `${ruleId} ${line}:${column}`),
  );
}
const fixing = new ESLint({ cwd: folder, fix: true });
console.log((await fixing.lintText('let b = 2\nexport default b', { filePath: 'x.js' }))[0].output);
console.log(run(folder, [binary('eslint'), '.']));
console.log(run(folder, [binary('eslint'), 'good.js']));
console.log(run(folder, [binary('prettier'), '--check', 'good.js', 'bad.js']));
console.log(
  run(folder, [binary('prettier'), '--write', 'bad.js']).stdout,
  fs.readFileSync(path.join(folder, 'bad.js'), 'utf8'),
);
console.log(
  await prettier.format('const {a,b}=await  import("x");type T={a:string,b?:number}|null', {
    parser: 'typescript',
    singleQuote: true,
  }),
);
console.log(await prettier.format('a{color:red;background:blue}', { parser: 'css' }));
console.log(
  await prettier.format('# Title\n* one\n* two\n\n|a|b|\n|-|-|\n|1|22|', { parser: 'markdown' }),
);
await prettier
  .format('let = =', { parser: 'babel' })
  .catch((error) => console.log(error.name, error.message));
