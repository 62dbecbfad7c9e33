'use strict';

// The contexts that server.addContext() gave for host names, and the choice among them.

const {
  ArrayPrototypePush,
  RegExp,
  RegExpPrototypeExec,
  StringPrototypeReplace,
  StringPrototypeReplaceAll,
  TypeError,
} = primordials;

/** Adds the native context of a name, in which `*` stands for what a label may hold. */
function addContext(contexts, servername, context) {
  if (typeof servername !== 'string') {
    // eslint-disable-next-line no-restricted-syntax
    throw new TypeError('servername.replace is not a function');
  }
  const escaped = StringPrototypeReplace(servername, /([.^$+?\-\\[\]{}])/g, '\\$1');
  const pattern = StringPrototypeReplaceAll(escaped, '*', '[^.]*');
  // Host names have no case (RFC 6066 3): a name in capitals is not to get past its context.
  ArrayPrototypePush(contexts, [new RegExp(`^${pattern}$`, 'i'), context]);
}

/** The SNICallback of servers that have none: the context that was added last wins. */
function chooseContext(servername, callback) {
  const contexts = this.server._contexts;
  for (let i = contexts.length - 1; i >= 0; i--) {
    if (RegExpPrototypeExec(contexts[i][0], servername) !== null) {
      callback(null, contexts[i][1]);
      return;
    }
  }
  callback(null, undefined);
}

module.exports = { addContext, chooseContext };
