'use strict';

// Escape sequences for our own messages: empty unless standard error shows colours. That is asked
// at first use, never while the snapshot is built.

const { ObjectDefineProperty } = primordials;

const sequences = {
  __proto__: null,
  blue: '\u001b[34m',
  green: '\u001b[32m',
  white: '\u001b[39m',
  yellow: '\u001b[33m',
  red: '\u001b[31m',
  gray: '\u001b[90m',
  clear: '\u001bc',
  reset: '\u001b[0m',
};

let hasColors;

function shouldColorize(stream) {
  if (process.env.FORCE_COLOR !== undefined) {
    return require('internal/tty').getColorDepth() > 2;
  }
  return stream?.isTTY &&
    (typeof stream.getColorDepth === 'function' ? stream.getColorDepth() > 2 : true);
}

/** The answer changes with the environment. */
function refresh() {
  hasColors = Boolean(shouldColorize(process.stderr));
}

const colors = {
  shouldColorize,
  refresh,
  get hasColors() {
    if (hasColors === undefined) refresh();
    return hasColors;
  },
};
for (const name in sequences) {
  ObjectDefineProperty(colors, name, {
    __proto__: null,
    get: () => (colors.hasColors ? sequences[name] : ''),
    enumerable: true,
    configurable: true,
  });
}

module.exports = colors;
