'use strict';

// The first line of a request, for those that are not of HTTP/1.1: of the usual ones native tells.

const VERSION = / HTTP\/(\d)\.(\d)$/;

/** What a head begins with, up to the end of the line. */
function firstLine(head) {
  return head.slice(0, head.indexOf('\n')).trimEnd();
}

/** A line without a version is one of HTTP/0.9 (RFC 1945, section 4.1). */
function readRequestLine(head) {
  const line = firstLine(head);
  const start = line.indexOf(' ') + 1;
  const found = VERSION.exec(line);
  if (found === null) return { target: line.slice(start), major: 0, minor: 9 };
  return { target: line.slice(start, found.index), major: +found[1], minor: +found[2] };
}

module.exports = { firstLine, readRequestLine };
