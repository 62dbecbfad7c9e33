'use strict';

// Received header fields: native finds them in the head's text, what happens when one comes twice
// is decided here.

const { headerSpans } = internalBinding('http');

// Rules: join with ', '; the first one wins; an array; join with '; '.
const JOIN = 0;
const FIRST = 1;
const LIST = 2;
const COOKIE = 3;

const FIRST_WINS = [
  'age', 'authorization', 'content-length', 'content-type', 'etag', 'expires', 'from', 'host',
  'if-modified-since', 'if-unmodified-since', 'last-modified', 'location', 'max-forwards',
  'proxy-authorization', 'referer', 'retry-after', 'server', 'user-agent',
];

const RULES = { '__proto__': null, 'set-cookie': LIST, 'cookie': COOKIE };
for (const name of FIRST_WINS) RULES[name] = FIRST;

class Field {
  constructor(name) {
    this.lower = name.toLowerCase();
    this.rule = RULES[this.lower] ?? JOIN;
  }
}

/** Bounded: names come from the network. */
const FIELDS_MAX = 512;
const FIELD_NAME_LENGTH_MAX = 64;
const fields = new Map();

function fieldOf(name) {
  let field = fields.get(name);
  if (field === undefined) {
    field = new Field(name);
    if (fields.size < FIELDS_MAX && name.length <= FIELD_NAME_LENGTH_MAX) fields.set(name, field);
  }
  return field;
}

function addField({ lower, rule }, value, headers, joinDuplicates) {
  switch (rule) {
    case FIRST:
      if (headers[lower] === undefined) headers[lower] = value;
      else if (joinDuplicates) headers[lower] += `, ${value}`;
      break;
    case LIST:
      if (headers[lower] === undefined) headers[lower] = [value];
      else headers[lower].push(value);
      break;
    default:
      if (typeof headers[lower] === 'string') {
        headers[lower] += (rule === COOKIE ? '; ' : ', ') + value;
      } else {
        headers[lower] = value;
      }
  }
}

/** Adds one received line to a headers object. */
function addLine(name, value, headers, joinDuplicates) {
  addField(fieldOf(name), value, headers, joinDuplicates);
}

/** Lines that are looked at by their places; a head with more of them is taken apart natively. */
const LINES_MAX = 64;
const SPAN_WORDS = 5;
/** Values are cut out of the head and keep all of it in memory: so it must not be large. */
const HEAD_LENGTH_MAX = 4096;

let spans;
/** Fields by native's numbers for their names. */
const numbered = [];

/** Fills `headers` from a head; false if that must be done line by line. */
function addHead(head, headers, joinDuplicates) {
  if (head.length > HEAD_LENGTH_MAX) return false;
  spans ??= new Int32Array(LINES_MAX * SPAN_WORDS);
  const count = headerSpans(head, spans);
  for (let at = 0; at < count * SPAN_WORDS; at += SPAN_WORDS) {
    const number = spans[at];
    const field = (number === -1 ? undefined : numbered[number]) ??
      numberField(number, head.slice(spans[at + 1], spans[at + 2]));
    addField(field, head.slice(spans[at + 3], spans[at + 4]), headers, joinDuplicates);
  }
  return count !== -1;
}

function numberField(number, name) {
  const field = new Field(name);
  if (number !== -1) numbered[number] = field;
  return field;
}

function addDistinctField(name, value, headers) {
  const { lower } = fieldOf(name);
  if (headers[lower]) headers[lower].push(value);
  else headers[lower] = [value];
}

module.exports = { LINES_MAX, addDistinctField, addHead, addLine };
