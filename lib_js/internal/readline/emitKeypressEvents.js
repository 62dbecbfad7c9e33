'use strict';

// Makes a stream emit 'keypress' for what comes in, as long as somebody listens.

const { SafeStringIterator, Symbol } = primordials;

const { clearTimeout, setTimeout } = require('internal/timers');
const { StringDecoder } = require('string_decoder');
const { KeyDecoder } = require('internal/readline/keys');
const { charLengthAt } = require('internal/readline/utils');
const { kSawKeyPress } = require('internal/readline/symbols');

const kDecoder = Symbol('keypress-decoder');

const ESCAPE = '\x1b';
/** So long after it an ESC is the key and not the begin of a sequence: GNU readline's default. */
const ESCAPE_CODE_TIMEOUT = 500;

function emitKeypressEvents(stream, iface = {}) {
  if (stream[kDecoder]) return;
  stream[kDecoder] = new StringDecoder('utf8');
  const keys = new KeyDecoder((text, key) => stream.emit('keypress', text, key));
  const { escapeCodeTimeout = ESCAPE_CODE_TIMEOUT } = iface;
  let timer;

  function onTimeout() {
    keys.feed('');
  }

  function decode(text) {
    // What is pasted shall not be completed: all but the last character of a chunk.
    iface[kSawKeyPress] = charLengthAt(text, 0) === text.length;
    iface.isCompletionEnabled = false;
    let end = 0;
    for (const character of new SafeStringIterator(text)) {
      end += character.length;
      if (end === text.length) iface.isCompletionEnabled = true;
      keys.feed(character);
      if (end === text.length && character === ESCAPE) {
        timer = setTimeout(onTimeout, escapeCodeTimeout);
      }
    }
  }

  function onData(input) {
    if (stream.listenerCount('keypress') === 0) {
      stream.removeListener('data', onData);
      stream.on('newListener', onNewListener);
      return;
    }
    const text = stream[kDecoder].write(input);
    if (!text) return;
    clearTimeout(timer);
    decode(text);
  }

  function onNewListener(event) {
    if (event !== 'keypress') return;
    stream.on('data', onData);
    stream.removeListener('newListener', onNewListener);
  }

  if (stream.listenerCount('keypress') > 0) stream.on('data', onData);
  else stream.on('newListener', onNewListener);
}

module.exports = emitKeypressEvents;
