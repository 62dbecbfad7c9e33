'use strict';

// Error numbers of WASI preview 1, and those of the system in them.

/** In the order of their numbers, from 0. */
const NAMES = [
  'SUCCESS', '2BIG', 'ACCES', 'ADDRINUSE', 'ADDRNOTAVAIL', 'AFNOSUPPORT', 'AGAIN', 'ALREADY',
  'BADF', 'BADMSG', 'BUSY', 'CANCELED', 'CHILD', 'CONNABORTED', 'CONNREFUSED', 'CONNRESET',
  'DEADLK', 'DESTADDRREQ', 'DOM', 'DQUOT', 'EXIST', 'FAULT', 'FBIG', 'HOSTUNREACH', 'IDRM',
  'ILSEQ', 'INPROGRESS', 'INTR', 'INVAL', 'IO', 'ISCONN', 'ISDIR', 'LOOP', 'MFILE', 'MLINK',
  'MSGSIZE', 'MULTIHOP', 'NAMETOOLONG', 'NETDOWN', 'NETRESET', 'NETUNREACH', 'NFILE', 'NOBUFS',
  'NODEV', 'NOENT', 'NOEXEC', 'NOLCK', 'NOLINK', 'NOMEM', 'NOMSG', 'NOPROTOOPT', 'NOSPC',
  'NOSYS', 'NOTCONN', 'NOTDIR', 'NOTEMPTY', 'NOTRECOVERABLE', 'NOTSOCK', 'NOTSUP', 'NOTTY',
  'NXIO', 'OVERFLOW', 'OWNERDEAD', 'PERM', 'PIPE', 'PROTO', 'PROTONOSUPPORT', 'PROTOTYPE',
  'RANGE', 'ROFS', 'SPIPE', 'SRCH', 'STALE', 'TIMEDOUT', 'TXTBSY', 'XDEV', 'NOTCAPABLE',
];

const errno = { __proto__: null };
for (let i = 0; i < NAMES.length; i++) errno[`E${NAMES[i]}`] = i;

/** What a call answers with instead of 0; thrown and caught in here only. */
class Refusal {
  constructor(number) {
    this.number = number;
  }
}

function refuse(name) {
  return new Refusal(errno[name]);
}

/** The number of whatever a call has thrown; programs' own errors go on. */
function numberOf(thrown) {
  if (thrown instanceof Refusal) return thrown.number;
  // Views of the memory say so when an address lies outside.
  if (thrown?.name === 'RangeError' && thrown.code === undefined) return errno.EOVERFLOW;
  if (thrown?.syscall !== undefined) return errno[thrown.code] ?? errno.EIO;
  throw thrown;
}

module.exports = { errno, numberOf, refuse };
