'use strict';
// internal/http2/util: what Node keeps under this name, for its tests.

const { NghttpError } = require('internal/http2/errors');
const {
  assertValidPseudoHeader,
  assertValidPseudoHeaderResponse,
  assertValidPseudoHeaderTrailer,
  buildNgHeaderString,
  getAuthority,
  isPayloadMeaningless,
  toHeaderObject,
} = require('internal/http2/headers');
const {
  MAX_CUSTOM,
  getDefaultSettings,
  validateOptionalArray,
  validateOptionalObject,
  validateRange,
} = require('internal/http2/settings');
const { kProxySocket, kRequest, kSensitiveHeaders, kSocket } = require('internal/http2/symbols');

/** What a number of http2.constants calls a session. */
function sessionName(type) {
  return type === 0 ? 'server' : type === 1 ? 'client' : '<invalid>';
}

module.exports = {
  MAX_ADDITIONAL_SETTINGS: MAX_CUSTOM,
  NghttpError,
  assertIsArray: validateOptionalArray,
  assertIsObject: validateOptionalObject,
  assertValidPseudoHeader,
  assertValidPseudoHeaderResponse,
  assertValidPseudoHeaderTrailer,
  assertWithinRange: validateRange,
  buildNgHeaderString,
  getAuthority,
  getDefaultSettings,
  isPayloadMeaningless,
  kProxySocket,
  kRequest,
  kSensitiveHeaders,
  kSocket,
  sessionName,
  toHeaderObject,
};
