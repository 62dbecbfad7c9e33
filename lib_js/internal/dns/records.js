'use strict';

// From the records of an answer to what resolve4() and its relatives give.

const { TYPES } = require('internal/dns/wire');

const just = (key) => (record) => record.data[key];

/** key: what follows `resolve`; question: c-ares' word for it; shape: of one record. */
const KINDS = [
  { key: 'Any', question: 'queryAny', type: 'ANY' },
  { key: '4', question: 'queryA', type: 'A', withTtl: true },
  { key: '6', question: 'queryAaaa', type: 'AAAA', withTtl: true },
  { key: 'Caa', question: 'queryCaa', type: 'CAA', shape: (record) => record.data },
  { key: 'Cname', question: 'queryCname', type: 'CNAME', shape: just('value') },
  { key: 'Mx', question: 'queryMx', type: 'MX',
    shape: ({ data }) => ({ exchange: data.exchange, priority: data.priority }) },
  { key: 'Ns', question: 'queryNs', type: 'NS', shape: just('value') },
  { key: 'Tlsa', question: 'queryTlsa', type: 'TLSA', shape: (record) => record.data },
  { key: 'Txt', question: 'queryTxt', type: 'TXT', shape: just('entries') },
  { key: 'Srv', question: 'querySrv', type: 'SRV', shape: (record) => record.data },
  { key: 'Ptr', question: 'queryPtr', type: 'PTR', shape: just('value') },
  { key: 'Naptr', question: 'queryNaptr', type: 'NAPTR', shape: (record) => record.data },
  { key: 'Soa', question: 'querySoa', type: 'SOA', shape: (record) => record.data },
];

const typeNames = new Map(Object.keys(TYPES).map((name) => [TYPES[name], name]));

/** One record as resolveAny() shows it; undefined for types that it leaves out. */
function anyShape(record) {
  const type = typeNames.get(record.type);
  const { data, ttl } = record;
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, address: data.address, ttl };
    case 'CNAME':
    case 'NS':
    case 'PTR':
      return { type, value: data.value };
    case 'MX':
    case 'NAPTR':
    case 'SOA':
    case 'SRV':
    case 'CAA':
    case 'TLSA':
      return { type, ...data };
    case 'TXT':
      return { type, entries: data.entries };
    default:
      return undefined;
  }
}

/**
 * @param {object} kind  a row of KINDS
 * @returns {unknown}  undefined: the answer has nothing of the kind
 */
function resultOf(kind, message, { ttl: wantsTtl } = {}) {
  const known = message.answers.filter((record) => record.data !== undefined);
  if (kind.type === 'ANY') {
    const all = known.map(anyShape).filter((shape) => shape !== undefined);
    return all.length === 0 ? undefined : all;
  }
  const records = known.filter((record) => record.type === TYPES[kind.type]);
  if (records.length === 0) return undefined;
  if (kind.withTtl) {
    return records.map(({ data, ttl }) =>
      (wantsTtl ? { address: data.address, ttl } : data.address));
  }
  // A zone has one.
  if (kind.type === 'SOA') return kind.shape(records[0]);
  return records.map(kind.shape);
}

module.exports = { KINDS, resultOf };
