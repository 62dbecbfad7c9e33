'use strict';

// The Date header of messages that JavaScript writes by itself; made once a second.

const { setUnrefTimeout } = require('internal/timers');

let text;

function forget() {
  text = undefined;
}

function utcDate() {
  if (text === undefined) {
    const now = new Date();
    text = now.toUTCString();
    setUnrefTimeout(forget, 1000 - now.getMilliseconds());
  }
  return text;
}

module.exports = { utcDate };
