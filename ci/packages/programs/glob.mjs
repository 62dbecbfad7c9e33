// glob, fast-glob, globby, chokidar, fs-extra, rimraf, mkdirp, graceful-fs, proper-lockfile.
// packages: glob fast-glob globby chokidar fs-extra rimraf mkdirp graceful-fs proper-lockfile
// shelljs
import { glob, globSync } from 'glob';
import fastGlob from 'fast-glob';
import { globby } from 'globby';
import chokidar from 'chokidar';
import fse from 'fs-extra';
import { rimraf } from 'rimraf';
import { mkdirp } from 'mkdirp';
import graceful from 'graceful-fs';
import lockfile from 'proper-lockfile';
import shell from 'shelljs';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { once } from 'node:events';

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'files-')));
const at = (...names) => path.join(folder, ...names);
const show = (error) => console.log(error.code, error.message.replaceAll(folder, ''));
await mkdirp(at('a/b/c'));
for (const name of [
  'a/one.js',
  'a/two.ts',
  'a/b/three.js',
  'a/b/c/four.test.js',
  '.hidden.js',
  'a/.gitignore',
]) {
  await fse.outputFile(at(name), name === 'a/.gitignore' ? 'two.ts\n' : name);
}
console.log(
  (await glob('**/*.js', { cwd: folder })).sort(),
  globSync('a/{one,two}.*', { cwd: folder }).sort(),
);
console.log((await glob('**', { cwd: folder, dot: true, nodir: true, ignore: '**/c/**' })).sort());
console.log((await fastGlob(['**/*.{js,ts}', '!**/*.test.js'], { cwd: folder, dot: true })).sort());
const found = await fastGlob('**/*', {
  cwd: folder,
  stats: true,
  onlyFiles: false,
  markDirectories: true,
});
console.log(found.map(({ path: p, stats }) => `${p} ${stats.isFile() ? stats.size : '-'}`).sort());
console.log((await globby('**/*', { cwd: folder, gitignore: true })).sort());

await fse.copy(at('a'), at('copy'), { filter: (source) => !source.endsWith('.ts') });
await fse.move(at('copy/b'), at('moved'));
await fse.writeJson(at('data.json'), { x: [1] }, { spaces: 1 });
console.log(
  await fse.readJson(at('data.json')),
  fse.existsSync(at('moved/three.js')),
  fse.readdirSync(folder).sort(),
);
await fse.ensureSymlink(at('data.json'), at('link'));
await fse.readJson(at('none.json')).catch(show);
await fse.move(at('a'), at('a/b')).catch(show);
await fse.emptyDir(at('copy'));
console.log(fse.readdirSync(at('copy')), (await fse.readFile(at('link'), 'utf8')).trim());
await new Promise((resolve) =>
  graceful.readFile(at('nothing'), (error) => {
    show(error);
    resolve();
  }),
);
const many = await Promise.all(
  Array.from({ length: 500 }, (_, index) =>
    graceful.promises.writeFile(at('copy', `f${index}`), `${index}`),
  ),
);
console.log(many.length, fs.readdirSync(at('copy')).length);

const release = await lockfile.lock(at('data.json'));
console.log(await lockfile.check(at('data.json')));
await lockfile.lock(at('data.json')).catch((error) => console.log(error.code));
await release();
console.log(await lockfile.check(at('data.json')));

const events = [];
const watcher = chokidar.watch(folder, {
  ignoreInitial: true,
  ignored: (name) => name.includes('copy'),
});
await once(watcher, 'ready');
const seen = (wanted) =>
  new Promise((resolve) =>
    watcher.on('all', (event, name) => {
      if (`${event} ${path.relative(folder, name)}` === wanted) {
        events.push(wanted);
        resolve();
      }
    }),
  );
for (const [wanted, act] of [
  ['add fresh.txt', () => fs.writeFileSync(at('fresh.txt'), '1')],
  ['change fresh.txt', () => setTimeout(() => fs.writeFileSync(at('fresh.txt'), '22'), 120)],
  ['addDir dir', () => fs.mkdirSync(at('dir'))],
  ['add dir/inner', () => setTimeout(() => fs.writeFileSync(at('dir/inner'), 'x'), 120)],
  ['unlink fresh.txt', () => fs.unlinkSync(at('fresh.txt'))],
  ['unlinkDir dir', () => fs.rmSync(at('dir'), { recursive: true })],
]) {
  const done = seen(wanted);
  act();
  await done;
}
console.log(events);
await watcher.close();

shell.config.silent = true;
shell.cd(folder);
console.log(
  shell.ls('-R', 'moved').toString(),
  shell.cat('data.json').sed(/1/, '2').toString(),
  shell.test('-d', 'a'),
);
console.log(
  shell.exec('echo out; echo err >&2; exit 3').code,
  shell.grep('x', 'data.json').stdout,
  shell.which('sh') !== null,
);
shell.cp('-r', 'a', 'a2');
shell.mv('a2/one.js', 'renamed.js');
shell.rm('-rf', 'a2');
console.log(
  shell
    .find('.')
    .filter((name) => name.endsWith('.js'))
    .sort(),
  shell.error(),
);
shell.cd('/');
console.log(await rimraf([at('moved'), at('a*')], { glob: true }), fs.readdirSync(folder).sort());
await rimraf(folder);
console.log(fs.existsSync(folder));
