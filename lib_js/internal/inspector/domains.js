'use strict';

// The domains of the DevTools protocol that Node answers itself and V8 does not know. Each session
// has its own, whoever its client is: a program's inspector.Session, or a debugger outside.

const {
  JSONParse,
  JSONStringify,
  NumberIsInteger,
  SafeMap,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
} = primordials;

const { ProtocolError } = require('internal/inspector/protocol');
const { getOptionValue } = require('internal/options');

/** [option without which there is no such domain, its class]. */
const DOMAINS = {
  __proto__: null,
  DOMStorage: [
    '--experimental-storage-inspection',
    () => require('internal/inspector/dom_storage_domain').DOMStorageDomain,
  ],
  IO: [
    '--experimental-inspector-network-resource',
    () => require('internal/inspector/io_domain').IODomain,
  ],
  Network: [undefined, () => require('internal/inspector/network_domain').NetworkDomain],
  NodeRuntime: [
    undefined, () => require('internal/inspector/node_runtime_domain').NodeRuntimeDomain,
  ],
  NodeTracing: [
    undefined, () => require('internal/inspector/node_tracing_domain').NodeTracingDomain,
  ],
  Storage: [
    '--experimental-storage-inspection',
    () => require('internal/inspector/storage_domain').StorageDomain,
  ],
};

/** { domain, command } of a method; undefined if the domain is not one of these. */
function split(method) {
  if (typeof method !== 'string') return undefined;
  const dot = StringPrototypeIndexOf(method, '.');
  if (dot === -1) return undefined;
  const domain = StringPrototypeSlice(method, 0, dot);
  if (DOMAINS[domain] === undefined) return undefined;
  return { domain, command: StringPrototypeSlice(method, dot + 1) };
}

/** Whether a session's domains should see a message of this method before V8. */
function isOfDomains(method) {
  return split(method) !== undefined;
}

/** The message; undefined if it is not JSON: V8 has the words for that. */
function parse(text) {
  try {
    return JSONParse(text);
  } catch {
    return undefined;
  }
}

class SessionDomains {
  /** @type {(text: string) => void} */
  #send;
  #domains = new SafeMap();

  /** @param {(text: string) => void} send  takes answers and notifications in JSON */
  constructor(send) {
    this.#send = send;
    // Programs register storages with every session, whatever was said to it before.
    if (getOptionValue('--experimental-storage-inspection')) this.#domain('DOMStorage');
  }

  #domain(name) {
    let domain = this.#domains.get(name);
    if (domain !== undefined) return domain;
    const { 0: option, 1: load } = DOMAINS[name];
    if (option !== undefined && !getOptionValue(option)) return undefined;
    const Domain = load();
    domain = new Domain((event, params) => {
      this.#send(JSONStringify({ method: `${name}.${event}`, params }));
    });
    this.#domains.set(name, domain);
    return domain;
  }

  /**
   * Answers a message; false if it is V8's to answer, also with the error for what nobody knows.
   * @param {string} text  a message in JSON
   */
  dispatch(text) {
    const message = parse(text);
    const method = split(message?.method);
    if (method === undefined || !NumberIsInteger(message.id)) return false;
    const domain = this.#domain(method.domain);
    const command = domain?.commands[method.command];
    if (command === undefined) return false;
    this.#send(JSONStringify(this.#answer(domain, command, message)));
    return true;
  }

  #answer(domain, { 0: read, 1: run }, { id, params }) {
    try {
      return { id, result: run(domain, read(params, 'params')) ?? {} };
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      return { id, error };
    }
  }

  /** The session ends: nothing is sent any more. */
  close() {
    for (const { 1: domain } of this.#domains) domain.close();
    this.#domains.clear();
    this.#send = () => {};
  }
}

/**
 * Loads what domains are made of. Debuggers outside are heard in the midst of JavaScript, where a
 * file may be half loaded.
 */
function loadDomains() {
  for (const name in DOMAINS) {
    const { 0: option, 1: load } = DOMAINS[name];
    if (option === undefined || getOptionValue(option)) load();
  }
  if (getOptionValue('--experimental-network-inspection')) {
    require('internal/inspector/network_hooks').load();
  }
}

module.exports = { SessionDomains, isOfDomains, loadDomains };
