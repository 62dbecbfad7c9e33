'use strict';

// `util.inspect`: any value as text for people. One Inspection is one call; it knows the options,
// how deep it is and which objects it is in.

const {
  Array, ArrayIsArray, ArrayPrototypePush,
  ArrayPrototypePushApply, ArrayPrototypeSlice, ArrayPrototypeSort, ArrayPrototypeSplice,
  BigIntPrototypeToString, BigIntPrototypeValueOf, BooleanPrototypeValueOf, DatePrototypeGetTime,
  DatePrototypeToISOString, DatePrototypeToString, FunctionPrototypeCall,
  FunctionPrototypeSymbolHasInstance, FunctionPrototypeToString, MapPrototypeEntries,
  MapPrototypeGetSize, NumberIsNaN, NumberPrototypeValueOf, Object, ObjectAssign,
  ObjectDefineProperty, ObjectGetOwnPropertyDescriptor, ObjectGetPrototypeOf, ObjectHasOwn,
  ObjectIs, ObjectKeys, ObjectSeal, ObjectSetPrototypeOf, RegExp, RegExpPrototypeExec,
  RegExpPrototypeSymbolReplace, RegExpPrototypeSymbolSplit, RegExpPrototypeToString, SafeMap,
  SetPrototypeGetSize, SetPrototypeValues, StringPrototypeIncludes, StringPrototypeIndexOf,
  StringPrototypeCharCodeAt,
  StringPrototypeRepeat, StringPrototypeReplaceAll, StringPrototypeSlice,
  StringPrototypeStartsWith, StringPrototypeToLowerCase, StringPrototypeValueOf, SymbolIterator,
  SymbolPrototypeToString, SymbolPrototypeValueOf, TypedArrayPrototypeGetLength,
  TypedArrayPrototypeGetSymbolToStringTag, hardenRegExp,
} = primordials;

const { isStackOverflowError } = require('internal/errors');
const { customInspectSymbol, isError } = require('internal/util');
const types = require('internal/util/types');
const { kValidateObjectAllowArray, validateObject } = require('internal/validators');
const entries = require('internal/util/inspect/entries');
const { formatError, identicalSequenceRange } = require('internal/util/inspect/error');
const { makeFormatter } = require('internal/util/inspect/format');
const {
  getConstructorName, getKeys, getPlainPrefix, getPrefix, getTag, isUndetectable,
} = require('internal/util/inspect/identity');
const { reduceToSingleString } = require('internal/util/inspect/layout');
const { colors, paint, styles, stylizeNoColor } = require('internal/util/inspect/style');
const {
  escape, getStringWidth, groupFromRight, groupNumber, isZeroWidthCodePoint, quote,
  stripVTControlCharacters,
} = require('internal/util/inspect/text');

const {
  constants: { ALL_PROPERTIES, ONLY_ENUMERABLE },
  getExternalValue, getOwnNonIndexProperties, getProxyDetails,
} = internalBinding('util');

// Past this much text, only the outermost level is shown: a bigger string might not be possible.
const budgetMax = 2 ** 27;
const unbrokenLineMax = 16;

// What a property belongs to: how far its value is indented, and whether its key is shown.
const inObject = 0;
const inList = 1;
const isElement = 2;

const lineStarts = hardenRegExp(/(?<=\n)/);
const classHead = hardenRegExp(/^(\s+[^(]*?)\s*{/);
const comments = hardenRegExp(/(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g);

const inspectDefaultOptions = ObjectSeal({
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  showProxy: false,
  maxArrayLength: 100,
  maxStringLength: 10000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
  numericSeparator: false,
});

function stylizeWithColor(text, style) {
  const name = inspect.styles[style];
  const code = name === undefined ? undefined : inspect.colors[name];
  return code === undefined ? text : paint(code, text);
}

class Inspection {
  constructor() {
    /** What is being shown, from the inside out: { value, outer } | null */
    this.seen = null;
    /** object -> number, of the objects that contain themselves */
    this.circular = undefined;
    /** indentation -> characters made there; mostly of those that have a place from the start */
    this.budget = [0, 0, 0, 0, 0, 0, 0, 0];
    this.indentationLvl = 0;
    this.currentDepth = 0;
    this.stylize = stylizeNoColor;
    this.userOptions = undefined;
    this.showHidden = inspectDefaultOptions.showHidden;
    this.depth = inspectDefaultOptions.depth;
    this.colors = inspectDefaultOptions.colors;
    this.customInspect = inspectDefaultOptions.customInspect;
    this.showProxy = inspectDefaultOptions.showProxy;
    this.maxArrayLength = inspectDefaultOptions.maxArrayLength;
    this.maxStringLength = inspectDefaultOptions.maxStringLength;
    this.breakLength = inspectDefaultOptions.breakLength;
    this.compact = inspectDefaultOptions.compact;
    this.sorted = inspectDefaultOptions.sorted;
    this.getters = inspectDefaultOptions.getters;
    this.numericSeparator = inspectDefaultOptions.numericSeparator;
  }

  /** Takes what is an option; if there is more, custom inspect functions get all of it. */
  setOptions(options) {
    const keys = ObjectKeys(options);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (ObjectHasOwn(inspectDefaultOptions, key) || key === 'stylize') {
        this[key] = options[key];
      } else {
        this.userOptions ??= options;
      }
    }
  }

  prepare() {
    if (this.colors) this.stylize = stylizeWithColor;
    if (this.maxArrayLength === null) this.maxArrayLength = Infinity;
    if (this.maxStringLength === null) this.maxStringLength = Infinity;
  }

  isTooDeep(depth) {
    return depth > this.depth && this.depth !== null;
  }

  // The formatters in other files call these, so that none of them needs this file.

  formatValue(value, depth) {
    return formatValue(this, value, depth);
  }

  formatPrimitive(value) {
    return formatPrimitive(this.stylize, value, this);
  }

  /** A property with its name. */
  formatProperty(object, depth, key, desc, receiver) {
    return formatProperty(this, object, depth, key, inObject, desc, receiver);
  }

  /** An element of an array, without its index. */
  formatElement(array, depth, key, desc) {
    return formatProperty(this, array, depth, key, isElement, desc);
  }

  inspectPrototype(prototype) {
    return inspect(prototype, { ...this, customInspect: false, depth: -1 });
  }
}

/** What a custom inspect function is given as options. */
function getUserOptions(ctx, isCrossContext) {
  const options = {
    stylize: ctx.stylize,
    showHidden: ctx.showHidden,
    depth: ctx.depth,
    colors: ctx.colors,
    customInspect: ctx.customInspect,
    showProxy: ctx.showProxy,
    maxArrayLength: ctx.maxArrayLength,
    maxStringLength: ctx.maxStringLength,
    breakLength: ctx.breakLength,
    compact: ctx.compact,
    sorted: ctx.sorted,
    getters: ctx.getters,
    numericSeparator: ctx.numericSeparator,
    ...ctx.userOptions,
  };
  if (!isCrossContext) return options;

  // Code of another realm must not reach this one's objects through the options.
  ObjectSetPrototypeOf(options, null);
  const keys = ObjectKeys(options);
  for (let i = 0; i < keys.length; i++) {
    const value = options[keys[i]];
    if ((typeof value === 'object' || typeof value === 'function') && value !== null) {
      delete options[keys[i]];
    }
  }
  options.stylize = ObjectSetPrototypeOf((value, flavour) => {
    let text;
    try {
      text = `${ctx.stylize(value, flavour)}`;
    } catch {
      // An error would be an object of this realm.
    }
    return typeof text === 'string' ? text : value;
  }, null);
  return options;
}

/** Public `util.inspect(value[, options])`, formerly (value, showHidden, depth, colors). */
function inspect(value, opts) {
  const ctx = new Inspection();
  if (arguments.length > 1) {
    if (arguments[2] !== undefined) ctx.depth = arguments[2];
    if (arguments[3] !== undefined) ctx.colors = arguments[3];
    if (typeof opts === 'boolean') {
      ctx.showHidden = opts;
    } else if (opts) {
      ctx.setOptions(opts);
    }
  }
  ctx.prepare();
  return formatValue(ctx, value, 0);
}
inspect.custom = customInspectSymbol;

ObjectDefineProperty(inspect, 'defaultOptions', {
  __proto__: null,
  get() {
    return inspectDefaultOptions;
  },
  set(options) {
    validateObject(options, 'options');
    return ObjectAssign(inspectDefaultOptions, options);
  },
});
inspect.colors = colors;
inspect.styles = styles;

// ---- primitives --------------------------------------------------------------------------------

function formatNumber(stylize, number, numericSeparator) {
  const text = ObjectIs(number, -0) ? '-0' : numericSeparator ? groupNumber(number) : `${number}`;
  return stylize(text, 'number');
}

function formatBigInt(stylize, bigint, numericSeparator) {
  const digits = BigIntPrototypeToString(bigint);
  return stylize(`${numericSeparator ? groupFromRight(digits) : digits}n`, 'bigint');
}

function formatString(stylize, text, ctx) {
  let more = '';
  if (text.length > ctx.maxStringLength) {
    const remaining = text.length - ctx.maxStringLength;
    text = StringPrototypeSlice(text, 0, ctx.maxStringLength);
    more = `... ${remaining} more character${remaining > 1 ? 's' : ''}`;
  }
  const isLong = ctx.compact !== true && text.length > unbrokenLineMax &&
    text.length > ctx.breakLength - ctx.indentationLvl - 4;
  if (!isLong || !StringPrototypeIncludes(text, '\n')) {
    return stylize(quote(text), 'string') + more;
  }
  const lines = RegExpPrototypeSymbolSplit(lineStarts, text);
  let result = stylize(quote(lines[0]), 'string');
  const joint = ` +\n${StringPrototypeRepeat(' ', ctx.indentationLvl + 2)}`;
  for (let i = 1; i < lines.length; i++) result += joint + stylize(quote(lines[i]), 'string');
  return result + more;
}

function formatPrimitive(stylize, value, ctx) {
  switch (typeof value) {
    case 'string': return formatString(stylize, value, ctx);
    case 'number': return formatNumber(stylize, value, ctx.numericSeparator);
    case 'bigint': return formatBigInt(stylize, value, ctx.numericSeparator);
    case 'boolean': return stylize(`${value}`, 'boolean');
    case 'undefined': return stylize('undefined', 'undefined');
    default: return stylize(SymbolPrototypeToString(value), 'symbol');
  }
}

// ---- values ------------------------------------------------------------------------------------

function formatProxy(ctx, proxy, depth) {
  if (ctx.isTooDeep(depth)) return ctx.stylize('Proxy [Array]', 'special');
  ctx.indentationLvl += 2;
  const both = [formatValue(ctx, proxy[0], depth + 1), formatValue(ctx, proxy[1], depth + 1)];
  ctx.indentationLvl -= 2;
  return reduceToSingleString(ctx, both, '', 'Proxy [', ']', true, depth + 1);
}

/** @returns {string | undefined} what the object's own inspect function says, if it has one */
function formatCustom(ctx, value, original, depth) {
  const custom = value[customInspectSymbol];
  if (typeof custom !== 'function' || custom === inspect) return undefined;
  // A class's prototype has the function, but is no object of the class.
  if (ObjectGetOwnPropertyDescriptor(value, 'constructor')?.value?.prototype === value) {
    return undefined;
  }
  const isCrossContext =
    value !== original || !FunctionPrototypeSymbolHasInstance(Object, original);
  const remaining = ctx.depth === null ? null : ctx.depth - depth;
  const shown = FunctionPrototypeCall(
    custom, original, remaining, getUserOptions(ctx, isCrossContext), inspect);
  if (shown === original) return undefined;
  if (typeof shown !== 'string') return formatValue(ctx, shown, depth);
  const indentation = StringPrototypeRepeat(' ', ctx.indentationLvl);
  return StringPrototypeReplaceAll(shown, '\n', `\n${indentation}`);
}

function formatCircular(ctx, value) {
  ctx.circular ??= new SafeMap();
  let number = ctx.circular.get(value);
  if (number === undefined) {
    number = ctx.circular.size + 1;
    ctx.circular.set(value, number);
  }
  return ctx.stylize(`[Circular *${number}]`, 'special');
}

/** @param {boolean} [ofView]  the value is the buffer of a view, which shows its bytes already */
function formatValue(ctx, value, depth, ofView) {
  if (typeof value !== 'object' && typeof value !== 'function' && !isUndetectable(value)) {
    return formatPrimitive(ctx.stylize, value, ctx);
  }
  if (value === null) return ctx.stylize('null', 'null');

  const original = value;
  // Proxies first: nothing below may run their traps.
  const proxy = getProxyDetails(value, !!ctx.showProxy);
  if (proxy !== undefined) {
    if (proxy === null || proxy[0] === null) return ctx.stylize('<Revoked Proxy>', 'special');
    if (ctx.showProxy) return formatProxy(ctx, proxy, depth);
    value = proxy;
  }
  if (ctx.customInspect) {
    const text = formatCustom(ctx, value, original, depth);
    if (text !== undefined) return text;
  }
  for (let { seen } = ctx; seen !== null; seen = seen.outer) {
    if (seen.value === value) return formatCircular(ctx, value);
  }
  return formatObject(ctx, value, depth, ofView);
}

// ---- what kind of object -----------------------------------------------------------------------

/**
 * How an object will be shown: base, brackets, its entries, then its properties `keys`.
 * A describe function gives a string instead when that is all there is to show.
 */
class Plan {
  constructor(keys, open, close) {
    this.keys = keys;
    this.base = '';
    this.open = open;
    this.close = close;
    /** (ctx, value, depth, plan) => string[] */
    this.entries = undefined;
    /** What `entries` needs besides the value. */
    this.data = undefined;
    this.isList = false;
    /** Getters of the prototype that are shown like properties. */
    this.extraKeys = undefined;
    this.ofView = undefined;
  }
}

function planList(keys, prefix, listEntries, data) {
  const plan = new Plan(keys, `${prefix}[`, ']');
  plan.isList = true;
  plan.entries = listEntries;
  plan.data = data;
  return plan;
}

function planBraces(keys, prefix, braceEntries, data) {
  const plan = new Plan(keys, `${prefix}{`, '}');
  plan.entries = braceEntries;
  plan.data = data;
  return plan;
}

const arrayEntries = (ctx, value, depth) => entries.formatArray(ctx, value, depth);
const typedArrayEntries = (ctx, value, depth, { data }) => (
  entries.formatTypedArray(ctx, data, TypedArrayPrototypeGetLength(value)));
const setEntries = (ctx, value, depth, { data }) => (
  entries.formatSet(ctx, data, depth, SetPrototypeGetSize(value)));
const mapEntries = (ctx, value, depth, { data }) => (
  entries.formatMap(ctx, data, depth, MapPrototypeGetSize(value)));
const namespaceEntries = (ctx, value, depth, { data }) => (
  entries.formatNamespace(ctx, value, depth, data));

function iteratorEntries(ctx, value, depth, plan) {
  const { output, isPairs } = entries.formatIterator(ctx, value, depth);
  if (isPairs) plan.open = StringPrototypeSlice(plan.open, 0, -'Iterator] {'.length) + 'Entries] {';
  return output;
}

function describeTypedArray(ctx, value, name, tag) {
  const keys = getOwnNonIndexProperties(value, ctx.showHidden ? ALL_PROPERTIES : ONLY_ENUMERABLE);
  let elements = value;
  let fallback = '';
  if (name === null) {
    fallback = TypedArrayPrototypeGetSymbolToStringTag(value);
    elements = new primordials[fallback](value);
  }
  const prefix = getPrefix(name, tag, fallback, `(${TypedArrayPrototypeGetLength(value)})`);
  if (value.length === 0 && keys.length === 0 && !ctx.showHidden) return `${prefix}[]`;
  const plan = planList(keys, prefix, typedArrayEntries, elements);
  if (ctx.showHidden) {
    plan.extraKeys = ['BYTES_PER_ELEMENT', 'length', 'byteLength', 'byteOffset', 'buffer'];
    plan.ofView = true;
  }
  return plan;
}

function describeIterator(ctx, value, type, tag) {
  const name = `${type} Iterator`;
  const shown = tag === '' || tag === name ? name : `${tag}] [${name}`;
  return planBraces(getKeys(value, ctx.showHidden), `[${shown}] `, iteratorEntries);
}

/** @returns {Plan | string | undefined} undefined if it is none of these */
function describeIterable(ctx, value, name, tag, isBare) {
  if (ArrayIsArray(value)) {
    const isPlain = name === 'Array' && tag === '';
    const prefix = isPlain ? '' : getPrefix(name, tag, 'Array', `(${value.length})`);
    const keys = getOwnNonIndexProperties(value, ctx.showHidden ? ALL_PROPERTIES : ONLY_ENUMERABLE);
    if (value.length === 0 && isBare(keys)) return `${prefix}[]`;
    return planList(keys, prefix, arrayEntries);
  }
  if (types.isSet(value)) {
    const size = SetPrototypeGetSize(value);
    const prefix = getPrefix(name, tag, 'Set', `(${size})`);
    const keys = getKeys(value, ctx.showHidden);
    if (size === 0 && isBare(keys)) return `${prefix}{}`;
    return planBraces(keys, prefix, setEntries, name === null ? SetPrototypeValues(value) : value);
  }
  if (types.isMap(value)) {
    const size = MapPrototypeGetSize(value);
    const prefix = getPrefix(name, tag, 'Map', `(${size})`);
    const keys = getKeys(value, ctx.showHidden);
    if (size === 0 && isBare(keys)) return `${prefix}{}`;
    return planBraces(keys, prefix, mapEntries, name === null ? MapPrototypeEntries(value) : value);
  }
  if (types.isTypedArray(value)) return describeTypedArray(ctx, value, name, tag);
  if (types.isMapIterator(value)) return describeIterator(ctx, value, 'Map', tag);
  if (types.isSetIterator(value)) return describeIterator(ctx, value, 'Set', tag);
  return undefined;
}

function isClass(source) {
  if (!StringPrototypeStartsWith(source, 'class')) return false;
  if (source[source.length - 1] !== '}') return false;
  const body = StringPrototypeSlice(source, 5, -1);
  const at = StringPrototypeIndexOf(body, '{');
  if (at === -1) return false;
  // A bracket in the head means a call, or a method that happens to be called class.
  if (!StringPrototypeIncludes(StringPrototypeSlice(body, 0, at), '(')) return true;
  const bare = RegExpPrototypeSymbolReplace(comments, body, '');
  return RegExpPrototypeExec(classHead, bare) !== null;
}

function describeClass(value, name, tag) {
  const ownName = (ObjectHasOwn(value, 'name') && value.name) || '(anonymous)';
  let text = `class ${ownName}`;
  if (name !== 'Function' && name !== null) text += ` [${name}]`;
  if (tag !== '' && name !== tag) text += ` [${tag}]`;
  if (name === null) return `[${text} extends [null prototype]]`;
  const superName = ObjectGetPrototypeOf(value).name;
  return superName ? `[${text} extends ${superName}]` : `[${text}]`;
}

function describeFunction(ctx, value, name, tag) {
  if (isClass(FunctionPrototypeToString(value))) return describeClass(value, name, tag);
  const type = `${types.isAsyncFunction(value) ? 'Async' : ''}` +
    `${types.isGeneratorFunction(value) ? 'Generator' : ''}Function`;
  let text = `[${type}`;
  if (name === null) text += ' (null prototype)';
  if (value.name === '') {
    text += ' (anonymous)';
  } else {
    text += `: ${typeof value.name === 'string' ? value.name : formatValue(ctx, value.name)}`;
  }
  text += ']';
  if (name !== type && name !== null) text += ` ${name}`;
  if (tag !== '' && name !== tag) text += ` [${tag}]`;
  return text;
}

/** @param {string[]} keys  the indices of a String are taken out */
function describeBoxed(ctx, value, keys, name, tag) {
  let type;
  let primitive;
  if (types.isNumberObject(value)) {
    type = 'Number';
    primitive = NumberPrototypeValueOf(value);
  } else if (types.isStringObject(value)) {
    type = 'String';
    primitive = StringPrototypeValueOf(value);
    ArrayPrototypeSplice(keys, 0, value.length);
  } else if (types.isBooleanObject(value)) {
    type = 'Boolean';
    primitive = BooleanPrototypeValueOf(value);
  } else if (types.isBigIntObject(value)) {
    type = 'BigInt';
    primitive = BigIntPrototypeValueOf(value);
  } else {
    type = 'Symbol';
    primitive = SymbolPrototypeValueOf(value);
  }
  const subclass = name === type ? '' : name === null ? ' (null prototype)' : ` (${name})`;
  const shownTag = tag !== '' && tag !== name ? ` [${tag}]` : '';
  const text =
    `[${type}${subclass}: ${formatPrimitive(stylizeNoColor, primitive, ctx)}]${shownTag}`;
  if (keys.length !== 0 || ctx.stylize === stylizeNoColor) return text;
  return ctx.stylize(text, StringPrototypeToLowerCase(type));
}

function describeDate(value, name, tag) {
  const text = NumberIsNaN(DatePrototypeGetTime(value)) ?
    DatePrototypeToString(value) : DatePrototypeToISOString(value);
  const prefix = getPrefix(name, tag, 'Date');
  return prefix === 'Date ' ? text : prefix + text;
}

function describeRegExp(value, name, tag) {
  const text = RegExpPrototypeToString(name === null ? new RegExp(value) : value);
  const prefix = getPrefix(name, tag, 'RegExp');
  return prefix === 'RegExp ' ? text : prefix + text;
}

function describeArrayBuffer(ctx, value, name, tag, keys, isBare, ofView) {
  const fallback = types.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer';
  const prefix = getPrefix(name, tag, fallback);
  if (ofView !== undefined && isBare(keys)) {
    return `${prefix}{ [byteLength]: ${formatNumber(ctx.stylize, value.byteLength, false)} }`;
  }
  const plan = planBraces(keys, prefix);
  if (ofView === undefined) plan.entries = entries.formatArrayBuffer;
  plan.extraKeys = ['byteLength'];
  return plan;
}

function isURL(value) {
  return typeof value.href === 'string' && value instanceof require('internal/url').URL;
}

/** A plan that shows `base` alone if there are no properties. */
function planBase(keys, base, isBare, style, ctx) {
  if (isBare(keys)) return style === undefined ? base : ctx.stylize(base, style);
  const plan = planBraces(keys, '');
  plan.base = base;
  return plan;
}

/** Objects without properties of their own worth a bracket; all others get a Plan. */
function describeSpecial(ctx, value, depth, name, tag, keys, isBare, ofView) {
  if (types.isRegExp(value)) {
    const base = describeRegExp(value, name, tag);
    if (ctx.isTooDeep(depth)) return ctx.stylize(base, 'regexp');
    return planBase(keys, base, isBare, 'regexp', ctx);
  }
  if (types.isDate(value)) {
    return planBase(keys, describeDate(value, name, tag), isBare, 'date', ctx);
  }
  if (isError(value)) {
    const base = formatError(value, name, tag, ctx, keys);
    return planBase(keys, base, isBare);
  }
  if (types.isAnyArrayBuffer(value)) {
    return describeArrayBuffer(ctx, value, name, tag, keys, isBare, ofView);
  }
  if (types.isDataView(value)) {
    const plan = planBraces(keys, getPrefix(name, tag, 'DataView'));
    plan.extraKeys = ['byteLength', 'byteOffset', 'buffer'];
    return plan;
  }
  if (types.isPromise(value)) {
    return planBraces(keys, getPrefix(name, tag, 'Promise'), entries.formatPromise);
  }
  if (types.isWeakSet(value)) {
    return planBraces(keys, getPrefix(name, tag, 'WeakSet'), entries.formatWeakSet);
  }
  if (types.isWeakMap(value)) {
    return planBraces(keys, getPrefix(name, tag, 'WeakMap'), entries.formatWeakMap);
  }
  if (types.isModuleNamespaceObject(value)) {
    // Its entries are its properties, which are shown with care.
    return planBraces([], getPrefix(name, tag, 'Module'), namespaceEntries, keys);
  }
  if (types.isBoxedPrimitive(value)) {
    return planBase(keys, describeBoxed(ctx, value, keys, name, tag), isBare);
  }
  if (isURL(value) && !ctx.isTooDeep(depth)) return planBase(keys, value.href, isBare);
  if (isBare(keys)) {
    if (types.isExternal(value)) {
      const address = BigIntPrototypeToString(getExternalValue(value), 16);
      return ctx.stylize(`[External: ${address}]`, 'special');
    }
    return `${getPlainPrefix(value, name, tag)}{}`;
  }
  return planBraces(keys, getPlainPrefix(value, name, tag));
}

function describe(ctx, value, depth, name, tag, isBare, ofView) {
  // Without a prototype there is no iterator, but it may be a Map all the same.
  if (name === null || SymbolIterator in value) {
    const plan = describeIterable(ctx, value, name, tag, isBare);
    if (plan !== undefined) return plan;
  }
  const keys = getKeys(value, ctx.showHidden);
  if (typeof value === 'function') {
    return planBase(keys, describeFunction(ctx, value, name, tag), isBare, 'special', ctx);
  }
  if (name === 'Object') {
    const prefix = types.isArgumentsObject(value) ? '[Arguments] ' :
      tag !== '' ? getPrefix(name, tag, 'Object') : '';
    return isBare(keys) ? `${prefix}{}` : planBraces(keys, prefix);
  }
  return describeSpecial(ctx, value, depth, name, tag, keys, isBare, ofView);
}

// ---- objects -----------------------------------------------------------------------------------

const hasNone = (keys) => keys.length === 0;
const never = () => false;

function formatObject(ctx, value, depth, ofView) {
  let protoProps = ctx.showHidden && !ctx.isTooDeep(depth) ? [] : undefined;
  const name = getConstructorName(value, ctx, depth, protoProps);
  if (protoProps !== undefined && protoProps.length === 0) protoProps = undefined;
  const tag = getTag(value, ctx.showHidden);
  const isBare = protoProps === undefined ? hasNone : never;
  const plan = describe(ctx, value, depth, name, tag, isBare, ofView);
  if (typeof plan === 'string') return plan;

  if (ctx.isTooDeep(depth)) {
    const text = StringPrototypeSlice(getPlainPrefix(value, name, tag), 0, -1);
    return ctx.stylize(name === null ? text : `[${text}]`, 'special');
  }
  depth++;
  const { indentationLvl, seen } = ctx;
  ctx.seen = { value, outer: seen };
  ctx.currentDepth = depth;
  let output;
  try {
    output = formatContents(ctx, value, depth, plan, protoProps, ofView);
  } catch (error) {
    if (!isStackOverflowError(error)) throw error;
    ctx.seen = seen;
    ctx.indentationLvl = indentationLvl;
    const text = StringPrototypeSlice(getPlainPrefix(value, name, tag), 0, -1);
    return ctx.stylize(
      `[${text}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`,
      'special');
  }
  markReference(ctx, value, plan);
  ctx.seen = seen;
  if (ctx.sorted) sortOutput(ctx.sorted, output, plan);
  const result = reduceToSingleString(
    ctx, output, plan.base, plan.open, plan.close, plan.isList, depth, value);
  return spend(ctx, result);
}

function formatContents(ctx, value, depth, plan, protoProps, ofView) {
  const output = plan.entries === undefined ? [] : plan.entries(ctx, value, depth, plan);
  const { extraKeys, keys } = plan;
  if (extraKeys !== undefined) {
    for (let i = 0; i < extraKeys.length; i++) {
      ArrayPrototypePush(
        output, formatExtra(ctx, value, depth, extraKeys[i], plan.ofView ?? ofView));
    }
  }
  for (let i = 0; i < keys.length; i++) {
    output[output.length] =
      formatProperty(ctx, value, depth, keys[i], plan.isList ? inList : inObject);
  }
  if (protoProps !== undefined) ArrayPrototypePushApply(output, protoProps);
  return output;
}

/** A getter of a built-in prototype. A view's getters throw when its buffer has shrunk away. */
function formatExtra(ctx, value, depth, key, ofView) {
  let shown;
  ctx.indentationLvl += 2;
  const { indentationLvl } = ctx;
  try {
    shown = formatValue(ctx, value[key], depth, ofView);
  } catch {
    ctx.indentationLvl = indentationLvl;
    shown = formatValue(ctx, value.buffer[key], depth, ofView);
  }
  ctx.indentationLvl -= 2;
  return `${ctx.stylize(`[${key}]`, 'string')}: ${shown}`;
}

/** Marks an object that something inside of it refers to. */
function markReference(ctx, value, plan) {
  const number = ctx.circular?.get(value);
  if (number === undefined) return;
  const reference = ctx.stylize(`<ref *${number}>`, 'special');
  if (ctx.compact === true) {
    plan.open = `${reference} ${plan.open}`;
  } else {
    plan.base = plan.base === '' ? reference : `${reference} ${plan.base}`;
  }
}

/** In lists, only the properties behind the elements are sorted. */
function sortOutput(sorted, output, plan) {
  const comparator = sorted === true ? undefined : sorted;
  if (!plan.isList) {
    ArrayPrototypeSort(output, comparator);
  } else if (plan.keys.length > 1) {
    const start = output.length - plan.keys.length;
    const tail = ArrayPrototypeSort(ArrayPrototypeSlice(output, start), comparator);
    for (let i = 0; i < tail.length; i++) output[start + i] = tail[i];
  }
}

function spend(ctx, text) {
  const { budget, indentationLvl } = ctx;
  const total = (budget[indentationLvl] ?? 0) + text.length;
  budget[indentationLvl] = total;
  if (total > budgetMax) ctx.depth = -1;
  return text;
}

// ---- properties --------------------------------------------------------------------------------

/** An ASCII letter or underscore, and then perhaps digits, too. */
function isIdentifier(key) {
  const { length } = key;
  for (let i = 0; i < length; i++) {
    const unit = StringPrototypeCharCodeAt(key, i);
    const isLetter = (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90) || unit === 95;
    if (!isLetter && (i === 0 || unit < 48 || unit > 57)) return false;
  }
  return length !== 0;
}

function formatKey(ctx, key, isEnumerable) {
  let name;
  if (typeof key === 'symbol') {
    name = ctx.stylize(escape(SymbolPrototypeToString(key), true), 'symbol');
  } else if (key === '__proto__') {
    name = "['__proto__']";
  } else if (isIdentifier(key)) {
    name = ctx.stylize(key, 'name');
  } else {
    name = ctx.stylize(quote(key), 'string');
  }
  return isEnumerable ? name : `[${name}]`;
}

/** Calls a getter, if the options ask for it. */
function formatAccessor(ctx, depth, desc, receiver) {
  const { stylize, getters } = ctx;
  const label = desc.set !== undefined ? 'Getter/Setter' : 'Getter';
  const isWanted = getters === true || (getters === 'get' && desc.set === undefined) ||
    (getters === 'set' && desc.set !== undefined);
  if (!isWanted) return stylize(`[${label}]`, 'special');

  ctx.indentationLvl += 2;
  let text;
  let isObject = false;
  try {
    const value = FunctionPrototypeCall(desc.get, receiver);
    isObject = value !== null && (typeof value === 'object' || typeof value === 'function');
    text = formatValue(ctx, value, depth);
  } catch (error) {
    isObject = false;
    text = `<Inspection threw (${formatValue(ctx, error, depth)})>`;
  }
  ctx.indentationLvl -= 2;
  if (isObject) return `${stylize(`[${label}]`, 'special')} ${text}`;
  return `${stylize(`[${label}:`, 'special')} ${text}${stylize(']', 'special')}`;
}

function formatPropertyValue(ctx, depth, desc, indentation, receiver) {
  if (desc.value !== undefined) {
    ctx.indentationLvl += indentation;
    const text = formatValue(ctx, desc.value, depth);
    ctx.indentationLvl -= indentation;
    return text;
  }
  if (desc.get !== undefined) return formatAccessor(ctx, depth, desc, receiver);
  if (desc.set !== undefined) return ctx.stylize('[Setter]', 'special');
  return ctx.stylize('undefined', 'undefined');
}

/** @param {object} [receiver]  `this` of getters, if they stand on a prototype */
function formatProperty(ctx, object, depth, key, place, desc, receiver = object) {
  desc ??= ObjectGetOwnPropertyDescriptor(object, key);
  const indentation = ctx.compact !== true || place !== inObject ? 2 : 3;
  const text = formatPropertyValue(ctx, depth, desc, indentation, receiver);
  if (place === isElement) return text;
  const breaks = indentation === 3 && desc.value !== undefined &&
    ctx.breakLength < getStringWidth(text, ctx.colors);
  const space = breaks ? `\n${StringPrototypeRepeat(' ', ctx.indentationLvl + indentation)}` : ' ';
  return `${formatKey(ctx, key, desc.enumerable !== false)}:${space}${text}`;
}

// ---- format ------------------------------------------------------------------------------------

const separates = (options) => options?.numericSeparator ?? inspectDefaultOptions.numericSeparator;

const formatAll = makeFormatter({
  inspect,
  formatNumber: (number, options) => formatNumber(stylizeNoColor, number, separates(options)),
  formatBigInt: (bigint, options) => formatBigInt(stylizeNoColor, bigint, separates(options)),
});

/** Public `util.format`. */
function format(...args) {
  return formatAll(undefined, args);
}

/** Public `util.formatWithOptions`. */
function formatWithOptions(inspectOptions, ...args) {
  validateObject(inspectOptions, 'inspectOptions', kValidateObjectAllowArray);
  return formatAll(inspectOptions, args);
}

module.exports = {
  format,
  formatWithOptions,
  getStringWidth,
  identicalSequenceRange,
  inspect,
  inspectDefaultOptions,
  isZeroWidthCodePoint,
  stripVTControlCharacters,
};
