'use strict';

// The grammar of .env files: native, since --env-file is read before JavaScript runs.

/** @param {string} content  @returns {{[name: string]: string}} by name, sorted */
function parseEnv(content) {
  const pairs = internalBinding('dotenv').parse(content);
  const variables = {};
  for (let i = 0; i < pairs.length; i += 2) variables[pairs[i]] = pairs[i + 1];
  return variables;
}

module.exports = { parseEnv };
