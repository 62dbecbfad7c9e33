'use strict';

// Categories node.net.native and node.dns.native: connections that are begun, and questions about
// names. What begins them stands behind functions of here while they are traced.

const {
  ReflectApply,
  StringPrototypeCharCodeAt,
  StringPrototypeSlice,
  Symbol,
} = primordials;

const { isIP } = require('internal/net');
const { asyncBegin, asyncEnd, nextId } = require('internal/trace_events/emit');

const NET = 'node,node.net,node.net.native';
const DNS = 'node,node.dns,node.dns.native';

const LOCAL = 1;
const FAMILIES = { __proto__: null, 0: 'unspec', 4: 'ipv4', 6: 'ipv6' };

// ---- connections

const kTraced = Symbol('kTraced');
let connections;

/** An abstract name begins with a zero, which Node tells without it. */
function pipeArguments(path) {
  const isAbstract = StringPrototypeCharCodeAt(path, 0) === 0;
  return {
    path_type: isAbstract ? 'abstract socket' : 'file',
    pipe_path: isAbstract ? StringPrototypeSlice(path, 1) : path,
  };
}

/** A connect that began: `open` of its handle is called next, with the number. */
let begun;

function tracedConnect(connect) {
  return function(family, address, port, ...rest) {
    const number = ReflectApply(connect, this, [family, address, port, ...rest]);
    const id = nextId();
    asyncBegin(NET, 'connect', id, family === LOCAL ? pipeArguments(address) :
      { ip: address, port });
    if (number < 0) asyncEnd(NET, 'connect', id, { status: number });
    else begun = id;
    return number;
  };
}

function traceConnections(isOn) {
  const native = internalBinding('tcp_wrap');
  const { StreamHandle: { prototype } } = require('internal/net/handle');
  connections ??= {
    connect: native.connect, open: prototype.open, handleConnect: prototype.handleConnect,
  };
  const { connect, open, handleConnect } = connections;
  native.connect = isOn ? tracedConnect(connect) : connect;
  prototype.open = isOn ? function(number) {
    this[kTraced] = begun;
    begun = undefined;
    return ReflectApply(open, this, [number]);
  } : open;
  prototype.handleConnect = isOn ? function(status) {
    const id = this[kTraced];
    this[kTraced] = undefined;
    if (id !== undefined) asyncEnd(NET, 'connect', id, { status });
    return ReflectApply(handleConnect, this, [status]);
  } : handleConnect;
}

// ---- names

let questions;

/** Tells of an answer before who asked gets it. */
function hear(request, name, id, args) {
  const { oncomplete } = request;
  request.oncomplete = function(...answer) {
    asyncEnd(DNS, name, id, args(answer));
    return ReflectApply(oncomplete, this, answer);
  };
}

function tracedLookup(getaddrinfo) {
  return (request, hostname, family, hints, order) => {
    const id = nextId();
    asyncBegin(DNS, 'lookup', id, { hostname, family: FAMILIES[family] });
    hear(request, 'lookup', id, ({ 1: found }) => ({ count: found?.length ?? 0, order }));
    return getaddrinfo(request, hostname, family, hints, order);
  };
}

function tracedService(getnameinfo) {
  return (request, ip, port) => {
    const id = nextId();
    asyncBegin(DNS, 'lookupService', id, { ip, port });
    hear(request, 'lookupService', id, ({ 1: hostname, 2: service }) => ({ hostname, service }));
    return getnameinfo(request, ip, port);
  };
}

const failure = (error) => (error ? { error: error.code } : undefined);

function tracedAsk(ask) {
  return (resolver, kind, name, options, done) => {
    const id = nextId();
    const told = `resolve${kind.key}`;
    asyncBegin(DNS, told, id, { name });
    ask(resolver, kind, name, options, (error, ...result) => {
      asyncEnd(DNS, told, id, failure(error));
      done(error, ...result);
    });
  };
}

function tracedReverse(askNames) {
  return (resolver, name, done) => {
    const id = nextId();
    asyncBegin(DNS, 'reverse', id, { name, family: FAMILIES[isIP(name)] });
    askNames(resolver, name, (error, ...result) => {
      asyncEnd(DNS, 'reverse', id, failure(error));
      done(error, ...result);
    });
  };
}

function traceNames(isOn) {
  const cares = require('internal/dns/cares');
  const { ResolverBase } = require('internal/dns/resolver');
  questions ??= {
    getaddrinfo: cares.getaddrinfo,
    getnameinfo: cares.getnameinfo,
    ask: ResolverBase.ask,
    askNames: ResolverBase.askNames,
  };
  const { getaddrinfo, getnameinfo, ask, askNames } = questions;
  ResolverBase.ask = isOn ? tracedAsk(ask) : ask;
  ResolverBase.askNames = isOn ? tracedReverse(askNames) : askNames;
  cares.getaddrinfo = isOn ? tracedLookup(getaddrinfo) : getaddrinfo;
  cares.getnameinfo = isOn ? tracedService(getnameinfo) : getnameinfo;
}

module.exports = { traceConnections, traceNames };
