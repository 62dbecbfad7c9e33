'use strict';
// Where the top-level await of a graph of modules stands (--experimental-print-required-tla). The
// scanner finds words that may be one; V8 says which are: a module without all other candidates
// has top-level await exactly if the one that is left is it.

const {
  ArrayPrototypePush,
  StringPrototypeLastIndexOf,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const AWAIT = 'await';
const BLANK = '     ';

/** `source` with blanks for the candidates that are not `kept`; lines and columns stay. */
function blanked(source, candidates, kept) {
  let text = '';
  let end = 0;
  for (let i = 0; i < candidates.length; i++) {
    if (candidates[i] === kept) continue;
    const { start } = candidates[i];
    text += StringPrototypeSlice(source, end, start) + BLANK;
    end = start + AWAIT.length;
  }
  return text + StringPrototypeSlice(source, end);
}

function isAsync(url, source) {
  const { createSourceText, hasTopLevelAwait } = internalBinding('modules');
  try {
    return hasTopLevelAwait(createSourceText(url, source, undefined));
  } catch {
    // Without its other words it is no module: nothing can be said.
    return false;
  }
}

/** Words `await` that are no property names; `at` is where the expression or statement begins. */
function candidatesOf(source) {
  const { tokens } = require('internal/repl/scan').scan(source);
  const candidates = [];
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    const before = tokens[i - 1]?.text;
    if (token.text !== AWAIT || before === '.' || tokens[i + 1]?.text === ':') continue;
    const at = before === 'for' ? tokens[i - 1].start : token.start;
    ArrayPrototypePush(candidates, { __proto__: null, start: token.start, at });
  }
  return candidates;
}

function placeOf(url, source, at) {
  const lineStart = StringPrototypeLastIndexOf(source, '\n', at - 1) + 1;
  const lineEnd = StringPrototypeIndexOf(source, '\n', at);
  return {
    __proto__: null,
    url,
    line: StringPrototypeSplit(StringPrototypeSlice(source, 0, lineStart), '\n').length,
    column: at - lineStart + 1,
    sourceLine: StringPrototypeSlice(source, lineStart, lineEnd < 0 ? undefined : lineEnd),
  };
}

function locateIn(url, found) {
  const { readFileSync } = require('fs');
  const source = readFileSync(require('internal/url').fileURLToPath(url), 'utf8');
  const candidates = candidatesOf(source);
  for (let i = 0; i < candidates.length; i++) {
    const candidate = candidates[i];
    if (isAsync(url, blanked(source, candidates, candidate))) {
      ArrayPrototypePush(found, placeOf(url, source, candidate.at));
    }
  }
}

/**
 * The places in all files of a graph, dependencies first.
 * @param {{ url: string, wrap: object, dependencies: object[] }} job
 * @returns {{ url: string, line: number, column: number, sourceLine: string }[]}
 */
function locateTopLevelAwait(job, found = [], seen = { __proto__: null }) {
  if (seen[job.url]) return found;
  seen[job.url] = true;
  for (let i = 0; i < job.dependencies.length; i++) {
    locateTopLevelAwait(job.dependencies[i], found, seen);
  }
  const { hasTopLevelAwait } = internalBinding('modules');
  if (!StringPrototypeStartsWith(job.url, 'file:') || !hasTopLevelAwait(job.wrap)) return found;
  try {
    locateIn(job.url, found);
  } catch {
    // The file is no longer there: the error says enough without the place.
  }
  return found;
}

module.exports = { locateTopLevelAwait };
