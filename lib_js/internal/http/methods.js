'use strict';

// Native's method names are llhttp's, in its order; those of RTSP (and PRI) are not HTTP's.

const { methods: all } = internalBinding('http');

const FOREIGN = [
  'PRI', 'DESCRIBE', 'ANNOUNCE', 'SETUP', 'PLAY', 'PAUSE', 'TEARDOWN', 'GET_PARAMETER',
  'SET_PARAMETER', 'REDIRECT', 'RECORD', 'FLUSH',
];

module.exports = { methods: all.filter((name) => !FOREIGN.includes(name)) };
