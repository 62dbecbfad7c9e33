'use strict';

// Domain Network: the requests that the program makes, by http, http2 and undici or as it tells
// itself by inspector.Network, and their bodies. Nothing is watched unless a client asked for it
// and --experimental-network-inspection is on. In Node one client that has enough stops it for all.

const {
  ArrayPrototypeMap,
  SafeSet,
} = primordials;

const { Buffer } = require('buffer');
const { readSent, readers } = require('internal/inspector/network_events');
const {
  invalidParams,
  readInteger,
  readNothing,
  readText,
  record,
  serverError,
} = require('internal/inspector/protocol');
const { RequestBuffer } = require('internal/inspector/request_buffer');
const { getOptionValue } = require('internal/options');

/** V8 captures as many for its own events. */
const FRAMES_MAX = 200;

/** Those whose clients want events. */
const enabled = new SafeSet();

function isInspected() {
  return getOptionValue('--experimental-network-inspection');
}

/** Where the program is, as the protocol has it. */
function callFrame({ functionName, scriptId, scriptName, lineNumber, columnNumber }) {
  return {
    functionName,
    scriptId,
    url: scriptName,
    lineNumber: lineNumber - 1,
    columnNumber: columnNumber - 1,
  };
}

function initiator() {
  const sites = internalBinding('util').getCallSites(FRAMES_MAX);
  return { type: 'script', stack: { callFrames: ArrayPrototypeMap(sites, callFrame) } };
}

class NetworkDomain {
  #notify;
  #buffer = new RequestBuffer();

  constructor(notify) {
    this.#notify = notify;
  }

  commands = commands;

  enable({ maxTotalBufferSize, maxResourceBufferSize } = {}) {
    this.#buffer.reset(maxTotalBufferSize, maxResourceBufferSize);
    if (enabled.size === 0 && isInspected()) require('internal/inspector/network_hooks').start();
    enabled.add(this);
  }

  disable() {
    if (!enabled.delete(this) || enabled.size > 0 || !isInspected()) return;
    require('internal/inspector/network_hooks').stop();
  }

  close() {
    this.disable();
  }

  isFollowing(requestId) {
    return this.#buffer.has(requestId);
  }

  #request(requestId) {
    const request = this.#buffer.get(requestId);
    if (request === undefined) throw invalidParams('Request not found');
    return request;
  }

  getRequestPostData({ requestId }) {
    const request = this.#request(requestId);
    if (!request.isSent) throw invalidParams('Request data is not finished yet');
    if (!request.isSentText) throw serverError('Unable to serialize binary request body');
    return { postData: Buffer.concat(request.sent).utf8Slice() };
  }

  getResponseBody({ requestId }) {
    const request = this.#request(requestId);
    if (request.isStreaming) {
      throw invalidParams('Response body of the request is been streamed');
    }
    if (!request.isReceived) throw invalidParams('Response data is not finished yet');
    const body = Buffer.concat(request.received);
    this.#buffer.forget(requestId);
    return request.isReceivedText ?
      { body: body.utf8Slice(), base64Encoded: false } :
      { body: body.base64Slice(), base64Encoded: true };
  }

  streamResourceContent({ requestId }) {
    const request = this.#request(requestId);
    request.isStreaming = true;
    const bufferedData = this.#buffer.takeReceived(request).base64Slice();
    if (request.isReceived) this.#buffer.forget(requestId);
    return { bufferedData };
  }

  loadNetworkResource({ url }) {
    if (!getOptionValue('--experimental-inspector-network-resource')) {
      throw serverError(
        'Network resource loading is not enabled. This feature is experimental and requires ' +
        '--experimental-inspector-network-resource flag to be set.');
    }
    const isThere = internalBinding('network_resources').has(url);
    return { resource: isThere ? { success: true, stream: url } : { success: false } };
  }

  // Events, by their names.

  requestWillBeSent({ requestId, timestamp, wallTime, charset, request, initiator }) {
    if (!this.#buffer.begin(requestId, charset === 'utf-8', request.hasPostData)) return;
    this.#notify('requestWillBeSent', { requestId, request, initiator, timestamp, wallTime });
  }

  responseReceived(event) {
    const request = this.#buffer.get(event.requestId);
    if (request === undefined) return;
    request.isReceivedText = event.response.charset === 'utf-8';
    this.#notify('responseReceived', event);
  }

  dataSent({ requestId, finished, data }) {
    const request = this.#buffer.get(requestId);
    if (request === undefined) return;
    if (finished) request.isSent = true;
    else this.#buffer.add(request, request.sent, data);
  }

  dataReceived({ requestId, timestamp, dataLength, encodedDataLength, data }) {
    const request = this.#buffer.get(requestId);
    if (request === undefined) return;
    if (!request.isStreaming) {
      this.#buffer.add(request, request.received, data);
      return;
    }
    this.#notify('dataReceived', {
      requestId,
      timestamp,
      dataLength,
      encodedDataLength,
      data: Buffer.from(data).base64Slice(),
    });
  }

  loadingFinished(event) {
    this.#notify('loadingFinished', event);
    const request = this.#buffer.get(event.requestId);
    if (request === undefined) return;
    request.isReceived = true;
    if (request.isStreaming) this.#buffer.forget(event.requestId);
  }

  loadingFailed(event) {
    this.#notify('loadingFailed', event);
    this.#buffer.forget(event.requestId);
  }

  webSocketCreated(event) {
    this.#notify('webSocketCreated', event);
  }

  webSocketClosed(event) {
    this.#notify('webSocketClosed', event);
  }

  webSocketHandshakeResponseReceived(event) {
    this.#notify('webSocketHandshakeResponseReceived', event);
  }
}

const readRequestId = record({ __proto__: null, requestId: [readText, false] });
const readLimits = record({
  __proto__: null,
  maxTotalBufferSize: [readInteger, true],
  maxResourceBufferSize: [readInteger, true],
});

const commands = {
  __proto__: null,
  // It may come without parameters at all.
  enable: [
    (params, place) => (params === undefined ? {} : readLimits(params, place)),
    (domain, params) => domain.enable(params),
  ],
  disable: [readNothing, (domain) => domain.disable()],
  getRequestPostData: [readRequestId, (domain, params) => domain.getRequestPostData(params)],
  getResponseBody: [readRequestId, (domain, params) => domain.getResponseBody(params)],
  streamResourceContent: [readRequestId, (domain, params) => domain.streamResourceContent(params)],
  loadNetworkResource: [
    record({ __proto__: null, url: [readText, false] }),
    (domain, params) => domain.loadNetworkResource(params),
  ],
};

/** Tells all clients that want to hear of it. A listener may close any session. */
function tell(name, event) {
  if (name === 'requestWillBeSent' || name === 'webSocketCreated') event.initiator = initiator();
  for (const domain of new SafeSet(enabled)) {
    if (enabled.has(domain)) domain[name](event);
  }
}

function isFollowed(requestId) {
  for (const domain of enabled) {
    if (domain.isFollowing(requestId)) return true;
  }
  return false;
}

/** What the program tells; throws if the event lacks something. */
function tellOfProgram(name, params) {
  if (enabled.size === 0 || !isInspected()) return;
  const event = name === 'dataSent' ? readSent(params, isFollowed) : readers[name](params);
  if (event !== undefined) tell(name, event);
}

module.exports = { NetworkDomain, tell, tellOfProgram };
