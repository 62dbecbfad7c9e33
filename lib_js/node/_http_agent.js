'use strict';

// Legacy public name of a part of `http`.

const { Agent, getGlobalAgent, setGlobalAgent } = require('internal/http/agent');

module.exports = {
  Agent,
  get globalAgent() { return getGlobalAgent(); },
  set globalAgent(agent) { setGlobalAgent(agent); },
};
