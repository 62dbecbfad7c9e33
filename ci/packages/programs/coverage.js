// jest's coverage as V8 counts it, through node:inspector, in one process and in two.
// packages: jest
'use strict';

const { binary, project, run } = require('./lib/run.js');

const folder = project({
  'package.json': '{}',
  'shapes.js': `exports.area = (shape) => {
  if (shape.side) return shape.side ** 2;
  return Math.PI * shape.radius ** 2;
};
exports.never = () => 'called';
`,
  'one.test.js': `const { area } = require('./shapes.js');
test('squares', () => expect(area({ side: 3 })).toBe(9));
`,
  'two.test.js': `const { never } = require('./shapes.js');
test('nothing is called', () => expect(never).toBeInstanceOf(Function));
`,
});
const jest = [binary('jest', 'jest'), '--ci', '--coverage', '--coverageProvider=v8'];
for (const more of [['-i', 'one'], ['-w', '2']]) {
  const { status, stdout, stderr } = run(folder, [...jest, ...more]);
  const table = stdout.split('\n').filter((line) => line.includes('|'));
  const passed = stderr.split('\n').filter((line) => line.startsWith('PASS'));
  console.log(status, table, passed.map((line) => line.trim()).sort());
}
