//! The fence to nghttp2, a C library: the one crate that names `libnghttp2_sys`. A [`Session`]
//! takes bytes, gives [`Event`]s and bytes, and does no I/O. It knows nothing of V8, Node or the
//! ring.

mod callbacks;
mod event;
mod fields;
mod inquiry;
mod options;
mod outgoing;
mod session;
mod state;
#[cfg(test)]
mod tests;

use std::ffi::CStr;

pub use event::{Event, Fields};
pub use inquiry::{Counters, SessionState, Side, StreamState};
pub use options::{Options, Padding};
pub use session::{Ending, Session};

/// nghttp2's numbers of what can go wrong, as far as somebody here acts on them.
pub mod code {
    use libnghttp2_sys as sys;

    pub const INVALID_ARGUMENT: i32 = sys::NGHTTP2_ERR_INVALID_ARGUMENT;
    pub const STREAM_CLOSED: i32 = sys::NGHTTP2_ERR_STREAM_CLOSED;
    pub const PROTO: i32 = sys::NGHTTP2_ERR_PROTO;
    pub const BAD_CLIENT_MAGIC: i32 = sys::NGHTTP2_ERR_BAD_CLIENT_MAGIC;
}

/// nghttp2's words for one of its codes.
pub fn error_text(code: i32) -> &'static str {
    // SAFETY: takes any number, and gives a static string that ends in a zero.
    let text = unsafe { libnghttp2_sys::nghttp2_strerror(code) };
    // SAFETY: as above.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().unwrap_or("Unknown error code")
}
