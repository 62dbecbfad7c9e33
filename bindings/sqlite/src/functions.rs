//! Functions and aggregates of programs, and the authorizer. SQLite keeps a number of theirs and
//! nothing that lives elsewhere: it may let go of them on any thread.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::slice;

use libsqlite3_sys as sys;

use crate::ask::{Question, Reply, ask};
use crate::value::{self, Value};

/// A function for SQL.
#[derive(Debug, Clone, Copy)]
pub struct Function {
    /// The caller's number for it.
    pub number: u32,
    /// -1: any number of them.
    pub arguments_count: i32,
    pub is_deterministic: bool,
    pub is_direct_only: bool,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Scalar,
    Aggregate,
    /// An aggregate that can also forget rows.
    Window,
}

impl Function {
    fn flags(&self) -> c_int {
        let mut flags = sys::SQLITE_UTF8;
        if self.is_deterministic {
            flags |= sys::SQLITE_DETERMINISTIC;
        }
        if self.is_direct_only {
            flags |= sys::SQLITE_DIRECTONLY;
        }
        flags
    }
}

/// What SQLite keeps of a function.
struct Kept {
    number: u32,
}

/// Makes `function` known under `name`. Gives SQLite's code.
///
/// # Safety
/// `db` is open.
pub(crate) unsafe fn create(db: *mut sys::sqlite3, name: &CStr, function: Function) -> c_int {
    let number = function.number;
    let kept: *mut c_void = Box::into_raw(Box::new(Kept { number })).cast();
    let (name, count, flags) = (name.as_ptr(), function.arguments_count, function.flags());
    let is_window = function.kind == Kind::Window;
    match function.kind {
        // SAFETY: the caller's promise; SQLite frees `kept` by `forget`, also when it refuses.
        Kind::Scalar => unsafe {
            sys::sqlite3_create_function_v2(
                db,
                name,
                count,
                flags,
                kept,
                Some(call),
                None,
                None,
                Some(forget),
            )
        },
        // SAFETY: as above.
        Kind::Aggregate | Kind::Window => unsafe {
            sys::sqlite3_create_window_function(
                db,
                name,
                count,
                flags,
                kept,
                Some(step),
                Some(last),
                is_window.then_some(value_so_far),
                is_window.then_some(inverse),
                Some(forget),
            )
        },
    }
}

/// Asks for each thing that a statement would do, or no longer.
///
/// # Safety
/// `db` is open.
pub(crate) unsafe fn authorize(db: *mut sys::sqlite3, is_asked: bool) -> c_int {
    let callback = is_asked.then_some(authorizer as Authorizer);
    // SAFETY: the caller's promise. The callback gets the connection that calls it.
    unsafe { sys::sqlite3_set_authorizer(db, callback, db.cast()) }
}

thread_local! {
    /// A database becomes one of bytes: by an ATTACH of SQLite's own.
    static IS_REOPENING: Cell<bool> = const { Cell::new(false) };
}

/// Runs `act`, in which nothing may be ignored.
pub(crate) fn reopening<R>(act: impl FnOnce() -> R) -> R {
    let before = IS_REOPENING.replace(true);
    let result = act();
    IS_REOPENING.set(before);
    result
}

type Authorizer = unsafe extern "C" fn(
    *mut c_void,
    c_int,
    *const c_char,
    *const c_char,
    *const c_char,
    *const c_char,
) -> c_int;

unsafe extern "C" fn forget(kept: *mut c_void) {
    // SAFETY: SQLite gives back what `create` made, once.
    drop(unsafe { Box::from_raw(kept.cast::<Kept>()) });
}

/// # Safety
/// `context` is that of a function which SQLite calls now.
unsafe fn number_of(context: *mut sys::sqlite3_context) -> u32 {
    // SAFETY: the caller's promise.
    let kept = unsafe { sys::sqlite3_user_data(context) }.cast::<Kept>();
    // SAFETY: every function that stands here was made by `create`, and is not forgotten while
    // it is called.
    unsafe { (*kept).number }
}

/// # Safety
/// They are the arguments of a function which SQLite calls now, for `'a`.
unsafe fn arguments<'a>(count: c_int, list: *mut *mut sys::sqlite3_value) -> Vec<Value<'a>> {
    if count <= 0 {
        return Vec::new();
    }
    // SAFETY: the caller's promise.
    let list = unsafe { slice::from_raw_parts(list, count as usize) };
    let values = list.iter();
    // SAFETY: as above.
    values.map(|&one| unsafe { value::argument(one) }).collect()
}

/// # Safety
/// `context` is that of a function which SQLite calls now.
unsafe fn answer(context: *mut sys::sqlite3_context, reply: Reply) {
    let value = match &reply {
        Reply::Null => Value::Null,
        Reply::Integer(integer) => Value::Integer(*integer),
        Reply::Real(real) => Value::Real(*real),
        Reply::Text(text) => Value::Text(text),
        Reply::Blob(blob) => Value::Blob(blob),
        Reply::Number(number) => Value::Integer((*number).into()),
        // SAFETY: the caller's promise.
        Reply::Refused(text) => return unsafe { refuse(context, text) },
        // SAFETY: as above.
        Reply::Thrown => return unsafe { refuse(context, "") },
    };
    // SAFETY: as above.
    unsafe { value::result(context, value) };
}

/// # Safety
/// As `answer`.
unsafe fn refuse(context: *mut sys::sqlite3_context, text: &str) {
    let (start, count) = (text.as_ptr().cast(), text.len() as c_int);
    // SAFETY: the caller's promise; SQLite copies the text.
    unsafe { sys::sqlite3_result_error(context, start, count) };
}

unsafe extern "C" fn call(
    context: *mut sys::sqlite3_context,
    count: c_int,
    list: *mut *mut sys::sqlite3_value,
) {
    // SAFETY: SQLite calls a function of ours with its context and arguments.
    let values = unsafe { arguments(count, list) };
    // SAFETY: as above.
    let function = unsafe { number_of(context) };
    let values = &values[..];
    let reply = ask(Question::Call { function, values });
    // SAFETY: as above.
    unsafe { answer(context, reply) };
}

/// Where SQLite keeps the number of an aggregate's state. Null: there is no memory.
///
/// # Safety
/// `context` is that of an aggregate which SQLite calls now.
unsafe fn state_of(context: *mut sys::sqlite3_context) -> *mut u32 {
    let bytes = size_of::<u32>() as c_int;
    // SAFETY: the caller's promise. SQLite's memory begins as zeros, and is aligned to 8 bytes.
    unsafe { sys::sqlite3_aggregate_context(context, bytes) }.cast()
}

unsafe extern "C" fn step(
    context: *mut sys::sqlite3_context,
    count: c_int,
    list: *mut *mut sys::sqlite3_value,
) {
    // SAFETY: SQLite's arguments, as they came.
    unsafe { count_row(context, count, list, false) };
}

unsafe extern "C" fn inverse(
    context: *mut sys::sqlite3_context,
    count: c_int,
    list: *mut *mut sys::sqlite3_value,
) {
    // SAFETY: SQLite's arguments, as they came.
    unsafe { count_row(context, count, list, true) };
}

/// # Safety
/// The arguments are SQLite's, of an aggregate that it calls now.
unsafe fn count_row(
    context: *mut sys::sqlite3_context,
    count: c_int,
    list: *mut *mut sys::sqlite3_value,
    is_inverse: bool,
) {
    // SAFETY: the caller's promise.
    let kept = unsafe { state_of(context) };
    if kept.is_null() {
        // SAFETY: as above.
        return unsafe { sys::sqlite3_result_error_nomem(context) };
    }
    // SAFETY: as above.
    let values = unsafe { arguments(count, list) };
    let question = Question::Step {
        // SAFETY: as above.
        function: unsafe { number_of(context) },
        // SAFETY: SQLite's memory for this aggregate, which only this thread uses.
        state: unsafe { *kept },
        is_inverse,
        values: &values,
    };
    match ask(question) {
        // SAFETY: as above; SQLite frees the memory after the last call.
        Reply::Number(state) => unsafe { *kept = state as u32 },
        // SAFETY: as above.
        reply => unsafe { answer(context, reply) },
    }
}

unsafe extern "C" fn value_so_far(context: *mut sys::sqlite3_context) {
    // SAFETY: SQLite calls an aggregate of ours with its context.
    let function = unsafe { number_of(context) };
    // SAFETY: as above.
    let state = unsafe { known_state(context) };
    let reply = ask(Question::Value { function, state });
    // SAFETY: as above.
    unsafe { answer(context, reply) };
}

unsafe extern "C" fn last(context: *mut sys::sqlite3_context) {
    // SAFETY: SQLite calls an aggregate of ours with its context.
    let function = unsafe { number_of(context) };
    // SAFETY: as above.
    let state = unsafe { known_state(context) };
    let reply = ask(Question::Last { function, state });
    // SAFETY: as above.
    unsafe { answer(context, reply) };
}

/// # Safety
/// As `state_of`.
unsafe fn known_state(context: *mut sys::sqlite3_context) -> u32 {
    // SAFETY: the caller's promise.
    let kept = unsafe { state_of(context) };
    if kept.is_null() {
        return 0;
    }
    // SAFETY: SQLite's memory for this aggregate, which only this thread uses.
    unsafe { *kept }
}

/// # Safety
/// `text` is null or a string that ends in a zero, for `'a`.
unsafe fn name<'a>(text: *const c_char) -> Option<&'a [u8]> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { CStr::from_ptr(text) }.to_bytes())
}

unsafe extern "C" fn authorizer(
    db: *mut c_void,
    action: c_int,
    one: *const c_char,
    two: *const c_char,
    three: *const c_char,
    four: *const c_char,
) -> c_int {
    // SAFETY: SQLite's strings live as long as this call.
    let names = [one, two, three, four].map(|text| unsafe { name(text) });
    match ask(Question::Authorize { action, names }) {
        // SQLite relies on its own statements: of an ATTACH that is ignored a VACUUM takes what is
        // not there, and crashes.
        Reply::Number(sys::SQLITE_IGNORE) if IS_REOPENING.get() => sys::SQLITE_DENY,
        // SAFETY: `authorize` gave this connection, which calls.
        Reply::Number(sys::SQLITE_IGNORE) if unsafe { is_in_vacuum(db.cast()) } => sys::SQLITE_DENY,
        Reply::Number(number) => number,
        _ => sys::SQLITE_DENY,
    }
}

/// # Safety
/// `db` is open, and this thread has it.
unsafe fn is_in_vacuum(db: *mut sys::sqlite3) -> bool {
    let mut statement = std::ptr::null_mut();
    loop {
        // SAFETY: the caller's promise; the statement before lives, since nobody has freed it.
        statement = unsafe { sys::sqlite3_next_stmt(db, statement) };
        if statement.is_null() {
            return false;
        }
        // SAFETY: it lives.
        if unsafe { sys::sqlite3_stmt_busy(statement) } == 0 {
            continue;
        }
        // SAFETY: it lives.
        let sql = unsafe { sys::sqlite3_sql(statement) };
        // SAFETY: its text lives as long as it.
        if unsafe { name(sql) }.is_some_and(is_vacuum) {
            return true;
        }
    }
}

/// Is that the first word of a statement, behind white space and comments?
fn is_vacuum(mut sql: &[u8]) -> bool {
    loop {
        sql = sql.trim_ascii_start();
        let (start, end): (&[u8], &[u8]) = match sql {
            [b';', ..] => (b";", b""),
            [b'-', b'-', ..] => (b"--", b"\n"),
            [b'/', b'*', ..] => (b"/*", b"*/"),
            _ => break,
        };
        let rest = &sql[start.len()..];
        let at = rest.windows(end.len().max(1)).position(|part| part == end);
        sql = &rest[at.map_or(0, |at| at + end.len())..];
        if at.is_none() && !end.is_empty() {
            return false;
        }
    }
    let word = b"vacuum";
    sql.len() >= word.len() && sql[..word.len()].eq_ignore_ascii_case(word)
}

#[cfg(test)]
mod tests {
    use super::is_vacuum;

    #[test]
    fn vacuum_is_found_behind_comments() {
        for sql in [
            "VACUUM",
            " ;\t;vacuum main",
            "-- a\n-- b\nVacuum",
            "/* VAC */ /**/VACUUM;",
        ] {
            assert!(is_vacuum(sql.as_bytes()), "{sql}");
        }
        for sql in [
            "",
            "VACU",
            "SELECT 1",
            "-- VACUUM",
            "/* VACUUM",
            "/",
            "-",
            ";",
            "'VACUUM'",
        ] {
            assert!(!is_vacuum(sql.as_bytes()), "{sql}");
        }
    }
}
