'use strict';

// The options of a request as one object of ours, which is filled, changed and handed to the agent.
// Objects without a prototype are hash tables to V8, slow to fill and to copy: the prototype of
// these is an empty object that has none.

const { ObjectFreeze } = primordials;

const { isURLInstance, urlToHttpOptions } = require('internal/url');

const NOTHING = ObjectFreeze({ __proto__: null });

function Options() {}
Options.prototype = NOTHING;

/** As urlToHttpOptions(), in the same order. */
function UrlOptions(url) {
  const { hostname, pathname, port, username, password, search } = url;
  this.protocol = url.protocol;
  this.hostname = hostname[0] === '[' ? hostname.slice(1, -1) : hostname;
  this.hash = url.hash;
  this.search = search;
  this.pathname = pathname;
  this.path = pathname + search;
  this.href = url.href;
  if (port !== '') this.port = Number(port);
  if (username !== '' || password !== '') {
    this.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  }
}
UrlOptions.prototype = NOTHING;

function optionsOfUrl(url) {
  // What the user has added to the object counts, too.
  if (!isURLInstance(url) || Object.keys(url).length !== 0) return urlToHttpOptions(url);
  return new UrlOptions(url);
}

/** `options` on top of those of a URL, if there is one. */
function mergedOptions(url, options) {
  return Object.assign(url === null ? new Options() : optionsOfUrl(url), options);
}

module.exports = { mergedOptions, optionsOfUrl };
