'use strict';

// Tab in the REPL: commands, modules, files, names of the context, members of what is before a dot.
// Nothing is run that could have effects: no calls, no getters, no proxies.

const {
  ArrayPrototypeFilter,
  ArrayPrototypeMap,
  ArrayPrototypePush,
  ArrayPrototypePushApply,
  ArrayPrototypeShift,
  ArrayPrototypeSlice,
  ArrayPrototypeSome,
  ArrayPrototypeSort,
  ArrayPrototypeUnshift,
  ObjectGetOwnPropertyDescriptor,
  ObjectGetOwnPropertyNames,
  ObjectGetPrototypeOf,
  ObjectKeys,
  RegExpPrototypeExec,
  SafeSet,
  StringPrototypeLastIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLocaleLowerCase,
  StringPrototypeTrimStart,
} = primordials;

const { isProxy } = require('internal/util/types');
const { lexicalNames } = require('internal/repl/inspection');
const { scan } = require('internal/repl/scan');
const { compiles } = require('internal/repl/syntax');
const {
  getGlobalBuiltins,
  getREPLResourceName,
  getReplBuiltinLibs,
} = require('internal/repl/utils');

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;
const IN_IMPORT = /\bimport\s*\(\s*['"`](([\w@./:-]+\/)?(?:[\w@./:-]*))(?![^'"`])$/;
const IN_REQUIRE = /\brequire\s*\(\s*['"`](([\w@./:-]+\/)?(?:[\w@./:-]*))(?![^'"`])$/;
const IN_FS = /fs(?:\.promises)?\.\s*[a-z][a-zA-Z]+\(\s*["'](.*)/;
const VERSIONED = /-\d+\.\d+/;
/** A chain of prototypes is followed so far. */
const PROTOTYPES_MAX = 5;

const WORDS = [
  'async', 'await', 'break', 'case', 'catch', 'const', 'continue', 'debugger', 'default',
  'delete', 'do', 'else', 'export', 'false', 'finally', 'for', 'function', 'if', 'import', 'in',
  'instanceof', 'let', 'new', 'null', 'return', 'switch', 'this', 'throw', 'true', 'try', 'typeof',
  'var', 'void', 'while', 'with', 'yield',
];
const LEGACY_METHODS = new SafeSet([
  '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__',
]);

/** Names that can stand behind a dot. */
function namesOf(object) {
  if (!object) return [];
  let isRoot = false;
  if (ObjectGetPrototypeOf(object) === null) {
    // Object.prototype, of whatever realm.
    const constructor = ObjectGetOwnPropertyDescriptor(object, 'constructor')?.value;
    const parent = constructor && ObjectGetPrototypeOf(constructor);
    isRoot = Boolean(parent) && ObjectGetPrototypeOf(parent) === object;
  }
  return ArrayPrototypeFilter(ObjectGetOwnPropertyNames(object), (name) => (
    RegExpPrototypeExec(IDENTIFIER, name) !== null && !(isRoot && LEGACY_METHODS.has(name))));
}

// ---- files

function entriesOf(dir) {
  try {
    return require('fs').readdirSync(dir, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

/** Arguments of functions of fs. */
function completePath(typed) {
  const path = require('path');
  let base = '';
  let entries = entriesOf(typed);
  if (!entries) {
    base = path.basename(typed);
    entries = entriesOf(path.dirname(typed)) ?? [];
  }
  const names = ArrayPrototypeMap(entries, (entry) => entry.name);
  const matching = ArrayPrototypeFilter(names, (name) => StringPrototypeStartsWith(name, base));
  return { groups: [matching], on: base };
}

/** Where modules with a plain name may be. */
function modulePaths() {
  const { Module } = require('internal/modules/cjs/loader');
  return Module._nodeModulePaths(process.cwd());
}

function directoriesFor(typed, isImport) {
  if (RegExpPrototypeExec(/^\.\.?\//, typed) !== null) return [process.cwd()];
  const { Module } = require('internal/modules/cjs/loader');
  const paths = modulePaths();
  if (!isImport) ArrayPrototypePushApply(paths, Module.globalPaths);
  return paths;
}

/** What `dir` has that require() or import() could load. */
function addModulesIn(group, dir, subdir, extensions, isImport) {
  const path = require('path');
  const isPackages = path.basename(dir) === 'node_modules';
  const indexes = ArrayPrototypeMap(extensions, (extension) => `index${extension}`);
  ArrayPrototypePush(indexes, 'package.json');
  if (!isImport) ArrayPrototypePush(indexes, 'index');
  const entries = entriesOf(dir) ?? [];
  for (let i = 0; i < entries.length; i++) {
    const { name } = entries[i];
    // Versioned names are npm's.
    if (RegExpPrototypeExec(VERSIONED, name) !== null || name === '.npm') continue;
    if (!entries[i].isDirectory()) {
      const extension = path.extname(name);
      if (!extensions.includes(extension)) continue;
      const base = StringPrototypeSlice(name, 0, -extension.length);
      if (isImport) ArrayPrototypePush(group, `${subdir}${name}`);
      else if (!subdir || base !== 'index') ArrayPrototypePush(group, `${subdir}${base}`);
      continue;
    }
    ArrayPrototypePush(group, `${subdir}${name}/`);
    if (isImport && (subdir || !isPackages)) continue;
    const inside = entriesOf(path.resolve(dir, name)) ?? [];
    if (ArrayPrototypeSome(inside, (entry) => indexes.includes(entry.name))) {
      ArrayPrototypePush(group, `${subdir}${name}`);
    }
  }
}

let schemed;

/** Built-in modules with `node:`. Unlike the list without it this is not the program's. */
function schemedLibs() {
  if (schemed === undefined) {
    const { BuiltinModule } = require('internal/bootstrap/realm');
    schemed = ArrayPrototypeMap(getReplBuiltinLibs(), (lib) => `node:${lib}`);
    ArrayPrototypePushApply(schemed, ArrayPrototypeMap(
      BuiltinModule.getSchemeOnlyModuleNames(), (lib) => `node:${lib}`));
  }
  return schemed;
}

function completeModule(repl, typed, subdir, isImport) {
  const groups = [];
  if (repl.allowBlockingCompletions) {
    const { Module } = require('internal/modules/cjs/loader');
    const { extensionFormatMap } = require('internal/modules/esm/get_format');
    const extensions = ObjectKeys(isImport ? extensionFormatMap : Module._extensions);
    let group = [];
    if (typed === '.') {
      group = ['./', '../'];
    } else if (typed === '..') {
      group = ['../'];
    } else {
      const dirs = directoriesFor(typed, isImport);
      for (let i = 0; i < dirs.length; i++) {
        addModulesIn(group, require('path').resolve(dirs[i], subdir ?? ''), subdir ?? '',
                     extensions, isImport);
      }
    }
    if (group.length > 0) ArrayPrototypePush(groups, group);
  }
  ArrayPrototypePush(groups, ArrayPrototypeSlice(getReplBuiltinLibs()),
                     ArrayPrototypeSlice(schemedLibs()));
  return { groups, on: typed, filter: typed };
}

// ---- expressions

/** `[...]` and `(...)` that end at token `index`: where they begin. */
function openOf(tokens, index) {
  const { depth } = tokens[index];
  let at = index - 1;
  while (at >= 0 && !(tokens[at].kind === 'open' && tokens[at].depth === depth)) at--;
  return at;
}

/** May something be evaluated that contains these tokens? */
function hasEffects(tokens, from, to) {
  for (let i = from; i < to; i++) {
    const { text, kind } = tokens[i];
    const previous = tokens[i - 1];
    if (text === '(' && i > from && previous !== undefined &&
        (previous.kind === 'name' || previous.kind === 'close')) return true;
    if (text === '=' && tokens[i + 1]?.text !== '=' && previous?.text !== '=' &&
        previous?.text !== '!') return true;
    if (kind === 'sign' && (text === '+' || text === '-') && tokens[i + 1]?.text === text) {
      return true;
    }
  }
  return false;
}

/**
 * The last piece of the line that can be completed: a base and what follows it. Members are
 * `{ key }` or `{ source }` of a computed key. Null if there is none.
 */
function findTarget(line) {
  const scanned = scan(line);
  const { tokens } = scanned;
  if (scanned.unfinished !== undefined || tokens.length === 0) return null;
  const members = [];
  let index = tokens.length - 1;
  if (tokens[index].text === '.') {
    index--;
  } else if (tokens[index].kind === 'name') {
    if (tokens[index - 1]?.text !== '.') {
      // A name by itself.
      const { start, text } = tokens[index];
      return { start, base: '', members, filter: text };
    }
    index -= 2;
  } else {
    return null;
  }
  const chaining = tokens[index]?.text === '?' ? '?.' : '.';
  if (chaining === '?.') index--;
  for (;;) {
    const token = tokens[index];
    if (token === undefined) return null;
    const isBracket = token.text === ']';
    if (isBracket || token.text === ')') {
      const open = openOf(tokens, index);
      if (open < 0 || hasEffects(tokens, open + 1, index)) return null;
      const before = tokens[open - 1];
      const follows = before !== undefined && (before.kind === 'close' ||
        before.kind === 'string' ||
        (before.kind === 'name' && !/^(?:typeof|void|delete|in|of|return|new)$/.test(before.text)));
      if (!follows) {
        if (before?.text === '.') return null;
        return finishTarget(line, tokens, open, index, members, chaining);
      }
      if (!isBracket) return null; // A call.
      ArrayPrototypeUnshift(members, {
        source: StringPrototypeSlice(line, tokens[open].end, token.start), end: token.end,
      });
      index = open - 1;
      continue;
    }
    if (token.kind !== 'name' && token.kind !== 'string') return null;
    if (token.kind === 'name' && tokens[index - 1]?.text === '.') {
      ArrayPrototypeUnshift(members, { key: token.text, end: token.end });
      index -= tokens[index - 2]?.text === '?' ? 3 : 2;
      continue;
    }
    return finishTarget(line, tokens, index, index, members, chaining);
  }
  function finishTarget(source, all, from, to, found, dot) {
    const last = all[all.length - 1];
    return {
      start: all[from].start,
      base: StringPrototypeSlice(source, all[from].start, all[to].end),
      members: found,
      filter: last.kind === 'name' ? last.text : '',
      chaining: dot,
    };
  }
}

/** Is reading `key` of `object` the program's code, or what it gives? */
function isUnsafe(object, key) {
  if (object === null || object === undefined) return false;
  const descriptor = ObjectGetOwnPropertyDescriptor(Object(object), key);
  if (typeof descriptor?.get === 'function') return true;
  return isProxy(object[key]);
}

/** Evaluates base and members one by one; done(object), or done() without one to give up. */
function resolveTarget(repl, target, done) {
  const evaluate = (source, then) => repl.eval(
    `try { ${source} } catch {}`, repl.context, getREPLResourceName(),
    (error, value) => { then(error, value); });
  const isName = RegExpPrototypeExec(IDENTIFIER, target.base) !== null;
  evaluate(target.base, (error, object) => {
    if (isName && error) done(true, undefined);
    else if (isName && isProxy(object)) done(false);
    else follow(object, 0);
  });

  function follow(object, index) {
    const member = target.members[index];
    if (member === undefined) {
      // The member being typed may be a getter already.
      if (target.filter !== '' && isName && isUnsafe(object, target.filter)) done(false);
      else done(true, object);
      return;
    }
    if (member.key !== undefined) {
      enter(object, member.key, index);
      return;
    }
    evaluate(member.source, (error, key) => enter(object, key, index));
  }

  function enter(object, key, index) {
    if (isUnsafe(object, key)) {
      done(false);
      return;
    }
    follow(object?.[key], index + 1);
  }
}

function memberGroups(object) {
  const groups = [];
  try {
    let next;
    if ((typeof object === 'object' && object !== null) || typeof object === 'function') {
      next = object;
    } else {
      next = object.constructor ? object.constructor.prototype : null;
    }
    for (let i = 0; next !== null && i <= PROTOTYPES_MAX; i++) {
      ArrayPrototypePush(groups, namesOf(next));
      next = ObjectGetPrototypeOf(next);
    }
  } catch {
    // undefined, or a proxy that does not tell its keys: nothing to offer.
  }
  return groups;
}

function contextGroups(repl, filter) {
  const groups = [lexicalNames(repl.contextId)];
  let next = repl.context;
  while ((next = ObjectGetPrototypeOf(next)) !== null) ArrayPrototypePush(groups, namesOf(next));
  const own = namesOf(repl.context);
  if (!repl.useGlobal) for (const name of getGlobalBuiltins()) ArrayPrototypePush(own, name);
  ArrayPrototypePush(groups, own);
  if (filter !== '') ArrayPrototypePush(groups, ArrayPrototypeSlice(WORDS));
  return groups;
}

// ---- the list

/** Filters, sorts and merges the groups; the closest comes last. */
function merge(groups, filter) {
  const wanted = StringPrototypeToLocaleLowerCase(filter);
  const seen = new SafeSet();
  seen.add('');
  const completions = [];
  for (let i = 0; i < groups.length; i++) {
    const group = filter === '' ? groups[i] : ArrayPrototypeFilter(groups[i], (text) => (
      StringPrototypeStartsWith(StringPrototypeToLocaleLowerCase(text), wanted)));
    if (filter !== '' && group.length === 0) continue;
    ArrayPrototypeSort(group, (a, b) => (b > a ? 1 : -1));
    const { size } = seen;
    for (let j = 0; j < group.length; j++) {
      if (seen.has(group[j])) continue;
      ArrayPrototypeUnshift(completions, group[j]);
      seen.add(group[j]);
    }
    if (seen.size !== size) ArrayPrototypeUnshift(completions, '');
  }
  if (completions[0] === '') ArrayPrototypeShift(completions);
  return completions;
}

/** this = the REPL; callback(null, [completions, completedText]) */
function complete(line, callback) {
  line = StringPrototypeTrimStart(line);
  const tell = ({ groups = [], on = undefined, filter = '' }) => {
    callback(null, [merge(groups, filter), on]);
  };
  let match = RegExpPrototypeExec(/^\s*\.(\w*)$/, line);
  if (match !== null) {
    tell({ groups: [ObjectKeys(this.commands)], on: match[1], filter: match[1] });
    return;
  }
  if ((match = RegExpPrototypeExec(IN_REQUIRE, line)) !== null) {
    tell(completeModule(this, match[1], match[2], false));
    return;
  }
  if ((match = RegExpPrototypeExec(IN_IMPORT, line)) !== null) {
    tell(completeModule(this, match[1], match[2], true));
    return;
  }
  if (this.allowBlockingCompletions && (match = RegExpPrototypeExec(IN_FS, line)) !== null) {
    tell(completePath(match[1]));
    return;
  }
  if (line.length === 0) {
    tell({ groups: contextGroups(this, ''), on: '' });
    return;
  }
  if (RegExpPrototypeExec(/[\w.$]$/, line) === null) {
    tell({});
    return;
  }
  completeExpression(this, line, tell);
}

/** Whether the line, or else its last word, is a whole piece of code: `{ a: b` is, `f(a` is not. */
function isWhole(line) {
  const code = RegExpPrototypeExec(/^(.*?)\??\.?$/s, line)[1];
  if (compiles(code)) return true;
  const at = StringPrototypeLastIndexOf(code, ' ');
  return at !== -1 && compiles(StringPrototypeSlice(code, at + 1));
}

function completeExpression(repl, line, tell) {
  const target = isWhole(line) ? findTarget(line) : null;
  if (target === null) {
    tell({});
    return;
  }
  const on = StringPrototypeSlice(line, target.start);
  if (target.base === '') {
    tell({ groups: contextGroups(repl, target.filter), on, filter: target.filter });
    return;
  }
  const suffix = target.filter.length + target.chaining.length;
  const source = StringPrototypeSlice(on, 0, on.length - suffix);
  if (!compiles(source)) {
    tell({ on });
    return;
  }
  resolveTarget(repl, target, (isSafe, object) => {
    if (!isSafe) {
      tell({ on });
      return;
    }
    const prefix = `${source}${target.chaining}`;
    const groups = ArrayPrototypeMap(memberGroups(object), (group) => (
      ArrayPrototypeMap(group, (name) => `${prefix}${name}`)));
    tell({ groups, on, filter: target.filter === '' || groups.length === 0 ?
      target.filter : `${prefix}${target.filter}` });
  });
}

module.exports = { complete };
