//! SQLite's five kinds of values, borrowed from SQLite or on their way to it.

use std::ffi::{c_char, c_int, c_uchar, c_void};
use std::slice;

use libsqlite3_sys as sys;

/// Text is UTF-8 as far as programs put nothing else there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

/// `count` bytes at `start`, which is null for none.
///
/// # Safety
/// They are there for `'a` and nobody writes to them.
unsafe fn bytes<'a>(start: *const u8, count: c_int) -> &'a [u8] {
    match usize::try_from(count) {
        // SAFETY: the caller's promise.
        Ok(count) if count > 0 && !start.is_null() => unsafe {
            slice::from_raw_parts(start, count)
        },
        _ => &[],
    }
}

/// A value that a function was given.
///
/// # Safety
/// `value` is a protected value of SQLite's for `'a`, and nobody else converts it meanwhile.
pub(crate) unsafe fn argument<'a>(value: *mut sys::sqlite3_value) -> Value<'a> {
    // SAFETY: the caller's promise.
    match unsafe { sys::sqlite3_value_type(value) } {
        // SAFETY: as above.
        sys::SQLITE_INTEGER => Value::Integer(unsafe { sys::sqlite3_value_int64(value) }),
        // SAFETY: as above.
        sys::SQLITE_FLOAT => Value::Real(unsafe { sys::sqlite3_value_double(value) }),
        sys::SQLITE_TEXT => {
            // SAFETY: as above. The text comes first: asking for it may change the length.
            let start = unsafe { sys::sqlite3_value_text(value) };
            // SAFETY: as above.
            let count = unsafe { sys::sqlite3_value_bytes(value) };
            // SAFETY: the text stays until the value is converted or freed.
            Value::Text(unsafe { bytes(start, count) })
        }
        sys::SQLITE_BLOB => {
            // SAFETY: as above, in the same order.
            let start = unsafe { sys::sqlite3_value_blob(value) };
            // SAFETY: as above.
            let count = unsafe { sys::sqlite3_value_bytes(value) };
            // SAFETY: as above.
            Value::Blob(unsafe { bytes(start.cast(), count) })
        }
        _ => Value::Null,
    }
}

/// A value of the row that a statement stands at.
///
/// # Safety
/// `statement` lives, and for `'a` nobody steps, resets or frees it, or asks for this column.
pub(crate) unsafe fn column<'a>(statement: *mut sys::sqlite3_stmt, at: c_int) -> Value<'a> {
    // SAFETY: the caller's promise; a column that is not there is NULL.
    match unsafe { sys::sqlite3_column_type(statement, at) } {
        // SAFETY: as above.
        sys::SQLITE_INTEGER => Value::Integer(unsafe { sys::sqlite3_column_int64(statement, at) }),
        // SAFETY: as above.
        sys::SQLITE_FLOAT => Value::Real(unsafe { sys::sqlite3_column_double(statement, at) }),
        sys::SQLITE_TEXT => {
            // SAFETY: as above. The text comes first: asking for it may change the length.
            let start = unsafe { sys::sqlite3_column_text(statement, at) };
            // SAFETY: as above.
            let count = unsafe { sys::sqlite3_column_bytes(statement, at) };
            // SAFETY: as above.
            Value::Text(unsafe { bytes(start, count) })
        }
        sys::SQLITE_BLOB => {
            // SAFETY: as above, in the same order.
            let start = unsafe { sys::sqlite3_column_blob(statement, at) };
            // SAFETY: as above.
            let count = unsafe { sys::sqlite3_column_bytes(statement, at) };
            // SAFETY: as above.
            Value::Blob(unsafe { bytes(start.cast(), count) })
        }
        _ => Value::Null,
    }
}

const UTF8: c_uchar = sys::SQLITE_UTF8 as c_uchar;

/// Gives a parameter its value, which SQLite copies.
///
/// # Safety
/// `statement` lives.
pub(crate) unsafe fn bind(statement: *mut sys::sqlite3_stmt, at: c_int, value: Value<'_>) -> c_int {
    match value {
        // SAFETY: the caller's promise; SQLite refuses a parameter that is not there.
        Value::Null => unsafe { sys::sqlite3_bind_null(statement, at) },
        // SAFETY: as above.
        Value::Integer(integer) => unsafe { sys::sqlite3_bind_int64(statement, at, integer) },
        // SAFETY: as above.
        Value::Real(real) => unsafe { sys::sqlite3_bind_double(statement, at, real) },
        Value::Text(text) => {
            let (start, count) = (text.as_ptr().cast::<c_char>(), text.len() as u64);
            let copy = sys::SQLITE_TRANSIENT();
            // SAFETY: as above; `count` bytes are at `start` until the call returns.
            unsafe { sys::sqlite3_bind_text64(statement, at, start, count, copy, UTF8) }
        }
        Value::Blob(blob) => {
            let (start, count) = (blob.as_ptr().cast::<c_void>(), blob.len() as u64);
            let copy = sys::SQLITE_TRANSIENT();
            // SAFETY: as above. The pointer of an empty slice is not null: no NULL is bound.
            unsafe { sys::sqlite3_bind_blob64(statement, at, start, count, copy) }
        }
    }
}

/// Gives a function its result, which SQLite copies.
///
/// # Safety
/// `context` is that of a function which SQLite calls now.
pub(crate) unsafe fn result(context: *mut sys::sqlite3_context, value: Value<'_>) {
    match value {
        // SAFETY: the caller's promise.
        Value::Null => unsafe { sys::sqlite3_result_null(context) },
        // SAFETY: as above.
        Value::Integer(integer) => unsafe { sys::sqlite3_result_int64(context, integer) },
        // SAFETY: as above.
        Value::Real(real) => unsafe { sys::sqlite3_result_double(context, real) },
        Value::Text(text) => {
            let (start, count) = (text.as_ptr().cast::<c_char>(), text.len() as u64);
            let copy = sys::SQLITE_TRANSIENT();
            // SAFETY: as above; `count` bytes are at `start` until the call returns.
            unsafe { sys::sqlite3_result_text64(context, start, count, copy, UTF8) };
        }
        Value::Blob(blob) => {
            let (start, count) = (blob.as_ptr().cast::<c_void>(), blob.len() as u64);
            let copy = sys::SQLITE_TRANSIENT();
            // SAFETY: as above.
            unsafe { sys::sqlite3_result_blob64(context, start, count, copy) };
        }
    }
}
