//! A connection to a database, and what is done to it as a whole.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;
use std::rc::Rc;

use libsqlite3_sys as sys;

use crate::ask::{Answering, Ask, Reply};
use crate::failure::{Failure, owned};
use crate::functions::{self, Function};
use crate::session::{Session, Sessions};
use crate::statement::Statement;

unsafe extern "C" {
    // The bindings leave it out, for crates that close a connection only when nothing of it is
    // left. sqlite3.h has it.
    pub(crate) fn sqlite3_close_v2(db: *mut sys::sqlite3) -> c_int;
}

/// How a file is opened.
#[derive(Debug, Clone, Copy)]
pub struct Open {
    pub is_read_only: bool,
    /// `file:` URIs are names of files, too.
    pub takes_uri: bool,
}

/// Switches of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setting {
    ForeignKeys,
    QuotedTextInChanges,
    QuotedTextInDefinitions,
    Defensive,
    Extensions,
}

impl Setting {
    fn number(self) -> c_int {
        match self {
            Setting::ForeignKeys => sys::SQLITE_DBCONFIG_ENABLE_FKEY,
            Setting::QuotedTextInChanges => sys::SQLITE_DBCONFIG_DQS_DML,
            Setting::QuotedTextInDefinitions => sys::SQLITE_DBCONFIG_DQS_DDL,
            Setting::Defensive => sys::SQLITE_DBCONFIG_DEFENSIVE,
            Setting::Extensions => sys::SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
        }
    }
}

/// One connection, open until [`Connection::close`]. Its calls nest: what answers for it may call
/// it again. A closed one answers with `SQLITE_MISUSE`.
pub struct Connection {
    /// Null once it is closed.
    db: Cell<*mut sys::sqlite3>,
    ask: Cell<Ask>,
    /// Calls of SQLite that may ask, and have not returned.
    calls_count: Cell<u32>,
    pub(crate) sessions: RefCell<Sessions>,
}

/// A call of SQLite that may ask. The connection stays open meanwhile.
pub(crate) struct Calling<'a> {
    connection: &'a Connection,
    pub(crate) db: *mut sys::sqlite3,
    _answering: Answering,
}

impl Drop for Calling<'_> {
    fn drop(&mut self) {
        let count = &self.connection.calls_count;
        count.set(count.get() - 1);
    }
}

/// Up to the first zero, as SQLite reads.
fn c_string(text: &[u8]) -> CString {
    let end = text.iter().position(|&byte| byte == 0);
    CString::new(&text[..end.unwrap_or(text.len())]).expect("it ends before the first zero")
}

impl Connection {
    /// Opens the database in the file `path`. `ask` answers for it from now on.
    pub fn open(path: &[u8], how: Open, ask: Ask) -> Result<Rc<Connection>, Failure> {
        let mut flags = match how.is_read_only {
            true => sys::SQLITE_OPEN_READONLY,
            false => sys::SQLITE_OPEN_READWRITE | sys::SQLITE_OPEN_CREATE,
        };
        if how.takes_uri {
            flags |= sys::SQLITE_OPEN_URI;
        }
        let mut db = ptr::null_mut();
        let path = c_string(path);
        // SAFETY: both pointers are good for the call. Whatever it gives is closed below.
        let code = unsafe { sys::sqlite3_open_v2(path.as_ptr(), &mut db, flags, ptr::null()) };
        if db.is_null() {
            return Err(Failure::of(sys::SQLITE_NOMEM));
        }
        let connection = Connection {
            db: Cell::new(db),
            ask: Cell::new(ask),
            calls_count: Cell::new(0),
            sessions: RefCell::default(),
        };
        match code {
            sys::SQLITE_OK => Ok(Rc::new(connection)),
            _ => Err(Failure::last(db)),
        }
    }

    /// The connection, for a call that asks nothing.
    pub(crate) fn db(&self) -> Result<*mut sys::sqlite3, Failure> {
        match self.db.get() {
            db if db.is_null() => Err(Failure::of(sys::SQLITE_MISUSE)),
            db => Ok(db),
        }
    }

    /// The connection, for a call that may ask.
    pub(crate) fn call(&self) -> Result<Calling<'_>, Failure> {
        let db = self.db()?;
        self.calls_count.set(self.calls_count.get() + 1);
        Ok(Calling {
            connection: self,
            db,
            _answering: Answering::by(self.ask.get()),
        })
    }

    /// Nobody is asked any more: who would answer is about to end.
    pub fn silence(&self) {
        self.ask.set(|_| Reply::Thrown);
    }

    /// Is a call of SQLite on its way, that may have asked?
    pub fn is_busy(&self) -> bool {
        self.calls_count.get() > 0
    }

    pub fn is_open(&self) -> bool {
        !self.db.get().is_null()
    }

    fn check(&self, code: c_int) -> Result<(), Failure> {
        match code {
            sys::SQLITE_OK => Ok(()),
            _ => Err(Failure::after(self.db()?, code)),
        }
    }

    /// Closes it, and ends its sessions. What its statements and backups need stays until they
    /// end. Refused while it is busy: SQLite would work on with what is gone.
    pub fn close(&self) -> Result<(), Failure> {
        if self.is_busy() {
            return Err(Failure::of(sys::SQLITE_BUSY));
        }
        let db = self.db()?;
        self.sessions.borrow_mut().end();
        self.db.set(ptr::null_mut());
        // SAFETY: it was open, and nobody finds it any more. Statements and backups keep what
        // they need of it.
        match unsafe { sqlite3_close_v2(db) } {
            sys::SQLITE_OK => Ok(()),
            code => Err(Failure::of(code)),
        }
    }

    pub fn set(&self, setting: Setting, is_on: bool) -> Result<(), Failure> {
        let db = self.db()?;
        let (number, on) = (setting.number(), c_int::from(is_on));
        let unasked = ptr::null_mut::<c_int>();
        // SAFETY: each of these settings takes a number and a place for the outcome, or null.
        self.check(unsafe { sys::sqlite3_db_config(db, number, on, unasked) })
    }

    /// So long it waits for a lock that another connection holds.
    pub fn set_timeout(&self, timeout_ms: i32) -> Result<(), Failure> {
        // SAFETY: it is open.
        self.check(unsafe { sys::sqlite3_busy_timeout(self.db()?, timeout_ms) })
    }

    /// SQLite's limit `number`; sets it first to a `value` that is not negative.
    pub fn limit(&self, number: i32, value: i32) -> Result<i32, Failure> {
        // SAFETY: it is open; SQLite gives -1 for a limit that it has not got.
        Ok(unsafe { sys::sqlite3_limit(self.db()?, number, value) })
    }

    /// Runs all statements of `sql`. May ask.
    pub fn execute(&self, sql: &[u8]) -> Result<(), Failure> {
        let calling = self.call()?;
        let sql = c_string(sql);
        let (sql, none) = (sql.as_ptr(), ptr::null_mut());
        // SAFETY: it stays open meanwhile; without a callback rows go nowhere.
        self.check(unsafe { sys::sqlite3_exec(calling.db, sql, None, none, ptr::null_mut()) })
    }

    /// The first statement of `sql`; None if there is none. May ask.
    pub fn prepare(self: &Rc<Self>, sql: &[u8]) -> Result<Option<Statement>, Failure> {
        let calling = self.call()?;
        let sql = c_string(sql);
        let (mut statement, rest) = (ptr::null_mut(), ptr::null_mut());
        // SAFETY: it stays open meanwhile; the text ends in a zero.
        let code =
            unsafe { sys::sqlite3_prepare_v2(calling.db, sql.as_ptr(), -1, &mut statement, rest) };
        self.check(code)?;
        // SAFETY: SQLite has just made it, or null.
        Ok(unsafe { Statement::of(self.clone(), statement) })
    }

    pub fn create_function(&self, name: &[u8], function: Function) -> Result<(), Failure> {
        let db = self.db()?;
        // SAFETY: it is open.
        self.check(unsafe { functions::create(db, &c_string(name), function) })
    }

    /// Has each thing that a statement would do authorized, or no longer.
    pub fn authorize(&self, is_asked: bool) -> Result<(), Failure> {
        // SAFETY: it is open.
        self.check(unsafe { functions::authorize(self.db()?, is_asked) })
    }

    pub fn is_in_transaction(&self) -> Result<bool, Failure> {
        // SAFETY: it is open.
        Ok(unsafe { sys::sqlite3_get_autocommit(self.db()?) } == 0)
    }

    /// Rows that the last statement has changed, and the last row that was inserted.
    pub fn last_change(&self) -> Result<[i64; 2], Failure> {
        let db = self.db()?;
        // SAFETY: it is open.
        let changes = unsafe { sys::sqlite3_changes64(db) };
        // SAFETY: as above.
        Ok([changes, unsafe { sys::sqlite3_last_insert_rowid(db) }])
    }

    /// The file of a database; None if it has none.
    pub fn file(&self, name: &[u8]) -> Result<Option<String>, Failure> {
        let name = c_string(name);
        // SAFETY: it is open.
        let file = unsafe { sys::sqlite3_db_filename(self.db()?, name.as_ptr()) };
        // SAFETY: null, or SQLite's string, which stays as long as the database is attached.
        let file = unsafe { owned(file) };
        Ok(file.filter(|file| !file.is_empty()))
    }

    /// The failure's text is that of the loader.
    pub fn load_extension(&self, path: &[u8], entry: Option<&[u8]>) -> Result<(), Failure> {
        let calling = self.call()?;
        let (path, entry) = (c_string(path), entry.map(c_string));
        let entry = entry.as_deref().map_or(ptr::null(), CStr::as_ptr);
        let mut message = ptr::null_mut();
        // SAFETY: it stays open meanwhile. What the extension does is its own affair: whoever
        // opened the connection has allowed it.
        let code =
            unsafe { sys::sqlite3_load_extension(calling.db, path.as_ptr(), entry, &mut message) };
        if code == sys::SQLITE_OK {
            return Ok(());
        }
        // SAFETY: null, or a text that is ours.
        let text = unsafe { taken(message) };
        Err(Failure::with_message(code, text.unwrap_or_default()))
    }

    /// The file's bytes, as they would be on a disk. May ask.
    pub fn serialize(&self, name: &[u8]) -> Result<Vec<u8>, Failure> {
        let calling = self.call()?;
        let name = c_string(name);
        let mut count = 0;
        // SAFETY: it stays open meanwhile.
        let start = unsafe { sys::sqlite3_serialize(calling.db, name.as_ptr(), &mut count, 0) };
        if start.is_null() {
            return match count {
                0 => Ok(Vec::new()),
                _ => Err(Failure::last(calling.db)),
            };
        }
        let count = usize::try_from(count).unwrap_or(0);
        // SAFETY: SQLite gives so many bytes, which are ours.
        let bytes = unsafe { std::slice::from_raw_parts(start, count) }.to_vec();
        // SAFETY: as above, and nobody has them any more.
        unsafe { sys::sqlite3_free(start.cast()) };
        Ok(bytes)
    }

    /// The database `name` becomes what `bytes` are. Refused while the connection is busy.
    pub fn deserialize(&self, name: &[u8], bytes: &[u8]) -> Result<(), Failure> {
        if self.is_busy() {
            return Err(Failure::of(sys::SQLITE_BUSY));
        }
        let calling = self.call()?;
        let name = c_string(name);
        // SAFETY: asks for memory only.
        let start = unsafe { sys::sqlite3_malloc64(bytes.len() as u64) }.cast::<u8>();
        if start.is_null() {
            return Err(Failure::of(sys::SQLITE_NOMEM));
        }
        // SAFETY: there is room for all of them, and nothing else knows of it.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), start, bytes.len()) };
        let flags = sys::SQLITE_DESERIALIZE_FREEONCLOSE | sys::SQLITE_DESERIALIZE_RESIZEABLE;
        let count = bytes.len() as i64;
        let code = functions::reopening(|| {
            let name = name.as_ptr();
            // SAFETY: it stays open meanwhile. The memory is SQLite's from now on, also on failure.
            unsafe { sys::sqlite3_deserialize(calling.db, name, start, count, count, flags) }
        });
        self.check(code)
    }

    /// A session that notes changes of `table`, or of all, in the database `name`.
    pub fn session(self: &Rc<Self>, name: &[u8], table: Option<&[u8]>) -> Result<Session, Failure> {
        Session::open(self, &c_string(name), table.map(c_string).as_deref())
    }

    /// Applies changes, asking which tables are meant and what to do about conflicts. True: they
    /// were applied; false: whoever was asked has ended it.
    pub fn apply(&self, changes: &[u8]) -> Result<bool, Failure> {
        let calling = self.call()?;
        // SAFETY: it stays open meanwhile.
        match unsafe { crate::session::apply(calling.db, changes) } {
            sys::SQLITE_OK => Ok(true),
            sys::SQLITE_ABORT => Ok(false),
            code => Err(Failure::of(code)),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if self.is_open() {
            // Nobody is left to hear of a failure.
            let _ = self.close();
        }
    }
}

/// The text that SQLite made for us; None of null.
///
/// # Safety
/// `text` is null or such a text, and nobody uses it afterwards.
pub(crate) unsafe fn taken(text: *mut c_char) -> Option<String> {
    // SAFETY: the caller's promise.
    let copy = unsafe { owned(text) };
    // SAFETY: as above; null may be freed.
    unsafe { sys::sqlite3_free(text.cast()) };
    copy
}
