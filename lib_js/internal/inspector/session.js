'use strict';

// inspector.Session: the program speaks to V8's DevTools in its own thread, and to the domains that
// are Node's own. They answer while they are asked, and tell of what happens when it happens.

const {
  JSONParse,
  JSONStringify,
  SafeMap,
} = primordials;

const EventEmitter = require('events');
const {
  ERR_INSPECTOR_ALREADY_CONNECTED,
  ERR_INSPECTOR_CLOSED,
  ERR_INSPECTOR_COMMAND,
  ERR_INSPECTOR_NOT_AVAILABLE,
  ERR_INSPECTOR_NOT_CONNECTED,
  ERR_INSPECTOR_NOT_WORKER,
} = require('internal/errors').codes;
const { SessionDomains, isOfDomains } = require('internal/inspector/domains');
const { getOptionValue } = require('internal/options');
const { setImmediate } = require('internal/timers');
const { validateFunction, validateObject, validateString } = require('internal/validators');

const devtools = internalBinding('profiler');
const { holdSignals } = internalBinding('turn');

/** The name of this thread's context, unless it is the main one's. */
function contextName() {
  const { isMainThread, threadId } = require('internal/worker/self');
  return isMainThread ? undefined : `Worker[${threadId}]`;
}

const NO_SESSION = -1;

/** Listeners that run: V8 is in the middle of something, and lets go of no session. */
let hearingCount = 0;

function letGo() {
  devtools.closeSession(NO_SESSION);
}

class Session extends EventEmitter {
  #number;
  #domains;
  #nextId = 1;
  #callbacks = new SafeMap();

  connect() {
    if (this.#number !== undefined) {
      throw new ERR_INSPECTOR_ALREADY_CONNECTED('The inspector session');
    }
    if (getOptionValue('--permission') || getOptionValue('--permission-audit')) {
      require('internal/process/permission').check('inspector');
    }
    require('internal/inspector/console').tellOfConsole();
    const hear = (text) => this.#hear(text);
    this.#number = devtools.openSession(hear, contextName());
    this.#domains = new SessionDomains(hear);
  }

  /** Sessions across threads are not built. */
  connectToMainThread() {
    if (contextName() === undefined) throw new ERR_INSPECTOR_NOT_WORKER();
    throw new ERR_INSPECTOR_NOT_AVAILABLE();
  }

  #hear(text) {
    const message = JSONParse(text);
    hearingCount++;
    // V8 takes no exceptions here.
    try {
      if (message.id) this.#answer(message);
      else this.#notify(message);
    } catch (error) {
      process.emitWarning(error);
    } finally {
      hearingCount--;
    }
  }

  #answer({ id, error, result }) {
    const callback = this.#callbacks.get(id);
    this.#callbacks.delete(id);
    if (callback === undefined) return;
    if (error) callback(new ERR_INSPECTOR_COMMAND(error.code, error.message));
    else callback(null, result);
  }

  #notify(message) {
    if (this.#number === undefined) return; // Closed by another listener just now.
    this.emit(message.method, message);
    this.emit('inspectorNotification', message);
  }

  post(method, params, callback) {
    validateString(method, 'method');
    if (!callback && typeof params === 'function') {
      callback = params;
      params = null;
    }
    if (params) validateObject(params, 'params');
    if (callback) validateFunction(callback, 'callback');
    if (this.#number === undefined) throw new ERR_INSPECTOR_NOT_CONNECTED();
    const id = this.#nextId++;
    const message = { id, method };
    if (params) message.params = params;
    if (callback) this.#callbacks.set(id, callback);
    const text = JSONStringify(message);
    if (isOfDomains(method) && this.#domains.dispatch(text)) return;
    if (method !== 'Profiler.start') {
      devtools.dispatch(this.#number, text);
      return;
    }
    // V8 makes a thread for its samples.
    holdSignals(true);
    devtools.dispatch(this.#number, text);
    holdSignals(false);
  }

  disconnect() {
    if (this.#number === undefined) return;
    this.#domains.close();
    devtools.closeSession(this.#number);
    if (hearingCount > 0) setImmediate(letGo);
    this.#number = undefined;
    for (const { 1: callback } of this.#callbacks) {
      process.nextTick(callback, new ERR_INSPECTOR_CLOSED());
    }
    this.#callbacks.clear();
    this.#nextId = 1;
  }
}

module.exports = { Session };
