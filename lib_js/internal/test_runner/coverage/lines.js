'use strict';
// The lines of a source file, where they begin and end, and which of them do not count.

const {
  ArrayPrototypePush,
  MathFloor,
  NumberParseInt,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolSplit,
  StringPrototypeSlice,
  StringPrototypeTrim,
  hardenRegExp,
} = primordials;

const lineStart = hardenRegExp(/(?<=\r?\n)/u);
const lineEnd = /\r?\n$/u;
const ignoreComment = /\/\* node:coverage ignore next (\d+ )?\*\//;
const statusComment = /\/\* node:coverage (enable|disable) \*\//;

class CoverageLine {
  ignore = false;

  constructor(line, startOffset, text) {
    const breakLength = RegExpPrototypeExec(lineEnd, text)?.[0].length ?? 0;
    this.line = line;
    this.startOffset = startOffset;
    this.endOffset = startOffset + text.length - breakLength;
    // Until a range says otherwise; an empty line has nothing to run.
    this.count = this.startOffset === this.endOffset ? 1 : 0;
  }
}

/** @returns {CoverageLine[]} */
function linesOf(source) {
  const texts = RegExpPrototypeSymbolSplit(lineStart, source);
  const lines = [];
  let offset = 0;
  let ignoredNext = 0;
  let isEnabled = true;
  for (let i = 0; i < texts.length; i++) {
    const text = texts[i];
    const line = new CoverageLine(i + 1, offset, text);
    offset += text.length;
    line.ignore = ignoredNext > 0 || !isEnabled;
    if (ignoredNext > 0) ignoredNext--;
    if (!line.ignore) {
      const ignore = RegExpPrototypeExec(ignoreComment, text);
      if (ignore !== null) ignoredNext = NumberParseInt(ignore[1] ?? 1, 10);
    }
    // These win over what was said before.
    const status = RegExpPrototypeExec(statusComment, text);
    if (status !== null) {
      ignoredNext = 0;
      isEnabled = status[1] === 'enable';
    }
    ArrayPrototypePush(lines, line);
  }
  return lines;
}

/** Lines that are blank without their types are no code. */
function ignoreTypes(lines, source) {
  const { stripTypeScriptTypesForCoverage } = require('internal/modules/typescript');
  let texts;
  try {
    texts = RegExpPrototypeSymbolSplit(lineStart, stripTypeScriptTypesForCoverage(source));
  } catch {
    return; // It was transformed, and its source map tells.
  }
  for (let i = 0; i < lines.length; i++) {
    const { startOffset, endOffset } = lines[i];
    const text = StringPrototypeSlice(source, startOffset, endOffset);
    if (StringPrototypeTrim(text) === '') continue;
    if (StringPrototypeTrim(texts[i] ?? '') === '') lines[i].ignore = true;
  }
}

/** The index of the line that an offset lies in; -1: in none, as between '\r' and '\n'. */
function lineIndexAt(lines, offset) {
  let low = 0;
  let high = lines.length - 1;
  while (low <= high) {
    const middle = MathFloor((low + high) / 2);
    if (offset < lines[middle].startOffset) high = middle - 1;
    else if (offset > lines[middle].endOffset) low = middle + 1;
    else return middle;
  }
  return -1;
}

/**
 * The lines that a range touches. Those that lie in it wholly take its count, so inner ranges must
 * come after outer ones, as V8 gives them.
 */
function applyRange({ startOffset, endOffset, count }, lines) {
  const touched = [];
  let ignored = 0;
  let index = lineIndexAt(lines, startOffset);
  if (index === -1) index = lines.length;
  for (; index < lines.length && endOffset > lines[index].startOffset; index++) {
    const line = lines[index];
    if (startOffset <= line.startOffset && endOffset >= line.endOffset) line.count = count;
    ArrayPrototypePush(touched, line);
    if (line.ignore) ignored++;
  }
  return { __proto__: null, first: touched[0]?.line, isIgnored: ignored === touched.length };
}

module.exports = { applyRange, ignoreTypes, linesOf };
