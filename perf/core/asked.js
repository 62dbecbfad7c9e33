'use strict';
// What a program was asked for on its command line, and how it says that it is done.
const [variant, operations] = process.argv.slice(2);

exports.variant = variant;
exports.operations = Number(operations);

/** Prints the operations; a wrong result prints nothing and fails. */
exports.done = function done(isRight) {
  if (!isRight) throw new Error(`wrong result of ${variant}`);
  console.log(operations);
};

/** Text of so many units; `mixed` has letters of one, two and three bytes in UTF-8. */
exports.text = function text(kind, units) {
  const sentence = kind === 'mixed' ?
    'Grüße, 世界! price: 12 € — ' : 'The quick brown fox, 42 times. ';
  return sentence.repeat(Math.ceil(units / sentence.length)).slice(0, units);
};
