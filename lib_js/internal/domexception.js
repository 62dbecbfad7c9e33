'use strict';
// DOMException: a native error whose name, message and code are fixed.
// https://webidl.spec.whatwg.org/#idl-DOMException

const {
  Error,
  ErrorPrototype,
  ObjectDefineProperty,
  ObjectSetPrototypeOf,
  SafeMap,
  SymbolToStringTag,
  TypeError,
} = primordials;

const { kClone, kDeserialize, markTransferMode } = require('internal/worker/transfer_symbols');

// [name, constant] in the order of their codes, 1 to 25. Codes without a name
// are of the past.
const LEGACY = [
  ['IndexSizeError', 'INDEX_SIZE_ERR'],
  [undefined, 'DOMSTRING_SIZE_ERR'],
  ['HierarchyRequestError', 'HIERARCHY_REQUEST_ERR'],
  ['WrongDocumentError', 'WRONG_DOCUMENT_ERR'],
  ['InvalidCharacterError', 'INVALID_CHARACTER_ERR'],
  [undefined, 'NO_DATA_ALLOWED_ERR'],
  ['NoModificationAllowedError', 'NO_MODIFICATION_ALLOWED_ERR'],
  ['NotFoundError', 'NOT_FOUND_ERR'],
  ['NotSupportedError', 'NOT_SUPPORTED_ERR'],
  ['InUseAttributeError', 'INUSE_ATTRIBUTE_ERR'],
  ['InvalidStateError', 'INVALID_STATE_ERR'],
  ['SyntaxError', 'SYNTAX_ERR'],
  ['InvalidModificationError', 'INVALID_MODIFICATION_ERR'],
  ['NamespaceError', 'NAMESPACE_ERR'],
  ['InvalidAccessError', 'INVALID_ACCESS_ERR'],
  [undefined, 'VALIDATION_ERR'],
  ['TypeMismatchError', 'TYPE_MISMATCH_ERR'],
  ['SecurityError', 'SECURITY_ERR'],
  ['NetworkError', 'NETWORK_ERR'],
  ['AbortError', 'ABORT_ERR'],
  ['URLMismatchError', 'URL_MISMATCH_ERR'],
  ['QuotaExceededError', 'QUOTA_EXCEEDED_ERR'],
  ['TimeoutError', 'TIMEOUT_ERR'],
  ['InvalidNodeTypeError', 'INVALID_NODE_TYPE_ERR'],
  ['DataCloneError', 'DATA_CLONE_ERR'],
];

const codeOfName = new SafeMap();

class Bare {
  constructor(object) {
    return object;
  }
}

/** Private fields can be put on an error that Error itself has made. */
class State extends Bare {
  #name;
  #message;

  constructor(error, name, message) {
    super(error);
    this.#name = name;
    this.#message = message;
  }

  static set(error, name, message) {
    error.#name = name;
    error.#message = message;
  }

  static check(error) {
    if (typeof error === 'object' && error !== null && #name in error) return;
    // internal/errors may be what is being loaded.
    // eslint-disable-next-line no-restricted-syntax
    const wrong = new TypeError('Value of "this" must be of DOMException');
    wrong.code = 'ERR_INVALID_THIS';
    throw wrong;
  }

  static name(error) {
    State.check(error);
    return error.#name;
  }

  static message(error) {
    State.check(error);
    return error.#message;
  }
}

class DOMException {
  constructor(message = '', options = 'Error') {
    // A native error, so that it has a stack and is one for V8 and util.types.
    const self = new Error();
    ObjectSetPrototypeOf(self, new.target.prototype);
    let name = options;
    if (options !== null && typeof options === 'object') {
      ({ name } = options);
      if ('cause' in options) {
        ObjectDefineProperty(self, 'cause', {
          __proto__: null,
          value: options.cause,
          writable: true,
          enumerable: false,
          configurable: true,
        });
      }
    }
    markTransferMode(self, true, false);
    return new State(self, `${name}`, `${message}`);
  }

  [kClone]() {
    const { name, message, stack } = this;
    return {
      data: { name, message, stack },
      deserializeInfo: 'internal/domexception:DOMException',
    };
  }

  [kDeserialize]({ name, message, stack }) {
    State.set(this, name, message);
    ObjectDefineProperty(this, 'stack', {
      __proto__: null, value: stack, writable: true, enumerable: false, configurable: true,
    });
  }

  get name() {
    return State.name(this);
  }

  get message() {
    return State.message(this);
  }

  get code() {
    return codeOfName.get(State.name(this)) ?? 0;
  }
}

ObjectSetPrototypeOf(DOMException.prototype, ErrorPrototype);

function define(target, name, value, enumerable, configurable) {
  ObjectDefineProperty(target, name, {
    __proto__: null, value, writable: false, enumerable, configurable,
  });
}

define(DOMException.prototype, SymbolToStringTag, 'DOMException', false, true);
for (const name of ['name', 'message', 'code']) {
  ObjectDefineProperty(DOMException.prototype, name, { __proto__: null, enumerable: true });
}
for (let i = 0; i < LEGACY.length; i++) {
  const { 0: name, 1: constant } = LEGACY[i];
  if (name !== undefined) codeOfName.set(name, i + 1);
  define(DOMException, constant, i + 1, true, false);
  define(DOMException.prototype, constant, i + 1, true, false);
}

module.exports = { DOMException };
