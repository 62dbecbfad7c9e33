'use strict';
// Performance entries of type http2: one for each stream and session that ends while somebody
// observes them.

const { now } = require('internal/perf/clock');
const { enqueueWithFields, hasObserver } = require('internal/perf/observe');

class SessionTimings {
  constructor() {
    this.start = now();
    this.pingRTT = 0;
    this.streamsMs = 0;
    this.streamsCount = 0; // Of those that are through.
  }

  /** @param {Float64Array} counters  native's */
  end(isServer, counters) {
    if (!hasObserver('http2')) return;
    enqueueWithFields('Http2Session', 'http2', this.start, now() - this.start, {
      bytesRead: counters[5],
      bytesWritten: counters[4],
      framesReceived: counters[0],
      framesSent: counters[1],
      maxConcurrentStreams: counters[3],
      pingRTT: this.pingRTT,
      streamAverageDuration: this.streamsCount === 0 ? 0 : this.streamsMs / this.streamsCount,
      streamCount: counters[2],
      type: isServer ? 'server' : 'client',
    });
  }
}

class StreamTimings {
  constructor() {
    this.start = now();
    this.firstByte = 0;
    this.firstByteSent = 0;
    this.firstHeader = 0;
    this.bytesRead = 0;
    this.bytesWritten = 0;
  }

  since(moment) {
    return moment === 0 ? 0 : moment - this.start;
  }

  read(count) {
    if (this.firstByte === 0) this.firstByte = now();
    this.bytesRead += count;
  }

  written(count) {
    if (this.firstByteSent === 0) this.firstByteSent = now();
    this.bytesWritten += count;
  }

  headers() {
    if (this.firstHeader === 0) this.firstHeader = now();
  }

  end(id, session) {
    const duration = now() - this.start;
    session.streamsMs += duration;
    session.streamsCount++;
    if (!hasObserver('http2')) return;
    enqueueWithFields('Http2Stream', 'http2', this.start, duration, {
      bytesRead: this.bytesRead,
      bytesWritten: this.bytesWritten,
      id,
      timeToFirstByte: this.since(this.firstByte),
      timeToFirstByteSent: this.since(this.firstByteSent),
      timeToFirstHeader: this.since(this.firstHeader),
    });
  }
}

module.exports = { SessionTimings, StreamTimings };
