'use strict';

// Messages of the cluster's own, beside the program's: { cmd: 'NODE_CLUSTER', seq, ack?, ... }.

const {
  ReflectApply,
  SafeMap,
} = primordials;

/** Who waits for the answer to a message, by its number. */
const callbacks = new SafeMap();
let sequence = 0;

/** False if nobody is there to hear it. `callback` gets the answer. */
function sendHelper(proc, message, handle, callback) {
  if (!proc.connected) return false;
  message = { cmd: 'NODE_CLUSTER', ...message, seq: sequence };
  if (typeof callback === 'function') callbacks.set(sequence, callback);
  sequence += 1;
  return proc.send(message, handle);
}

/** A listener of 'internalMessage': answers go to who asked, the rest to `receive`. */
function internal(worker, receive) {
  return function onInternalMessage(message, handle) {
    if (message.cmd !== 'NODE_CLUSTER') return;
    let target = receive;
    if (message.ack !== undefined && callbacks.has(message.ack)) {
      target = callbacks.get(message.ack);
      callbacks.delete(message.ack);
    }
    ReflectApply(target, worker, [message, handle]);
  };
}

module.exports = { internal, sendHelper };
