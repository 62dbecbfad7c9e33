//! Plain blocking calls: for start-up, for Node's `*Sync` functions, and for what no ring does.
//!
//! All are safe functions that return `Result<_, Errno>` and keep nothing. They may block the
//! core, so nothing on a request path calls them, except those that only look at a socket, and
//! those that move large pieces without waiting.

pub mod clock;
pub mod datagram;
pub mod descriptors;
pub mod file;
pub mod host;
pub mod image;
pub mod interrupt;
pub mod library;
pub mod poll;
pub mod process;
pub mod random;
pub mod signal;
pub mod socket;
pub mod terminal;

use crate::errno::Errno;
use std::io::Write as _;

/// To standard error. Where it cannot be written there is nobody to tell: `eprint!` would panic.
pub fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Calls again what a signal has interrupted.
pub(crate) fn retried<T>(mut call: impl FnMut() -> Result<T, Errno>) -> Result<T, Errno> {
    loop {
        match call() {
            Err(Errno::EINTR) => {}
            outcome => return outcome,
        }
    }
}

/// One C library call on numbers, terminated paths and memory that outlives it; keeps nothing.
macro_rules! call {
    ($name:ident($($argument:expr),* $(,)?)) => {{
        #[allow(unused_imports)]
        use crate::errno::Checked as _;
        // SAFETY: every pointer among the arguments comes from a reference that outlives the call,
        // with its true length beside it where the call takes one; the call keeps none of them.
        unsafe { libc::$name($($argument),*) }.checked()
    }};
}
pub(crate) use call;
