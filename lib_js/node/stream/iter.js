'use strict';

// node:stream/iter: streams that are iterables of batches of bytes. It needs the flag
// --experimental-stream-iter.

const { ObjectFreeze } = primordials;

const { broadcast, Broadcast } = require('internal/streams/iter/broadcast');
const {
  array, arrayBuffer, arrayBufferSync, arraySync, bytes, bytesSync, ondrain, tap, tapSync, text,
  textSync,
} = require('internal/streams/iter/consumers');
const { duplex } = require('internal/streams/iter/duplex');
const { from, fromSync } = require('internal/streams/iter/from');
const { fromReadable, toReadable, toReadableSync } = require('internal/streams/iter/readable');
const { fromWritable, toWritable } = require('internal/streams/iter/writable');
const { merge } = require('internal/streams/iter/merge');
const { pipeTo, pipeToSync } = require('internal/streams/iter/pipe');
const { pull, pullSync } = require('internal/streams/iter/pull');
const { push } = require('internal/streams/iter/push');
const { Share, share } = require('internal/streams/iter/share');
const { SyncShare, shareSync } = require('internal/streams/iter/share_sync');
const {
  broadcastProtocol, drainableProtocol, shareProtocol, shareSyncProtocol, toAsyncStreamable,
  toStreamable,
} = require('internal/streams/iter/types');
const { emitExperimentalWarning } = require('internal/util');

emitExperimentalWarning('stream/iter');

/** The functions under one name, as the draft of the standard has them. */
const Stream = ObjectFreeze({
  push,
  duplex,
  from,
  fromSync,
  pull,
  pullSync,
  pipeTo,
  pipeToSync,
  bytes,
  text,
  arrayBuffer,
  array,
  bytesSync,
  textSync,
  arrayBufferSync,
  arraySync,
  merge,
  broadcast,
  share,
  shareSync,
  tap,
  tapSync,
  ondrain,
  toStreamable,
  toAsyncStreamable,
  broadcastProtocol,
  shareProtocol,
  shareSyncProtocol,
  drainableProtocol,
});

module.exports = {
  Stream,
  toStreamable,
  toAsyncStreamable,
  broadcastProtocol,
  shareProtocol,
  shareSyncProtocol,
  drainableProtocol,
  push,
  duplex,
  from,
  fromSync,
  pull,
  pullSync,
  pipeTo,
  pipeToSync,
  bytes,
  text,
  arrayBuffer,
  array,
  bytesSync,
  textSync,
  arrayBufferSync,
  arraySync,
  merge,
  broadcast,
  Broadcast,
  share,
  shareSync,
  Share,
  SyncShare,
  tap,
  tapSync,
  ondrain,
  fromReadable,
  fromWritable,
  toReadable,
  toReadableSync,
  toWritable,
};
