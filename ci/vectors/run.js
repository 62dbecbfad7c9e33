'use strict';
// Wycheproof's vectors against node:crypto: run.js FOLDER [FILTER]. Prints a table and every vector
// that was answered wrongly; the exit code is their number, 100 at most. Node runs it, too.
const fs = require('fs');
const path = require('path');
const families = require('./families.js');

const [folder, filter = ''] = process.argv.slice(2);

/** Flags of vectors that Node answers otherwise than Wycheproof wants, and why that is right. */
const asNode = {
  // X9.62 says that it may be left out, and OpenSSL and AWS-LC take it so. The key is that of the
  // named curve whose other parameters all fit; other curves are refused.
  NoCofactor: true,
};

/** By type of test: how many vectors, and what became of them. */
const table = new Map();
const absent = new Map();
let wrong = 0;

const add = (map, key) => map.set(key, (map.get(key) ?? 0) + 1);

function row(type) {
  if (!table.has(type)) table.set(type, { vectors: 0, right: 0, either: 0, absent: 0, wrong: 0 });
  return table.get(type);
}

const isEither = ({ result, flags = [] }) =>
  result === 'acceptable' || flags.some((flag) => asNode[flag] === true);

function judge(file, group, test) {
  const own = row(group.type);
  own.vectors++;
  const ask = families[group.type];
  let answer;
  try {
    answer = ask === undefined ? { why: group.type } : ask(file, group, test);
  } catch (error) {
    answer = error;
  }
  if (answer?.why !== undefined) {
    own.absent++;
    add(absent, answer.why);
  } else if (typeof answer === 'boolean' && isEither(test)) {
    own.either++;
  } else if (answer === (test.result === 'valid')) {
    own.right++;
  } else {
    own.wrong++;
    wrong++;
    const said = answer instanceof Error ? answer.message.split('\n')[0] : answer;
    console.log(`${file} ${test.tcId} is ${test.result}: ${said} ` +
      `(${test.comment ?? ''}; ${(test.flags ?? []).join(' ')})`);
  }
}

for (const name of fs.readdirSync(folder).sort()) {
  if (!name.endsWith('_test.json') || !name.includes(filter)) continue;
  const { testGroups } = JSON.parse(fs.readFileSync(path.join(folder, name), 'utf8'));
  const file = name.slice(0, -'_test.json'.length);
  for (const group of testGroups) {
    for (const test of group.tests) judge(file, group, test);
  }
}

console.log('\ntype | vectors | right | either | absent | wrong');
for (const [type, own] of table) {
  console.log(`${type} | ${Object.values(own).join(' | ')}`);
}
const sum = (field) => [...table.values()].reduce((total, own) => total + own[field], 0);
console.log(`all | ${['vectors', 'right', 'either', 'absent', 'wrong'].map(sum).join(' | ')}`);
console.log('\nabsent:');
for (const [why, count] of [...absent].sort((a, b) => b[1] - a[1])) {
  console.log(`${String(count).padStart(6)} ${why}`);
}
process.exitCode = Math.min(wrong, 100);
