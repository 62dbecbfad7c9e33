'use strict';
// The diagnostics channels of http2. They are made with the first session: the start-up snapshot
// cannot hold them.

let client = null;
let server = null;

class Channels {
  constructor(side) {
    const { channel } = require('diagnostics_channel');
    this.created = channel(`http2.${side}.stream.created`);
    this.start = channel(`http2.${side}.stream.start`);
    this.error = channel(`http2.${side}.stream.error`);
    this.finish = channel(`http2.${side}.stream.finish`);
    this.close = channel(`http2.${side}.stream.close`);
    this.bodyChunkSent = null;
    this.bodySent = null;
  }
}

function clientChannels() {
  if (client === null) {
    const { channel } = require('diagnostics_channel');
    client = new Channels('client');
    client.bodyChunkSent = channel('http2.client.stream.bodyChunkSent');
    client.bodySent = channel('http2.client.stream.bodySent');
  }
  return client;
}

function serverChannels() {
  return server ??= new Channels('server');
}

module.exports = { clientChannels, serverChannels };
