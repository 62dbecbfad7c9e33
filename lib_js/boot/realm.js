'use strict';
// The realm: how the library finds its own files. Evaluated second, after
// boot/primordials.js, with (process, getInternalBinding, primordials,
// compileBuiltin, builtinIds) in scope; its completion value is requireBuiltin.
//
// A library file has two names. Its path in lib_js without `.js` is its *file*
// ('node/fs', 'web/url', 'coring/core'); its *id* is what require() takes:
//   node/fs -> 'fs'      coring/core -> 'coring:core'      anything else -> itself
// Files of npm packages (`npm/undici/...`) are among them; they ask for others as they do in npm.
// Only `node/` and `coring/` files are visible to users, unless
// --expose-internals adds the rest.

const {
  ArrayPrototypeIncludes,
  ArrayPrototypePush,
  FunctionPrototypeToString,
  ObjectDefineProperty,
  ObjectKeys,
  ObjectPrototypeHasOwnProperty,
  ObjectSetPrototypeOf,
  SafeMap,
  SafeSet,
  String,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
} = primordials;

const REALM_ID = 'internal/bootstrap/realm';

// Public modules that exist only behind `node:`.
const SCHEME_ONLY = ['sea', 'sqlite', 'test', 'test/reporters'];

// What a flag makes visible.
const BEHIND_STREAM_ITER = ['stream/iter', 'zlib/iter'];

const schemeOnly = new SafeSet(SCHEME_ONLY);
const unlisted = new SafeSet(SCHEME_ONLY);
const hidden = new SafeSet(BEHIND_STREAM_ITER);
const moduleLoadList = [];
const bindings = { __proto__: null };

function internalBinding(name) {
  let binding = bindings[name];
  if (binding === undefined) {
    binding = bindings[name] = getInternalBinding(name);
    ArrayPrototypePush(moduleLoadList, `Internal Binding ${name}`);
  }
  return binding;
}

function idOfFile(file) {
  if (StringPrototypeStartsWith(file, 'node/')) return StringPrototypeSlice(file, 5);
  if (StringPrototypeStartsWith(file, 'coring/')) return `coring:${StringPrototypeSlice(file, 7)}`;
  return file;
}

function isPublicFile(file) {
  return StringPrototypeStartsWith(file, 'node/') || StringPrototypeStartsWith(file, 'coring/');
}

/** Every id and its file. */
const files = new SafeMap();

/** Who wants to know that a program loads a module, by id. */
const firstLoads = new SafeMap();

/** Ids that users may load, in the order of builtinModules. */
const publicIds = new SafeSet();

/** A file of the library that somebody has asked for: most programs ask for few. */
class BuiltinModule {
  /** @type {Map<string, BuiltinModule>} */
  static map = new SafeMap();

  /** undefined: the library has no such file. */
  static get(id) {
    let found = BuiltinModule.map.get(id);
    if (found === undefined && files.has(id)) {
      found = new BuiltinModule(id, files.get(id));
      BuiltinModule.map.set(id, found);
    }
    return found;
  }

  constructor(id, file) {
    this.id = id;
    this.file = file;
    this.filename = `${id}.js`;
    this.exports = {};
    this.loaded = false;
    this.loading = false;
    // Filled when a user's import or require reaches the module.
    this.exportKeys = undefined;
    this.module = undefined;
  }

  static exists(id) {
    return files.has(id);
  }

  static allowRequireByUsers(id) {
    if (files.has(id)) publicIds.add(id);
  }

  /** --expose-internals: everything but the realm itself becomes loadable. */
  static exposeInternals() {
    for (const { 0: id } of files) {
      if (id !== REALM_ID) publicIds.add(id);
    }
  }

  /** --experimental-stream-iter */
  static exposeStreamIter() {
    for (let i = 0; i < BEHIND_STREAM_ITER.length; i++) publicIds.add(BEHIND_STREAM_ITER[i]);
  }

  /** --no-experimental-sqlite */
  static hideSqlite() {
    publicIds.delete('sqlite');
  }

  static canBeRequiredByUsers(id) {
    return publicIds.has(id);
  }

  static canBeRequiredWithoutScheme(id) {
    return publicIds.has(id) && !schemeOnly.has(id);
  }

  /** 'node:fs' and 'fs' -> 'fs'; undefined when users cannot load it so. */
  static normalizeRequirableId(request) {
    if (StringPrototypeStartsWith(request, 'node:')) {
      const id = StringPrototypeSlice(request, 5);
      return publicIds.has(id) && !StringPrototypeStartsWith(id, 'coring:') ? id : undefined;
    }
    return BuiltinModule.canBeRequiredWithoutScheme(request) ? request : undefined;
  }

  static isBuiltin(request) {
    return typeof request === 'string' &&
      BuiltinModule.normalizeRequirableId(request) !== undefined;
  }

  static getSchemeOnlyModuleNames() {
    const names = [];
    for (let i = 0; i < SCHEME_ONLY.length; i++) {
      if (files.has(SCHEME_ONLY[i])) ArrayPrototypePush(names, SCHEME_ONLY[i]);
    }
    return names;
  }

  /** What module.builtinModules lists: plain names first, then `node:` only ones. */
  static getAllBuiltinModuleIds() {
    const ids = [];
    for (const id of publicIds) {
      if (!unlisted.has(id)) ArrayPrototypePush(ids, id);
    }
    const rest = BuiltinModule.getSchemeOnlyModuleNames();
    for (let i = 0; i < rest.length; i++) ArrayPrototypePush(ids, `node:${rest[i]}`);
    return ids;
  }

  /** Ids of the files that are ours and have the names of Node's: none of npm, none of coring's. */
  static getOwnFileIds() {
    const ids = [];
    for (const { 0: id, 1: file } of files) {
      if (!StringPrototypeStartsWith(file, 'npm/') && !StringPrototypeStartsWith(file, 'coring/')) {
        ArrayPrototypePush(ids, id);
      }
    }
    return ids;
  }

  static sourceOf(id) {
    return FunctionPrototypeToString(compileBuiltin(files.get(id)));
  }

  compileForInternalLoader() {
    // A module that is still loading hands out what it has so far, as CommonJS does.
    if (this.loaded || this.loading) return this.exports;
    this.loading = true;
    try {
      const evaluate = compileBuiltin(this.file);
      if (StringPrototypeStartsWith(this.id, 'npm/')) {
        const { requireFrom } = requireBuiltin('internal/npm');
        evaluate(this.exports, requireFrom(this.id), this, true);
      } else {
        evaluate(this.exports, requireBuiltin, this, process, internalBinding, primordials);
      }
      this.loaded = true;
    } finally {
      this.loading = false;
    }
    ArrayPrototypePush(moduleLoadList, `NativeModule ${this.id}`);
    return this.exports;
  }

  /** Calls notify() when a program first loads `id`. */
  static whenLoadedByUser(id, notify) {
    firstLoads.set(id, notify);
  }

  compileForPublicLoader() {
    const notify = firstLoads.get(this.id);
    if (notify !== undefined) {
      firstLoads.delete(this.id);
      notify();
    }
    this.compileForInternalLoader();
    // Internal files stay without named exports: reading them could run getters.
    this.exportKeys ??= isPublicFile(this.file) ? ObjectKeys(this.exports) : [];
    return this.exports;
  }

  /** The synthetic ES module that `import 'node:x'` links to. */
  getESMFacade() {
    if (this.module !== undefined) return this.module;
    this.compileForPublicLoader();
    const { createSynthetic, instantiate, evaluate, setExport } = internalBinding('modules');
    const names = [];
    for (let i = 0; i < this.exportKeys.length; i++) ArrayPrototypePush(names, this.exportKeys[i]);
    if (!ArrayPrototypeIncludes(names, 'default')) ArrayPrototypePush(names, 'default');
    const url = StringPrototypeStartsWith(this.id, 'coring:') ? this.id : `node:${this.id}`;
    this.module = createSynthetic(url, names, (wrap) => {
      this.module = wrap;
      this.syncExports();
      setExport(wrap, 'default', this.exports);
    });
    // Evaluated at once, so that it captures the exports as they are now.
    instantiate(this.module);
    evaluate(this.module);
    return this.module;
  }

  /** Copies exports that users have replaced into the ES module. */
  syncExports() {
    if (this.module === undefined) return;
    const { setExport } = internalBinding('modules');
    for (let i = 0; i < this.exportKeys.length; i++) {
      const name = this.exportKeys[i];
      if (name === 'default') continue;
      const value = ObjectPrototypeHasOwnProperty(this.exports, name) ?
        this.exports[name] : undefined;
      setExport(this.module, name, value);
    }
  }
}
// Programs may put anything on Object.prototype.
ObjectSetPrototypeOf(BuiltinModule.prototype, null);

for (let i = 0; i < builtinIds.length; i++) {
  const file = builtinIds[i];
  const id = idOfFile(file);
  files.set(id, file);
  if (isPublicFile(file) && !hidden.has(id)) publicIds.add(id);
}

// The realm is no file that could be loaded again; it is registered as loaded.
const realm = new BuiltinModule(REALM_ID, 'boot/realm');
realm.loaded = true;
realm.exports = { BuiltinModule, internalBinding, require: requireBuiltin };
BuiltinModule.map.set(REALM_ID, realm);
files.set(REALM_ID, 'boot/realm');
files.delete('boot/realm');
files.delete('boot/primordials');

function requireBuiltin(id) {
  const found = BuiltinModule.get(id);
  if (found === undefined) {
    // internal/errors may be what is missing, so this is a plain error.
    // eslint-disable-next-line no-restricted-syntax
    throw new TypeError(`Missing internal module '${id}'`);
  }
  return found.compileForInternalLoader();
}

ObjectDefineProperty(process, 'moduleLoadList', {
  __proto__: null,
  value: moduleLoadList,
  writable: false,
  enumerable: true,
  configurable: true,
});

process.binding = function binding(name) {
  return requireBuiltin('internal/legacy/processbinding').legacyBinding(String(name));
};

return requireBuiltin;
