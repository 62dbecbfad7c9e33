'use strict';

// IP literals: what is one, and its parts. Used by net, dns, BlockList and SocketAddress.

const {
  StringPrototypeCharCodeAt,
  StringPrototypeIndexOf,
  StringPrototypeSlice,
  StringPrototypeStartsWith,
  StringPrototypeToLowerCase,
  Symbol,
} = primordials;

const ZERO = 48;
const NINE = 57;
const DOT = 46;
const COLON = 58;

/**
 * @param {string} text
 * @returns {number} the address as an unsigned 32-bit number, -1 if it is none
 */
function parseIPv4(text) {
  const length = text.length;
  if (length < 7 || length > 15) return -1;
  let address = 0;
  let part = -1;
  let parts = 0;
  for (let i = 0; i <= length; i++) {
    const code = i === length ? DOT : StringPrototypeCharCodeAt(text, i);
    if (code === DOT) {
      if (part < 0 || ++parts > 4) return -1;
      address = address * 256 + part;
      part = -1;
    } else if (code >= ZERO && code <= NINE) {
      if (part === 0) return -1; // No leading zeros.
      part = (part < 0 ? 0 : part * 10) + code - ZERO;
      if (part > 255) return -1;
    } else {
      return -1;
    }
  }
  return parts === 4 ? address : -1;
}

function hexDigit(code) {
  if (code >= ZERO && code <= NINE) return code - ZERO;
  const lower = code | 32;
  return lower >= 97 && lower <= 102 ? lower - 87 : -1;
}

// RFC 6874 zone ids as Node takes them: letters, digits, '-', '.', ':'.
function isZone(text, from) {
  if (from >= text.length) return false;
  for (let i = from; i < text.length; i++) {
    const code = StringPrototypeCharCodeAt(text, i);
    const lower = code | 32;
    if (!(code >= ZERO && code <= COLON) && !(lower >= 97 && lower <= 122) &&
        code !== 45 && code !== DOT) {
      return false;
    }
  }
  return true;
}

/**
 * @param {string} text
 * @returns {number[] | null} eight 16-bit groups
 */
function parseIPv6(text) {
  let length = text.length;
  const percent = StringPrototypeIndexOf(text, '%');
  if (percent !== -1) {
    if (!isZone(text, percent + 1)) return null;
    length = percent;
  }
  if (length < 2 || length > 45) return null;
  const groups = [];
  let gap = -1;
  let i = 0;
  if (StringPrototypeCharCodeAt(text, 0) === COLON) {
    if (StringPrototypeCharCodeAt(text, 1) !== COLON) return null;
    gap = 0;
    i = 2;
  }
  while (i < length) {
    if (groups.length === 8) return null;
    let value = 0;
    let digits = 0;
    const start = i;
    let code = 0;
    for (; i < length; i++) {
      code = StringPrototypeCharCodeAt(text, i);
      const digit = hexDigit(code);
      if (digit < 0) break;
      if (++digits > 4) return null;
      value = value * 16 + digit;
    }
    if (i < length && code === DOT) {
      const tail = parseIPv4(StringPrototypeSlice(text, start, length));
      if (tail < 0 || groups.length > 6) return null;
      groups[groups.length] = (tail / 65536) | 0;
      groups[groups.length] = tail % 65536;
      i = length;
      break;
    }
    if (digits === 0) return null;
    groups[groups.length] = value;
    if (i === length) break;
    if (code !== COLON) return null;
    i++;
    if (i === length) return null; // A single trailing colon.
    if (StringPrototypeCharCodeAt(text, i) === COLON) {
      if (gap !== -1) return null;
      gap = groups.length;
      i++;
    }
  }
  if (gap === -1) return groups.length === 8 ? groups : null;
  if (groups.length > 7) return null;
  const full = [];
  for (let n = 0; n < gap; n++) full[n] = groups[n];
  const missing = 8 - groups.length;
  for (let n = 0; n < missing; n++) full[gap + n] = 0;
  for (let n = gap; n < groups.length; n++) full[missing + n] = groups[n];
  return full;
}

function isIPv4(text) {
  return parseIPv4(`${text}`) !== -1;
}

function isIPv6(text) {
  return parseIPv6(`${text}`) !== null;
}

function isIP(text) {
  const string = `${text}`;
  if (parseIPv4(string) !== -1) return 4;
  if (parseIPv6(string) !== null) return 6;
  return 0;
}

/** The shortest text of eight groups, as inet_ntop writes it. */
function formatIPv6(groups) {
  let bestStart = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; i++) {
    if (groups[i] !== 0) continue;
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > bestLength) {
      bestStart = i;
      bestLength = end - i;
    }
    i = end;
  }
  const dotted = bestStart === 0 &&
    (bestLength === 6 || (bestLength === 5 && groups[5] === 0xffff));
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === bestStart) {
      text += '::';
      i += bestLength - 1;
      continue;
    }
    if (text !== '' && i !== bestStart + bestLength) text += ':';
    if (i === 6 && dotted) {
      return `${text}${groups[6] >> 8}.${groups[6] & 255}.${groups[7] >> 8}.${groups[7] & 255}`;
    }
    text += groups[i].toString(16);
  }
  return text;
}

/** Whether what listens on this host can be reached from this machine alone. */
function isLoopback(host) {
  const name = StringPrototypeToLowerCase(host);
  return name === 'localhost' || StringPrototypeStartsWith(name, '127.') ||
    StringPrototypeStartsWith(name, '[::1]') ||
    StringPrototypeStartsWith(name, '[0:0:0:0:0:0:0:1]');
}

module.exports = {
  isIP,
  isIPv4,
  isIPv6,
  isLoopback,
  parseIPv4,
  parseIPv6,
  formatIPv6,
  normalizedArgsSymbol: Symbol('normalizedArgs'),
  kSetKeepAlive: Symbol('kSetKeepAlive'),
  kSetKeepAliveInitialDelay: Symbol('kSetKeepAliveInitialDelay'),
  kSetNoDelay: Symbol('kSetNoDelay'),
};
