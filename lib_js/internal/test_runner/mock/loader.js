'use strict';
// Module hooks that put mocked modules in the place of real ones for `import`. Each mock has a URL
// of its own, the real one with a query; a mock that is not cached gets a new one for each import,
// since an ES module cannot be taken out of the loader again.

const { JSONStringify, SafeMap } = primordials;

const { URL, URLParse } = require('internal/url');

const kMockSearchParam = 'node-test-mock';
const kBadExportsMessage = 'Cannot create mock because named exports cannot be applied to the ' +
  'provided default export.';

/** URL of the real module -> { url, cache, exportNames, hasDefaultExport, localVersion, active } */
const mocks = new SafeMap();

function resolve(specifier, context, nextResolve) {
  const result = nextResolve(specifier, context);
  const mock = mocks.get(result.url);
  if (mock === undefined || !mock.active) return result;
  const url = new URL(result.url);
  url.searchParams.set(kMockSearchParam, mock.localVersion);
  if (!mock.cache) mock.localVersion++;
  return { __proto__: null, url: url.href, format: result.format };
}

function load(url, context, nextLoad) {
  const parsed = URLParse(url);
  parsed?.searchParams.delete(kMockSearchParam);
  const result = nextLoad(url, context);
  const mock = mocks.get(parsed === null || parsed === undefined ? url : parsed.href);
  if (mock === undefined || !mock.active) return result;
  const isESM = result.format === 'module' || result.format === 'module-typescript' ||
    result.format === 'json';
  return {
    __proto__: null, format: 'module', shortCircuit: true, source: sourceOf(mock, isESM),
  };
}

/** An ES module that exports what the program gave; of CommonJS also `module.exports`. */
function sourceOf({ url, exportNames, hasDefaultExport }, isESM) {
  const head = `import $test from 'node:test';
const $exports = $test.mock._mockExports.get(${JSONStringify(url)});
`;
  let source = head;
  if (isESM) {
    if (hasDefaultExport) source += 'export default $exports.default;\n';
  } else {
    source += `const $module = $exports.commonJS();
export { $module as default, $module as 'module.exports' };
`;
  }
  for (let i = 0; i < exportNames.length; i++) {
    const name = JSONStringify(exportNames[i]);
    source += `const $${i} = $exports.named[${name}];\nexport { $${i} as ${name} };\n`;
  }
  return source;
}

module.exports = {
  constants: { __proto__: null, kBadExportsMessage, kMockSearchParam },
  hooks: { __proto__: null, load, resolve },
  mocks,
};
