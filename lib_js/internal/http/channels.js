'use strict';

// The diagnostics channels of http. They are made when the first server listens or the first
// request is made: the start-up snapshot cannot hold them.

let channels = null;

class Channels {
  constructor() {
    const { channel } = require('diagnostics_channel');
    this.serverRequest = channel('http.server.request.start');
    this.serverResponse = channel('http.server.response.created');
    this.serverFinish = channel('http.server.response.finish');
    this.clientCreated = channel('http.client.request.created');
    this.clientStart = channel('http.client.request.start');
    this.clientError = channel('http.client.request.error');
    this.clientFinish = channel('http.client.response.finish');
  }
}

function openChannels() {
  channels ??= new Channels();
  return channels;
}

/** True if somebody watches the requests of servers. */
function isServerTraced() {
  return channels !== null && (channels.serverRequest.hasSubscribers ||
    channels.serverResponse.hasSubscribers || channels.serverFinish.hasSubscribers);
}

module.exports = { isServerTraced, openChannels };
