//! The fence to SQLite, a C library: the one crate that names `libsqlite3_sys`. Connections,
//! statements, sessions and backups by safe calls. It knows nothing of V8, Node or the ring: what
//! SQLite asks while it works (functions, the authorizer, conflicts) goes to one plain function.

mod ask;
mod backup;
mod connection;
mod failure;
mod functions;
mod session;
mod statement;
#[cfg(test)]
mod tests;
mod value;

use std::ffi::CStr;

pub use ask::{Ask, Question, Reply};
pub use backup::{Backup, Progress};
pub use connection::{Connection, Open, Setting};
pub use failure::Failure;
pub use functions::{Function, Kind};
pub use session::Session;
pub use statement::{Column, Statement, Step};
pub use value::Value;

use libsqlite3_sys as sys;

/// SQLite's own version, as programs see it.
pub fn version() -> &'static str {
    // SAFETY: takes nothing.
    let text = unsafe { sys::sqlite3_libversion() };
    // SAFETY: a static string that ends in a zero.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_str().unwrap_or("")
}
