'use strict';

// MIMEType and MIMEParams: https://mimesniff.spec.whatwg.org/#parsing-a-mime-type

const {
  ObjectDefineProperty, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeMap,
  SafeStringPrototypeSearch, StringPrototypeIndexOf, StringPrototypeSlice,
  StringPrototypeToLowerCase, SymbolIterator, hardenRegExp, uncurryThis,
} = primordials;

const { codes: { ERR_INVALID_MIME_SYNTAX } } = require('internal/errors');

const notToken = hardenRegExp(/[^!#$%&'*+\-.^_`|~A-Za-z0-9]/);
const notQuotable = hardenRegExp(/[^\t\u0020-~\u0080-\u00FF]/);
const firstNonSpace = hardenRegExp(/[^\r\n\t ]|$/);
const trailingSpace = hardenRegExp(/[\r\n\t ]*$/);
const nameEnd = hardenRegExp(/[;=]|$/);
const upperCase = hardenRegExp(/[A-Z]+/g);
const needsEscape = hardenRegExp(/["\\]/g);

/** Only ASCII letters: the full String method turns the Kelvin sign into a k. */
function lower(text) {
  return RegExpPrototypeSymbolReplace(upperCase, text, (run) => StringPrototypeToLowerCase(run));
}

function trimEnd(text) {
  return StringPrototypeSlice(text, 0, SafeStringPrototypeSearch(text, trailingSpace));
}

/** @returns {string} lower case */
function checkToken(text, production, shown) {
  const at = SafeStringPrototypeSearch(text, notToken);
  if (text === '' || at !== -1) throw new ERR_INVALID_MIME_SYNTAX(production, shown, at);
  return lower(text);
}

/** @returns {[type: string, subtype: string, params: string]} */
function parseEssence(text) {
  const start = SafeStringPrototypeSearch(text, firstNonSpace);
  const slash = StringPrototypeIndexOf(text, '/', start);
  if (slash === -1) {
    const at = SafeStringPrototypeSearch(StringPrototypeSlice(text, start), notToken);
    throw new ERR_INVALID_MIME_SYNTAX('type', text, at);
  }
  const type = checkToken(StringPrototypeSlice(text, start, slash), 'type', text);
  const semicolon = StringPrototypeIndexOf(text, ';', slash + 1);
  const end = semicolon === -1 ? text.length : semicolon;
  const rest = trimEnd(StringPrototypeSlice(text, slash + 1, end));
  const subtype = checkToken(rest, 'subtype', text);
  return [type, subtype, StringPrototypeSlice(text, end + 1)];
}

/** Reads `name=value` after `name=value`, dropping what is wrong, as the standard asks. */
class ParamsParser {
  constructor(text) {
    this.text = text;
    this.end = SafeStringPrototypeSearch(text, trailingSpace);
    this.at = 0;
  }

  skipTo(pattern) {
    this.at += SafeStringPrototypeSearch(StringPrototypeSlice(this.text, this.at), pattern);
  }

  /** @param {Map<string, string>} params */
  parseInto(params) {
    while (this.at < this.end) {
      this.skipTo(firstNonSpace);
      const start = this.at;
      this.skipTo(nameEnd);
      const name = lower(StringPrototypeSlice(this.text, start, this.at));
      if (this.at < this.end && this.text[this.at++] === ';') continue;
      if (this.at >= this.end) break;
      const isQuoted = this.text[this.at] === '"';
      const value = isQuoted ? this.readQuoted() : this.readPlain();
      this.at++;
      if (value === '' && !isQuoted) continue;
      if (name !== '' && RegExpPrototypeExec(notToken, name) === null &&
          RegExpPrototypeExec(notQuotable, value) === null && !params.has(name)) {
        params.set(name, value);
      }
    }
  }

  readPlain() {
    const start = this.at;
    const semicolon = StringPrototypeIndexOf(this.text, ';', start);
    this.at = semicolon === -1 ? this.text.length : semicolon;
    return trimEnd(StringPrototypeSlice(this.text, start, this.at));
  }

  /** Ends behind the closing quote, or at the end; a backslash there stands for itself. */
  readQuoted() {
    const { text } = this;
    let value = '';
    for (this.at++; this.at < text.length; this.at++) {
      let char = text[this.at];
      if (char === '"') {
        this.at++;
        break;
      }
      if (char === '\\' && this.at + 1 < text.length) char = text[++this.at];
      value += char;
    }
    return value;
  }
}

function encodeValue(value) {
  if (value === '') return '""';
  if (RegExpPrototypeExec(notToken, value) === null) return value;
  return `"${RegExpPrototypeSymbolReplace(needsEscape, value, '\\$&')}"`;
}

class MIMEParams {
  #map = new SafeMap();
  /** Text that is parsed when somebody asks. */
  #unparsed;

  /** Taken off the class below: only MIMEType makes parameters from text. */
  static fromText(text) {
    const params = new MIMEParams();
    params.#unparsed = text;
    return params;
  }

  #params() {
    if (this.#unparsed !== undefined) {
      const text = this.#unparsed;
      this.#unparsed = undefined;
      new ParamsParser(text).parseInto(this.#map);
    }
    return this.#map;
  }

  delete(name) {
    this.#params().delete(lower(`${name}`));
  }

  get(name) {
    return this.#params().get(lower(`${name}`)) ?? null;
  }

  has(name) {
    return this.#params().has(lower(`${name}`));
  }

  set(name, value) {
    const params = this.#params();
    name = lower(`${name}`);
    value = `${value}`;
    checkToken(name, 'parameter name', name);
    const at = SafeStringPrototypeSearch(value, notQuotable);
    if (at !== -1) throw new ERR_INVALID_MIME_SYNTAX('parameter value', value, at);
    params.set(name, value);
  }

  *entries() {
    yield* this.#params().entries();
  }

  *keys() {
    yield* this.#params().keys();
  }

  *values() {
    yield* this.#params().values();
  }

  toString() {
    let text = '';
    for (const { 0: name, 1: value } of this.#params().entries()) {
      text += `${text === '' ? '' : ';'}${name}=${encodeValue(value)}`;
    }
    return text;
  }
}
const { fromText } = MIMEParams;
delete MIMEParams.fromText;
const paramsToString = uncurryThis(MIMEParams.prototype.toString);

class MIMEType {
  #type;
  #subtype;
  #params;

  constructor(string) {
    const { 0: type, 1: subtype, 2: params } = parseEssence(`${string}`);
    this.#type = type;
    this.#subtype = subtype;
    this.#params = fromText(params);
  }

  /** null instead of an error. */
  static parse(string) {
    const text = `${string}`;
    try {
      return new MIMEType(text);
    } catch {
      return null;
    }
  }

  get type() {
    return this.#type;
  }

  set type(v) {
    v = `${v}`;
    this.#type = checkToken(v, 'type', v);
  }

  get subtype() {
    return this.#subtype;
  }

  set subtype(v) {
    v = `${v}`;
    this.#subtype = checkToken(v, 'subtype', v);
  }

  get essence() {
    return `${this.#type}/${this.#subtype}`;
  }

  get params() {
    return this.#params;
  }

  toString() {
    const params = paramsToString(this.#params);
    return `${this.#type}/${this.#subtype}${params === '' ? '' : `;${params}`}`;
  }
}

function alias(prototype, key, target) {
  ObjectDefineProperty(prototype, key, {
    __proto__: null, value: prototype[target], writable: true, configurable: true,
  });
}
alias(MIMEParams.prototype, SymbolIterator, 'entries');
alias(MIMEParams.prototype, 'toJSON', 'toString');
alias(MIMEType.prototype, 'toJSON', 'toString');

module.exports = { MIMEParams, MIMEType };
