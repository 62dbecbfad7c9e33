'use strict';
// Threads that run JavaScript, each with an isolate and a ring of its own, and the ports between
// them.

const { BuiltinModule } = require('internal/bootstrap/realm');
const { defineLazyProperties } = require('internal/util/lazy');
const {
  BroadcastChannel,
  MessageChannel,
  MessagePort,
  moveMessagePortToContext,
  receiveMessageOnPort,
} = require('internal/worker/io');
const {
  isMarkedAsUntransferable,
  markAsUncloneable,
  markAsUntransferable,
} = require('internal/worker/js_transferable');
const { postMessageToThread } = require('internal/worker/messaging');
const {
  SHARE_ENV,
  Worker,
  getEnvironmentData,
  isInternalThread,
  isMainThread,
  resourceLimits,
  setEnvironmentData,
  threadId,
  threadName,
} = require('internal/worker');

module.exports = {
  isInternalThread,
  isMainThread,
  MessagePort,
  MessageChannel,
  markAsUncloneable,
  markAsUntransferable,
  isMarkedAsUntransferable,
  moveMessagePortToContext,
  receiveMessageOnPort,
  resourceLimits,
  postMessageToThread,
  threadId,
  threadName,
  SHARE_ENV,
  Worker,
  parentPort: null,
  workerData: null,
  BroadcastChannel,
  setEnvironmentData,
  getEnvironmentData,
};

if (BuiltinModule.exists('internal/locks')) {
  defineLazyProperties(module.exports, 'internal/locks', ['locks']);
}
