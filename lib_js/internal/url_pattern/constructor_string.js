'use strict';
// Takes a pattern apart that is written like a URL:
// https://urlpattern.spec.whatwg.org/#constructor-string-parsing

const { ArrayFrom, ArrayPrototypeIncludes, ArrayPrototypeJoin, ArrayPrototypeSlice,
        ObjectKeys } = primordials;

const { SPECIAL, protocol: canonicalizeProtocol } = require('internal/url_pattern/canonicalize');
const { Component } = require('internal/url_pattern/parse');
const { tokenize } = require('internal/url_pattern/tokenize');

const PLAIN = { __proto__: null, delimiter: '', prefix: '' };

const BEFORE_HOST = ['protocol', 'authority', 'username', 'password'];
const FROM_PORT = ['port', 'pathname', 'search', 'hash'];
const BEFORE_PATH = [...BEFORE_HOST, 'hostname', 'port'];
const FROM_SEARCH = ['search', 'hash'];
const BEFORE_SEARCH = [...BEFORE_PATH, 'pathname'];

class ConstructorStringParser {
  constructor(input) {
    this.chars = ArrayFrom(input);
    this.tokens = tokenize(input, false);
    this.result = { __proto__: null };
    this.state = 'init';
    this.start = 0;
    this.index = 0;
    this.step = 1;
    this.groupDepth = 0;
    this.bracketDepth = 0;
    this.isSpecial = false;
  }

  parse() {
    for (; this.index < this.tokens.length; this.index += this.step) {
      this.step = 1;
      const { type } = this.tokens[this.index];
      if (type === 'end') {
        if (this.state === 'init') {
          this.rewind();
          if (this.isSign('#')) this.change('hash', 1);
          else if (this.isSearchPrefix()) this.change('search', 1);
          else this.change('pathname', 0);
          continue;
        }
        if (this.state === 'authority') {
          this.rewind('hostname');
          continue;
        }
        this.change('done', 0);
        break;
      }
      if (type === 'open') {
        this.groupDepth++;
        continue;
      }
      if (this.groupDepth > 0) {
        if (type !== 'close') continue;
        this.groupDepth--;
      }
      this[this.state]();
    }
    if (this.result.hostname !== undefined && this.result.port === undefined) {
      this.result.port = '';
    }
    return this.result;
  }

  // ---- one method for each state

  init() {
    if (this.isSign(':')) this.rewind('protocol');
  }

  protocol() {
    if (!this.isSign(':')) return;
    this.isSpecial = this.matchesSpecialScheme();
    const hasSlashes = this.isSign('/', 1) && this.isSign('/', 2);
    if (hasSlashes) this.change('authority', 3);
    else this.change(this.isSpecial ? 'authority' : 'pathname', 1);
  }

  authority() {
    if (this.isSign('@')) this.rewind('username');
    else if (this.isSign('/') || this.isSearchPrefix() || this.isSign('#')) this.rewind('hostname');
  }

  username() {
    if (this.isSign(':')) this.change('password', 1);
    else if (this.isSign('@')) this.change('hostname', 1);
  }

  password() {
    if (this.isSign('@')) this.change('hostname', 1);
  }

  hostname() {
    if (this.isSign('[')) this.bracketDepth++;
    else if (this.isSign(']')) this.bracketDepth--;
    else if (this.isSign(':') && this.bracketDepth === 0) this.change('port', 1);
    else this.port();
  }

  port() {
    if (this.isSign('/')) this.change('pathname', 0);
    else this.pathname();
  }

  pathname() {
    if (this.isSearchPrefix()) this.change('search', 1);
    else this.search();
  }

  search() {
    if (this.isSign('#')) this.change('hash', 1);
  }

  hash() {}

  // ---- moving

  change(state, skip) {
    const { state: old, result } = this;
    if (old !== 'init' && old !== 'authority') result[old] = this.text();
    if (old !== 'init' && state !== 'done') {
      if (ArrayPrototypeIncludes(BEFORE_HOST, old) && ArrayPrototypeIncludes(FROM_PORT, state)) {
        result.hostname ??= '';
      }
      if (ArrayPrototypeIncludes(BEFORE_PATH, old) && ArrayPrototypeIncludes(FROM_SEARCH, state)) {
        result.pathname ??= this.isSpecial ? '/' : '';
      }
      if (ArrayPrototypeIncludes(BEFORE_SEARCH, old) && state === 'hash') result.search ??= '';
    }
    this.state = state;
    this.index += skip;
    this.start = this.index;
    this.step = 0;
  }

  rewind(state = this.state) {
    this.state = state;
    this.index = this.start;
    this.step = 0;
  }

  // ---- looking

  tokenAt(index) {
    return this.tokens[index] ?? this.tokens[this.tokens.length - 1];
  }

  /** A character that means itself in patterns. */
  isSign(sign, offset = 0) {
    const { type, value } = this.tokenAt(this.index + offset);
    return value === sign &&
      (type === 'char' || type === 'escaped-char' || type === 'invalid-char');
  }

  /** '?' begins the search unless it modifies what is before it. */
  isSearchPrefix() {
    if (this.isSign('?')) return true;
    if (this.tokens[this.index].value !== '?') return false;
    if (this.index === 0) return true;
    const { type } = this.tokens[this.index - 1];
    return type !== 'name' && type !== 'regexp' && type !== 'close' && type !== 'asterisk';
  }

  text() {
    const from = this.tokenAt(this.start).index;
    return ArrayPrototypeJoin(
      ArrayPrototypeSlice(this.chars, from, this.tokens[this.index].index), '');
  }

  matchesSpecialScheme() {
    return matchesSpecialScheme(new Component(this.text(), canonicalizeProtocol, PLAIN, false));
  }
}

function matchesSpecialScheme(component) {
  const schemes = ObjectKeys(SPECIAL);
  for (let i = 0; i < schemes.length; i++) {
    if (component.test(schemes[i])) return true;
  }
  return false;
}

function parseConstructorString(input) {
  return new ConstructorStringParser(input).parse();
}

module.exports = { PLAIN, matchesSpecialScheme, parseConstructorString };
