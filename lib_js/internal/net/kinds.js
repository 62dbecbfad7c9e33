'use strict';

// Numbers of the page entries that the network modules take.

module.exports = {
  accept: 1,
  read: 2,
  drained: 3,
  connect: 4,
  closed: 5,
  shutdown: 6,
  httpRequest: 7,
  httpBody: 8,
  httpBodyEnd: 9,
  httpDrain: 10,
  httpGone: 11,
  httpError: 12,
  httpAccept: 14,
  httpTimeout: 15,
};
