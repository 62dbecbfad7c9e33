'use strict';

// The diagnostics channels of net, made when the first socket connects or the first server
// listens: the start-up snapshot cannot hold them.

let channels = null;

class Channels {
  constructor() {
    const { channel, tracingChannel } = require('diagnostics_channel');
    this.clientSocket = channel('net.client.socket');
    this.serverSocket = channel('net.server.socket');
    this.serverListen = tracingChannel('net.server.listen');
  }
}

function openChannels() {
  channels ??= new Channels();
  return channels;
}

module.exports = { openChannels };
