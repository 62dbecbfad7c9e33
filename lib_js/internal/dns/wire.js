'use strict';

// DNS messages: questions to bytes, answers from bytes. RFC 1035 section 4. Questions go without
// EDNS, as Node's do: what does not fit in 512 bytes is asked for again over TCP.
//
//   header  id:16 flags:16 questions:16 answers:16 authorities:16 additionals:16
//   record  name type:16 class:16 ttl:32 length:16 data

const { Buffer } = require('buffer');

const TYPES = {
  __proto__: null,
  A: 1, NS: 2, CNAME: 5, SOA: 6, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, NAPTR: 35,
  TLSA: 52, ANY: 255, CAA: 257,
};
const CLASS_IN = 1;

const FLAG_RESPONSE = 0x8000;
const FLAG_TRUNCATED = 0x0200;
const FLAG_RECURSION_WANTED = 0x0100;

const HEADER_BYTES = 12;
const LABEL_BYTES_MAX = 63;
const NAME_BYTES_MAX = 255;
/** A name may point backwards; more jumps than this only a liar needs. */
const POINTERS_MAX = 64;

class MessageError extends Error {}

const DOT = 0x2e;

/** @returns {Buffer | null} null: no such name can be asked for */
function encodeQuery(id, name, type) {
  const text = name.endsWith('.') ? name.slice(0, -1) : name;
  // Each dot makes room for the length of the label behind it; the first one has none.
  const nameBytes = text === '' ? 0 : Buffer.byteLength(text) + 1;
  if (nameBytes + 1 > NAME_BYTES_MAX) return null;
  const end = HEADER_BYTES + nameBytes;
  const bytes = Buffer.allocUnsafe(end + 5);
  bytes.fill(0, 0, HEADER_BYTES);
  setId(bytes, id);
  bytes[2] = FLAG_RECURSION_WANTED >> 8;
  bytes[5] = 1;
  if (nameBytes !== 0) {
    bytes.utf8Write(text, HEADER_BYTES + 1, nameBytes - 1);
    let start = HEADER_BYTES;
    for (let at = start + 1; at <= end; at++) {
      if (at !== end && bytes[at] !== DOT) continue;
      const length = at - start - 1;
      if (length === 0 || length > LABEL_BYTES_MAX) return null;
      bytes[start] = length;
      start = at;
    }
  }
  bytes[end] = 0;
  bytes[end + 1] = type >> 8;
  bytes[end + 2] = type;
  bytes[end + 3] = 0;
  bytes[end + 4] = CLASS_IN;
  return bytes;
}

function setId(bytes, id) {
  bytes[0] = id >> 8;
  bytes[1] = id;
}

function lowerByte(byte) {
  return byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte;
}

/** Does `message` repeat the name and type of `query`, in whatever case? */
function isEchoOf(message, query) {
  const typeAt = query.length - 4;
  if (message.length < query.length) return false;
  for (let at = HEADER_BYTES; at < typeAt; at++) {
    if (lowerByte(message[at]) !== lowerByte(query[at])) return false;
  }
  return message[typeAt] === query[typeAt] && message[typeAt + 1] === query[typeAt + 1];
}

class Reader {
  constructor(bytes) {
    this.bytes = bytes;
    this.at = 0;
  }

  need(count) {
    if (this.at + count > this.bytes.length) throw new MessageError('cut short');
  }

  u8() {
    this.need(1);
    return this.bytes[this.at++];
  }

  u16() {
    this.need(2);
    return (this.bytes[this.at++] << 8) | this.bytes[this.at++];
  }

  u32() {
    this.need(4);
    const value = this.bytes.readUInt32BE(this.at);
    this.at += 4;
    return value;
  }

  take(count) {
    this.need(count);
    const slice = this.bytes.subarray(this.at, this.at + count);
    this.at += count;
    return slice;
  }

  /** <character-string>: its length first. */
  text() {
    return this.take(this.u8());
  }

  /** `labels`: gets the labels, if anybody wants them. */
  walkName(labels) {
    let at = this.at;
    let jumps = 0;
    let length = 0;
    for (;;) {
      if (at >= this.bytes.length) throw new MessageError('cut short');
      const count = this.bytes[at++];
      if (count >= 0xc0) {
        if (at >= this.bytes.length || ++jumps > POINTERS_MAX) throw new MessageError('bad name');
        const target = ((count & 0x3f) << 8) | this.bytes[at++];
        if (jumps === 1) this.at = at;
        at = target;
        continue;
      }
      if (count > LABEL_BYTES_MAX) throw new MessageError('bad label');
      if (count === 0) break;
      length += count + 1;
      if (at + count > this.bytes.length || length > NAME_BYTES_MAX) {
        throw new MessageError('bad name');
      }
      if (labels !== undefined) labels.push(escapeLabel(this.bytes.latin1Slice(at, at + count)));
      at += count;
    }
    if (jumps === 0) this.at = at;
  }

  skipName() {
    this.walkName(undefined);
  }

  name() {
    const labels = [];
    this.walkName(labels);
    return labels.join('.');
  }

  ipv4() {
    this.need(4);
    const { at, bytes } = this;
    this.at += 4;
    return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
  }
}

/** As zone files write it: what would be read as a dot, and what cannot be printed. */
function escapeLabel(label) {
  return label.replace(/[.\\]/g, '\\$&').replace(/[^\x21-\x7e]/g,
    (char) => `\\${char.charCodeAt(0).toString().padStart(3, '0')}`);
}

function ipv6Text(bytes) {
  const groups = [];
  for (let i = 0; i < 16; i += 2) groups.push(bytes.readUInt16BE(i).toString(16));
  // RFC 5952: the longest run of zeros, the first of equals, of two at least.
  let best = -1;
  let bestCount = 1;
  for (let i = 0; i < 8; i++) {
    let count = 0;
    while (i + count < 8 && groups[i + count] === '0') count++;
    if (count > bestCount) {
      best = i;
      bestCount = count;
    }
  }
  if (best === -1) return groups.join(':');
  return `${groups.slice(0, best).join(':')}::${groups.slice(best + bestCount).join(':')}`;
}

/** How the data of each type is read; `end` is where it ends. */
const readers = {
  __proto__: null,
  [TYPES.A]: (reader) => ({ address: reader.ipv4() }),
  [TYPES.AAAA]: (reader) => ({ address: ipv6Text(reader.take(16)) }),
  [TYPES.NS]: (reader) => ({ value: reader.name() }),
  [TYPES.CNAME]: (reader) => ({ value: reader.name() }),
  [TYPES.PTR]: (reader) => ({ value: reader.name() }),
  [TYPES.MX]: (reader) => ({ priority: reader.u16(), exchange: reader.name() }),
  [TYPES.TXT](reader, end) {
    const entries = [];
    while (reader.at < end) entries.push(reader.text().utf8Slice());
    return { entries };
  },
  [TYPES.SRV](reader) {
    const priority = reader.u16();
    const weight = reader.u16();
    const port = reader.u16();
    return { name: reader.name(), port, priority, weight };
  },
  [TYPES.NAPTR](reader) {
    const order = reader.u16();
    const preference = reader.u16();
    const flags = reader.text().latin1Slice();
    const service = reader.text().latin1Slice();
    const regexp = reader.text().latin1Slice();
    return { flags, service, regexp, replacement: reader.name(), order, preference };
  },
  [TYPES.SOA](reader) {
    const nsname = reader.name();
    const hostmaster = reader.name();
    const serial = reader.u32();
    const refresh = reader.u32();
    const retry = reader.u32();
    const expire = reader.u32();
    return { nsname, hostmaster, serial, refresh, retry, expire, minttl: reader.u32() };
  },
  [TYPES.CAA](reader, end) {
    const critical = reader.u8();
    const tag = reader.text().latin1Slice();
    return { critical, [tag]: reader.take(end - reader.at).utf8Slice() };
  },
  [TYPES.TLSA](reader, end) {
    const certUsage = reader.u8();
    const selector = reader.u8();
    const match = reader.u8();
    const data = reader.take(end - reader.at);
    return {
      certUsage,
      selector,
      match,
      data: data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength),
    };
  },
};

function readRecord(reader) {
  reader.skipName();
  const type = reader.u16();
  const recordClass = reader.u16();
  const ttl = reader.u32();
  const length = reader.u16();
  reader.need(length);
  const end = reader.at + length;
  const read = readers[type];
  const data = read === undefined || recordClass !== CLASS_IN ? undefined : read(reader, end);
  if (data !== undefined && reader.at !== end) throw new MessageError('bad length');
  reader.at = end;
  // RFC 2181 section 8: a time with the highest bit set counts as 0 (it was once signed).
  return { type, ttl: ttl > 0x7fffffff ? 0 : ttl, data };
}

/**
 * @returns {{id: number, isResponse: boolean, isTruncated: boolean, rcode: number,
 *            questionsCount: number, answers: object[]}}
 * @throws {MessageError} what came is no DNS message
 */
function decode(bytes) {
  const reader = new Reader(bytes);
  const id = reader.u16();
  const flags = reader.u16();
  const questionsCount = reader.u16();
  const answersCount = reader.u16();
  reader.u32();
  for (let i = 0; i < questionsCount; i++) {
    reader.skipName();
    reader.u32();
  }
  const answers = [];
  const isTruncated = (flags & FLAG_TRUNCATED) !== 0;
  for (let i = 0; i < answersCount && !isTruncated; i++) answers.push(readRecord(reader));
  return {
    id,
    isResponse: (flags & FLAG_RESPONSE) !== 0,
    isTruncated,
    rcode: flags & 0xf,
    questionsCount,
    answers,
  };
}

module.exports = { MessageError, TYPES, decode, encodeQuery, isEchoOf, setId };
