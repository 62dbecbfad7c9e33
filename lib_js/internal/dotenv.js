'use strict';

// The grammar of .env files, as Node's --env-file and util.parseEnv understand it.

const {
  ArrayPrototypeSort, ObjectKeys, StringPrototypeIndexOf, StringPrototypeReplaceAll,
  StringPrototypeSlice, StringPrototypeStartsWith,
} = primordials;

const isSpace = (char) => char === ' ' || char === '\t' || char === '\n';

/** Only these three count as space here, unlike in String.prototype.trim. */
function trim(text) {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text[start])) start++;
  while (end > start && isSpace(text[end - 1])) end--;
  return StringPrototypeSlice(text, start, end);
}

/** @returns {string} what stands behind the first newline at or after `from` */
function afterLine(text, from = 0) {
  const newline = StringPrototypeIndexOf(text, '\n', from);
  return newline === -1 ? '' : StringPrototypeSlice(text, newline + 1);
}

function firstLine(text) {
  const newline = StringPrototypeIndexOf(text, '\n');
  return newline === -1 ? text : StringPrototypeSlice(text, 0, newline);
}

/** @param {string} rest  begins with the value  @returns {[value: string, rest: string]} */
function parseValue(rest) {
  const mark = rest[0];
  if (mark === '"' || mark === "'" || mark === '`') {
    const close = StringPrototypeIndexOf(rest, mark, 1);
    if (close !== -1) {
      const value = StringPrototypeSlice(rest, 1, close);
      return [mark === '"' ? StringPrototypeReplaceAll(value, '\\n', '\n') : value,
              afterLine(rest, close + 1)];
    }
    // A quote that never closes is part of the value, and so is a `#` behind it.
    return [firstLine(rest), trim(afterLine(rest))];
  }
  const line = firstLine(rest);
  const hash = StringPrototypeIndexOf(line, '#');
  const value = hash === -1 ? line : StringPrototypeSlice(line, 0, hash);
  return [trim(value), trim(afterLine(rest))];
}

/** @param {string} content  @returns {{[name: string]: string}} by name, sorted */
function parseEnv(content) {
  const found = { __proto__: null };
  let rest = trim(StringPrototypeReplaceAll(content, '\r', ''));
  while (rest !== '') {
    if (rest[0] === '\n' || rest[0] === '#') {
      rest = afterLine(rest);
      continue;
    }
    const line = firstLine(rest);
    const equals = StringPrototypeIndexOf(line, '=');
    if (equals === -1) {
      rest = trim(afterLine(rest));
      continue;
    }
    let key = trim(StringPrototypeSlice(line, 0, equals));
    rest = StringPrototypeSlice(rest, equals + 1);
    if (rest === '' || rest[0] === '\n') {
      found[key] = '';
      rest = StringPrototypeSlice(rest, 1);
      continue;
    }
    rest = trim(rest);
    if (key === '') continue; // As in Node, what follows is taken for a key.
    // Node looks for the prefix only where there is a value.
    if (StringPrototypeStartsWith(key, 'export ')) key = trim(StringPrototypeSlice(key, 7));
    ({ 0: found[key], 1: rest } = parseValue(rest));
  }
  const sorted = {};
  const keys = ArrayPrototypeSort(ObjectKeys(found));
  for (let i = 0; i < keys.length; i++) sorted[keys[i]] = found[keys[i]];
  return sorted;
}

module.exports = { parseEnv };
