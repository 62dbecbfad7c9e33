'use strict';

// inspector.Network and inspector.DOMStorage: functions by which programs tell debuggers of events
// of their own. Without the options of these domains they do nothing.

const { getOptionValue } = require('internal/options');
const { kEmptyObject } = require('internal/util');
const { validateObject } = require('internal/validators');

function tellOfNetwork(name, params = kEmptyObject) {
  validateObject(params, 'params');
  if (!getOptionValue('--experimental-network-inspection')) return;
  require('internal/inspector/network_domain').tellOfProgram(name, params);
}

function tellOfStorage(name, params = kEmptyObject) {
  validateObject(params, 'params');
  if (!getOptionValue('--experimental-storage-inspection')) return;
  require('internal/inspector/dom_storage_domain').tellOfProgram(name, params);
}

const Network = {
  requestWillBeSent: (params) => tellOfNetwork('requestWillBeSent', params),
  responseReceived: (params) => tellOfNetwork('responseReceived', params),
  loadingFinished: (params) => tellOfNetwork('loadingFinished', params),
  loadingFailed: (params) => tellOfNetwork('loadingFailed', params),
  dataSent: (params) => tellOfNetwork('dataSent', params),
  dataReceived: (params) => tellOfNetwork('dataReceived', params),
  webSocketCreated: (params) => tellOfNetwork('webSocketCreated', params),
  webSocketClosed: (params) => tellOfNetwork('webSocketClosed', params),
  webSocketHandshakeResponseReceived:
    (params) => tellOfNetwork('webSocketHandshakeResponseReceived', params),
};

const DOMStorage = {
  domStorageItemAdded: (params) => tellOfStorage('domStorageItemAdded', params),
  domStorageItemRemoved: (params) => tellOfStorage('domStorageItemRemoved', params),
  domStorageItemUpdated: (params) => tellOfStorage('domStorageItemUpdated', params),
  domStorageItemsCleared: (params) => tellOfStorage('domStorageItemsCleared', params),
  // Of ours, as of Node's: the protocol has no such event.
  registerStorage: (params) => tellOfStorage('registerStorage', params),
};

module.exports = { DOMStorage, Network };
