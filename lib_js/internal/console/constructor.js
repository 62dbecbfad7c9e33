'use strict';

// The class Console. Its methods are bound to each console, so that they can be passed around.

const {
  ArrayPrototypeUnshift, Boolean, ErrorCaptureStackTrace, FunctionPrototypeBind,
  MapPrototypeGet, MapPrototypeValues, ObjectDefineProperties, ObjectDefineProperty, ObjectKeys,
  ReflectApply, ReflectConstruct, SafeArrayIterator, SafeMap, SafeWeakMap,
  StringPrototypeIncludes, StringPrototypeRepeat, StringPrototypeReplaceAll,
  StringPrototypeSlice, Symbol, SymbolHasInstance, SymbolToStringTag,
} = primordials;

const {
  codes: { ERR_CONSOLE_WRITABLE_STREAM, ERR_INCOMPATIBLE_OPTION_PAIR },
  isStackOverflowError,
} = require('internal/errors');
const { assignFunctionName, getLazy } = require('internal/util');
const colors = require('internal/util/colors');
const { time, timeEnd, timeLog } = require('internal/util/debuglog');
const traces = require('internal/trace_events/flags');
const { formatWithOptions, inspect } = require('internal/util/inspect');
const { isMap } = require('internal/util/types');
const {
  validateArray, validateInteger, validateObject, validateOneOf,
} = require('internal/validators');

const groupIndentationMax = 1000;
const groupIndentationDefault = 2;

const kBindProperties = Symbol('kBindProperties');
const kBindStreamsEager = Symbol('kBindStreamsEager');
const kBindStreamsLazy = Symbol('kBindStreamsLazy');
const kColorMode = Symbol('kColorMode');
const kCounts = Symbol('counts');
const kFormatForStderr = Symbol('kFormatForStderr');
const kFormatForStdout = Symbol('kFormatForStdout');
const kGetInspectOptions = Symbol('kGetInspectOptions');
const kGroupIndentationString = Symbol('kGroupIndentationString');
const kGroupIndentationWidth = Symbol('kGroupIndentWidth');
const kIsConsole = Symbol('kIsConsole');
const kUseStderr = Symbol('kUseStderr');
const kUseStdout = Symbol('kUseStdout');
const kWriteToConsole = Symbol('kWriteToConsole');

/** console -> Map of stream -> options for inspect() */
const inspectOptionsOf = new SafeWeakMap();

// Channels hold weak references, which a snapshot cannot.
const getChannels = getLazy(() => {
  const { channel } = require('diagnostics_channel');
  return {
    log: channel('console.log'),
    info: channel('console.info'),
    debug: channel('console.debug'),
    warn: channel('console.warn'),
    error: channel('console.error'),
  };
});

const CURSOR_HOME = '\x1b[1;1H';
const ERASE_BELOW = '\x1b[0J';

function noop() {}

const hidden = (value) => ({
  __proto__: null, value, writable: true, enumerable: false, configurable: true,
});

function checkStreams(stdout, stderr) {
  if (!stdout || typeof stdout.write !== 'function') {
    throw new ERR_CONSOLE_WRITABLE_STREAM('stdout');
  }
  if (!stderr || typeof stderr.write !== 'function') {
    throw new ERR_CONSOLE_WRITABLE_STREAM('stderr');
  }
}

/** @returns {Map<object, object>} stream -> options */
function checkInspectOptions(options, stdout, stderr) {
  const { inspectOptions, colorMode } = options;
  validateObject(inspectOptions, 'options.inspectOptions');
  const byStream = isMap(inspectOptions) ? inspectOptions :
    new SafeMap([[stdout, inspectOptions], [stderr, inspectOptions]]);
  for (const one of MapPrototypeValues(byStream)) {
    if (one.colors !== undefined && colorMode !== undefined) {
      throw new ERR_INCOMPATIBLE_OPTION_PAIR('options.inspectOptions.color', 'colorMode');
    }
  }
  return byStream;
}

/** new Console(options), or (stdout, stderr, ignoreErrors = true) */
function Console(options) {
  if (new.target === undefined) return ReflectConstruct(Console, arguments);
  if (!options || typeof options.write === 'function') {
    options = { stdout: options, stderr: arguments[1], ignoreErrors: arguments[2] };
  }
  const {
    stdout, stderr = stdout, ignoreErrors = true, colorMode = 'auto', inspectOptions,
    groupIndentation,
  } = options;
  checkStreams(stdout, stderr);
  validateOneOf(colorMode, 'colorMode', ['auto', true, false]);
  if (groupIndentation !== undefined) {
    validateInteger(groupIndentation, 'groupIndentation', 0, groupIndentationMax);
  }
  if (inspectOptions !== undefined) {
    inspectOptionsOf.set(this, checkInspectOptions(options, stdout, stderr));
  }
  // From the instance: a subclass may have methods of its own.
  const keys = ObjectKeys(Console.prototype);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    this[key] = FunctionPrototypeBind(this[key], this);
    ObjectDefineProperty(this[key], 'name', { __proto__: null, value: key });
  }
  this[kBindStreamsEager](stdout, stderr);
  this[kBindProperties](ignoreErrors, colorMode, groupIndentation);
}

// The global console is no instance, but counts as one.
ObjectDefineProperty(Console, SymbolHasInstance, {
  __proto__: null,
  value: assignFunctionName(SymbolHasInstance, function(instance) {
    return instance[kIsConsole];
  }),
});

// ---- state and output, hidden behind symbols ---------------------------------------------------

/** For write(): an error that comes later must not become an uncaught 'error' event. */
function makeErrorHandler(instance, key) {
  return (error) => {
    const stream = instance[key];
    if (error != null && !stream._writableState.errorEmitted &&
        stream.listenerCount('error') === 0) {
      stream.once('error', noop);
    }
  };
}

const noOptions = {};
const colorOptions = { colors: true };

const internals = {
  [kBindStreamsEager](stdout, stderr) {
    ObjectDefineProperties(this, {
      __proto__: null, _stdout: hidden(stdout), _stderr: hidden(stderr),
    });
  },

  /** Streams are made when something is first written. */
  [kBindStreamsLazy](source) {
    const bind = (key, name) => {
      let stream;
      ObjectDefineProperty(this, key, {
        __proto__: null,
        get() {
          return stream ||= source[name];
        },
        set(value) {
          stream = value;
        },
        enumerable: false,
        configurable: true,
      });
    };
    bind('_stdout', 'stdout');
    bind('_stderr', 'stderr');
  },

  [kBindProperties](ignoreErrors, colorMode, groupIndentation = groupIndentationDefault) {
    ObjectDefineProperties(this, {
      __proto__: null,
      _stdoutErrorHandler: hidden(makeErrorHandler(this, '_stdout')),
      _stderrErrorHandler: hidden(makeErrorHandler(this, '_stderr')),
      _ignoreErrors: hidden(Boolean(ignoreErrors)),
      _times: hidden(new SafeMap()),
      [kCounts]: hidden(new SafeMap()),
      [kColorMode]: hidden(colorMode),
      [kIsConsole]: hidden(true),
      [kGroupIndentationWidth]: hidden(groupIndentation),
      [kGroupIndentationString]: hidden(''),
      [SymbolToStringTag]: {
        __proto__: null, value: 'console', writable: false, enumerable: false, configurable: true,
      },
    });
  },

  [kWriteToConsole](which, text) {
    const isOut = which === kUseStdout;
    const stream = isOut ? this._stdout : this._stderr;
    const indentation = this[kGroupIndentationString];
    if (indentation !== '') {
      text = StringPrototypeIncludes(text, '\n') ?
        indentation + StringPrototypeReplaceAll(text, '\n', `\n${indentation}`) :
        indentation + text;
    }
    text += '\n';
    if (this._ignoreErrors === false) return stream.write(text);

    // Files and terminals fail at once, pipes later.
    try {
      if (stream.listenerCount('error') === 0) stream.once('error', noop);
      stream.write(text, isOut ? this._stdoutErrorHandler : this._stderrErrorHandler);
    } catch (error) {
      if (isStackOverflowError(error)) throw error;
    } finally {
      stream.removeListener('error', noop);
    }
  },

  [kGetInspectOptions](stream) {
    const mode = this[kColorMode];
    const isColored = mode === 'auto' ? colors.shouldColorize(stream) : mode;
    const byStream = inspectOptionsOf.get(this);
    const options = byStream === undefined ? undefined : MapPrototypeGet(byStream, stream);
    if (!options) return isColored ? colorOptions : noOptions;
    if (options.colors === undefined) options.colors = isColored;
    return options;
  },

  [kFormatForStdout](args) {
    return formatFor(this, '_stdout', args);
  },

  [kFormatForStderr](args) {
    return formatFor(this, '_stderr', args);
  },
};

function formatFor(instance, key, args) {
  if (args.length === 1 && typeof args[0] === 'string') return args[0];
  const options = instance[kGetInspectOptions](instance[key]);
  return formatWithOptions(options, ...new SafeArrayIterator(args));
}

function publish(name, args) {
  const channel = getChannels()[name];
  if (channel.hasSubscribers) channel.publish(args);
}

/** What the timers do with the time they measured. */
const timeLogger = (instance) => (label, elapsed, data = []) => (
  instance.log('%s: %s', label, elapsed, ...new SafeArrayIterator(data)));

const TRACED_AS = 'node,node.console';

function tellTime(phase, label) {
  require('internal/trace_events/emit')[phase](TRACED_AS, `time::${label}`, 0);
}

function tellCount(label, count) {
  require('internal/trace_events/emit').counter(TRACED_AS, `count::${label}`, { data: count });
}

// ---- public methods ----------------------------------------------------------------------------

const methods = {
  log(...args) {
    publish('log', args);
    this[kWriteToConsole](kUseStdout, this[kFormatForStdout](args));
  },

  info(...args) {
    publish('info', args);
    this[kWriteToConsole](kUseStdout, this[kFormatForStdout](args));
  },

  debug(...args) {
    publish('debug', args);
    this[kWriteToConsole](kUseStdout, this[kFormatForStdout](args));
  },

  warn(...args) {
    publish('warn', args);
    this[kWriteToConsole](kUseStderr, this[kFormatForStderr](args));
  },

  error(...args) {
    publish('error', args);
    this[kWriteToConsole](kUseStderr, this[kFormatForStderr](args));
  },

  dir(object, options) {
    this[kWriteToConsole](kUseStdout, inspect(object, {
      customInspect: false, ...this[kGetInspectOptions](this._stdout), ...options,
    }));
  },

  time(label = 'default') {
    if (traces.console && !this._times.has(`${label}`)) tellTime('asyncBegin', label);
    time(this._times, 'console.time()', label);
  },

  timeEnd(label = 'default') {
    timeEnd(this._times, 'console.timeEnd()', timeLogger(this), label);
    if (traces.console) tellTime('asyncEnd', label);
  },

  timeLog(label = 'default', ...data) {
    timeLog(this._times, 'console.timeLog()', timeLogger(this), label, data);
    if (traces.console) tellTime('asyncInstant', label);
  },

  trace: function trace(...args) {
    const error = { name: 'Trace', message: this[kFormatForStderr](args) };
    ErrorCaptureStackTrace(error, trace);
    this.error(error.stack);
  },

  assert(expression, ...args) {
    if (expression) return;
    if (args.length > 0 && typeof args[0] === 'string') {
      args[0] = `Assertion failed: ${args[0]}`;
    } else {
      ArrayPrototypeUnshift(args, 'Assertion failed');
    }
    ReflectApply(this.warn, this, args);
  },

  clear() {
    if (!this._stdout.isTTY || process.env.TERM === 'dumb') return;
    this._stdout.write(CURSOR_HOME);
    this._stdout.write(ERASE_BELOW);
  },

  count(label = 'default') {
    label = `${label}`;
    const count = (this[kCounts].get(label) ?? 0) + 1;
    this[kCounts].set(label, count);
    if (traces.console) tellCount(label, count);
    this.log(`${label}: ${count}`);
  },

  countReset(label = 'default') {
    if (!this[kCounts].delete(`${label}`)) {
      process.emitWarning(`Count for '${label}' does not exist`);
    } else if (traces.console) {
      tellCount(label, 0);
    }
  },

  group(...data) {
    if (data.length > 0) ReflectApply(this.log, this, data);
    this[kGroupIndentationString] += StringPrototypeRepeat(' ', this[kGroupIndentationWidth]);
  },

  groupEnd() {
    const indentation = this[kGroupIndentationString];
    this[kGroupIndentationString] = StringPrototypeSlice(
      indentation, 0, indentation.length - this[kGroupIndentationWidth]);
  },

  table(tabularData, properties) {
    if (properties !== undefined) validateArray(properties, 'properties');
    if (tabularData === null || typeof tabularData !== 'object') return this.log(tabularData);
    const { formatTable } = require('internal/console/table');
    const options = this[kGetInspectOptions](this._stdout);
    this.log(formatTable(tabularData, properties, options));
  },
};

for (const key of new SafeArrayIterator(ObjectKeys(methods))) {
  Console.prototype[key] = methods[key];
}
Console.prototype.dirxml = Console.prototype.log;
Console.prototype.groupCollapsed = Console.prototype.group;

for (const key of new SafeArrayIterator([
  kBindStreamsEager, kBindStreamsLazy, kBindProperties, kWriteToConsole, kGetInspectOptions,
  kFormatForStdout, kFormatForStderr,
])) {
  ObjectDefineProperty(Console.prototype, key, hidden(internals[key]));
}

module.exports = { Console, kBindProperties, kBindStreamsLazy };
