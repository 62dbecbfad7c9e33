'use strict';

// Bodies of the requests that a session follows, within the limits that its client set: what is too
// much for a request's bodies is lost, and the oldest requests go when all are too large together.

const {
  ArrayPrototypePush,
  SafeMap,
} = primordials;

const { Buffer } = require('buffer');

/** So many requests are followed at a time; Node follows all until their bodies are too large. */
const REQUESTS_MAX = 2 ** 14;
const REQUEST_BYTES_DEFAULT = 5 * 2 ** 20;
const TOTAL_BYTES_DEFAULT = 100 * 2 ** 20;

class FollowedRequest {
  constructor(isText, hasPostData) {
    this.isSentText = isText;
    this.isReceivedText = false;
    this.isSent = !hasPostData;
    this.isReceived = false;
    /** Its response goes to the client as it comes. */
    this.isStreaming = false;
    this.sent = [];
    this.received = [];
    /** Of both bodies together. */
    this.bytes = 0;
  }
}

class RequestBuffer {
  #requests = new SafeMap();
  #bytes = 0;
  #totalMax = TOTAL_BYTES_DEFAULT;
  #requestMax = REQUEST_BYTES_DEFAULT;

  /** Forgets all. As in Node the limit of one request stays until another is set. */
  reset(totalMax = TOTAL_BYTES_DEFAULT, requestMax = this.#requestMax) {
    this.#requests.clear();
    this.#bytes = 0;
    this.#totalMax = totalMax < 0 ? Infinity : totalMax;
    this.#requestMax = requestMax < 0 ? Infinity : requestMax;
  }

  has(id) {
    return this.#requests.has(id);
  }

  get(id) {
    return this.#requests.get(id);
  }

  /** False if it is known already. */
  begin(id, isText, hasPostData) {
    if (this.#requests.has(id)) return false;
    if (this.#requests.size === REQUESTS_MAX) {
      for (const { 0: oldest } of this.#requests) {
        this.forget(oldest);
        break;
      }
    }
    this.#requests.set(id, new FollowedRequest(isText, hasPostData));
    return true;
  }

  /** @param {Buffer[]} body  of the request: what it sent or received */
  add(request, body, data) {
    const { byteLength } = data;
    if (request.bytes + byteLength > this.#requestMax) return;
    ArrayPrototypePush(body, Buffer.from(data)); // The program may write over its own.
    request.bytes += byteLength;
    this.#bytes += byteLength;
    if (this.#bytes <= this.#totalMax) return;
    for (const { 0: id } of this.#requests) {
      this.forget(id);
      if (this.#bytes <= this.#totalMax) return;
    }
  }

  /** What was received so far, which is not kept any more. */
  takeReceived(request) {
    const body = Buffer.concat(request.received);
    request.received = [];
    request.bytes -= body.length;
    this.#bytes -= body.length;
    return body;
  }

  forget(id) {
    const request = this.#requests.get(id);
    if (request === undefined) return;
    this.#requests.delete(id);
    this.#bytes -= request.bytes;
  }
}

module.exports = { RequestBuffer };
