'use strict';

// What both ends know.

exports.BODY_BYTES = 65536;
Object.assign(exports, require('../../ci/packages/programs/lib/keys'));
