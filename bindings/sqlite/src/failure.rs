//! What went wrong, in SQLite's words, taken before the next call changes them.

use std::ffi::{CStr, c_char, c_int};

use libsqlite3_sys as sys;

/// The part of a code that is no detail.
const PRIMARY: c_int = 0xff;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// SQLite's extended result code.
    pub code: i32,
    /// What the code means in general.
    pub meaning: String,
    pub message: String,
}

impl Failure {
    /// Of a code alone.
    pub fn of(code: i32) -> Failure {
        let meaning = meaning(code);
        Failure {
            code,
            message: meaning.clone(),
            meaning,
        }
    }

    /// A plain text, which SQLite gave with a code.
    pub(crate) fn with_message(code: i32, message: String) -> Failure {
        Failure {
            code,
            meaning: meaning(code),
            message,
        }
    }

    /// Of the last call on a connection, which is open, and gave `code`. Calls that are refused at
    /// once leave the connection's words as they were, of an earlier call.
    pub(crate) fn after(db: *mut sys::sqlite3, code: c_int) -> Failure {
        let last = Failure::last(db);
        match last.code & PRIMARY == code & PRIMARY {
            true => last,
            false => Failure::of(code),
        }
    }

    /// Of the last call on a connection, which is open.
    pub(crate) fn last(db: *mut sys::sqlite3) -> Failure {
        // SAFETY: callers pass an open connection.
        let code = unsafe { sys::sqlite3_extended_errcode(db) };
        // SAFETY: as above.
        let message = unsafe { sys::sqlite3_errmsg(db) };
        // SAFETY: the text stays until the next call, which is after the copy.
        let message = unsafe { owned(message) };
        Failure::with_message(code, message.unwrap_or_default())
    }
}

fn meaning(code: c_int) -> String {
    // SAFETY: takes any number.
    let text = unsafe { sys::sqlite3_errstr(code) };
    // SAFETY: a static string.
    unsafe { owned(text) }.unwrap_or_default()
}

/// A copy of a string that ends in a zero; None of a null pointer.
///
/// # Safety
/// `text` is null or such a string.
pub(crate) unsafe fn owned(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_string_lossy().into_owned())
}
