'use strict';
// The thread of the asynchronous hooks. The program's thread sends one request at a time and
// sleeps until the number in shared memory changes.

const { AtomicsAdd, AtomicsNotify, Int32Array, ReflectApply } = primordials;

const { HookChain } = require('internal/modules/esm/hook_chain');
const { getOrInitializeCascadedLoader } = require('internal/modules/esm/loader');
const { getOptionValue } = require('internal/options');
const { getCWDURL } = require('internal/util');
const { isArrayBuffer, isArrayBufferView } = require('internal/util/types');

const threads = require('worker_threads');
const { port, said } = threads.workerData;
const counter = new Int32Array(said);
threads.workerData = null;
threads.parentPort = null;

const chain = getOrInitializeCascadedLoader().hookChain ?? new HookChain();
getOrInitializeCascadedLoader().hookChain = chain;

let isBusy = false;

function say(message, transferList) {
  port.postMessage(message, transferList);
  AtomicsAdd(counter, 0, 1);
  AtomicsNotify(counter, 0);
}

/** The bytes of a module's source are given away, when they are whole. */
function transferListOf(answer) {
  const source = answer?.source;
  const buffer = isArrayBufferView(source) ? source.buffer : source;
  if (!isArrayBuffer(buffer) || buffer.byteLength !== source.byteLength) return undefined;
  const { isMarkedAsUntransferable } = require('internal/buffer');
  return isMarkedAsUntransferable(buffer) ? undefined : [buffer];
}

function sayThrown(thrown) {
  if (thrown === null || (typeof thrown !== 'object' && typeof thrown !== 'function' &&
      typeof thrown !== 'symbol')) {
    say({ __proto__: null, status: 'thrown', body: thrown });
    return;
  }
  let body;
  try {
    body = require('internal/error_serdes').serializeError(thrown);
  } catch {
    // Told as an error that cannot be told.
  }
  say({ __proto__: null, status: 'error', body });
}

/** While a hook runs, the port keeps the thread alive no longer: an idle loop is an answer. */
async function answer(act) {
  isBusy = true;
  port.unref();
  let result;
  try {
    result = await act();
    if (!isBusy) return;
    say({ __proto__: null, status: 'success', body: result }, transferListOf(result));
  } catch (thrown) {
    if (isBusy) sayThrown(thrown);
  }
  isBusy = false;
  port.ref();
}

process.on('beforeExit', () => {
  if (!isBusy) return;
  isBusy = false;
  say({ __proto__: null, status: 'never-settle' });
  port.ref();
});

const { exit } = process;
process.exit = function(code) {
  say({ __proto__: null, status: 'exit', body: code ?? process.exitCode });
  return ReflectApply(exit, this, arguments);
};

process.on('uncaughtException', (error) => {
  if (!isBusy) {
    process.removeAllListeners('uncaughtException');
    internalBinding('errors').triggerUncaughtException(error, false);
    return;
  }
  isBusy = false;
  sayThrown(error);
  port.ref();
});

answer(async () => {
  const parentURL = getCWDURL().href;
  const loaders = getOptionValue('--experimental-loader') ?? [];
  for (let i = 0; i < loaders.length; i++) await chain.register(loaders[i], parentURL);
}).then(() => {
  port.on('message', ({ method, args }) => {
    answer(() => ReflectApply(chain[method], chain, args));
  });
});
