'use strict';
// V8's own console, kept before ours takes its name.

module.exports = { builtIn: primordials.globalThis.console };
