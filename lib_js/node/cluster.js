'use strict';

// Public module `cluster`: one half in the process that starts workers, the other in each worker.

const { ObjectPrototypeHasOwnProperty } = primordials;

const isWorker = ObjectPrototypeHasOwnProperty(process.env, 'NODE_UNIQUE_ID');

module.exports = require(isWorker ? 'internal/cluster/child' : 'internal/cluster/primary');
