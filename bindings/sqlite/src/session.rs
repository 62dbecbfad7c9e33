//! Sessions, which note the changes of a connection, and changes that are applied.

use std::cell::Cell;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::ptr;
use std::rc::Rc;

use libsqlite3_sys as sys;

use crate::ask::{Question, Reply, ask};
use crate::connection::Connection;
use crate::failure::Failure;

type Collect =
    unsafe extern "C" fn(*mut sys::sqlite3_session, *mut c_int, *mut *mut c_void) -> c_int;

/// Those of one connection. They must end before it does.
#[derive(Default)]
pub(crate) struct Sessions(Vec<*mut sys::sqlite3_session>);

impl Sessions {
    pub(crate) fn end(&mut self) {
        for session in self.0.drain(..) {
            // SAFETY: who stands in the list lives, and its connection is open.
            unsafe { sys::sqlite3session_delete(session) };
        }
    }
}

/// Notes the changes of its connection, until it or the connection is closed.
pub struct Session {
    connection: Rc<Connection>,
    session: *mut sys::sqlite3_session,
    is_collecting: Cell<bool>,
}

impl Session {
    pub(crate) fn open(
        connection: &Rc<Connection>,
        name: &CStr,
        table: Option<&CStr>,
    ) -> Result<Session, Failure> {
        let db = connection.db()?;
        let mut session = ptr::null_mut();
        // SAFETY: the connection is open, and keeps the session in its list.
        let code = unsafe { sys::sqlite3session_create(db, name.as_ptr(), &mut session) };
        if code != sys::SQLITE_OK {
            return Err(Failure::last(db));
        }
        connection.sessions.borrow_mut().0.push(session);
        let made = Session {
            connection: connection.clone(),
            session,
            is_collecting: Cell::new(false),
        };
        let table = table.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: it has just been made; SQLite copies the name.
        match unsafe { sys::sqlite3session_attach(session, table) } {
            sys::SQLITE_OK => Ok(made),
            _ => Err(Failure::last(db)),
        }
    }

    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    pub fn is_open(&self) -> bool {
        self.connection.sessions.borrow().0.contains(&self.session)
    }

    /// What has changed since, with or without the values before. May ask.
    pub fn changes(&self, is_patch: bool) -> Result<Vec<u8>, Failure> {
        if !self.is_open() || self.is_collecting.get() {
            return Err(Failure::of(sys::SQLITE_MISUSE));
        }
        let calling = self.connection.call()?;
        let collect: Collect = match is_patch {
            true => sys::sqlite3session_patchset,
            false => sys::sqlite3session_changeset,
        };
        let (mut count, mut start) = (0, ptr::null_mut());
        self.is_collecting.set(true);
        // SAFETY: the session lives, and is not closed meanwhile; nor is its connection.
        let code = unsafe { collect(self.session, &mut count, &mut start) };
        self.is_collecting.set(false);
        let count = usize::try_from(count).unwrap_or(0);
        if code != sys::SQLITE_OK {
            return Err(Failure::last(calling.db));
        }
        let bytes = match start.is_null() {
            true => Vec::new(),
            // SAFETY: SQLite gives so many bytes, which are ours.
            false => unsafe { std::slice::from_raw_parts(start.cast::<u8>(), count) }.to_vec(),
        };
        // SAFETY: as above, and nobody has them any more.
        unsafe { sys::sqlite3_free(start) };
        Ok(bytes)
    }

    /// Ends it. False if it is not open, or being asked for its changes.
    pub fn close(&self) -> bool {
        if self.is_collecting.get() {
            return false;
        }
        let mut sessions = self.connection.sessions.borrow_mut();
        let Some(at) = sessions.0.iter().position(|&one| one == self.session) else {
            return false;
        };
        sessions.0.swap_remove(at);
        // SAFETY: it was open, and nobody finds it any more.
        unsafe { sys::sqlite3session_delete(self.session) };
        true
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.close();
    }
}

/// Applies `changes`. Gives SQLite's code.
///
/// # Safety
/// `db` is open until it returns.
pub(crate) unsafe fn apply(db: *mut sys::sqlite3, changes: &[u8]) -> c_int {
    let Ok(count) = c_int::try_from(changes.len()) else {
        return sys::SQLITE_TOOBIG;
    };
    // SQLite only reads them.
    let start = changes.as_ptr().cast_mut().cast();
    let none = ptr::null_mut();
    // SAFETY: the caller's promise; the callbacks take no data.
    unsafe { sys::sqlite3changeset_apply(db, count, start, Some(filter), Some(conflict), none) }
}

unsafe extern "C" fn filter(_: *mut c_void, table: *const c_char) -> c_int {
    // SAFETY: SQLite's name of a table, for the length of this call.
    let table = unsafe { CStr::from_ptr(table) }.to_bytes();
    match ask(Question::Filter { table }) {
        Reply::Number(number) => number,
        _ => 0,
    }
}

unsafe extern "C" fn conflict(
    _: *mut c_void,
    kind: c_int,
    _: *mut sys::sqlite3_changeset_iter,
) -> c_int {
    match ask(Question::Conflict { kind }) {
        Reply::Number(number) => number,
        _ => sys::SQLITE_CHANGESET_ABORT,
    }
}
