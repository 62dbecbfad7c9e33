'use strict';

const {
  DateNow,
  NumberIsNaN,
  ObjectDefineProperties,
  StringPrototypeToWellFormed,
  SymbolToStringTag,
} = primordials;

const { Blob, cloneData, fillClone, kEmpty } = require('internal/blob');
const { ERR_INVALID_THIS, ERR_MISSING_ARGS } = require('internal/errors').codes;
const {
  customInspectSymbol,
  kEmptyObject,
  kEnumerableProperty,
} = require('internal/util');
const { inspect } = require('internal/util/inspect');

const { kClone, kDeserialize } = require('internal/worker/transfer_symbols');

class File extends Blob {
  #name;
  #lastModified;

  constructor(fileBits, fileName, options = kEmptyObject) {
    if (fileBits === kEmpty) {
      super(kEmpty);
      return;
    }
    if (arguments.length < 2) throw new ERR_MISSING_ARGS('fileBits', 'fileName');
    super(fileBits, options);
    const { lastModified } = options ?? kEmptyObject;
    // Not Number(...), which takes bigints.
    const time = lastModified === undefined ? DateNow() : +lastModified;
    this.#lastModified = NumberIsNaN(time) ? 0 : time;
    this.#name = StringPrototypeToWellFormed(`${fileName}`);
  }

  get name() {
    if (!isFile(this)) throw new ERR_INVALID_THIS('File');
    return this.#name;
  }

  get lastModified() {
    if (!isFile(this)) throw new ERR_INVALID_THIS('File');
    return this.#lastModified;
  }

  [customInspectSymbol](depth, options) {
    if (depth < 0) return this;
    const { size, type, name, lastModified } = this;
    return `File ${inspect({ size, type, name, lastModified }, {
      ...options,
      depth: options.depth == null ? null : options.depth - 1,
    })}`;
  }

  [kClone]() {
    const data = { ...cloneData(this), name: this.#name, lastModified: this.#lastModified };
    return { data, deserializeInfo: 'internal/file:ClonedFile' };
  }

  [kDeserialize](data) {
    fillClone(this, data);
    this.#name = data.name;
    this.#lastModified = data.lastModified;
  }

  static isFile(object) {
    return typeof object === 'object' && object !== null && #name in object;
  }
}

// Kept for us, hidden from users.
const { isFile } = File;
delete File.isFile;

ObjectDefineProperties(File.prototype, {
  name: kEnumerableProperty,
  lastModified: kEnumerableProperty,
  [SymbolToStringTag]: { __proto__: null, configurable: true, value: 'File' },
});

/** Called when one was cloned; its kDeserialize fills it. */
function ClonedFile() {
  return new File(kEmpty);
}
ClonedFile.prototype[kDeserialize] = () => {};

module.exports = { ClonedFile, File, isFile };
