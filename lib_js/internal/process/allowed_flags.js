'use strict';

// process.allowedNodeEnvironmentFlags: a frozen set that answers for spellings
// it does not list ('no_warnings', '--stack-trace-limit=100', 'inspect').

const {
  ArrayPrototypeForEach,
  ArrayPrototypeMap,
  FunctionPrototypeCall,
  ObjectDefineProperty,
  ObjectFreeze,
  RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace,
  SafeSet,
  Set,
  SetPrototypeEntries,
  SetPrototypeHas,
  SetPrototypeValues,
  SymbolIterator,
} = primordials;

const dashes = /^--?/;
const underscores = /_/g;
const values = /=.*$/;

/** @param {string[]} flags with their dashes, as NODE_OPTIONS takes them */
function createAllowedFlags(flags) {
  const listed = new Set(flags);
  const bare = new SafeSet(
    ArrayPrototypeMap(flags, (flag) => RegExpPrototypeSymbolReplace(dashes, flag, '')));

  class NodeEnvironmentFlagsSet extends Set {
    add() {
      return this;
    }

    delete() {
      return false;
    }

    clear() {
      // Frozen: nothing is taken out.
    }

    has(key) {
      if (typeof key !== 'string') return false;
      key = RegExpPrototypeSymbolReplace(underscores, key, '-');
      if (RegExpPrototypeExec(dashes, key) === null) return bare.has(key);
      return SetPrototypeHas(listed, RegExpPrototypeSymbolReplace(values, key, ''));
    }

    entries() {
      return SetPrototypeEntries(listed);
    }

    forEach(callback, thisArg = undefined) {
      ArrayPrototypeForEach(flags, (flag) => {
        FunctionPrototypeCall(callback, thisArg, flag, flag, this);
      });
    }

    get size() {
      return flags.length;
    }

    values() {
      return SetPrototypeValues(listed);
    }
  }

  const { prototype } = NodeEnvironmentFlagsSet;
  ArrayPrototypeForEach([SymbolIterator, 'keys'], (name) => {
    ObjectDefineProperty(prototype, name, { __proto__: null, value: prototype.values });
  });
  ObjectFreeze(NodeEnvironmentFlagsSet);
  ObjectFreeze(prototype);
  return ObjectFreeze(new NodeEnvironmentFlagsSet());
}

module.exports = { createAllowedFlags };
