'use strict';

// Patterns of file names: what `*`, `?`, `[a-c]`, `{a,b}`, `+(a|b)` and `**` mean. A pattern is
// one list of parts for each way to read its braces; a part is a name, a regular expression, or
// GLOBSTAR. Backslashes separate, as slashes do.

const {
  ArrayPrototypeFlatMap, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypePush, MathAbs,
  MathMax, MathSign, Number, RegExp, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
  RegExpPrototypeSymbolSplit, SafeMap, String, StringFromCharCode, StringPrototypeCharCodeAt,
  StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypePadStart, StringPrototypeSlice,
  StringPrototypeSplit, StringPrototypeStartsWith, Symbol,
} = primordials;

const GLOBSTAR = Symbol('**');

/** More readings than this are not looked at: braces in braces multiply. */
const READINGS_MAX = 10_000;
const CACHED_MAX = 256;

// ---- braces ------------------------------------------------------------------------------------

const numberRange = /^(-?\d+)\.\.(-?\d+)(?:\.\.(-?\d+))?$/;
const letterRange = /^([a-zA-Z])\.\.([a-zA-Z])(?:\.\.(-?\d+))?$/;

/** @returns {string[]} the pattern with its braces written out */
function expandBraces(pattern) {
  let open = -1;
  let depth = 0;
  let commas = [];
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i];
    if (c === '{') {
      if (i > 0 && pattern[i - 1] === '$' && depth === 0) continue;
      if (depth++ === 0) {
        open = i;
        commas = [];
      }
    } else if (c === ',' && depth === 1) {
      ArrayPrototypePush(commas, i);
    } else if (c === '}' && depth > 0 && --depth === 0) {
      const inside = StringPrototypeSlice(pattern, open + 1, i);
      const choices = commas.length === 0 ? rangeOf(inside) : choicesOf(pattern, open, i, commas);
      if (choices !== undefined) {
        return combine(StringPrototypeSlice(pattern, 0, open), choices,
                       expandBraces(StringPrototypeSlice(pattern, i + 1)));
      }
    }
  }
  // A brace that is never closed is a brace; those inside of it still count.
  if (depth > 0) {
    return combine(StringPrototypeSlice(pattern, 0, open + 1),
                   expandBraces(StringPrototypeSlice(pattern, open + 1)), ['']);
  }
  return [pattern];
}

function combine(before, choices, after) {
  const all = [];
  for (let i = 0; i < choices.length; i++) {
    for (let k = 0; k < after.length && all.length < READINGS_MAX; k++) {
      ArrayPrototypePush(all, before + choices[i] + after[k]);
    }
  }
  return all;
}

function choicesOf(pattern, open, close, commas) {
  const ends = [...commas, close];
  let from = open + 1;
  const choices = ArrayPrototypeMap(ends, (end) => {
    const choice = StringPrototypeSlice(pattern, from, end);
    from = end + 1;
    return choice;
  });
  return ArrayPrototypeFlatMap(choices, expandBraces);
}

/** `1..5`, `a..e..2`; undefined if it is none. */
function rangeOf(inside) {
  const numbers = RegExpPrototypeExec(numberRange, inside);
  const letters = numbers ?? RegExpPrototypeExec(letterRange, inside);
  if (letters === null) return undefined;
  const value = numbers ? Number : (letter) => StringPrototypeCharCodeAt(letter, 0);
  const { 1: first, 2: last } = letters;
  const from = value(first);
  const to = value(last);
  const step = MathMax(MathAbs(Number(letters[3] ?? 1)), 1) * (MathSign(to - from) || 1);
  const isPadded = numbers !== null && (hasZero(first) || hasZero(last));
  const width = isPadded ? MathMax(first.length, last.length) : 0;
  const items = [];
  for (let at = from; step > 0 ? at <= to : at >= to; at += step) {
    if (items.length === READINGS_MAX) break;
    ArrayPrototypePush(items, numbers ? padded(at, width) : StringFromCharCode(at));
  }
  return items;
}

const hasZero = (text) => RegExpPrototypeExec(/^-?0\d/, text) !== null;

function padded(number, width) {
  const digits = String(MathAbs(number));
  return number < 0 ? `-${StringPrototypePadStart(digits, width - 1, '0')}` :
    StringPrototypePadStart(digits, width, '0');
}

// ---- one part ----------------------------------------------------------------------------------

const POSIX = {
  __proto__: null,
  alnum: '\\p{L}\\p{Nl}\\p{Nd}',
  alpha: '\\p{L}\\p{Nl}',
  ascii: '\\x00-\\x7f',
  blank: '\\p{Zs}\\t',
  cntrl: '\\p{Cc}',
  digit: '\\p{Nd}',
  graph: '\\x21-\\x7e',
  lower: '\\p{Ll}',
  print: '\\p{L}\\p{N}\\p{P}\\p{S}\\p{Zs}',
  punct: '\\p{P}',
  space: '\\p{Z}\\t\\r\\n\\v\\f',
  upper: '\\p{Lu}',
  word: '\\p{L}\\p{Nl}\\p{Nd}\\p{Pc}',
  xdigit: 'A-Fa-f0-9',
};

const inClass = /[\\\]^-]/g;
const escapeText = (text) => RegExpPrototypeSymbolReplace(/[$()*+./?[\\\]^{|}]/g, text, '\\$&');
const escapeInClass = (c) => RegExpPrototypeSymbolReplace(inClass, c, '\\$&');

const NEVER = '(?!)';

/**
 * `[...]` from `at` on.
 * @returns {{ source: string, end: number, isUnicode: boolean } | undefined} undefined: no class
 */
function parseClass(text, at) {
  let i = at + 1;
  const isNegated = text[i] === '!' || text[i] === '^';
  if (isNegated) i++;
  const start = i;
  let source = '';
  let isUnicode = false;
  for (; i < text.length; i++) {
    if (text[i] === ']' && i > start) {
      const end = i + 1;
      if (source === '') return { source: isNegated ? '[^/]' : NEVER, end, isUnicode };
      return { source: isNegated ? `[^/${source}]` : `[${source}]`, end, isUnicode };
    }
    if (text[i] === '[' && text[i + 1] === ':') {
      const close = StringPrototypeIndexOf(text, ':]', i + 2);
      const name = close === -1 ? undefined : POSIX[StringPrototypeSlice(text, i + 2, close)];
      if (name !== undefined) {
        source += name;
        isUnicode = true;
        i = close + 1;
        continue;
      }
    }
    const last = text[i + 2];
    if (text[i + 1] === '-' && last !== undefined && last !== ']') {
      if (text[i] <= last) source += `${escapeInClass(text[i])}-${escapeInClass(last)}`;
      i += 2;
    } else {
      source += escapeInClass(text[i]);
    }
  }
  return undefined;
}

const EXTENDED = '!?+*@';

/** Reads nodes until the end, or until what ends a branch of `+(a|b)`. */
function parseNodes(text, at, isBranch) {
  const nodes = [];
  let i = at;
  while (i < text.length) {
    const c = text[i];
    if (isBranch && (c === '|' || c === ')')) break;
    const extended = text[i + 1] === '(' && StringPrototypeIncludes(EXTENDED, c) ?
      parseExtended(text, i) : undefined;
    const set = c === '[' ? parseClass(text, i) : undefined;
    if (extended !== undefined) {
      ArrayPrototypePush(nodes, extended);
      i = extended.end;
    } else if (set !== undefined) {
      ArrayPrototypePush(nodes, { kind: 'class', ...set });
      i = set.end;
    } else {
      i++;
      if (c === '*') {
        if (nodes[nodes.length - 1]?.kind !== 'star') ArrayPrototypePush(nodes, { kind: 'star' });
      } else if (c === '?') {
        ArrayPrototypePush(nodes, { kind: 'any' });
      } else {
        ArrayPrototypePush(nodes, { kind: 'text', text: c });
      }
    }
  }
  return { nodes, end: i };
}

/** `+(a|b)` and its kin; undefined if it is never closed. */
function parseExtended(text, at) {
  const branches = [];
  let i = at + 2;
  while (true) {
    const { nodes, end } = parseNodes(text, i, true);
    if (end >= text.length) return undefined;
    ArrayPrototypePush(branches, nodes);
    i = end + 1;
    if (text[end] === ')') return { kind: 'extended', operator: text[at], branches, end: i };
  }
}

const NO_DOT = '(?!\\.)';

/** The regular expression of nodes; `tail` is that of what follows them. */
function emit(nodes, isStart, tail) {
  let source = '';
  for (let i = nodes.length - 1; i >= 0; i--) {
    source = emitNode(nodes[i], isStart && isAtStart(nodes, i), source + tail) + source;
  }
  return source;
}

/** Whether a node may be the first to match a character: all before it may match none. */
function isAtStart(nodes, i) {
  for (let k = 0; k < i; k++) {
    const { kind, operator } = nodes[k];
    if (kind !== 'extended' || operator === '+' || operator === '@') return false;
  }
  return true;
}

function emitNode(node, isStart, tail) {
  switch (node.kind) {
    case 'text':
      return escapeText(node.text);
    case 'any':
      return isStart ? '[^/.]' : '[^/]';
    case 'class':
      return isStart ? NO_DOT + node.source : node.source;
    case 'star':
      return isStart ? `${NO_DOT}[^/]*?` : '[^/]*?';
    default: {
      const { operator } = node;
      const branches = ArrayPrototypeJoin(
        ArrayPrototypeMap(node.branches, (nodes) => emit(nodes, isStart, '')), '|');
      if (operator === '!') {
        return `${isStart ? NO_DOT : ''}(?!(?:${branches})${tail}$)[^/]*?`;
      }
      return `(?:${branches})${operator === '@' ? '' : operator}`;
    }
  }
}

const hasUnicode = (node) => node.isUnicode === true ||
  (node.branches !== undefined && node.branches.some((nodes) => nodes.some(hasUnicode)));

const onlyText = ({ kind }) => kind === 'text';

/** @returns {string | RegExp | symbol} */
function parsePart(text) {
  if (text === '**') return GLOBSTAR;
  const { nodes } = parseNodes(text, 0, false);
  if (nodes.every(onlyText)) return text;
  if (nodes.length === 1 && nodes[0].kind === 'star') return /^(?!\.)[^/]+$/;
  const source = emit(nodes, true, '');
  return new RegExp(`^(?:${source})$`, nodes.some(hasUnicode) ? 'su' : 's');
}

// ---- whole patterns ----------------------------------------------------------------------------

const separators = /[\\/]+/;

/** Drops what says nothing: `.`, empty parts, and a name before `..`. */
function simplify(parts) {
  const kept = [];
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const last = kept[kept.length - 1];
    const isEnd = i === parts.length - 1;
    if (part === '' && i > 0 && !isEnd) continue;
    if (part === '.' && i > 0) continue;
    if (part === '**' && last === '**') continue;
    if (part === '..' && last !== undefined && last !== '' && last !== '.' && last !== '..' &&
        last !== '**') {
      kept.pop();
      continue;
    }
    ArrayPrototypePush(kept, part);
  }
  if (kept.length === 0) ArrayPrototypePush(kept, '');
  return kept;
}

/** @returns {(string | RegExp | symbol)[][]} the readings of a pattern */
function parsePattern(pattern) {
  const readings = expandBraces(pattern);
  return ArrayPrototypeMap(readings, (reading) => {
    const parts = simplify(RegExpPrototypeSymbolSplit(separators, reading));
    return ArrayPrototypeMap(parts, parsePart);
  });
}

function partMatches(part, name) {
  return typeof part === 'string' ? part === name : RegExpPrototypeExec(part, name) !== null;
}

const isHidden = (name) => StringPrototypeStartsWith(name, '.');

/** Whether the names fit the parts, from `at` and `from` on. */
function namesMatch(names, parts, at = 0, from = 0) {
  while (from < parts.length) {
    if (at === names.length) return false;
    const part = parts[from++];
    if (part === GLOBSTAR) {
      const isEnd = from === parts.length;
      for (; at < names.length; at++) {
        if (!isEnd && namesMatch(names, parts, at, from)) return true;
        if (isHidden(names[at])) return false;
      }
      return isEnd;
    }
    if (!partMatches(part, names[at++])) return false;
  }
  // A slash at the end of a path is nothing.
  return at === names.length || (at === names.length - 1 && names[at] === '');
}

const posixCache = new SafeMap();

function readingsOf(pattern) {
  let readings = posixCache.get(pattern);
  if (readings === undefined) {
    if (posixCache.size === CACHED_MAX) posixCache.clear();
    readings = parsePattern(pattern);
    posixCache.set(pattern, readings);
  }
  return readings;
}

/** Whether a path as a whole fits a pattern; a path of Windows may have backslashes. */
function pathMatches(path, pattern, isWindows = false) {
  const slashed = isWindows ? RegExpPrototypeSymbolReplace(/\\/g, path, '/') : path;
  const names = simplify(StringPrototypeSplit(slashed, '/'));
  const readings = readingsOf(pattern);
  for (let i = 0; i < readings.length; i++) {
    if (namesMatch(names, readings[i])) return true;
  }
  return false;
}

module.exports = {
  GLOBSTAR, expandBraces, isHidden, namesMatch, parsePattern, partMatches, pathMatches, simplify,
};
