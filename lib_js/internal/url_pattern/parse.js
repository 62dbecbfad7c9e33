'use strict';
// From a pattern string to parts, and back, and to a regular expression:
// https://urlpattern.spec.whatwg.org/#pattern-strings

const { ArrayFrom, ArrayPrototypePush, RegExpPrototypeExec, RegExpPrototypeSymbolReplace,
        TypeError, hardenRegExp } = primordials;

const { isNamePart, tokenize } = require('internal/url_pattern/tokenize');

const FULL_WILDCARD = '.*';

const digit = hardenRegExp(/^[0-9]/);
const regexpSpecial = hardenRegExp(/[.+*?^${}()[\]|/\\]/g);
const patternSpecial = hardenRegExp(/[+*?:{}()\\]/g);

const escapeRegExp = (text) => RegExpPrototypeSymbolReplace(regexpSpecial, text, '\\$&');
const escapePattern = (text) => RegExpPrototypeSymbolReplace(patternSpecial, text, '\\$&');
const isDigit = (text) => RegExpPrototypeExec(digit, text) !== null;

function segmentWildcard({ delimiter }) {
  return `[^${escapeRegExp(delimiter)}]+?`;
}

function invalid(what) {
  // eslint-disable-next-line no-restricted-syntax
  return new TypeError(`Invalid pattern: ${what}`);
}

/** A piece of a pattern. `type`: fixed-text, regexp, segment-wildcard or full-wildcard. */
class Part {
  constructor(type, value, modifier, name = '', prefix = '', suffix = '') {
    this.type = type;
    this.value = value;
    this.modifier = modifier;
    this.name = name;
    this.prefix = prefix;
    this.suffix = suffix;
  }
}

class Parser {
  constructor(input, encode, options) {
    this.tokens = tokenize(input, true);
    this.encode = encode;
    this.options = options;
    this.segment = segmentWildcard(options);
    this.parts = [];
    this.pending = '';
    this.index = 0;
    this.nextName = 0;
    this.names = { __proto__: null };
  }

  take(type) {
    const token = this.tokens[this.index];
    if (token.type !== type) return undefined;
    this.index++;
    return token;
  }

  require(type) {
    const token = this.take(type);
    if (token === undefined) throw invalid(`expected ${type}`);
    return token;
  }

  takeExpression(name) {
    const token = this.take('regexp');
    return token === undefined && name === undefined ? this.take('asterisk') : token;
  }

  takeModifier() {
    return (this.take('other-modifier') ?? this.take('asterisk'))?.value ?? '';
  }

  takeText() {
    let text = '';
    while (true) {
      const token = this.take('char') ?? this.take('escaped-char');
      if (token === undefined) return text;
      text += token.value;
    }
  }

  parse() {
    while (this.index < this.tokens.length) {
      const char = this.take('char');
      let name = this.take('name');
      let expression = this.takeExpression(name);
      if (name !== undefined || expression !== undefined) {
        let prefix = char?.value ?? '';
        if (prefix !== '' && prefix !== this.options.prefix) {
          this.pending += prefix;
          prefix = '';
        }
        this.flush();
        this.add(prefix, name, expression, '', this.takeModifier());
        continue;
      }
      const fixed = char ?? this.take('escaped-char');
      if (fixed !== undefined) {
        this.pending += fixed.value;
        continue;
      }
      if (this.take('open') !== undefined) {
        const prefix = this.takeText();
        name = this.take('name');
        expression = this.takeExpression(name);
        const suffix = this.takeText();
        this.require('close');
        this.add(prefix, name, expression, suffix, this.takeModifier());
        continue;
      }
      this.flush();
      this.require('end');
    }
    return this.parts;
  }

  flush() {
    if (this.pending === '') return;
    const text = this.encode(this.pending);
    this.pending = '';
    ArrayPrototypePush(this.parts, new Part('fixed-text', text, ''));
  }

  add(prefix, nameToken, expression, suffix, modifier) {
    if (nameToken === undefined && expression === undefined && modifier === '') {
      this.pending += prefix;
      return;
    }
    this.flush();
    if (nameToken === undefined && expression === undefined) {
      if (prefix === '') return;
      ArrayPrototypePush(this.parts, new Part('fixed-text', this.encode(prefix), modifier));
      return;
    }
    let value = this.segment;
    if (expression !== undefined) {
      value = expression.type === 'asterisk' ? FULL_WILDCARD : expression.value;
    }
    let type = 'regexp';
    if (value === this.segment) type = 'segment-wildcard';
    else if (value === FULL_WILDCARD) type = 'full-wildcard';
    if (type !== 'regexp') value = '';
    const name = nameToken !== undefined ? nameToken.value : `${this.nextName++}`;
    if (this.names[name]) throw invalid(`two groups are called ${name}`);
    this.names[name] = true;
    ArrayPrototypePush(this.parts, new Part(
      type, value, modifier, name, this.encode(prefix), this.encode(suffix)));
  }
}

/** The source of a regular expression, and the names of its groups in order. */
function toRegExp(parts, options) {
  let source = '^';
  const names = [];
  for (let i = 0; i < parts.length; i++) {
    const { type, value, modifier, name } = parts[i];
    if (type === 'fixed-text') {
      source += modifier === '' ? escapeRegExp(value) : `(?:${escapeRegExp(value)})${modifier}`;
      continue;
    }
    ArrayPrototypePush(names, name);
    let expression = value;
    if (type === 'segment-wildcard') expression = segmentWildcard(options);
    else if (type === 'full-wildcard') expression = FULL_WILDCARD;
    const repeats = modifier === '*' || modifier === '+';
    const prefix = escapeRegExp(parts[i].prefix);
    const suffix = escapeRegExp(parts[i].suffix);
    if (prefix === '' && suffix === '') {
      source += repeats ? `((?:${expression})${modifier})` : `(${expression})${modifier}`;
    } else if (!repeats) {
      source += `(?:${prefix}(${expression})${suffix})${modifier}`;
    } else {
      source += `(?:${prefix}((?:${expression})(?:${suffix}${prefix}(?:${expression}))*)${suffix})`;
      if (modifier === '*') source += '?';
    }
  }
  return { source: `${source}$`, names };
}

function firstChar(text) {
  return ArrayFrom(text)[0] ?? '';
}

function lastChar(text) {
  const chars = ArrayFrom(text);
  return chars[chars.length - 1] ?? '';
}

/** Must braces keep this part from its neighbours? */
function needsGrouping(part, previous, next, options) {
  if (part.suffix !== '' || (part.prefix !== '' && part.prefix !== options.prefix)) return true;
  if (!isDigit(part.name) && part.type === 'segment-wildcard' && part.modifier === '' &&
      next !== undefined && next.prefix === '' && next.suffix === '') {
    if (next.type === 'fixed-text' ? isNamePart(firstChar(next.value)) : isDigit(next.name)) {
      return true;
    }
  }
  return part.prefix === '' && previous?.type === 'fixed-text' && options.prefix !== '' &&
    lastChar(previous.value) === options.prefix;
}

/** The pattern in its shortest form. */
function toPatternString(parts, options) {
  let text = '';
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i];
    const { type, value, modifier, name, prefix, suffix } = part;
    if (type === 'fixed-text') {
      text += modifier === '' ? escapePattern(value) : `{${escapePattern(value)}}${modifier}`;
      continue;
    }
    const previous = parts[i - 1];
    const isNamed = !isDigit(name);
    const isGrouped = needsGrouping(part, previous, parts[i + 1], options);
    if (isGrouped) text += '{';
    text += escapePattern(prefix);
    if (isNamed) text += `:${name}`;
    if (type === 'regexp') {
      text += `(${value})`;
    } else if (type === 'segment-wildcard') {
      if (!isNamed) text += `(${segmentWildcard(options)})`;
      else if (suffix !== '' && isNamePart(firstChar(suffix))) text += '\\';
    } else {
      const isStar = !isNamed && (previous === undefined || previous.type === 'fixed-text' ||
        previous.modifier !== '' || isGrouped || prefix !== '');
      text += isStar ? '*' : `(${FULL_WILDCARD})`;
    }
    text += escapePattern(suffix);
    if (isGrouped) text += '}';
    text += modifier;
  }
  return text;
}

/** A component of a URLPattern. `encode` brings fixed text into the form that URLs have. */
class Component {
  constructor(input, encode, options, ignoreCase) {
    const parts = new Parser(input, encode, options).parse();
    const { source, names } = toRegExp(parts, options);
    this.names = names;
    this.regexp = hardenRegExp(new RegExp(source, ignoreCase ? 'vi' : 'v'));
    this.pattern = toPatternString(parts, options);
    this.hasRegExpGroups = false;
    for (let i = 0; i < parts.length; i++) {
      if (parts[i].type === 'regexp') this.hasRegExpGroups = true;
    }
  }

  exec(input) {
    return RegExpPrototypeExec(this.regexp, input);
  }

  test(input) {
    return this.exec(input) !== null;
  }

  /** What exec() has found, as programs get it. */
  result(input, match) {
    const groups = {};
    for (let i = 0; i < this.names.length; i++) groups[this.names[i]] = match[i + 1];
    return { input, groups };
  }
}

module.exports = { Component, escapePattern };
