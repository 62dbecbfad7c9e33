'use strict';

// What many modules of the library need, under Node's names.

const {
  ArrayFrom, ArrayPrototypeFilter, ArrayPrototypeJoin, ArrayPrototypeMap, ArrayPrototypeSlice,
  ArrayPrototypeSort, Error, ErrorCaptureStackTrace, FunctionPrototypeSymbolHasInstance,
  NumberParseInt, NumberPrototypeToString, ObjectDefineProperty, ObjectFreeze,
  ObjectGetOwnPropertyDescriptor, ObjectGetOwnPropertyDescriptors, ObjectGetPrototypeOf,
  ObjectHasOwn, ObjectKeys,
  PromiseWithResolvers, ReflectApply, RegExpPrototypeExec, RegExpPrototypeSymbolReplace, SafeMap,
  SafeWeakRef, StringPrototypePadStart, StringPrototypeSplit, StringPrototypeToLowerCase,
  StringPrototypeToUpperCase, Symbol, SymbolFor, SymbolPrototypeGetDescription, hardenRegExp,
} = primordials;

const assert = require('internal/assert');
const { errname, getErrorMap, getErrorMessage } = require('internal/errno');
const {
  codes: { ERR_NO_CRYPTO, ERR_UNKNOWN_SIGNAL },
  overrideStackTrace, withoutStack,
} = require('internal/errors');
const deprecations = require('internal/util/deprecate');
const lazy = require('internal/util/lazy');
const { customPromisifyArgs, promisify } = require('internal/util/promisify');

const { isNativeError } = internalBinding('types');
const { signals } = internalBinding('constants').os;

const isWindows = false;
const isMacOS = false;

const kEmptyObject = ObjectFreeze({ __proto__: null });

// ---- encodings -----------------------------------------------------------------------------

const encodingNames = {
  __proto__: null,
  'utf8': 'utf8',
  'utf-8': 'utf8',
  'ucs2': 'utf16le',
  'ucs-2': 'utf16le',
  'utf16le': 'utf16le',
  'utf-16le': 'utf16le',
  'latin1': 'latin1',
  'binary': 'latin1',
  'base64': 'base64',
  'base64url': 'base64url',
  'hex': 'hex',
  'ascii': 'ascii',
  '': 'utf8',
};

/** @returns {string | undefined} the one name of an encoding; undefined if there is none such */
function normalizeEncoding(encoding) {
  if (encoding == null || encoding === 'utf8' || encoding === 'utf-8') return 'utf8';
  if (typeof encoding !== 'string') return undefined;
  return encodingNames[encoding] ?? encodingNames[StringPrototypeToLowerCase(encoding)];
}

// The numbers by which native code knows encodings (enum encoding of node.h).
const encodingsMap = {
  __proto__: null,
  ascii: 0,
  utf8: 1,
  base64: 2,
  utf16le: 3,
  latin1: 4,
  hex: 5,
  buffer: 6,
  base64url: 7,
};

// ---- errors and signals --------------------------------------------------------------------

/** Errors of other realms are native; errors made by Object.create() are instances. */
function isError(value) {
  return isNativeError(value) || FunctionPrototypeSymbolHasInstance(Error, value);
}

let privateSymbols;

/** Puts the source line that V8 showed above the stack of this error. */
function decorateErrorStack(error) {
  privateSymbols ??= internalBinding('util').privateSymbols;
  const { arrow_message_private_symbol, decorated_private_symbol } = privateSymbols;
  if (!(isError(error) && error.stack) || error[decorated_private_symbol]) return;
  const arrow = error[arrow_message_private_symbol];
  if (arrow) {
    error.stack = arrow + error.stack;
    error[decorated_private_symbol] = true;
  }
}

let signalNames;

/** @returns {{[number: number]: string}} */
function getSignalsToNamesMapping() {
  if (signalNames === undefined) {
    signalNames = { __proto__: null };
    for (const name in signals) signalNames[signals[name]] = name;
  }
  return signalNames;
}

function convertToValidSignal(signal) {
  if (typeof signal === 'number' && getSignalsToNamesMapping()[signal]) return signal;
  if (typeof signal === 'string') {
    const number = signals[StringPrototypeToUpperCase(signal)];
    if (number) return number;
  }
  throw new ERR_UNKNOWN_SIGNAL(signal);
}

/** Shells report a death by signal N as 128 + N. */
function convertProcessSignalToExitCode(name) {
  require('internal/validators').validateOneOf(name, 'signalCode', ObjectKeys(signals));
  return 128 + signals[name];
}

let DOMExceptionClass;

function lazyDOMExceptionClass() {
  DOMExceptionClass ??= require('internal/domexception').DOMException;
  return DOMExceptionClass;
}

/** A DOMException that starts at the caller. */
function lazyDOMException(message, name) {
  const DOMException = lazyDOMExceptionClass();
  const error = withoutStack(() => new DOMException(message, name));
  ErrorCaptureStackTrace(error, lazyDOMException);
  return error;
}

function assertCrypto() {
  if (!process.versions.openssl) throw new ERR_NO_CRYPTO();
}

// ---- functions -----------------------------------------------------------------------------

/** Calls `callback` the first time only. */
function once(callback, { preserveReturnValue = false } = kEmptyObject) {
  let called = false;
  let returned;
  return function(...args) {
    if (called) return returned;
    called = true;
    const result = ReflectApply(callback, this, args);
    if (preserveReturnValue) returned = result;
    return result;
  };
}

/** Gives out copies of the list that `fn` makes once. */
function cachedResult(fn) {
  let result;
  return () => {
    result ??= fn();
    return ArrayPrototypeSlice(result);
  };
}

/** Names a function as `class { [name]() {} }` would. */
function assignFunctionName(name, fn, descriptor = kEmptyObject) {
  if (typeof name !== 'string') {
    const description = SymbolPrototypeGetDescription(name);
    assert(description !== undefined,
           'Attempted to name function after descriptionless Symbol');
    name = `[${description}]`;
  }
  return ObjectDefineProperty(fn, 'name', {
    __proto__: null,
    writable: false,
    enumerable: false,
    configurable: true,
    ...ObjectGetOwnPropertyDescriptor(fn, 'name'),
    ...descriptor,
    value: name,
  });
}

function getConstructorOf(value) {
  for (; value; value = ObjectGetPrototypeOf(value)) {
    const ctor = ObjectGetOwnPropertyDescriptor(value, 'constructor')?.value;
    if (typeof ctor === 'function' && ctor.name !== '') return ctor;
  }
  return null;
}

/** Blocks the thread. */
function sleep(msec) {
  require('internal/validators').validateUint32(msec, 'msec');
  internalBinding('util').sleep(msec);
}

// ---- lists and strings ---------------------------------------------------------------------

/**
 * Strings put together by `+` share their parts; Array.prototype.join copies them all, which for
 * nested output (util.inspect) is quadratic.
 */
function join(list, separator) {
  if (list.length === 0) return '';
  let text = list[0];
  for (let i = 1; i < list.length; i++) text = text + separator + list[i];
  return text;
}

/** Takes one element out in place. Several times faster than splice(index, 1). */
function spliceOne(list, index) {
  for (; index + 1 < list.length; index++) list[index] = list[index + 1];
  list.pop();
}

/** Sorted, without those that differ in case only; the last of them stays. */
function filterDuplicateStrings(items, low) {
  const kept = new SafeMap();
  for (let i = 0; i < items.length; i++) {
    const key = StringPrototypeToLowerCase(items[i]);
    kept.set(key, low ? key : items[i]);
  }
  return ArrayPrototypeSort(ArrayFrom(kept.values()));
}

const colorPattern = hardenRegExp(/\u001b\[\d\d?m/g);

function removeColors(text) {
  return RegExpPrototypeSymbolReplace(colorPattern, text, '');
}

const prefixBits = hardenRegExp(/^(1*)0*$/);

/** @returns {string | null} 'address/prefix length'; null if the mask has holes */
function getCIDR(address, netmask, family) {
  const isV6 = family === 'IPv6';
  const groups = ArrayPrototypeFilter(StringPrototypeSplit(netmask, isV6 ? ':' : '.'),
                                      (group) => group !== '');
  const bits = ArrayPrototypeJoin(ArrayPrototypeMap(groups, (group) => (
    StringPrototypePadStart(NumberPrototypeToString(NumberParseInt(group, isV6 ? 16 : 10), 2),
                            isV6 ? 16 : 8, '0')
  )), '');
  const match = RegExpPrototypeExec(prefixBits, bits);
  return match === null ? null : `${address}/${match[1].length}`;
}

/** The own properties of `source` that are asked for. */
function filterOwnProperties(source, keys) {
  const filtered = { __proto__: null };
  for (let i = 0; i < keys.length; i++) {
    if (ObjectHasOwn(source, keys[i])) filtered[keys[i]] = source[keys[i]];
  }
  return filtered;
}

// ---- where the caller is -------------------------------------------------------------------

const nodeModulesPattern = hardenRegExp(/^(?:.*)[\\/]node_modules[\\/]/);

function isUnderNodeModules(filename) {
  return filename && RegExpPrototypeExec(nodeModulesPattern, filename) !== null;
}

/** @returns {CallSite[]} the frames from the caller of the caller on */
function getStructuredStack() {
  const holder = {};
  overrideStackTrace.set(holder, (error, frames) => frames);
  ErrorCaptureStackTrace(holder, getStructuredStack);
  return holder.stack;
}

/** Whether the first caller outside of this library is a file of a dependency. */
function isInsideNodeModules() {
  const frames = getStructuredStack();
  if (typeof frames !== 'object') return false;
  for (let i = 0; i < frames.length; i++) {
    const filename = frames[i].getFileName();
    // Library files are called 'node:...'; code without a file is a user's.
    if (filename && RegExpPrototypeExec(libraryPattern, filename) !== null) continue;
    return Boolean(isUnderNodeModules(filename));
  }
  return false;
}
const libraryPattern = hardenRegExp(/^node:/);

let cwdURL;
let cwdOfURL;

/** The working directory as a URL; '/' if it is gone. */
function getCWDURL() {
  const { pathToFileURL } = require('internal/url');
  let cwd;
  try {
    cwd = process.cwd();
  } catch {
    cwdURL ??= pathToFileURL('/');
  }
  if (cwd !== undefined && cwd !== cwdOfURL) {
    cwdURL = pathToFileURL(`${cwd}/`);
    cwdOfURL = cwd;
  }
  return cwdURL;
}

/** By native's numbers for what a descriptor is. */
const handleTypes = ['UNKNOWN', 'FILE', 'PIPE', 'TTY', 'UDP'];
const FAMILY_V4 = 4;
const FAMILY_V6 = 6;

/** What a file descriptor is. */
function guessHandleType(fd) {
  const type = handleTypes[internalBinding('process_ops').ttyInfo(fd)];
  if (type !== 'PIPE') return type;
  const family = internalBinding('tcp_wrap').familyOfFd(fd);
  return family === FAMILY_V4 || family === FAMILY_V6 ? 'TCP' : type;
}

// ---- memory --------------------------------------------------------------------------------

/** Weak until somebody holds on by incRef(). */
class WeakReference {
  #weak;
  #strong = null;
  #refCount = 0;

  constructor(object) {
    this.#weak = new SafeWeakRef(object);
  }

  incRef() {
    if (++this.#refCount === 1) this.#strong = this.#weak.deref() ?? null;
    return this.#refCount;
  }

  decRef() {
    if (--this.#refCount === 0) this.#strong = null;
    return this.#refCount;
  }

  get() {
    return this.#strong ?? this.#weak.deref();
  }
}

/** Constants can be added to an object of them, not changed. */
function makeReadOnly(object) {
  const descriptors = ObjectGetOwnPropertyDescriptors(object);
  for (const name of ObjectKeys(descriptors)) {
    if (ObjectHasOwn(descriptors[name], 'get')) continue;
    ObjectDefineProperty(object, name, {
      __proto__: null, value: object[name], configurable: false, writable: false,
    });
  }
  return object;
}

module.exports = {
  ...deprecations,
  ...lazy,
  WeakReference,
  assertCrypto,
  assignFunctionName,
  cachedResult,
  convertProcessSignalToExitCode,
  convertToValidSignal,
  constructSharedArrayBuffer(length) {
    return internalBinding('util').constructSharedArrayBuffer(length);
  },
  createDeferredPromise: () => PromiseWithResolvers(),
  customInspectSymbol: SymbolFor('nodejs.util.inspect.custom'),
  customPromisifyArgs,
  decorateErrorStack,
  encodingsMap,
  filterDuplicateStrings,
  filterOwnProperties,
  getCIDR,
  getCWDURL,
  getConstructorOf,
  getSignalsToNamesMapping,
  getStructuredStack,
  getSystemErrorMap() {
    return getErrorMap();
  },
  getSystemErrorMessage: getErrorMessage,
  getSystemErrorName: errname,
  guessHandleType,
  isError,
  isInsideNodeModules,
  isMacOS,
  isUnderNodeModules,
  isWindows,
  join,
  kEmptyObject,
  // Buffer keeps its own isEncoding under this, should users replace the public one.
  kIsEncodingSymbol: Symbol('kIsEncodingSymbol'),
  kVmBreakFirstLineSymbol: Symbol('kVmBreakFirstLineSymbol'),
  lazyDOMException,
  makeReadOnly,
  lazyDOMExceptionClass,
  normalizeEncoding,
  once,
  promisify,
  removeColors,
  sleep,
  spliceOne,
};
