'use strict';

// Legacy public name of the net.Socket around a stream that is none.

module.exports = require('internal/js_stream_socket');
process.emitWarning('The _stream_wrap module is deprecated.', 'DeprecationWarning', 'DEP0125');
