'use strict';

// What hooks see as the resource of requests.

const { ObjectDefineProperty } = primordials;

/** The requests of one connection of a server. */
class HTTPServerAsyncResource {
  constructor(owner) {
    this.type = 'HTTPINCOMINGMESSAGE';
    // A connection of the fast lane has a socket once somebody looks at it.
    ObjectDefineProperty(this, 'owner', { __proto__: null, value: owner });
  }

  get socket() {
    return this.owner.socket;
  }
}

class HTTPClientAsyncResource {
  constructor(req) {
    this.type = 'HTTPCLIENTREQUEST';
    this.req = req;
  }
}

module.exports = { HTTPClientAsyncResource, HTTPServerAsyncResource };
