'use strict';

// inspector.NetworkResources: texts that debuggers may ask for under their URLs, such as source
// maps.

const { getOptionValue } = require('internal/options');
const { validateString } = require('internal/validators');

/**
 * @param {string} url
 * @param {string} data
 */
function put(url, data) {
  if (!getOptionValue('--experimental-inspector-network-resource')) {
    process.emitWarning(
      'The --experimental-inspector-network-resource option is not enabled. ' +
      'Please enable it to use the putNetworkResource function');
    return;
  }
  validateString(url, 'url');
  validateString(data, 'data');
  internalBinding('network_resources').put(url, data);
}

module.exports = { put };
