'use strict';

// How errors look: the stack as V8 made it, with the name put right, repetition cut out and, in
// colour, the frames that matter brought forward.

const {
  ArrayIsArray, ArrayPrototypeIncludes, ArrayPrototypeIndexOf, ArrayPrototypeJoin,
  ArrayPrototypePush, ArrayPrototypeSplice, ErrorPrototypeToString, MathMin,
  ObjectHasOwn, ObjectPrototypeToString, RegExpPrototypeExec, SafeMap, StringPrototypeEndsWith,
  StringPrototypeIncludes, StringPrototypeIndexOf, StringPrototypeRepeat, StringPrototypeReplace,
  StringPrototypeReplaceAll, StringPrototypeSlice, StringPrototypeSplit, StringPrototypeStartsWith,
  hardenRegExp,
} = primordials;

const { isError } = require('internal/util');
const { getPrefix } = require('internal/util/inspect/identity');

const repeatedFramesMin = 3;
const framesWithoutCheck = 10;
const sharedFramesMin = 4;

const libraryFrame = hardenRegExp(/^ {4}at (?:[^/\\(]+ \(|)node:(.+):\d+:\d+\)?$/);
const namedHead = hardenRegExp(/^([A-Z][a-z_ A-Z0-9[\]()-]+)(?::|\n {4}at)/);
const bareHead = hardenRegExp(/^([a-z_A-Z0-9-]*Error)$/);

/** Reads a property whose getter may throw. `ok` tells the difference to undefined. */
function read(object, key) {
  try {
    return { ok: true, value: object[key] };
  } catch {
    return { ok: false, value: undefined };
  }
}

// ---- frames ------------------------------------------------------------------------------------

/** @returns {[length: number, offset: number]} the first run of `a` that is in `b` as well */
function identicalSequenceRange(a, b) {
  for (let i = 0; i < a.length - 3; i++) {
    const at = ArrayPrototypeIndexOf(b, a[i]);
    if (at === -1) continue;
    const max = MathMin(a.length - i, b.length - at);
    let length = 1;
    while (length < max && a[i + length] === b[at + length]) length++;
    if (length >= sharedFramesMin) return [length, i];
  }
  return [0, 0];
}

/** How often the `period` frames at `start` come again right behind themselves. */
function countRepeats(frames, start, period) {
  let end = start + period;
  while (end < frames.length && frames[end] === frames[end - period]) end++;
  return (end - start - period - (end - start) % period) / period;
}

/** @returns {{start: number, period: number, repeats: number}[]} stretches that recursion made */
function findRepetitions(frames) {
  const places = new SafeMap();
  for (let i = 0; i < frames.length; i++) {
    const list = places.get(frames[i]);
    if (list === undefined) {
      places.set(frames[i], [i]);
    } else {
      ArrayPrototypePush(list, i);
    }
  }
  const found = [];
  if (frames.length - places.size <= repeatedFramesMin) return found;

  for (let i = 0; i < frames.length - repeatedFramesMin; i++) {
    const list = places.get(frames[i]);
    const last = list[list.length - 1];
    if (last - i < repeatedFramesMin) continue;
    let best = { start: i, period: 0, repeats: 0 };
    for (let k = ArrayPrototypeIndexOf(list, i) + 1; k < list.length; k++) {
      const period = list[k] - i;
      const repeats = countRepeats(frames, i, period);
      if (period * repeats > best.period * best.repeats) best = { start: i, period, repeats };
      // A longer period cannot do better than one that reaches the last place.
      if (best.period * (best.repeats + 1) + i > last) break;
    }
    const hidden = best.period * best.repeats;
    if (hidden >= repeatedFramesMin) {
      ArrayPrototypePush(found, best);
      i += hidden + best.period - 1;
    }
  }
  return found;
}

function cutCauseFrames(ctx, error, frames) {
  const cause = read(error, 'cause').value;
  if (cause == null || !isError(cause)) return;
  const stack = getStackString(ctx, cause);
  const at = StringPrototypeIndexOf(stack, '\n    at');
  if (at === -1) return;
  const causeFrames = StringPrototypeSplit(StringPrototypeSlice(stack, at + 1), '\n');
  const { 0: length, 1: offset } = identicalSequenceRange(frames, causeFrames);
  if (length === 0) return;
  // The first and the last of them stay for orientation.
  const skipped = length - 2;
  const note = `    ... ${skipped} lines matching cause stack trace ...`;
  ArrayPrototypeSplice(frames, offset + 1, skipped, ctx.stylize(note, 'undefined'));
}

function cutRepetitions(ctx, frames) {
  if (frames.length <= framesWithoutCheck) return;
  const found = findRepetitions(frames);
  for (let i = found.length - 1; i >= 0; i--) {
    const { start, period, repeats } = found[i];
    const above = repeats > 1 ? `${period} lines ${repeats} times...` : 'lines ...';
    const note = `    ... collapsed ${period * repeats} duplicate lines matching above ${above}`;
    ArrayPrototypeSplice(frames, start + period, period * repeats, ctx.stylize(note, 'undefined'));
  }
}

// ---- colours -----------------------------------------------------------------------------------

const folder = 'node_modules';

/** Marks the name of each package that a line goes through. */
function markNodeModules(ctx, line) {
  let marked = '';
  let done = 0;
  for (let from = 0; ;) {
    const at = StringPrototypeIndexOf(line, folder, from);
    if (at === -1) break;
    const before = line[at - 1];
    const start = at + folder.length + 1;
    const after = line[start - 1];
    if ((before !== '/' && before !== '\\') || (after !== '/' && after !== '\\')) {
      from = at + 1;
      continue;
    }
    let end = StringPrototypeIndexOf(line, before, start);
    if (end !== -1 && line[start] === '@') end = StringPrototypeIndexOf(line, before, end + 1);
    if (end === -1) end = line.length;
    marked += StringPrototypeSlice(line, done, start) +
      ctx.stylize(StringPrototypeSlice(line, start, end), 'module');
    done = from = end;
  }
  return marked + StringPrototypeSlice(line, done);
}

/** Makes the working directory, and the brackets around it, step back. */
function markCwd(ctx, line, cwd) {
  let start = StringPrototypeIndexOf(line, cwd);
  if (start === -1) return line;
  const end = start + cwd.length + 1; // with the slash
  if (StringPrototypeSlice(line, start - 7, start) === 'file://') start -= 7;
  const inBrackets = line[start - 1] === '(';
  if (inBrackets) start--;
  const closes = inBrackets && StringPrototypeEndsWith(line, ')');
  const grey = ctx.stylize(StringPrototypeSlice(line, start, end), 'undefined');
  const rest = StringPrototypeSlice(line, end, closes ? -1 : line.length);
  return StringPrototypeSlice(line, 0, start) + grey + rest +
    (closes ? ctx.stylize(')', 'undefined') : '');
}

function currentDirectory() {
  try {
    return process.cwd();
  } catch {
    return undefined;
  }
}

function colorFrames(ctx, frames) {
  const { BuiltinModule } = require('internal/bootstrap/realm');
  const cwd = currentDirectory();
  let cwdUrl;
  for (let i = 0; i < frames.length; i++) {
    const match = RegExpPrototypeExec(libraryFrame, frames[i]);
    // Files of boot/ go by a name under internal/.
    const isLibrary = match !== null && (BuiltinModule.exists(match[1]) ||
      StringPrototypeStartsWith(match[1], 'internal/boot/'));
    if (isLibrary) {
      frames[i] = ctx.stylize(frames[i], 'undefined');
      continue;
    }
    const line = markNodeModules(ctx, frames[i]);
    frames[i] = line;
    if (cwd === undefined) continue;
    frames[i] = markCwd(ctx, line, cwd);
    if (frames[i] === line) {
      cwdUrl ??= require('internal/url').pathToFileURL(cwd).href;
      frames[i] = markCwd(ctx, line, cwdUrl);
    }
  }
}

// ---- the whole error ---------------------------------------------------------------------------

/** The stack as text, whatever the user made of it. */
function getStackString(ctx, error) {
  const stack = read(error, 'stack').value;
  if (typeof stack === 'string' && stack !== '') return stack;
  const head = ErrorPrototypeToString(error);
  if (!stack) return head;
  const { seen } = ctx;
  ctx.seen = { value: error, outer: seen };
  ctx.indentationLvl += 4;
  const shown = ctx.formatValue(stack);
  ctx.indentationLvl -= 4;
  ctx.seen = seen;
  return `${head}\n    ${shown}`;
}

/** Takes properties that the stack shows already out of the list. */
function dropShownKeys(keys, stack, message, name) {
  const drop = (key, isShown) => {
    const at = ArrayPrototypeIndexOf(keys, key);
    if (at !== -1 && isShown) ArrayPrototypeSplice(keys, at, 1);
  };
  const isShown = ({ ok, value }) => (
    ok && (typeof value !== 'string' || StringPrototypeIncludes(stack, value))
  );
  drop('stack', true);
  drop('message', isShown(message));
  drop('name', isShown(name));
}

/** `cause` and `errors` are never enumerable, but always shown. */
function addHiddenKeys(keys, error) {
  const add = (key) => {
    if (!ArrayPrototypeIncludes(keys, key)) ArrayPrototypePush(keys, key);
  };
  if (ObjectHasOwn(error, 'cause')) add('cause');
  if (ArrayIsArray(read(error, 'errors').value) && ObjectHasOwn(error, 'errors')) add('errors');
}

/**
 * Makes the head of a stack say the class as well as the name:
 * 'Error: x' of a class Foo -> 'Foo [Error]: x',
 * 'TypeError: x' of a class FooTypeError -> 'FooTypeError: x'
 */
function improveStack(stack, constructor, name, tag) {
  let length = name.length;
  if (typeof name !== 'string') {
    const prefix = StringPrototypeSlice(getPrefix(constructor, tag, 'Error'), 0, -1);
    stack = StringPrototypeReplace(stack, `${name}`, `${name} [${prefix}]`);
  }
  // Only what looks like a usual error is changed.
  const isUsual = constructor === null || (
    StringPrototypeEndsWith(name, 'Error') && StringPrototypeStartsWith(stack, name) &&
    (stack.length === length || stack[length] === ':' || stack[length] === '\n'));
  if (!isUsual) return stack;

  let fallback = 'Error';
  if (constructor === null) {
    const head = RegExpPrototypeExec(namedHead, stack) || RegExpPrototypeExec(bareHead, stack);
    length = head ? head[1].length : 0;
    fallback = (head && head[1]) || 'Error';
  }
  const prefix = StringPrototypeSlice(getPrefix(constructor, tag, fallback), 0, -1);
  if (name === prefix) return stack;
  const rest = StringPrototypeSlice(stack, length);
  if (!StringPrototypeIncludes(prefix, name)) return `${prefix} [${name}]${rest}`;
  return length === 0 ? `${prefix}: ${stack}` : prefix + rest;
}

/** @returns {string} head and frames, or the head alone in brackets */
function formatFrames(ctx, error, stack, message) {
  // 'at' in the message is no frame.
  const at = (message && StringPrototypeIndexOf(stack, message)) || -1;
  const from = at === -1 ? at : at + message.length;
  const start = StringPrototypeIndexOf(stack, '\n    at', from);
  if (start === -1) return `[${stack}]`;
  const frames = StringPrototypeSplit(StringPrototypeSlice(stack, start + 1), '\n');
  cutCauseFrames(ctx, error, frames);
  cutRepetitions(ctx, frames);
  if (ctx.colors) colorFrames(ctx, frames);
  return `${StringPrototypeSlice(stack, 0, start)}\n${ArrayPrototypeJoin(frames, '\n')}`;
}

/** @param {string[]} keys  changed to the properties that are still to be shown */
function formatError(error, constructor, tag, ctx, keys) {
  let stack;
  try {
    stack = getStackString(ctx, error);
  } catch {
    return ObjectPrototypeToString(error);
  }
  const message = read(error, 'message');
  const name = read(error, 'name');
  if (!ctx.showHidden && keys.length !== 0) dropShownKeys(keys, stack, message, name);
  addHiddenKeys(keys, error);
  stack = improveStack(stack, constructor, name.value ?? 'Error', tag);
  const shown = formatFrames(ctx, error, stack, message.value);
  if (ctx.indentationLvl === 0) return shown;
  const indentation = StringPrototypeRepeat(' ', ctx.indentationLvl);
  return StringPrototypeReplaceAll(shown, '\n', `\n${indentation}`);
}

module.exports = { formatError, identicalSequenceRange };
