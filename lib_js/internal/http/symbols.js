'use strict';

// Private fields that several files of http share.

const {
  Symbol,
} = primordials;

module.exports = {
  kDetachAbortSignal: Symbol('kDetachAbortSignal'),
  kHead: Symbol('kHead'),
  kHeadFlags: Symbol('kHeadFlags'),
  kIncomingMessage: Symbol('IncomingMessage'),
  kIsCutOff: Symbol('kIsCutOff'),
  kLane: Symbol('kLane'),
  kNeedDrain: Symbol('kNeedDrain'),
  kOutHeaders: Symbol('kOutHeaders'),
  kProxy: Symbol('kProxyConfig'),
  kWaitForProxyTunnel: Symbol('kWaitForProxyTunnel'),
  kServerResponse: Symbol('ServerResponse'),
  kSettings: Symbol('kSettings'),
  kSkipPendingData: Symbol('SkipPendingData'),
  kSocket: Symbol('kSocket'),
  kState: Symbol('kState'),
  kWritableFinished: Symbol('kWritableFinished'),
};
