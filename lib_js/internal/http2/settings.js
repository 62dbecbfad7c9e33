'use strict';
// Settings of HTTP/2 (RFC 9113, 6.5) as objects and as the bytes of a frame.

const {
  NumberIsInteger,
  ObjectEntries,
  ObjectKeys,
} = primordials;

const { Buffer } = require('buffer');
const { kEmptyObject } = require('internal/util');
const { isArrayBufferView } = require('internal/util/types');
const {
  ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH,
  ERR_HTTP2_INVALID_SETTING_VALUE,
  ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS,
  ERR_INVALID_ARG_TYPE,
} = require('internal/errors').codes;

const MAX_U32 = 2 ** 32 - 1;
const MAX_CUSTOM = 10;
const ENTRY = 6; // Two bytes say which, four how much.

/** The numbers: least and greatest value. In the order in which they are looked at. */
const RANGES = {
  __proto__: null,
  headerTableSize: [0, MAX_U32],
  initialWindowSize: [0, 2 ** 31 - 1],
  maxFrameSize: [2 ** 14, 2 ** 24 - 1],
  maxConcurrentStreams: [0, MAX_U32],
  maxHeaderListSize: [0, MAX_U32],
  maxHeaderSize: [0, MAX_U32],
};
const FLAGS = ['enablePush', 'enableConnectProtocol'];

/** Names by their number on the wire. */
const NAMES = {
  __proto__: null,
  1: 'headerTableSize',
  2: 'enablePush',
  3: 'maxConcurrentStreams',
  4: 'initialWindowSize',
  5: 'maxFrameSize',
  6: 'maxHeaderListSize',
  8: 'enableConnectProtocol',
};

function validateRange(name, value, min = 0, max = Infinity) {
  if (value === undefined) return;
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    throw new ERR_HTTP2_INVALID_SETTING_VALUE.RangeError(name, value, min, max);
  }
}

/** undefined, or an object that is not an array; Node's words name `expected`. */
function validateOptionalObject(value, name, expected = 'Object') {
  if (value === undefined) return;
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new ERR_INVALID_ARG_TYPE(name, expected, value);
  }
}

/** undefined, or an array. */
function validateOptionalArray(value, name, expected = 'Array') {
  if (value === undefined || Array.isArray(value)) return;
  throw new ERR_INVALID_ARG_TYPE(name, expected, value);
}

function validateSettings(settings) {
  if (settings === undefined) return;
  const { customSettings } = settings;
  validateOptionalObject(customSettings, 'customSettings', 'Number');
  if (customSettings) {
    const entries = ObjectEntries(customSettings);
    if (entries.length > MAX_CUSTOM) throw new ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS();
    for (let i = 0; i < entries.length; i++) {
      const { 0: id, 1: value } = entries[i];
      validateRange('customSettings:id', +id, 0, 0xffff);
      validateRange('customSettings:value', +value, 0, MAX_U32);
    }
  }
  for (const name in RANGES) validateRange(name, settings[name], RANGES[name][0], RANGES[name][1]);
  for (let i = 0; i < FLAGS.length; i++) {
    const value = settings[FLAGS[i]];
    if (value !== undefined && typeof value !== 'boolean') {
      throw new ERR_HTTP2_INVALID_SETTING_VALUE(FLAGS[i], value);
    }
  }
}

/** What a session has when nobody says anything. */
function getDefaultSettings() {
  return {
    __proto__: null,
    headerTableSize: 4096,
    enablePush: true,
    initialWindowSize: 2 ** 16 - 1,
    maxFrameSize: 2 ** 14,
    maxConcurrentStreams: MAX_U32,
    maxHeaderSize: 2 ** 16 - 1,
    maxHeaderListSize: 2 ** 16 - 1,
    enableConnectProtocol: false,
  };
}

function getPackedSettings(settings) {
  validateOptionalObject(settings, 'settings');
  validateSettings(settings);
  const { customSettings = kEmptyObject, ...known } = settings ?? kEmptyObject;
  known.maxHeaderListSize = known.maxHeaderSize ?? known.maxHeaderListSize;
  const entries = [];
  for (const id in NAMES) {
    const value = known[NAMES[id]];
    if (value !== undefined) entries.push([id, value]);
  }
  for (const id of ObjectKeys(customSettings)) {
    // A name that is no number of a setting, or that of a setting with a name, stays away.
    if (NumberIsInteger(+id) && NAMES[+id] === undefined) entries.push([id, customSettings[id]]);
  }
  const packed = Buffer.alloc(entries.length * ENTRY);
  for (let i = 0; i < entries.length; i++) {
    packed.writeUInt16BE(+entries[i][0], i * ENTRY);
    packed.writeUInt32BE(Math.trunc(+entries[i][1]), i * ENTRY + 2);
  }
  return packed;
}

function getUnpackedSettings(buf, options = kEmptyObject) {
  if (!isArrayBufferView(buf) || buf.length === undefined) {
    throw new ERR_INVALID_ARG_TYPE('buf', ['Buffer', 'TypedArray'], buf);
  }
  if (buf.length % ENTRY !== 0) throw new ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH();
  const bytes = Buffer.from(buf); // Each element is a byte, whatever its type is.
  const settings = {};
  for (let at = 0; at < bytes.length; at += ENTRY) {
    const id = bytes.readUInt16BE(at);
    const value = bytes.readUInt32BE(at + 2);
    const name = NAMES[id];
    if (name === undefined) {
      settings.customSettings ??= {};
      settings.customSettings[id] = value;
    } else {
      if (id === 6) settings.maxHeaderSize = value; // Its older name.
      settings[name] = FLAGS.includes(name) ? value !== 0 : value;
    }
  }
  if (options?.validate) validateSettings(settings);
  return settings;
}

/** What native wants for a SETTINGS frame: number and value in turn. */
function numbersOfSettings(settings) {
  const { customSettings = kEmptyObject, ...known } = settings;
  known.maxHeaderListSize = known.maxHeaderSize ?? known.maxHeaderListSize;
  const numbers = [];
  for (const id in NAMES) {
    const value = known[NAMES[id]];
    if (value !== undefined) numbers.push(+id, +value);
  }
  for (const id of ObjectKeys(customSettings)) {
    if (NAMES[+id] === undefined) numbers.push(+id, +customSettings[id]);
  }
  return numbers;
}

/**
 * @param {Float64Array} numbers  of native's localSettings() and remoteSettings()
 * @param {object | undefined} customSettings  those without a name
 */
function settingsOfNumbers(numbers, customSettings) {
  const settings = {
    headerTableSize: numbers[0],
    enablePush: numbers[1] !== 0,
    initialWindowSize: numbers[3],
    maxFrameSize: numbers[4],
    maxConcurrentStreams: numbers[2],
    maxHeaderListSize: numbers[5],
    maxHeaderSize: numbers[5],
    enableConnectProtocol: numbers[6] !== 0,
  };
  if (customSettings !== undefined) settings.customSettings = { ...customSettings };
  return settings;
}

module.exports = {
  MAX_CUSTOM,
  getDefaultSettings,
  getPackedSettings,
  getUnpackedSettings,
  numbersOfSettings,
  settingsOfNumbers,
  validateOptionalArray,
  validateOptionalObject,
  validateRange,
  validateSettings,
};
