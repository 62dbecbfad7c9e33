'use strict';

// Node's own domains for debuggers outside. Native calls these functions with what it hears, also
// while JavaScript is paused.

const { SafeMap } = primordials;

const { SessionDomains, loadDomains } = require('internal/inspector/domains');

const { tell } = internalBinding('inspector');

/** By the numbers of their connections. */
const clients = new SafeMap();

function join(connection) {
  clients.set(connection, new SessionDomains((text) => tell(connection, text)));
}

/** False if the message is not for these domains. */
function hear(connection, text) {
  return clients.get(connection)?.dispatch(text) ?? false;
}

function leave(connection) {
  clients.get(connection)?.close();
  clients.delete(connection);
}

module.exports = { hear, join, leave, loadDomains };
