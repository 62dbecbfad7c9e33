'use strict';
// Entries of type 'http', for as long as somebody observes them. http itself knows nothing of
// that: it publishes its requests on diagnostics channels.

const { Symbol } = primordials;

const { startPerf, stopPerf } = require('internal/perf/observe');

const kStatistics = Symbol('kStatistics');

function serverStarts({ request, response }) {
  const { method, url, headers } = request;
  startPerf(response, kStatistics, {
    type: 'http', name: 'HttpRequest', detail: { req: { method, url, headers } },
  });
}

function serverFinishes({ response }) {
  const { statusCode, statusMessage } = response;
  stopPerf(response, kStatistics, {
    detail: { res: { statusCode, statusMessage, headers: response.getHeaders() } },
  });
}

function clientStarts({ request }) {
  const { path } = request;
  // A path for a proxy is a URL.
  const url = path.startsWith('http://') ? path :
    `${request.protocol}//${request.getHeader('host') ?? request.host}${path}`;
  startPerf(request, kStatistics, {
    type: 'http',
    name: 'HttpClient',
    detail: { req: { method: request.method, url, headers: request.getHeaders() } },
  });
}

function clientFinishes({ request, response }) {
  const { statusCode, statusMessage, headers } = response;
  stopPerf(request, kStatistics, { detail: { res: { statusCode, statusMessage, headers } } });
}

const SUBSCRIBERS = {
  '__proto__': null,
  'http.server.request.start': serverStarts,
  'http.server.response.finish': serverFinishes,
  'http.client.request.start': clientStarts,
  'http.client.response.finish': clientFinishes,
};

function watchHttp(isOn) {
  const { subscribe, unsubscribe } = require('diagnostics_channel');
  for (const name in SUBSCRIBERS) {
    if (isOn) subscribe(name, SUBSCRIBERS[name]);
    else unsubscribe(name, SUBSCRIBERS[name]);
  }
}

module.exports = { watchHttp };
