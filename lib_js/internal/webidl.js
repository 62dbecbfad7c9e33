'use strict';

// Conversions of JavaScript values to types of Web IDL: https://webidl.spec.whatwg.org/#js-type-mapping
// A converter is (value, options) -> value, where options say who asks: `prefix` ("Failed to ..."),
// `context` (what the value is called), `code` of the error; and the type's extended attributes:
// enforceRange, clamp, allowShared, allowResizable.

const {
  ArrayBufferIsView,
  ArrayBufferPrototypeGetResizable,
  ArrayIsArray,
  ArrayPrototypePush,
  ArrayPrototypeToSorted,
  BigInt,
  BigIntAsIntN,
  BigIntAsUintN,
  DataViewPrototypeGetBuffer,
  FunctionPrototypeCall,
  MathFloor,
  MathMax,
  MathMin,
  MathTrunc,
  Number,
  NumberIsFinite,
  NumberIsNaN,
  NumberMAX_SAFE_INTEGER,
  ObjectPrototypeIsPrototypeOf,
  SafeArrayIterator,
  SafeSet,
  String,
  SymbolIterator,
  TypeError,
  TypedArrayPrototypeGetBuffer,
  TypedArrayPrototypeGetSymbolToStringTag,
} = primordials;

const { kEmptyObject, setOwnProperty } = require('internal/util');
const { isArrayBuffer, isDataView, isSharedArrayBuffer } = require('internal/util/types');

function makeException(message, options = kEmptyObject, code = options.code) {
  const prefix = options.prefix ? `${options.prefix}: ` : '';
  const context = options.context === '' ? '' : `${options.context ?? 'Value'} `;
  // eslint-disable-next-line no-restricted-syntax
  const error = new TypeError(`${prefix}${context}${message}`);
  setOwnProperty(error, 'code', code || 'ERR_INVALID_ARG_TYPE');
  return error;
}

/** The same options for a part of the value. */
function ofPart(options, context) {
  const { prefix, code, enforceRange, clamp, allowShared, allowResizable } = options;
  return { prefix, context, code, enforceRange, clamp, allowShared, allowResizable };
}

const TYPES = {
  __proto__: null,
  undefined: 'Undefined',
  boolean: 'Boolean',
  string: 'String',
  symbol: 'Symbol',
  number: 'Number',
  bigint: 'BigInt',
};

/** The language's name for the type of a value. */
function type(value) {
  return value === null ? 'Null' : TYPES[typeof value] ?? 'Object';
}

function toNumber(value, options) {
  if (typeof value === 'bigint' || typeof value === 'symbol') {
    throw makeException(`is a ${type(value)} and cannot be converted to a number.`, options);
  }
  return +value;
}

function toString(value, options) {
  if (typeof value === 'symbol') {
    throw makeException('is a Symbol and cannot be converted to a string.', options);
  }
  return String(value);
}

/** To the nearest integer; halves to the even one. */
function evenRound(number) {
  const floor = MathFloor(number);
  const rest = number - floor;
  if (rest < 0.5 || (rest === 0.5 && floor % 2 === 0)) return floor + 0;
  return floor + 1;
}

/** https://webidl.spec.whatwg.org/#abstract-opdef-converttoint */
function convertToInt(value, bitLength, signedness = 'unsigned', options = kEmptyObject) {
  const isSigned = signedness === 'signed';
  const bits = isSigned ? bitLength - 1 : bitLength;
  const upper = bitLength === 64 ? NumberMAX_SAFE_INTEGER : 2 ** bits - 1;
  let lower = 0;
  if (isSigned) lower = bitLength === 64 ? -NumberMAX_SAFE_INTEGER : -(2 ** bits);
  if (typeof value === 'number' && value >= lower && value <= upper) {
    const whole = MathTrunc(value);
    return whole === value || !options.clamp ? whole + 0 : evenRound(value) + 0;
  }
  const number = toNumber(value, options);
  if (options.enforceRange) {
    if (!NumberIsFinite(number)) throw makeException('is not a finite number.', options);
    const integer = MathTrunc(number) + 0;
    if (integer < lower || integer > upper) {
      throw makeException(`is outside the expected range of ${lower} to ${upper}.`, options,
                          'ERR_OUT_OF_RANGE');
    }
    return integer;
  }
  if (options.clamp && !NumberIsNaN(number)) {
    return evenRound(MathMin(MathMax(number, lower), upper)) + 0;
  }
  if (!NumberIsFinite(number)) return 0;
  const integer = MathTrunc(number) + 0;
  if (integer >= lower && integer <= upper) return integer;
  const wrap = isSigned ? BigIntAsIntN : BigIntAsUintN;
  return Number(wrap(bitLength, BigInt(integer)));
}

function integer(bitLength, signedness) {
  return (value, options = kEmptyObject) => convertToInt(value, bitLength, signedness, options);
}

function requiredArguments(length, required, options = kEmptyObject) {
  if (length >= required) return;
  throw makeException(
    `${required} argument${required === 1 ? '' : 's'} required, but only ${length} present.`,
    ofPart(options, ''), 'ERR_MISSING_ARGS');
}

function createEnumConverter(name, values) {
  const known = new SafeSet(new SafeArrayIterator(values));
  return (value, options = kEmptyObject) => {
    const text = toString(value, options);
    if (known.has(text)) return text;
    throw makeException(`'${text}' is not a valid enum value of type ${name}.`, options,
                        'ERR_INVALID_ARG_VALUE');
  };
}

function byKey(one, other) {
  return one.key === other.key ? 0 : one.key < other.key ? -1 : 1;
}

/** A member with all that it may say, of which it need not say much. */
function ownMember({ key, converter, required, defaultValue, validator }) {
  return { __proto__: null, key, converter, required, defaultValue, validator };
}

/** `members` is one list, or one for each dictionary of a chain, the base first. */
function createDictionaryConverter(dictionaryName, members) {
  const levels = ArrayIsArray(members[0]) ? members : [members];
  const sorted = [];
  for (let i = 0; i < levels.length; i++) {
    const level = ArrayPrototypeToSorted(levels[i], byKey);
    for (let j = 0; j < level.length; j++) {
      ArrayPrototypePush(sorted, ownMember({ __proto__: null, ...level[j] }));
    }
  }
  return (value, options = kEmptyObject) => {
    if (value !== undefined && value !== null && type(value) !== 'Object') {
      throw makeException('cannot be converted to a dictionary', options);
    }
    const dictionary = { __proto__: null };
    for (let i = 0; i < sorted.length; i++) {
      const { key, converter, required, defaultValue, validator } = sorted[i];
      const member = value === undefined || value === null ? undefined : value[key];
      if (member !== undefined) {
        const context = options.context ? `${key} in ${options.context}` : key;
        const converted = converter(member, ofPart(options, context));
        validator?.(converted, value);
        dictionary[key] = converted;
      } else if (typeof defaultValue === 'function') {
        dictionary[key] = defaultValue();
      } else if (required) {
        throw makeException(
          `cannot be converted to '${dictionaryName}' because '${key}' is required in ` +
          `'${dictionaryName}'.`, options, 'ERR_MISSING_OPTION');
      }
    }
    return dictionary;
  };
}

function createSequenceConverter(converter) {
  return (value, options = kEmptyObject) => {
    const refuse = () => makeException('cannot be converted to sequence.', options);
    if (type(value) !== 'Object') throw refuse();
    const method = value[SymbolIterator];
    if (typeof method !== 'function') throw refuse();
    const iterator = FunctionPrototypeCall(method, value);
    const next = iterator?.next;
    if (typeof next !== 'function') throw refuse();
    const sequence = [];
    while (true) {
      const result = FunctionPrototypeCall(next, iterator);
      if (type(result) !== 'Object') throw refuse();
      if (result.done) return sequence;
      const context = `${options.context ?? 'Value'}[${sequence.length}]`;
      ArrayPrototypePush(sequence, converter(result.value, ofPart(options, context)));
    }
  };
}

function createInterfaceConverter(name, prototype) {
  return (value, options = kEmptyObject) => {
    if (ObjectPrototypeIsPrototypeOf(prototype, value)) return value;
    throw makeException(`is not of type ${name}.`, options);
  };
}

// ---- memory

function viewedBuffer(view) {
  return isDataView(view) ? DataViewPrototypeGetBuffer(view) : TypedArrayPrototypeGetBuffer(view);
}

function checkFixed(buffer, options) {
  if (options.allowResizable) return;
  if (isSharedArrayBuffer(buffer)) {
    // Asked of the buffer: a getter that was taken while a snapshot was made may not know it.
    if (buffer.growable) {
      throw makeException('is backed by a growable SharedArrayBuffer, which is not allowed.',
                          options);
    }
  } else if (ArrayBufferPrototypeGetResizable(buffer)) {
    throw makeException('is backed by a resizable ArrayBuffer, which is not allowed.', options);
  }
}

function checkBacking(buffer, options, allowShared) {
  if (!allowShared && isSharedArrayBuffer(buffer)) {
    throw makeException('is a view on a SharedArrayBuffer, which is not allowed.', options);
  }
  checkFixed(buffer, options);
}

const converters = {
  __proto__: null,
  'boolean': (value) => !!value,
  'object'(value, options = kEmptyObject) {
    if (type(value) === 'Object') return value;
    throw makeException('is not an object.', options);
  },
  'octet': integer(8),
  'unsigned short': integer(16),
  'unsigned long': integer(32),
  'long long': integer(64, 'signed'),
  'DOMString': (value, options = kEmptyObject) => toString(value, options),
  'Uint8Array'(value, options = kEmptyObject) {
    if (!ArrayBufferIsView(value) ||
        TypedArrayPrototypeGetSymbolToStringTag(value) !== 'Uint8Array') {
      throw makeException('is not an Uint8Array object.', options);
    }
    checkBacking(TypedArrayPrototypeGetBuffer(value), options, options.allowShared);
    return value;
  },
  'BufferSource'(value, options = kEmptyObject) {
    if (ArrayBufferIsView(value)) {
      checkBacking(viewedBuffer(value), options, false);
    } else if (isArrayBuffer(value)) {
      checkFixed(value, options);
    } else {
      throw makeException('is not instance of ArrayBuffer, Buffer, TypedArray, or DataView.',
                          options);
    }
    return value;
  },
  'AllowSharedBufferSource'(value, options = kEmptyObject) {
    if (ArrayBufferIsView(value)) {
      checkBacking(viewedBuffer(value), options, true);
    } else if (isArrayBuffer(value) || isSharedArrayBuffer(value)) {
      checkFixed(value, options);
    } else {
      throw makeException(
        'is not instance of ArrayBuffer, SharedArrayBuffer, Buffer, TypedArray, or DataView.',
        options);
    }
    return value;
  },
};

converters['sequence<DOMString>'] = createSequenceConverter(converters.DOMString);
converters['sequence<object>'] = createSequenceConverter(converters.object);

module.exports = {
  convertToInt,
  converters,
  createDictionaryConverter,
  createEnumConverter,
  createInterfaceConverter,
  createSequenceConverter,
  evenRound,
  makeException,
  requiredArguments,
  type,
};
