// commander, yargs, chalk, ora, inquirer by piped input, dotenv: command lines of every kind.
// packages: commander yargs chalk ora inquirer dotenv
import { Command, Option } from 'commander';
import yargs from 'yargs';
import chalk, { Chalk } from 'chalk';
import ora from 'ora';
import dotenv from 'dotenv';
import { PassThrough } from 'node:stream';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import path from 'node:path';

const program = new Command('tool')
  .version('1.2.3')
  .description('does things')
  .exitOverride()
  .configureOutput({
    writeOut: (text) => console.log('out:', text),
    writeErr: (text) => console.log('err:', text),
  })
  .option('-d, --debug', 'debugging')
  .option('-n, --number <n>', 'a number', Number, 5)
  .addOption(new Option('-c, --colour <name>', 'a colour').choices(['red', 'green']).env('COLOUR'));
program
  .command('add <first> [rest...]')
  .option('--loud')
  .action((first, rest, options) => console.log('add', first, rest, options));
program.command('wait').action(async () => {
  await null;
  console.log('waited', program.opts());
});
for (const line of [
  'add 1 2 3 --loud',
  '-d -n 7 wait',
  '--colour blue wait',
  '--help',
  '--version',
  'unknown',
  'add',
]) {
  await program
    .parseAsync(line.split(' '), { from: 'user' })
    .catch((error) => console.log(error.code, error.exitCode));
}
const parsed = await yargs('serve --port 80 -v -v --no-cache --list a b -- rest'.split(' '))
  .scriptName('y')
  .command(
    'serve',
    'start',
    (y) => y.option('port', { type: 'number', demandOption: true }),
    (argv) => console.log('serving', argv.port),
  )
  .option('v', { alias: 'verbose', count: true })
  .array('list')
  .parse();
console.log(parsed);
console.log(
  await yargs([])
    .scriptName('y')
    .option('x', { describe: 'an x', default: 1 })
    .wrap(80)
    .locale('en')
    .getHelp(),
);
console.log(
  JSON.stringify(new Chalk({ level: 3 }).bold.red.bgHex('#123456')(`a ${chalk.underline('b')}`)),
  chalk.level,
);
const screen = new PassThrough({ encoding: 'utf8' });
const spinner = ora({ text: 'working', stream: screen, isEnabled: false }).start();
spinner.succeed('done');
spinner.fail('failed');
console.log(JSON.stringify(screen.read()));
console.log(
  dotenv.parse('A=1\nB="two\\nlines"\n# no\nC=\'$A\' # yes\nexport D=`x`\nE = spaced \n'),
);

// A program that asks: its answers come by a pipe, as in scripts.
const folder = path.dirname(fileURLToPath(import.meta.url));
const child = spawn(
  process.execPath,
  [
    '--input-type=module',
    '-e',
    `
import inquirer from 'inquirer';
const answers = await inquirer.prompt([
  { type: 'input', name: 'name', message: 'Name?' },
  { type: 'confirm', name: 'sure', message: 'Sure?' },
  { type: 'select', name: 'pick', message: 'Pick', choices: ['one', 'two', 'three'] },
]);
console.log('\\nANSWERS ' + JSON.stringify(answers));
`,
  ],
  { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] },
);
let text = '';
const replies = [
  ['Name?', 'someone\n'],
  ['Sure?', 'y\n'],
  ['Pick', '\u001b[B\n'],
];
child.stdout.setEncoding('utf8').on('data', (part) => {
  text += part;
  if (replies.length && text.includes(replies[0][0]))
    setTimeout((reply) => child.stdin.write(reply), 150, replies.shift()[1]);
  if (text.includes('ANSWERS')) child.stdin.end();
});
child.on('close', (code) => console.log(code, /ANSWERS.*/.exec(text)?.[0]));
