'use strict';

// What the parts of the REPL share.

const {
  ArrayPrototypeFilter,
  SafeSet,
  StringPrototypeStartsWith,
  Symbol,
} = primordials;

const { BuiltinModule } = require('internal/bootstrap/realm');
const { isObjectLiteral, isRecoverableError, isValidSyntax } = require('internal/repl/syntax');
const { setupReverseSearch } = require('internal/repl/reverse_search');

const REPL_MODE_SLOPPY = Symbol('repl-sloppy');
const REPL_MODE_STRICT = Symbol('repl-strict');
/** Option of the REPL that is the program. */
const kStandaloneREPL = Symbol('kStandaloneREPL');
const kBufferedCommand = Symbol('bufferedCommand');
const kLoading = Symbol('loading');

let lastResource = 0;

/** The file name of the next input: each has its own. */
function getREPLResourceName() {
  return `REPL${++lastResource}`;
}

let globalBuiltins;

/** What every context has by itself. */
function getGlobalBuiltins() {
  globalBuiltins ??= new SafeSet(
    require('vm').runInNewContext('Object.getOwnPropertyNames(globalThis)'));
  return globalBuiltins;
}

let builtinLibs;

function getReplBuiltinLibs() {
  builtinLibs ??= ArrayPrototypeFilter(
    BuiltinModule.getAllBuiltinModuleIds(),
    (id) => id[0] !== '_' && !StringPrototypeStartsWith(id, 'node:') &&
      !StringPrototypeStartsWith(id, 'coring:'));
  return builtinLibs;
}

function setReplBuiltinLibs(libs) {
  builtinLibs = libs;
}

class Recoverable extends SyntaxError {
  constructor(err) {
    super();
    this.err = err;
  }
}

module.exports = {
  REPL_MODE_SLOPPY,
  REPL_MODE_STRICT,
  Recoverable,
  getGlobalBuiltins,
  getREPLResourceName,
  getReplBuiltinLibs,
  isObjectLiteral,
  isRecoverableError,
  isValidSyntax,
  kBufferedCommand,
  kLoading,
  kStandaloneREPL,
  setReplBuiltinLibs,
  setupReverseSearch,
};
