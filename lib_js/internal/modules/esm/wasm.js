'use strict';
// WebAssembly as an ES module: a module of JavaScript imports what the compiled code wants and
// exports what its instance has.

const {
  ArrayPrototypeForEach,
  ArrayPrototypeJoin,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  JSONStringify,
  ObjectAssign,
  SafeSet,
  SafeWeakMap,
  StringPrototypeStartsWith,
  globalThis,
} = primordials;

const { assertBufferSource, urlToFilename } = require('internal/modules/helpers');
const { registerMetaInitializer } = require('internal/modules/esm/utils');
const { emitExperimentalWarning } = require('internal/util');

const COMPILE_OPTIONS = {
  __proto__: null, builtins: ['js-string'], importedStringConstants: 'wasm:js/string-constants',
};

/** namespace -> the instance's exports, whose globals are still objects */
const instances = new SafeWeakMap();

function compile(url, source) {
  const { WebAssembly } = globalThis;
  try {
    return new WebAssembly.Module(source, COMPILE_OPTIONS);
  } catch (error) {
    error.message = `${urlToFilename(url)}: ${error.message}`;
    throw error;
  }
}

function isReserved(name) {
  return StringPrototypeStartsWith(name, 'wasm:') || StringPrototypeStartsWith(name, 'wasm-js:');
}

/** Refuses names that are reserved for the engine. */
function validateNames(url, imports, exports) {
  const { LinkError } = globalThis.WebAssembly;
  ArrayPrototypeForEach(imports, ({ module, name }) => {
    if (StringPrototypeStartsWith(module, 'wasm-js:')) {
      throw new LinkError(`Invalid Wasm import "${module}" in ${url}`);
    }
    if (isReserved(name)) throw new LinkError(`Invalid Wasm import name "${name}" in ${url}`);
  });
  ArrayPrototypeForEach(exports, ({ name }) => {
    if (isReserved(name)) throw new LinkError(`Invalid Wasm export name "${name}" in ${url}`);
  });
}

/** Globals of another WebAssembly module are linked as such, not by their values. */
function linkedImports(specifiers, namespaces, imports) {
  const result = { __proto__: null };
  ArrayPrototypeForEach(specifiers, (specifier, i) => {
    const instance = instances.get(namespaces[i]);
    if (instance === undefined) {
      result[specifier] = namespaces[i];
      return;
    }
    const linked = ObjectAssign({ __proto__: null }, namespaces[i]);
    ArrayPrototypeForEach(imports, ({ module, name, kind }) => {
      if (kind === 'global' && module === specifier) linked[name] = instance[name];
    });
    result[specifier] = linked;
  });
  return result;
}

function valueOf({ name, kind }, instanceExports) {
  const value = instanceExports[name];
  if (kind !== 'global') return value;
  try {
    return value.value;
  } catch {
    // A v128 has no value in JavaScript.
    return undefined;
  }
}

function facadeText(specifiers, exports) {
  const lines = ArrayPrototypeMap(
    specifiers, (specifier, i) => `import * as i${i} from ${JSONStringify(specifier)};`);
  ArrayPrototypePush(lines, ...ArrayPrototypeMap(
    exports, ({ name }, i) => `let e${i}; export { e${i} as ${JSONStringify(name)} };`));
  const given = ArrayPrototypeJoin(ArrayPrototypeMap(specifiers, (_, i) => `i${i}`), ', ');
  const taken = ArrayPrototypeJoin(ArrayPrototypeMap(exports, (_, i) => `e${i}`), ', ');
  ArrayPrototypePush(lines, `[${taken}] = import.meta.instantiate([${given}]);`);
  return ArrayPrototypeJoin(lines, '\n');
}

/** @returns {{ wrap: object }} */
function translateWasm(url, { source }) {
  assertBufferSource(source, false, 'load');
  const { WebAssembly } = globalThis;
  const compiled = compile(url, source);
  const imports = WebAssembly.Module.imports(compiled);
  const exports = WebAssembly.Module.exports(compiled);
  validateNames(url, imports, exports);
  const specifiers = [];
  const seen = new SafeSet();
  ArrayPrototypeForEach(imports, ({ module }) => {
    if (seen.has(module)) return;
    seen.add(module);
    ArrayPrototypePush(specifiers, module);
  });

  const { createSourceText, getNamespace, setSource } = internalBinding('modules');
  const wrap = createSourceText(url, facadeText(specifiers, exports), undefined);
  registerMetaInitializer(wrap, (meta) => {
    meta.instantiate = (namespaces) => {
      emitExperimentalWarning('Importing WebAssembly module instances');
      const { exports: instanceExports } = new WebAssembly.Instance(
        compiled, linkedImports(specifiers, namespaces, imports));
      instances.set(getNamespace(wrap), instanceExports);
      return ArrayPrototypeMap(exports, (entry) => valueOf(entry, instanceExports));
    };
  });
  setSource(wrap, compiled);
  return { wrap };
}

/** Do these bytes begin as WebAssembly does? */
function isWasm(bytes) {
  return bytes?.[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6D;
}

module.exports = { isWasm, translateWasm };
