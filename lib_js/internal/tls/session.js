'use strict';

// Sessions as programs hold them: with the name of the server that was authenticated when they
// were made, so that none is offered to another server, whose certificate nobody would look at (a
// resumed session brings none). Node's layout, so that each understands what the other stored.

const { Buffer } = require('buffer');

const PREFIX = Buffer.from('\0nodejs:tls:session:1\0');
const LENGTH_BYTES = 2;

/** The name that a client authenticates, from the options of its connection. */
function identityOf(options) {
  return options?.servername || options?.host || options?.socket?._host || 'localhost';
}

/** What native gave, with the server's name before it. */
function sealSession(session, options) {
  if (session === undefined || options?.isServer) return session;
  const name = Buffer.from(identityOf(options), 'utf8');
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt16BE(name.length, 0);
  return Buffer.concat([PREFIX, length, name, session]);
}

/** The name and what native wants; undefined: it has no name. */
function openSession(session) {
  const begin = PREFIX.length + LENGTH_BYTES;
  if (session.length < begin || PREFIX.compare(session, 0, PREFIX.length) !== 0) return undefined;
  const end = begin + session.readUInt16BE(PREFIX.length);
  if (session.length < end) return undefined;
  return { name: session.toString('utf8', begin, end), session: session.subarray(end) };
}

/**
 * What native may offer of a session that a program brought; undefined: it is not for this server,
 * or nobody knows for which.
 */
function sessionFor(session, options) {
  if (typeof session === 'string') session = Buffer.from(session, 'latin1');
  if (options?.isServer || !Buffer.isBuffer(session)) return session;
  const opened = openSession(session);
  if (opened !== undefined) {
    return opened.name === identityOf(options) ? opened.session : undefined;
  }
  return options?.rejectUnauthorized === false ? session : undefined;
}

module.exports = { identityOf, sealSession, sessionFor };
