'use strict';
// The reporter `dot`: a mark for each test, then what failed.

const { ArrayPrototypePush, MathMax } = primordials;

const colors = require('internal/util/colors');
const { colorOf, formatTestReport,
        reporterUnicodeSymbolMap } = require('internal/test_runner/reporter/utils');

/** The terminal may be resized meanwhile. */
function marksPerLine() {
  return MathMax(process.stdout.columns ?? 20, 20);
}

module.exports = async function* dot(source) {
  const failed = [];
  const errors = [];
  let columns = marksPerLine();
  let count = 0;
  let coverage;
  for await (const { type, data } of source) {
    if (type === 'test:coverage') coverage = data.summary;
    if (type === 'test:diagnostic' && data.level === 'error') ArrayPrototypePush(errors, data);
    const isPass = type === 'test:pass';
    if (!isPass && type !== 'test:fail') continue;
    if (!isPass) ArrayPrototypePush(failed, data);
    yield isPass ? `${colors.green}.${colors.reset}` : `${colors.red}X${colors.reset}`;
    if (++count === columns) {
      yield '\n';
      columns = marksPerLine();
      count = 0;
    }
  }
  yield '\n';
  for (let i = 0; i < errors.length; i++) {
    const symbol = reporterUnicodeSymbolMap['test:diagnostic'];
    yield `${colorOf('error')}${symbol}${errors[i].message}${colors.white}\n`;
  }
  if (errors.length > 0 && coverage !== undefined) {
    const { getCoverageReport } = require('internal/test_runner/reporter/coverage_table');
    yield getCoverageReport(reporterUnicodeSymbolMap['test:coverage'], coverage, colors.blue);
  }
  if (failed.length === 0) return;
  yield `\n${colors.red}Failed tests:${colors.white}\n\n`;
  for (let i = 0; i < failed.length; i++) yield formatTestReport('test:fail', failed[i]);
};
