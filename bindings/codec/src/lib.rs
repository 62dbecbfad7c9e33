//! Bytes to meaning and back: HTTP/1 and HTTP dates. Pure: no I/O, no clock, no V8, and nothing is
//! allocated while parsing. Called by the bindings; calls nobody.

#![forbid(unsafe_code)]

pub mod date;
pub mod http1;
mod span;

pub use span::Span;
