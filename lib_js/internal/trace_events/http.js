'use strict';

// Category node.http: requests from their start to the end of the response. http itself knows
// nothing of that: it publishes its requests on diagnostics channels.

const { SafeWeakMap } = primordials;

const { asyncBegin, asyncEnd, nextId } = require('internal/trace_events/emit');

const GROUP = 'node,node.http';
const CLIENT = 'http.client.request';
const SERVER = 'http.server.request';

/** Response of a server, or request of a client -> id */
const ids = new SafeWeakMap();

function starts(name, key) {
  const id = nextId();
  ids.set(key, id);
  asyncBegin(GROUP, name, id);
}

function finishes(name, key, data) {
  const id = ids.get(key);
  if (id === undefined) return;
  ids.delete(key);
  asyncEnd(GROUP, name, id, { data });
}

const SUBSCRIBERS = {
  '__proto__': null,
  'http.server.request.start': ({ response }) => starts(SERVER, response),
  'http.server.response.finish': ({ request, response }) => (
    finishes(SERVER, response, { url: request.url, statusCode: response.statusCode })),
  'http.client.request.start': ({ request }) => starts(CLIENT, request),
  'http.client.response.finish': ({ request, response }) => (
    finishes(CLIENT, request, { path: request.path, statusCode: response.statusCode })),
};

function traceHttp(isOn) {
  const { subscribe, unsubscribe } = require('diagnostics_channel');
  for (const name in SUBSCRIBERS) {
    if (isOn) subscribe(name, SUBSCRIBERS[name]);
    else unsubscribe(name, SUBSCRIBERS[name]);
  }
}

module.exports = { traceHttp };
