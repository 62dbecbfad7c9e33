'use strict';
// From what a profiler wrote to stacks: lists of frames from the outermost to the innermost, and
// how often each was seen. A frame is a name and a kind: js, v8, native or kernel.

const {
  ArrayPrototypePush,
  ArrayPrototypeReverse,
  JSONParse,
  RegExpPrototypeExec,
  SafeMap,
  StringPrototypeEndsWith,
  StringPrototypeIncludes,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
  StringPrototypeTrim,
} = primordials;

/** In Linux's map of compiled code V8 writes `JS:*name file:line:column`, and `Builtin:name`. */
const SCRIPT = /^(?:JS|LazyCompile|Function|Script|Eval|RegExp):(?:[a-z]?[*~^+'])*(.*)$/;
const BUILTIN = /^(?:Builtin|BytecodeHandler|Stub|Handler|WasmStub):(.*)$/;
/** `address symbol+0xoffset (file)` of `perf script`; the symbol may hold anything. */
const FRAME = /^[0-9a-f]+ (.*) \((.*)\)$/;
const UNKNOWN = '[unknown]';
const OFFSET = /\+0x[0-9a-f]+$/;

function frameOf(symbol, file) {
  const script = RegExpPrototypeExec(SCRIPT, symbol);
  if (script !== null) return { name: StringPrototypeTrim(script[1]) || '(anonymous)', kind: 'js' };
  const builtin = RegExpPrototypeExec(BUILTIN, symbol);
  if (builtin !== null) return { name: builtin[1], kind: 'v8' };
  if (StringPrototypeStartsWith(file, '[kernel') || StringPrototypeEndsWith(file, '.ko')) {
    return { name: symbol, kind: 'kernel' };
  }
  const isOfV8 = StringPrototypeStartsWith(symbol, 'v8::') ||
    StringPrototypeStartsWith(symbol, 'Builtins_');
  if (StringPrototypeIncludes(file, 'perf-') && StringPrototypeEndsWith(file, '.map')) {
    return { name: symbol, kind: 'v8' };
  }
  return { name: symbol, kind: isOfV8 ? 'v8' : 'native' };
}

function parseFrame(line) {
  const found = RegExpPrototypeExec(FRAME, line);
  if (found === null) return undefined;
  const offset = RegExpPrototypeExec(OFFSET, found[1]);
  const symbol = offset === null ? found[1] : StringPrototypeSlice(found[1], 0, offset.index);
  return frameOf(symbol, found[2]);
}

/** @returns {Array<{frames: Array, count: number}>} of perf script -F comm,tid,ip,sym,symoff,dso */
function fromPerfScript(text) {
  const stacks = [];
  let frames;
  const lines = StringPrototypeSplit(text, '\n');
  const flush = () => {
    if (frames !== undefined && frames.length > 1) {
      // The innermost frame comes first, and the thread was put before all.
      const { 0: thread } = frames;
      const rest = ArrayPrototypeReverse(frames.slice(1));
      ArrayPrototypePush(stacks, { frames: [thread, ...rest], count: 1 });
    }
    frames = undefined;
  };
  for (let i = 0; i < lines.length; i++) {
    const line = StringPrototypeTrim(lines[i]);
    if (line === '') {
      flush();
    } else if (frames === undefined) {
      const end = StringPrototypeIndexOf(lines[i], '\t');
      const head = end < 0 ? line : StringPrototypeTrim(StringPrototypeSlice(lines[i], 0, end));
      // The number of the thread says nothing to who reads it.
      frames = [{ name: RegExpPrototypeExec(/^(.*?)\s+\d+$/, head)?.[1] ?? head, kind: 'native' }];
    } else {
      const frame = parseFrame(line);
      // Code without frame pointers leads perf astray: only where it was is true then.
      const isLost = frame?.name === UNKNOWN && frames.length > 1;
      if (frame !== undefined && !isLost) ArrayPrototypePush(frames, frame);
    }
  }
  flush();
  return stacks;
}

/** V8's own words for what is no function of a program. */
const META = {
  '__proto__': null,
  '(garbage collector)': 'v8',
  '(program)': 'native',
  '(idle)': null,
  '(root)': null,
};

function frameOfCall({ functionName, url, lineNumber }) {
  const kind = META[functionName];
  if (kind !== undefined) return kind === null ? undefined : { name: functionName, kind };
  const name = functionName || '(anonymous)';
  return { name: url ? `${name} ${url}:${lineNumber + 1}` : name, kind: url ? 'js' : 'v8' };
}

/** @returns the same of a .cpuprofile; idle time is left out */
function fromCpuProfile(text) {
  const { nodes } = JSONParse(text);
  const parents = new SafeMap();
  const byId = new SafeMap();
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    byId.set(node.id, node);
    const { children } = node;
    for (let j = 0; j < (children?.length ?? 0); j++) parents.set(children[j], node.id);
  }
  const stacks = [];
  for (let i = 0; i < nodes.length; i++) {
    const { hitCount, id, callFrame } = nodes[i];
    if (!hitCount || callFrame.functionName === '(idle)') continue;
    const frames = [];
    for (let at = id; at !== undefined; at = parents.get(at)) {
      const frame = frameOfCall(byId.get(at).callFrame);
      if (frame !== undefined) ArrayPrototypePush(frames, frame);
    }
    ArrayPrototypePush(stacks, { frames: ArrayPrototypeReverse(frames), count: hitCount });
  }
  return stacks;
}

module.exports = { fromCpuProfile, fromPerfScript };
