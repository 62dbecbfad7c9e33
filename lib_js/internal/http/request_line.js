'use strict';

// The first line of a request, for those that are not of HTTP/1.1: of the usual ones native tells.

/** What stands behind the method. `HTTP/1.1` alone is a target, not a version. */
const VERSIONED = /^(\S+) +HTTP\/(\d)\.(\d)$/;

/** What a head begins with, up to the end of the line. */
function firstLine(head) {
  return head.slice(0, head.indexOf('\n')).trimEnd();
}

/** A line without a version is one of HTTP/0.9 (RFC 1945, section 4.1). */
function readRequestLine(head) {
  const line = firstLine(head);
  const rest = line.slice(line.indexOf(' ') + 1);
  const found = VERSIONED.exec(rest);
  if (found === null) return { target: rest, major: 0, minor: 9 };
  return { target: found[1], major: +found[2], minor: +found[3] };
}

module.exports = { firstLine, readRequestLine };
