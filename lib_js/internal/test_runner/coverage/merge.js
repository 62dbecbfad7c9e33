'use strict';
// The coverage of one script in several processes, as one.

const { ArrayPrototypeFind, ArrayPrototypePush, SafeSet } = primordials;

function isEqual(a, b) {
  return a.startOffset === b.startOffset && a.endOffset === b.endOffset;
}

function contains(outer, inner) {
  return outer.startOffset <= inner.startOffset && outer.endOffset >= inner.endOffset;
}

/** Of what did not run, only that which ran in neither stays so. */
function mergeRanges(known, added) {
  const merged = new SafeSet();
  for (let i = 0; i < known.length; i++) {
    if (known[i].count > 0) merged.add(known[i]);
  }
  for (let i = 0; i < added.length; i++) {
    const range = added[i];
    let isKnown = false;
    for (let j = 0; j < known.length && !isKnown; j++) {
      const other = known[j];
      if (isEqual(range, other)) {
        other.count += range.count;
        merged.add(other);
        isKnown = true;
      } else if (other.count === 0 && range.count === 0) {
        if (contains(other, range)) merged.add(range);
        else if (contains(range, other)) merged.add(other);
      }
    }
    if (range.count > 0 && !isKnown) merged.add(range);
  }
  return [...merged];
}

/** Adds what `script` says to `known`, the same script in another process. */
function mergeScript(known, script) {
  for (let i = 0; i < script.functions.length; i++) {
    const added = script.functions[i];
    const found = ArrayPrototypeFind(known.functions, (other) => (
      other.functionName === added.functionName && isEqual(other.ranges[0], added.ranges[0])));
    if (found === undefined) {
      // V8 names a function only once the code around it has run.
      ArrayPrototypePush(known.functions, added);
    } else if (added.isBlockCoverage) {
      found.ranges = found.isBlockCoverage ?
        mergeRanges(found.ranges, added.ranges) : added.ranges;
      found.isBlockCoverage = true;
    }
  }
}

module.exports = { mergeScript };
