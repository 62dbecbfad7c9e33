'use strict';
// The coverage of all files as a table, as wide as the terminal at most.

const {
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  MathFloor,
  MathMax,
  MathMin,
  NumberPrototypeToFixed,
  SafeMap,
  StringPrototypePadEnd,
  StringPrototypePadStart,
  StringPrototypeRepeat,
  StringPrototypeSlice,
  StringPrototypeSplit,
} = primordials;

const colors = require('internal/util/colors');
const { relative } = require('path');

const kHeads = ['line %', 'branch %', 'funcs %'];
const kKeys = ['coveredLinePercent', 'coveredBranchPercent', 'coveredFunctionPercent'];
const kHead = 'uncovered lines';
const kWidths = ArrayPrototypeMap(kHeads, (head) => MathMax(head.length, 6));
const kEllipsis = '\u2026';
const kSeparator = ' | ';

class Folder {
  file = undefined;
  entries = new SafeMap();

  entry(name) {
    let entry = this.entries.get(name);
    if (entry === undefined) this.entries.set(name, entry = new Folder());
    return entry;
  }
}

/** '3-5 9' */
function uncoveredRanges(lines) {
  const ranges = [];
  let first = 0;
  let last = 0;
  const close = () => {
    if (first > 0) ArrayPrototypePush(ranges, first === last ? `${first}` : `${first}-${last}`);
  };
  for (let i = 0; i < lines.length; i++) {
    const { line, count } = lines[i];
    if (count !== 0) continue;
    if (first === 0 || line !== last + 1) {
      close();
      first = line;
    }
    last = line;
  }
  close();
  return ArrayPrototypeJoin(ranges, ' ');
}

function cutStart(text, width) {
  return text.length > width ?
    `${kEllipsis}${StringPrototypeSlice(text, text.length - width + 1)}` : text;
}

function cutEnd(text, width) {
  return text.length > width ? `${StringPrototypeSlice(text, 0, width - 1)}${kEllipsis}` : text;
}

class CoverageTable {
  #summary;
  #prefix;
  #color;
  #root = new Folder();
  #fileWidth = 0;
  #uncoveredWidth = kHead.length;
  #width;

  constructor(prefix, summary, color) {
    this.#prefix = prefix;
    this.#summary = summary;
    this.#color = color;
    this.#measure();
  }

  #measure() {
    const { files, workingDirectory } = this.#summary;
    const { columns } = process.stdout;
    let depth = 1;
    for (let i = 0; i < files.length; i++) {
      const parts = StringPrototypeSplit(relative(workingDirectory, files[i].path), '/');
      let folder = this.#root;
      for (let j = 0; j < parts.length; j++) {
        folder = folder.entry(parts[j]);
        this.#fileWidth = MathMax(this.#fileWidth, parts[j].length);
      }
      folder.file = files[i];
      depth = MathMax(depth, parts.length);
      this.#uncoveredWidth = MathMax(
        this.#uncoveredWidth, uncoveredRanges(files[i].lines).length);
    }
    this.#fileWidth = MathMax(
      this.#fileWidth + depth - 1 + (this.#color ? 2 : 0), 'all files'.length);
    if (this.#fileWidth > columns / 2) this.#fileWidth = MathFloor(columns / 2);
    let percentsWidth = 0;
    for (let i = 0; i < kWidths.length; i++) percentsWidth += kWidths[i] + kSeparator.length;
    this.#width = this.#fileWidth + 2 + percentsWidth + this.#uncoveredWidth + 2;
    const available = (columns || Infinity) - this.#prefix.length;
    if (this.#width <= available) {
      this.#uncoveredWidth = Infinity;
      return;
    }
    this.#fileWidth = MathMin(available * 0.5, this.#fileWidth);
    this.#uncoveredWidth = MathMax(available - percentsWidth - (this.#fileWidth + 2) - 2, 1);
    this.#width = available;
  }

  #paint(text, percent) {
    if (!this.#color || percent === undefined) return text;
    const color = percent > 90 ? 'green' : percent > 50 ? 'yellow' : 'red';
    return `${colors[color]}${text}${this.#color}`;
  }

  #line(name, depth, percent, cells, uncovered) {
    const width = this.#fileWidth - depth;
    const first = this.#paint(cutStart(StringPrototypePadEnd(name, width), width), percent);
    let text = `${this.#prefix}${StringPrototypeRepeat(' ', depth)}${first}`;
    for (let i = 0; i < cells.length; i++) {
      const cell = typeof cells[i] === 'number' ? NumberPrototypeToFixed(cells[i], 2) : cells[i];
      text += kSeparator + this.#paint(StringPrototypePadStart(cell, kWidths[i]), cells[i]);
    }
    return `${text}${kSeparator}${cutEnd(uncovered, this.#uncoveredWidth)}\n`;
  }

  #body(folder, depth) {
    let text = '';
    for (const { 0: name, 1: entry } of folder.entries) {
      if (entry.file === undefined) {
        text += this.#line(name, depth, undefined, ['', '', ''], '') + this.#body(entry, depth + 1);
        continue;
      }
      const cells = ArrayPrototypeMap(kKeys, (key) => entry.file[key]);
      const mean = (cells[0] + cells[1] + cells[2]) / cells.length;
      text += this.#line(name, depth, mean, cells, uncoveredRanges(entry.file.lines));
    }
    return text;
  }

  toString() {
    const rule = `${this.#prefix}${StringPrototypeRepeat('-', this.#width)}\n`;
    const totals = ArrayPrototypeMap(kKeys, (key) => this.#summary.totals[key]);
    return `${this.#color}${this.#prefix}start of coverage report\n` +
      rule + this.#line('file', 0, undefined, kHeads, kHead) +
      rule + this.#body(this.#root, 0) +
      rule + this.#line('all files', 0, undefined, totals, '') +
      rule + `${this.#prefix}end of coverage report\n${this.#color ? colors.white : ''}`;
  }
}

/** @param {string} color  escape sequence of the report, or '' */
function getCoverageReport(prefix, summary, color) {
  return `${new CoverageTable(prefix, summary, color)}`;
}

module.exports = { getCoverageReport };
