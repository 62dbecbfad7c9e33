'use strict';
// Values that leave their thread, or are copied: structuredClone(), and the two halves of every
// message. V8 writes what the language knows; an object of a class of ours takes part when it has a
// transfer mode. Such a class says what it is by methods under these symbols:
//
//   [kClone]() or [kTransfer]()  gives { data, deserializeInfo: 'module:Class' }; `goods` beside
//                                them numbers a native thing that moves along
//   [kTransferList]()            what moves with it
//   [kDeserialize](data, goods)  fills what `new Class()` has made on the other side

const {
  ArrayPrototypePush,
  Error,
  SafeMap,
  SafeSet,
  StringPrototypeSplit,
  SymbolIterator,
} = primordials;

const {
  privateSymbols: { transfer_mode_private_symbol },
  constants: { kDisallowCloneAndTransfer, kTransferable },
} = internalBinding('util');
const {
  codes: { ERR_INVALID_ARG_TYPE, ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE, ERR_MISSING_ARGS },
} = require('internal/errors');
const { isMarkedAsUntransferable, markAsUntransferable } = require('internal/buffer');
const { isArrayBuffer } = require('internal/util/types');
const {
  kClone,
  kDeserialize,
  kTransfer,
  kTransferList,
  markTransferMode,
} = require('internal/worker/transfer_symbols');
const native = internalBinding('messaging');

const PORT = 'port';
const NO_GOODS = -1;
const nothing = [];

function dataCloneError(message) {
  const { DOMException } = require('internal/domexception');
  return new DOMException(message, 'DataCloneError');
}

/** Forbids to clone the object: what moves or is shared anyhow is not touched by that. */
function markAsUncloneable(object) {
  if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return;
  object[transfer_mode_private_symbol] = kDisallowCloneAndTransfer;
}

function isTransferable(object) {
  return (object[transfer_mode_private_symbol] & kTransferable) !== 0;
}

// What the message now being written moves, and the ports that the one now being read brings.
let moving = nothing;
let ports;
// Objects that were made and wait to be filled, with the numbers of their goods.
const arrived = new SafeMap();

function pack(object) {
  const moves = moving.includes(object);
  const describe = object[moves ? kTransfer : kClone];
  if (typeof describe !== 'function') {
    throw dataCloneError('Cannot clone object of unsupported type.');
  }
  const { data, deserializeInfo, goods = NO_GOODS } = describe.call(object);
  return [deserializeInfo, data, goods];
}

/** In another context there are no classes of ours. */
function makeForeign() {
  throw new ERR_MESSAGE_TARGET_CONTEXT_UNAVAILABLE();
}

function make(kind, goods) {
  if (kind === PORT) {
    const port = require('internal/worker/io').receivePort(goods);
    ArrayPrototypePush(ports, port);
    return port;
  }
  const { 0: id, 1: name } = StringPrototypeSplit(kind, ':');
  const Class = require(id)[name];
  if (typeof Class !== 'function' ||
      typeof Class.prototype[kDeserialize] !== 'function') {
    // Not one of the codes: only a class of ours that names itself wrongly comes here.
    // eslint-disable-next-line no-restricted-syntax
    throw new Error(`Unknown deserialize spec ${kind}`);
  }
  const object = new Class();
  if (goods !== NO_GOODS) arrived.set(object, goods);
  return object;
}

function fill(object, data) {
  const goods = arrived.get(object);
  arrived.delete(object);
  object[kDeserialize](data, goods);
}

/** Splits a transfer list into memory and objects; what is neither, or comes twice, is refused. */
function sortTransferList(list, source) {
  const buffers = [];
  const objects = [];
  const seen = new SafeSet();
  const all = [...list];
  for (let i = 0; i < all.length; i++) {
    const item = all[i];
    if (item === null || (typeof item !== 'object' && typeof item !== 'function')) {
      throw dataCloneError('Found invalid value in transferList.');
    }
    if (isArrayBuffer(item)) {
      if (isMarkedAsUntransferable(item) || !native.isDetachable(item)) {
        throw dataCloneError('Cannot transfer object of unsupported type.');
      }
      if (seen.has(item)) throw dataCloneError('Transfer list contains duplicate ArrayBuffer');
      ArrayPrototypePush(buffers, item);
    } else {
      checkTransferable(item, source, seen);
      ArrayPrototypePush(objects, item);
      const more = item[kTransferList];
      if (typeof more === 'function') ArrayPrototypePush(all, ...more.call(item));
    }
    seen.add(item);
  }
  return { buffers, objects };
}

function checkTransferable(item, source, seen) {
  if (isMarkedAsUntransferable(item)) {
    throw dataCloneError('Cannot transfer object of unsupported type.');
  }
  if (!isTransferable(item)) throw dataCloneError('Found invalid value in transferList.');
  if (item === source) throw dataCloneError('Transfer list contains source port');
  if (seen.has(item)) {
    throw dataCloneError(`Transfer list contains duplicate ${item.constructor.name}`);
  }
  const { isDetachedPort } = require('internal/worker/io');
  if (isDetachedPort(item)) {
    throw dataCloneError('MessagePort in transfer list is already detached');
  }
}

/** The number of a message with the value; what `transferList` names moves into it. */
function serializeMessage(value, transferList, source) {
  const { buffers, objects } =
    transferList === undefined ? { buffers: nothing, objects: nothing } :
      sortTransferList(transferList, source);
  const outer = moving;
  moving = objects;
  try {
    return native.serialize(value, buffers, objects, pack);
  } finally {
    moving = outer;
  }
}

/**
 * @param {object} [target] an object of the context to make the value in
 * @returns {{ value: any, ports: MessagePort[] }}
 */
function deserializeMessage(message, target) {
  const outer = ports;
  const received = ports = [];
  const maker = target === undefined ? make : makeForeign;
  try {
    return { value: native.deserialize(message, maker, fill, target), ports: received };
  } finally {
    ports = outer;
  }
}

function invalid(message) {
  const error = new ERR_INVALID_ARG_TYPE('options', 'Object', undefined);
  error.message = `Failed to execute 'structuredClone': ${message}`;
  return error;
}

/** WebIDL's StructuredSerializeOptions. */
function transferOf(options) {
  if (options === undefined || options === null) return undefined;
  if (typeof options !== 'object' && typeof options !== 'function') {
    throw invalid('Options cannot be converted to a dictionary');
  }
  const { transfer } = options;
  if (transfer === undefined) return undefined;
  if (transfer === null || typeof transfer !== 'object' ||
      typeof transfer[SymbolIterator] !== 'function') {
    throw invalid('transfer in Options cannot be converted to sequence.');
  }
  const list = [...transfer];
  for (let i = 0; i < list.length; i++) {
    if (list[i] === null || (typeof list[i] !== 'object' && typeof list[i] !== 'function')) {
      throw invalid(`transfer in Options[${i}] is not an object.`);
    }
  }
  return list;
}

function structuredClone(value, options) {
  if (arguments.length === 0) throw new ERR_MISSING_ARGS('The value argument must be specified');
  const transfer = transferOf(options);
  const { buffers, objects } = transfer === undefined ?
    { buffers: nothing, objects: nothing } : sortTransferList(transfer, undefined);
  const outer = moving;
  const outerPorts = ports;
  moving = objects;
  ports = [];
  try {
    return native.structuredClone(value, buffers, objects, pack, make, fill);
  } finally {
    moving = outer;
    ports = outerPorts;
  }
}

module.exports = {
  PORT,
  dataCloneError,
  deserializeMessage,
  kClone,
  kDeserialize,
  kTransfer,
  kTransferList,
  isMarkedAsUntransferable,
  markAsUncloneable,
  markAsUntransferable,
  markTransferMode,
  serializeMessage,
  structuredClone,
};
