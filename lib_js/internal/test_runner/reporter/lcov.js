'use strict';
// The reporter `lcov`: coverage as the tool geninfo writes it
// (https://ltp.sourceforge.net/coverage).

const { ArrayPrototypeSort, ArrayPrototypeSlice } = primordials;

const Transform = require('internal/streams/transform');
const { relative } = require('path');

function recordOf(file, folder) {
  let text = `SF:${relative(folder, file.path)}\n`;
  let counts = '';
  for (let i = 0; i < file.functions.length; i++) {
    const { line, count, name } = file.functions[i];
    const shown = name || `anonymous_${i}`;
    text += `FN:${line},${shown}\n`;
    counts += `FNDA:${count},${shown}\n`;
  }
  text += `${counts}FNF:${file.totalFunctionCount}\nFNH:${file.coveredFunctionCount}\n`;
  for (let i = 0; i < file.branches.length; i++) {
    text += `BRDA:${file.branches[i].line},${i},0,${file.branches[i].count}\n`;
  }
  text += `BRF:${file.totalBranchCount}\nBRH:${file.coveredBranchCount}\n`;
  const lines = ArrayPrototypeSort(ArrayPrototypeSlice(file.lines), (a, b) => a.line - b.line);
  for (let i = 0; i < lines.length; i++) text += `DA:${lines[i].line},${lines[i].count}\n`;
  return `${text}LH:${file.coveredLineCount}\nLF:${file.totalLineCount}\nend_of_record\n`;
}

class LcovReporter extends Transform {
  constructor(options) {
    super({ ...options, writableObjectMode: true, __proto__: null });
  }

  _transform({ type, data }, encoding, callback) {
    if (type !== 'test:coverage') return callback(null);
    const { files, workingDirectory } = data.summary;
    let text = 'TN:\n';
    try {
      for (let i = 0; i < files.length; i++) text += recordOf(files[i], workingDirectory);
    } catch (error) {
      return callback(error);
    }
    return callback(null, text);
  }
}

module.exports = LcovReporter;
