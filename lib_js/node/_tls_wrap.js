'use strict';

// Legacy public name of a part of `tls`.

const { connect } = require('internal/tls/connect');
const { Server, createServer } = require('internal/tls/server');
const { TLSSocket } = require('internal/tls/socket');

module.exports = { TLSSocket, Server, createServer, connect };
