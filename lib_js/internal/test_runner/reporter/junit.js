'use strict';
// The reporter `junit`: XML as JUnit writes it, all at the end of the run.

const {
  ArrayPrototypeFilter,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  Date,
  DateNow,
  DatePrototypeToISOString,
  NumberPrototypeToFixed,
  ObjectEntries,
  RegExpPrototypeSymbolReplace,
  String,
  StringPrototypeRepeat,
  StringPrototypeTrim,
  hardenRegExp,
} = primordials;

const { inspectWithNoCustomRetry } = require('internal/errors');
const { ReportTree } = require('internal/test_runner/reporter/tree');
const { hostname } = require('os');

const ampersand = hardenRegExp(/&(?!#\d{1,7};)/g);
const less = hardenRegExp(/</g);
const quote = hardenRegExp(/"/g);
const newline = hardenRegExp(/\n/g);
const dashes = hardenRegExp(/--/g);

const replace = (pattern, text, by) => RegExpPrototypeSymbolReplace(pattern, text, by);
const escapeContent = (text = '') => replace(less, replace(ampersand, text, '&amp;'), '&lt;');
const escapeAttribute = (text) => (
  replace(quote, escapeContent(replace(newline, text, '&#10;')), '&quot;'));

class Element {
  constructor(tag, nesting, attributes, children) {
    this.tag = tag;
    this.nesting = nesting;
    this.attributes = attributes;
    this.children = children;
  }

  toXML() {
    const margin = StringPrototypeRepeat('\t', this.nesting + 1);
    const entries = ObjectEntries(this.attributes);
    let head = `<${this.tag} `;
    for (let i = 0; i < entries.length; i++) {
      const { 0: name, 1: value } = entries[i];
      head += `${i === 0 ? '' : ' '}${name}="${escapeAttribute(String(value))}"`;
    }
    if (this.children.length === 0) return `${margin}${head}/>\n`;
    let body = '';
    for (let i = 0; i < this.children.length; i++) {
      const child = this.children[i];
      body += typeof child === 'string' ? `${escapeContent(child)}\n` : child.toXML();
    }
    return `${margin}${head}>\n${body}${margin}</${this.tag}>\n`;
  }
}

class Comment {
  constructor(nesting, text) {
    this.nesting = nesting;
    this.text = text;
  }

  toXML() {
    const margin = StringPrototypeRepeat('\t', this.nesting + 1);
    return `${margin}<!-- ${replace(dashes, this.text, '&#45;&#45;')} -->\n`;
  }
}

function hasTag(element, tag) {
  return ArrayPrototypeSome(element.children, (child) => child.tag === tag);
}

function countOf(elements, tag, sum) {
  return ArrayPrototypeFilter(
    elements, (element) => hasTag(element, tag) || element.attributes[sum]).length;
}

/** A test whose subtests are known. */
function asSuite(attributes, elements, durationMs) {
  attributes.disabled = 0;
  attributes.errors = 0;
  attributes.tests = elements.length;
  attributes.failures = countOf(elements, 'failure', 'failures');
  attributes.skipped = countOf(elements, 'skipped', 'skipped');
  // Its start is reported with the first result inside, that is too late.
  attributes.timestamp = DatePrototypeToISOString(new Date(DateNow() - durationMs));
  attributes.hostname = hostname();
}

function asCase(attributes, children, data, isFailure) {
  const nesting = data.nesting + 1;
  const skipped = (type, message) => ArrayPrototypePush(
    children, new Element('skipped', nesting, { __proto__: null, type, message }, []));
  attributes.classname = data.classname ?? 'test';
  if (data.file) attributes.file = data.file;
  if (data.skip) skipped('skipped', data.skip);
  if (data.todo) skipped('todo', data.todo);
  if (!isFailure) return;
  const error = data.details?.error;
  const text = inspectWithNoCustomRetry(
    error, { __proto__: null, colors: false, breakLength: Infinity });
  ArrayPrototypePush(children, new Element('failure', nesting, {
    __proto__: null,
    type: error?.failureType || error?.code,
    message: error === undefined ? '' : StringPrototypeTrim(error.message),
  }, [text]));
  attributes.failure = error?.message ?? '';
}

/** Turns the node of a test that has ended into an element, in place. */
function complete(test, data, isFailure) {
  const { children } = test;
  const elements = ArrayPrototypeFilter(children, (child) => !(child instanceof Comment));
  const { duration_ms } = data.details;
  const attributes = {
    __proto__: null,
    name: test.data.name,
    time: NumberPrototypeToFixed(duration_ms / 1000, 6),
  };
  if (elements.length > 0) asSuite(attributes, elements, duration_ms);
  else asCase(attributes, children, data, isFailure);
  test.tag = elements.length > 0 ? 'testsuite' : 'testcase';
  test.attributes = attributes;
  test.toXML = () => new Element(test.tag, test.data.nesting, attributes, children).toXML();
}

module.exports = async function* junitReporter(source) {
  yield '<?xml version="1.0" encoding="utf-8"?>\n';
  yield '<testsuites>\n';
  const tree = new ReportTree();
  for await (const { type, data } of source) {
    switch (type) {
      case 'test:start':
        tree.start(data);
        break;
      case 'test:pass':
      case 'test:fail':
        complete(tree.end(data), data, type === 'test:fail');
        break;
      case 'test:diagnostic':
      case 'test:log':
        ArrayPrototypePush(tree.innermost, new Comment(data.nesting, data.message));
        break;
    }
  }
  for (let i = 0; i < tree.roots.length; i++) yield tree.roots[i].toXML();
  yield '</testsuites>\n';
};
