'use strict';

// The permission model: what --permission leaves of a program's rights. Loaded only with that
// option (or --permission-audit, which tells and does not refuse).

const {
  ArrayPrototypeForEach,
  ArrayPrototypeJoin,
  ArrayPrototypePush,
  ArrayPrototypeSome,
  Error,
  ErrorCaptureStackTrace,
  ObjectDefineProperty,
  ObjectKeys,
  RegExpPrototypeExec,
  String,
  StringPrototypeIncludes,
  StringPrototypeSplit,
  StringPrototypeStartsWith,
} = primordials;

const {
  codes: { ERR_ACCESS_DENIED, ERR_MISSING_OPTION },
} = require('internal/errors');
const { getOptionValue } = require('internal/options');
const { isBuffer } = require('buffer').Buffer;
const { PathGrants } = require('internal/process/path_grants');
const { validateString } = require('internal/validators');

// By scope: Node's name for it, the option that grants it, the channel that hears of refusals.
const SCOPES = {
  '__proto__': null,
  'fs': { name: 'FileSystem', flag: '', channel: 'fs' },
  'fs.read': { name: 'FileSystemRead', flag: '--allow-fs-read', channel: 'fs' },
  'fs.write': { name: 'FileSystemWrite', flag: '--allow-fs-write', channel: 'fs' },
  'child': { name: 'ChildProcess', flag: '--allow-child-process', channel: 'child' },
  'worker': { name: 'WorkerThreads', flag: '--allow-worker', channel: 'worker' },
  'inspector': { name: 'Inspector', flag: '--allow-inspector', channel: 'inspector' },
  'wasi': { name: 'WASI', flag: '--allow-wasi', channel: 'wasi' },
  'addon': { name: 'Addon', flag: '--allow-addons', channel: 'addon' },
  'openssl.store': {
    name: 'OpenSSLStore', flag: '--allow-openssl-store', channel: 'openssl-store',
  },
};

/** Options that weaken the model, in the order of their warnings PERM0001 and so on. */
const RISKY = [
  '--allow-addons', '--allow-child-process', undefined, '--allow-inspector', '--allow-wasi',
  '--allow-worker', '--allow-openssl-store',
];

let reads;
let writes;
let audits = false;
const granted = { __proto__: null };

function isGranted(scope, reference) {
  switch (scope) {
    case 'fs': return reads.all && writes.all;
    case 'fs.read': return reads.has(reference);
    case 'fs.write': return writes.has(reference);
    default: return granted[scope] === true;
  }
}

/** Tells who listens that something is refused, or given up. */
function publish(scope, resource, drop) {
  const { name, channel } = SCOPES[scope];
  const refused = require('diagnostics_channel').channel(`node:permission-model:${channel}`);
  if (!refused.hasSubscribers) return;
  refused.publish(drop ? { permission: name, resource, drop } : { permission: name, resource });
}

/** undefined, or the error for a use that is refused. */
function refusal(scope, resource = '') {
  if (isGranted(scope, resource)) return undefined;
  publish(scope, resource);
  if (audits) return undefined;
  const { name, flag } = SCOPES[scope];
  // Node makes this error natively: its stack does not name the code.
  const error = new Error(
    `Access to this API has been restricted. Use ${flag} to manage permissions.`);
  error.code = 'ERR_ACCESS_DENIED';
  error.permission = name;
  error.resource = resource;
  return error;
}

/** Throws unless `scope` is granted for `resource`. */
function check(scope, resource) {
  const error = refusal(scope, resource);
  if (error === undefined) return;
  ErrorCaptureStackTrace(error, check);
  throw error;
}

function validateReference(scope, reference) {
  validateString(scope, 'scope');
  if (reference != null && !isBuffer(reference)) validateString(reference, 'reference');
}

const permission = {
  has(scope, reference) {
    validateReference(scope, reference);
    if (SCOPES[scope] === undefined) return false;
    const text = reference == null ? undefined : String(reference);
    const result = isGranted(scope, text);
    if (!result) publish(scope, text ?? '');
    return result;
  },

  drop(scope, reference) {
    validateReference(scope, reference);
    if (SCOPES[scope] === undefined) return;
    const text = reference == null ? undefined : String(reference);
    publish(scope, text ?? '', true);
    if (scope === 'fs' || scope === 'fs.read') reads.drop(text);
    if (scope === 'fs' || scope === 'fs.write') writes.drop(text);
    if (!StringPrototypeStartsWith(scope, 'fs')) {
      granted[scope] = false;
    }
  },
};

function warnOfRisks() {
  ArrayPrototypeForEach(RISKY, (flag, i) => {
    if (flag === undefined || !getOptionValue(flag)) return;
    process.emitWarning(
      `The flag ${flag} must be used with extreme caution. ` +
      'It could invalidate the permission model.', 'SecurityWarning', `PERM000${i + 1}`);
  });
}

function warnOfCommas() {
  ArrayPrototypeForEach(['--allow-fs-read', '--allow-fs-write'], (flag) => {
    const paths = getOptionValue(flag);
    if (paths.length !== 1 || !StringPrototypeIncludes(paths[0], ',')) return;
    process.emitWarning(
      `The ${flag} CLI flag has changed. ` +
      'Passing a comma-separated list of paths is no longer valid. ' +
      'Documentation can be found at ' +
      'https://nodejs.org/api/permissions.html#file-system-permissions', 'Warning');
  });
}

const MODEL_FLAGS = [
  '--permission', '--allow-fs-read', '--allow-fs-write', '--allow-addons',
  '--allow-child-process', '--allow-inspector', '--allow-wasi', '--allow-worker',
  '--allow-openssl-store',
];

const hasModel = (word) => RegExpPrototypeExec(/^--permission(-audit)?$/, word) !== null;

/**
 * The environment for a child: it gets this process's rights, unless it is given its own model.
 * @param {object} env  @param {string[]} args  @returns {object} env or a copy
 */
function inheritPermission(env, args) {
  const options = env.NODE_OPTIONS ?? '';
  if (ArrayPrototypeSome(args, hasModel) ||
      ArrayPrototypeSome(StringPrototypeSplit(options, ' '), hasModel)) return env;
  const words = options === '' ? [] : [options];
  ArrayPrototypeForEach(process.execArgv, (word) => {
    const isModel = ArrayPrototypeSome(
      MODEL_FLAGS, (flag) => word === flag || StringPrototypeStartsWith(word, `${flag}=`));
    if (isModel) ArrayPrototypePush(words, word);
  });
  return { __proto__: env, NODE_OPTIONS: ArrayPrototypeJoin(words, ' ') };
}

function refuseBinding() {
  throw new ERR_ACCESS_DENIED('process.binding');
}

/** @param {string} main  the entry point, which may be read */
function initializePermission(main) {
  audits = !getOptionValue('--permission');
  const kindOf = internalBinding('fs_ops').internalModuleStat;
  reads = new PathGrants(getOptionValue('--allow-fs-read'), kindOf);
  writes = new PathGrants(getOptionValue('--allow-fs-write'), kindOf);
  if (!reads.all) {
    if (main !== undefined) reads.add(main);
    // What prepares the program is as much its beginning as its first file.
    ArrayPrototypeForEach(getOptionValue('--require') ?? [], (file) => {
      reads.add(require('path').resolve(file));
    });
  }
  ArrayPrototypeForEach(ObjectKeys(SCOPES), (scope) => {
    if (StringPrototypeStartsWith(scope, 'fs')) return;
    granted[scope] = getOptionValue(SCOPES[scope].flag);
  });
  require('internal/process/permission_guards').guard({ check, refusal });
  if (audits) return;
  process.binding = refuseBinding;
  ObjectDefineProperty(process, 'permission', {
    __proto__: null, configurable: false, enumerable: true, value: permission, writable: false,
  });
  if (!require('internal/worker/self').isMainThread) return;
  warnOfRisks();
  warnOfCommas();
}

/** Rights without a model to take them from are a mistake. */
function checkOptionsWithoutModel() {
  ArrayPrototypeForEach(['--allow-fs-read', '--allow-fs-write'], (flag) => {
    if (getOptionValue(flag).length > 0) throw new ERR_MISSING_OPTION('--permission');
  });
}

module.exports = {
  check,
  checkOptionsWithoutModel,
  inheritPermission,
  initializePermission,
};
