'use strict';

// Public module `trace_events`: there is no tracing, which Node built without it says so.

const { ERR_TRACE_EVENTS_UNAVAILABLE } = require('internal/errors').codes;

throw new ERR_TRACE_EVENTS_UNAVAILABLE();
