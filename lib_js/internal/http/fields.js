'use strict';

// Received header fields: what happens when one comes twice.

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

/** Adds one received line to a headers object. */
function addField(name, value, headers, joinDuplicates) {
  const { lower, rule } = fieldOf(name);
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

function addDistinctField(name, value, headers) {
  const { lower } = fieldOf(name);
  if (headers[lower]) headers[lower].push(value);
  else headers[lower] = [value];
}

module.exports = { addDistinctField, addField };
