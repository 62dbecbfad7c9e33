'use strict';

// The symbols by which objects take part in stream/iter. They are in the global registry, so that
// nobody has to load stream/iter for them.

const { SymbolFor } = primordials;

module.exports = {
  broadcastProtocol: SymbolFor('Stream.broadcastProtocol'),
  drainableProtocol: SymbolFor('Stream.drainableProtocol'),
  shareProtocol: SymbolFor('Stream.shareProtocol'),
  shareSyncProtocol: SymbolFor('Stream.shareSyncProtocol'),
  toAsyncStreamable: SymbolFor('Stream.toAsyncStreamable'),
  toStreamable: SymbolFor('Stream.toStreamable'),
};
