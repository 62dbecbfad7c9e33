'use strict';

// The error codes whose message is computed, or which put more properties on their error (`this`).
// Each row is [message(...args), class, ...further classes]. The length of a message function is
// the least count of arguments, so optional ones need a default.

const {
  ArrayIsArray, ArrayPrototypeJoin, ArrayPrototypeMap, Error, JSONStringify, ObjectAssign,
  ObjectDefineProperty, RangeError, StringPrototypeEndsWith, StringPrototypeIncludes,
  StringPrototypeRepeat, StringPrototypeSlice, StringPrototypeStartsWith, SyntaxError, TypeError,
} = primordials;

const assert = require('internal/assert');
const {
  describeExpected, describeName, describeNumber, determineSpecificType, formatList, inspect,
  inspectWithNoCustomRetry,
} = require('internal/errors/describe');
const { hideInternalStackFrames } = require('internal/errors/stack');

const inspectedShown = 128;

/** An own property that does not show up when the error is printed. */
function hidden(error, key, value) {
  ObjectDefineProperty(error, key, {
    __proto__: null, value, enumerable: false, configurable: true, writable: true,
  });
}

const shown = (error, key, value) => ObjectDefineProperty(error, key, {
  __proto__: null, value, enumerable: true, configurable: true, writable: true,
});

const importedFrom = (base) => (base ? ` imported from ${base}` : '');

const arguments_ = {
  __proto__: null,
  ERR_INVALID_ARG_TYPE: [(name, expected, actual) => {
    const list = ArrayIsArray(expected) ? expected : [expected];
    return `${describeName(name)} must be ${describeExpected(list)}. ` +
      `Received ${determineSpecificType(actual)}`;
  }, TypeError],
  ERR_INVALID_ARG_VALUE: [(name, value, reason = 'is invalid') => {
    let text = inspect(value);
    if (text.length > inspectedShown) text = `${StringPrototypeSlice(text, 0, inspectedShown)}...`;
    const type = StringPrototypeIncludes(name, '.') ? 'property' : 'argument';
    return `The ${type} '${name}' ${reason}. Received ${text}`;
  }, TypeError, RangeError],
  ERR_OUT_OF_RANGE: [(name, range, input, replaceDefault = false) => {
    assert(range, 'Missing "range" argument');
    const head = replaceDefault ? name : `The value of "${name}" is out of range.`;
    return `${head} It must be ${range}. Received ${describeNumber(input)}`;
  }, RangeError],
  ERR_MISSING_ARGS: [(...names) => {
    assert(names.length > 0, 'At least one arg needs to be specified');
    const quote = (name) => `"${name}"`;
    const quoted = ArrayPrototypeMap(names, (name) => (ArrayIsArray(name) ?
      ArrayPrototypeJoin(ArrayPrototypeMap(name, quote), ' or ') : quote(name)));
    return `The ${formatList(quoted)} argument${names.length > 1 ? 's' : ''} must be specified`;
  }, TypeError],
  ERR_INVALID_RETURN_VALUE: [(input, name, value) => (
    `Expected ${input} to be returned from the "${name}" function but got ` +
    `${determineSpecificType(value)}.`
  ), TypeError, RangeError],
  ERR_INVALID_RETURN_PROPERTY: [(input, name, key, value) => (
    `Expected a valid ${input} to be returned for the "${key}" from the "${name}" hook but got ` +
    `${determineSpecificType(value)}.`
  ), TypeError],
  ERR_INVALID_RETURN_PROPERTY_VALUE: [(input, name, key, value) => (
    `Expected ${input} to be returned for the "${key}" from the "${name}" hook but got ` +
    `${determineSpecificType(value)}.`
  ), TypeError],
  ERR_INVALID_CHAR: [(name, field = undefined) => (
    `Invalid character in ${name}${field === undefined ? '' : ` ["${field}"]`}`
  ), TypeError],
  ERR_PARSE_ARGS_UNKNOWN_OPTION: [(option, allowPositionals) => {
    const cure = allowPositionals ?
      ". To specify a positional argument starting with a '-', place it at the end of the " +
      `command after '--', as in '-- ${JSONStringify(option)}` : '';
    return `Unknown option '${option}'${cure}`;
  }, TypeError],
};

const general = {
  __proto__: null,
  ERR_ACCESS_DENIED: [function(message, permission = '', resource = '') {
    this.permission = permission;
    this.resource = resource;
    return message;
  }, Error],
  ERR_BUFFER_OUT_OF_BOUNDS: [(name = undefined) => (name ?
    `"${name}" is outside of buffer bounds` : 'Attempt to access memory outside buffer bounds'
  ), RangeError],
  ERR_DEBUGGER_STARTUP_ERROR: [function(message, details = undefined) {
    if (details !== undefined) ObjectAssign(this, details);
    return message;
  }, Error],
  ERR_ENCODING_INVALID_ENCODED_DATA: [function(encoding, errno) {
    this.errno = errno;
    return `The encoded data was not valid for encoding ${encoding}`;
  }, TypeError],
  ERR_FALSY_VALUE_REJECTION: [function(reason) {
    this.reason = reason;
    return 'Promise was rejected with falsy value';
  }, Error],
  ERR_INTERNAL_ASSERTION: [(message) => {
    const cure = 'This is caused by either a bug in Node.js or incorrect usage of Node.js ' +
      'internals.\nPlease open an issue with this stack trace at ' +
      'https://github.com/nodejs/node/issues\n';
    return message === undefined ? cure : `${message}\n${cure}`;
  }, Error],
  ERR_INVALID_MIME_SYNTAX: [(production, text, at) => (
    `The MIME syntax for a ${production} in "${text}" is invalid${at === -1 ? '' : ` at ${at}`}`
  ), TypeError],
  ERR_INVALID_URL: [function(input, base = null) {
    // The URL stays out of the message: it may hold a password.
    this.input = input;
    if (base != null) this.base = base;
    return 'Invalid URL';
  }, TypeError],
  ERR_INVALID_URL_SCHEME: [(expected) => {
    const list = ArrayIsArray(expected) ? expected : [expected];
    assert(list.length <= 2);
    return `The URL must be ${list.length === 2 ? 'one ' : ''}of scheme ` +
      ArrayPrototypeJoin(list, ' or ');
  }, TypeError],
  ERR_INVALID_FILE_URL_PATH: [function(reason, input) {
    this.input = input;
    return `File URL path ${reason}`;
  }, TypeError],
  ERR_TEST_FAILURE: [function(error, failureType) {
    hideInternalStackFrames(this);
    assert(typeof failureType === 'string' || typeof failureType === 'symbol',
           "The 'failureType' argument must be of type string or symbol.");
    const message = error?.message ?? error;
    this.failureType = failureType;
    this.cause = error;
    return typeof message === 'string' ? message : inspectWithNoCustomRetry(message);
  }, Error],
  ERR_UNHANDLED_ERROR: [(error = undefined) => (
    error === undefined ? 'Unhandled error.' : `Unhandled error. (${error})`
  ), Error],
  ERR_WORKER_INVALID_EXEC_ARGV: [(errors, message = 'invalid execArgv flags') => (
    `Initiated Worker with ${message}: ${ArrayPrototypeJoin(errors, ', ')}`
  ), Error],
  ERR_WORKER_PATH: [(filename) => {
    const isFileUrl = StringPrototypeStartsWith(filename, 'file://');
    const isDataUrl = StringPrototypeStartsWith(filename, 'data:text/javascript');
    return 'The worker script or module filename must be an absolute path or a relative path ' +
      "starting with './' or '../'." +
      (isFileUrl ? ' Wrap file:// URLs with `new URL`.' : '') +
      (isDataUrl ? ' Wrap data: URLs with `new URL`.' : '') + ` Received "${filename}"`;
  }, TypeError],
};

const network = {
  __proto__: null,
  ERR_HTTP2_INVALID_SETTING_VALUE: [function(name, actual, min = undefined, max = undefined) {
    this.actual = actual;
    if (min !== undefined) {
      this.min = min;
      this.max = max;
    }
    return `Invalid value for setting "${name}": ${actual}`;
  }, TypeError, RangeError],
  ERR_HTTP2_STREAM_CANCEL: [function(error) {
    if (error) this.cause = error;
    const reason = typeof error?.message === 'string' ? ` (caused by: ${error.message})` : '';
    return `The pending stream has been canceled${reason}`;
  }, Error],
  ERR_INVALID_ADDRESS_FAMILY: [function(addressType, host, port) {
    this.host = host;
    this.port = port;
    return `Invalid address family: ${addressType} ${host}:${port}`;
  }, RangeError],
  ERR_IP_BLOCKED: [(ip) => `IP(${ip}) is blocked by net.BlockList`, Error],
  ERR_SOCKET_BAD_PORT: [(name, port, allowZero = true) => {
    assert(typeof allowZero === 'boolean',
           "The 'allowZero' argument must be of type boolean.");
    return `${name} should be ${allowZero ? '>=' : '>'} 0 and < 65536. ` +
      `Received ${determineSpecificType(port)}.`;
  }, RangeError],
  ERR_TLS_ALPN_CALLBACK_INVALID_RESULT: [(value, protocols) => (
    `ALPN callback returned a value (${value}) that did not match any of the client's offered ` +
    `protocols (${ArrayPrototypeJoin(protocols, ', ')})`
  ), TypeError],
  ERR_TLS_CERT_ALTNAME_INVALID: [function(reason, host, cert) {
    this.reason = reason;
    this.host = host;
    this.cert = cert;
    return `Hostname/IP does not match certificate's altnames: ${reason}`;
  }, Error],
};

/** The three ways in which a CommonJS module can fail to require an ES module. */
function requireEsmMessage(filename, hasEsmSyntax, parentPath, packageJsonPath) {
  const head = `require() of ES Module ${filename}` +
    `${parentPath ? ` from ${parentPath}` : ''} not supported.`;
  const dynamic = 'a dynamic import() which is available in all CommonJS modules.';
  if (!packageJsonPath) {
    if (!StringPrototypeEndsWith(filename, '.mjs')) return head;
    return `${head}\nInstead change the require of ${filename} to ${dynamic}`;
  }
  const name = require('path').basename(filename);
  if (hasEsmSyntax) {
    return `${head}\nInstead change the require of ${name} in ${parentPath} to ${dynamic}`;
  }
  return `${head}\n${name} is treated as an ES module file as it is a .js file whose nearest ` +
    'parent package.json contains "type": "module" which declares all .js files in that package ' +
    `scope as ES modules.\nInstead either rename ${name} to end in .cjs, change the requiring ` +
    'code to use dynamic import() which is available in all CommonJS modules, or change "type": ' +
    `"module" to "type": "commonjs" in ${packageJsonPath} to treat all .js files as CommonJS ` +
    '(using .mjs for all ES modules instead).\n';
}

const modules = {
  __proto__: null,
  ERR_IMPORT_ATTRIBUTE_UNSUPPORTED: [(attribute, value, url = undefined) => (
    `Import attribute "${attribute}" with value "${value}" is not supported` +
    (url === undefined ? '' : ` in ${url}`)
  ), TypeError],
  ERR_INVALID_MODULE_SPECIFIER: [(request, reason, base = undefined) => (
    `Invalid module "${request}" ${reason}${importedFrom(base)}`
  ), TypeError],
  ERR_INVALID_PACKAGE_CONFIG: [(path, base, message) => (
    `Invalid package config ${path}${base ? ` while importing ${base}` : ''}` +
    `${message ? `. ${message}` : ''}`
  ), Error],
  ERR_INVALID_PACKAGE_TARGET: [(path, key, target, isImport = false, base = undefined) => {
    const isBare = typeof target === 'string' && !isImport && target.length > 0 &&
      !StringPrototypeStartsWith(target, './');
    const tail = `the package config ${path}package.json${importedFrom(base)}` +
      `${isBare ? '; targets must start with "./"' : ''}`;
    if (key === '.') {
      assert(isImport === false);
      return `Invalid "exports" main target ${JSONStringify(target)} defined in ${tail}`;
    }
    return `Invalid "${isImport ? 'imports' : 'exports'}" target ${JSONStringify(target)} ` +
      `defined for '${key}' in ${tail}`;
  }, Error],
  ERR_MODULE_NOT_FOUND: [function(path, base, exactUrl) {
    if (exactUrl) shown(this, 'url', `${exactUrl}`);
    return `Cannot find ${exactUrl ? 'module' : 'package'} '${path}' imported from ${base}`;
  }, Error],
  ERR_PACKAGE_IMPORT_NOT_DEFINED: [(specifier, path, base) => (
    `Package import specifier "${specifier}" is not defined` +
    `${path ? ` in package ${path}package.json` : ''} imported from ${base}`
  ), TypeError],
  ERR_PACKAGE_MAP_EXTERNAL_FILE: [(specifier, parentPath, configPath) => (
    `Cannot resolve "${specifier}" from "${parentPath}": file is not within any package defined ` +
    `in ${configPath}`
  ), Error],
  ERR_PACKAGE_MAP_INVALID: [(configPath, reason) => (
    `Invalid package-map.json at "${configPath}": ${reason}`
  ), SyntaxError],
  ERR_PACKAGE_MAP_KEY_NOT_FOUND: [(key, configPath) => (
    `Package key "${key}" referenced in dependencies but not defined in ${configPath}`
  ), Error],
  ERR_PACKAGE_PATH_NOT_EXPORTED: [(path, subpath, base = undefined) => (subpath === '.' ?
    `No "exports" main defined in ${path}package.json${importedFrom(base)}` :
    `Package subpath '${subpath}' is not defined by "exports" in ${path}package.json` +
    importedFrom(base)
  ), Error],
  ERR_REQUIRE_ASYNC_MODULE: [function(filename, parent, locations) {
    let message = 'require() cannot be used on an ESM graph with top-level await. Use import() ' +
      'instead.';
    if (!require('internal/options').getOptionValue('--experimental-print-required-tla')) {
      message += ' To see where the top-level await comes from, use ' +
        '--experimental-print-required-tla.';
    }
    if (filename) message += `\nRequired module: ${filename}`;
    if (parent) {
      const stack = require('internal/modules/helpers').getRequireStack(parent);
      if (stack.length > 0) message += `\nRequire stack:\n- ${ArrayPrototypeJoin(stack, '\n- ')}`;
      hidden(this, 'requireStack', stack);
    }
    if (locations && locations.length > 0) {
      const { urlToFilename } = require('internal/modules/helpers');
      const places = ArrayPrototypeMap(locations, ({ url, line, column, sourceLine }) => (
        `${urlToFilename(url)}:${line}\n\n${sourceLine}\n` +
        `${StringPrototypeRepeat(' ', column - 1)}^\n`
      ));
      require('internal/errors').setArrowMessage(this, ArrayPrototypeJoin(places, '\n'));
      hidden(this, 'topLevelAwaitLocations', locations);
    }
    return message;
  }, Error],
  ERR_REQUIRE_ESM: [function(filename, hasEsmSyntax, parentPath = null, packageJsonPath = null) {
    hideInternalStackFrames(this);
    return requireEsmMessage(filename, hasEsmSyntax, parentPath, packageJsonPath);
  }, Error],
  ERR_REQUIRE_ESM_RACE_CONDITION: [(filename, parentFilename, isForHookWorker) => (
    `Cannot require() ES Module ${filename} because it is not yet fully loaded.\n` +
    'This may be caused by a race condition if the module is simultaneously dynamically ' +
    'import()-ed via Promise.all().\nTry await-ing the import() sequentially in a loop ' +
    `instead.\n (From ${parentFilename ? `${parentFilename} in ` : ' '}` +
    `${isForHookWorker ? 'loader hook worker thread' : 'non-loader-hook thread'})`
  ), Error],
  ERR_UNSUPPORTED_DIR_IMPORT: [function(path, base, exactUrl) {
    shown(this, 'url', exactUrl);
    return `Directory import '${path}' is not supported resolving ES modules imported from ${base}`;
  }, Error],
  ERR_UNSUPPORTED_ESM_URL_SCHEME: [(url, supported) => (
    `Only URLs with a scheme in: ${formatList(supported)} are supported by the default ESM ` +
    `loader. Received protocol '${url.protocol}'`
  ), Error],
  ERR_VM_MODULE_LINK_FAILURE: [function(message, cause) {
    this.cause = cause;
    return message;
  }, Error],
};

module.exports = { __proto__: null, ...arguments_, ...general, ...network, ...modules };
