'use strict';

// Requests of http and https, as domain Network tells of them.

const { StringPrototypeStartsWith } = primordials;

const {
  find,
  followBody,
  isToldOf,
  tellOfEnd,
  tellOfFailure,
  tellOfRequest,
  tellOfResponse,
  toTexts,
} = require('internal/inspector/network_hooks');

const TYPE = 'Other';

/** Requests through proxies have a URL for their path. */
function urlOf({ path, protocol }, headers) {
  if (StringPrototypeStartsWith(path, 'http://') || StringPrototypeStartsWith(path, 'https://')) {
    return path;
  }
  return `${protocol}//${find(headers, 'host')}${path}`;
}

function onCreated({ request }) {
  const headers = toTexts(request.getHeaders());
  const url = urlOf(request, headers);
  tellOfRequest(request, { url, method: request.method, headers, hasPostData: false });
}

function onError({ request, error }) {
  tellOfFailure(request, TYPE, error);
}

function onResponse({ request, response }) {
  if (!isToldOf(request)) return;
  tellOfResponse(request, TYPE, {
    status: response.statusCode,
    statusText: response.statusMessage ?? '',
    headers: toTexts(response.headers),
  });
  followBody(request, response);
  response.once('end', () => tellOfEnd(request));
}

module.exports = {
  listeners: [
    ['http.client.request.created', onCreated],
    ['http.client.request.error', onError],
    ['http.client.response.finish', onResponse],
  ],
};
