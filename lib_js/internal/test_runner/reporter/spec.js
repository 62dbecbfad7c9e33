'use strict';
// The reporter `spec`: a tree of tests, then what failed.

const { ArrayPrototypeJoin, ArrayPrototypePop, ArrayPrototypePush, Date,
        DatePrototypeToLocaleString } = primordials;

const assert = require('internal/assert');
const Transform = require('internal/streams/transform');
const colors = require('internal/util/colors');
const { kSubtestsFailed } = require('internal/test_runner/failure');
const { colorOf, formatTestReport, indent,
        reporterUnicodeSymbolMap: symbols } = require('internal/test_runner/reporter/utils');
const { relative } = require('path');

class SpecReporter extends Transform {
  /** Tests that have started and were not shown: the innermost is the last. */
  #started = [];
  #failed = [];
  #cwd = process.cwd();

  constructor() {
    super({ __proto__: null, writableObjectMode: true });
    colors.refresh();
  }

  #failures() {
    if (this.#failed.length === 0) return '';
    const title = `${symbols['test:fail']}failing tests:`;
    const lines = [`\n${colorOf('test:fail')}${title}${colors.white}\n`];
    for (let i = 0; i < this.#failed.length; i++) {
      const test = this.#failed[i];
      if (test.file) {
        const path = relative(this.#cwd, test.file);
        ArrayPrototypePush(lines, `test at ${path}:${test.line}:${test.column}`);
      }
      ArrayPrototypePush(lines, formatTestReport('test:fail', test));
    }
    this.#failed = [];
    return ArrayPrototypeJoin(lines, '\n');
  }

  #verdict(type, data) {
    const own = ArrayPrototypePop(this.#started);
    if (own !== undefined) assert(own.nesting === data.nesting && own.name === data.name);
    // The first result in a test comes with the titles of all around it.
    let titles = '';
    for (let i = 0; i < this.#started.length; i++) {
      const { name, nesting } = this.#started[i];
      titles += `${indent(nesting)}${symbols['arrow:right']}${name}\n`;
    }
    this.#started = [];
    return `${formatTestReport(type, data, false, titles, indent(data.nesting))}\n`;
  }

  #interrupted(tests) {
    if (tests.length === 0) return '';
    const lines = [`\n${colors.yellow}Interrupted while running:${colors.white}\n`];
    for (let i = 0; i < tests.length; i++) {
      const { name, nesting, file, line, column } = tests[i];
      const place = file ? ` ${colors.gray}(${relative(this.#cwd, file)}:${line}:${column})` +
        colors.white : '';
      ArrayPrototypePush(lines, `${indent(nesting)}${symbols['warning:alert']}${name}${place}`);
    }
    return `${ArrayPrototypeJoin(lines, '\n')}\n`;
  }

  #format(type, data) {
    switch (type) {
      case 'test:fail':
        if (data.details?.error?.failureType !== kSubtestsFailed) {
          ArrayPrototypePush(this.#failed, data);
        }
        return this.#verdict(type, data);
      case 'test:pass':
        return this.#verdict(type, data);
      case 'test:start':
        ArrayPrototypePush(this.#started, data);
        return undefined;
      case 'test:stderr':
      case 'test:stdout':
        return data.message;
      case 'test:diagnostic':
      case 'test:log': {
        const color = colorOf(data.level) || colorOf(type);
        return `${color}${indent(data.nesting)}${symbols[type]}${data.message}${colors.white}\n`;
      }
      case 'test:coverage': {
        const { getCoverageReport } = require('internal/test_runner/reporter/coverage_table');
        const prefix = `${indent(data.nesting)}${symbols['test:coverage']}`;
        return getCoverageReport(prefix, data.summary, colors.blue);
      }
      case 'test:summary':
        // Files that were run have summaries of their own.
        return data.file === undefined ? this.#failures() : undefined;
      case 'test:watch:restarted':
        return `\nRestarted at ${DatePrototypeToLocaleString(new Date())}\n`;
      case 'test:interrupted':
        return this.#interrupted(data.tests);
      default:
        return undefined;
    }
  }

  _transform({ type, data }, encoding, callback) {
    callback(null, this.#format(type, data));
  }

  _flush(callback) {
    callback(null, this.#failures());
  }
}

module.exports = SpecReporter;
