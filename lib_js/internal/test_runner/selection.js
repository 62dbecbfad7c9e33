'use strict';
// Which tests run: name patterns, tags and `only`. A test that is not selected is `filtered`: it is
// not reported at all. Parents of a selected test are selected with it.

const { ArrayPrototypeSome, FunctionPrototype, RegExpPrototypeExec,
        StringPrototypeTrim } = primordials;

const { evaluateTagFilters } = require('internal/test_runner/tag_filter');

const onlyWarning = "'only' and 'runOnly' require the --test-only command-line option.";

/** "grandparent parent test": one name out of many equal ones can be selected so. */
function nameWithAncestors(test) {
  if (test.parent === null) return '';
  return `${nameWithAncestors(test.parent)} ${test.name}`;
}

function matches(test, patterns) {
  const matchesText = (text) => ArrayPrototypeSome(
    patterns, (pattern) => RegExpPrototypeExec(pattern, text) !== null);
  return matchesText(test.name) ||
    (test.parent !== null && matches(test.parent, patterns)) ||
    matchesText(StringPrototypeTrim(nameWithAncestors(test)));
}

function isFilteredByName(test) {
  const { testNamePatterns, testSkipPatterns } = test.config;
  return Boolean((testNamePatterns && !matches(test, testNamePatterns)) ||
    (testSkipPatterns && matches(test, testSkipPatterns)));
}

function isFilteredByTags(test) {
  return !evaluateTagFilters(test.config.testTagFilters, test.tagSet);
}

function selectAncestors(test, key) {
  for (let up = test.parent; up !== null && up[key]; up = up.parent) up[key] = false;
}

/** Notes on a test that was just made, and on its ancestors, what selects it. */
function noteSelection(test) {
  const { isFilteringByName, isFilteringByOnly, isFilteringByTags } = test.root.harness;
  if (isFilteringByName) {
    test.filteredByName = test.willBeFilteredByName();
    if (!test.filteredByName) selectAncestors(test, 'filteredByName');
  }
  if (isFilteringByTags) {
    test.filteredByTag = test.willBeFilteredByTags();
    if (!test.filteredByTag) selectAncestors(test, 'filteredByTag');
  }
  if (!isFilteringByOnly) {
    if (test.only || test.parent.runOnlySubtests) test.diagnostic(onlyWarning);
    return;
  }
  if (test.only === false) test.fn = FunctionPrototype;
  if (!test.only) return;
  // A suite with `only` inside runs those alone; one without runs all of its tests.
  test.parent.runOnlySubtests = true;
  if (test.parent !== test.root && test.parent.startTime !== null) return;
  for (let up = test.parent; up !== null && !up.hasOnlyTests; up = up.parent) {
    up.hasOnlyTests = true;
  }
}

/** Asked when the test is started: by then all that select it are known. */
function isFiltered(test) {
  // Errors are always shown.
  if (test.error) return false;
  if (test.filteredByName || test.filteredByTag) return true;
  if (!test.root.harness.isFilteringByOnly || test.only || test.hasOnlyTests) return false;
  const { parent } = test;
  return parent.runOnlySubtests || parent.hasOnlyTests || test.only === false;
}

module.exports = { isFiltered, isFilteredByName, isFilteredByTags, noteSelection };
