'use strict';
// By what a class takes part in messages; see internal/worker/js_transferable, which is loaded only
// when there are any. This file is small because classes of the snapshot need it.

const { Symbol } = primordials;

const {
  privateSymbols: { transfer_mode_private_symbol },
  constants: { kCloneable, kDisallowCloneAndTransfer, kTransferable },
} = internalBinding('util');

/** An object so marked is no plain object for messages: it is cloned or transferred as it says. */
function markTransferMode(object, cloneable, transferable) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  let mode = kDisallowCloneAndTransfer;
  if (cloneable) mode |= kCloneable;
  if (transferable) mode |= kTransferable;
  object[transfer_mode_private_symbol] = mode;
}

module.exports = {
  kClone: Symbol('messaging_clone_symbol'),
  kDeserialize: Symbol('messaging_deserialize_symbol'),
  kTransfer: Symbol('messaging_transfer_symbol'),
  kTransferList: Symbol('messaging_transfer_list_symbol'),
  markTransferMode,
};
