//! A prepared statement: its parameters, its columns, and the row that it stands at.

use std::cell::Cell;
use std::ffi::c_int;
use std::rc::Rc;

use libsqlite3_sys as sys;

use crate::connection::{Connection, taken};
use crate::failure::{Failure, owned};
use crate::value::{self, Value};

/// A statement, until [`Statement::finish`]. A finished one answers with `SQLITE_MISUSE`.
pub struct Statement {
    connection: Rc<Connection>,
    /// Null once it is finished.
    statement: Cell<*mut sys::sqlite3_stmt>,
    /// It is being stepped, or its row is being read: nobody may do anything to it.
    is_running: Cell<bool>,
}

/// What a step came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Row,
    Done,
}

/// Where the values of a column come from; None where SQLite knows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    pub name: Option<String>,
    pub origin: Option<String>,
    pub database: Option<String>,
    pub table: Option<String>,
    pub declared_type: Option<String>,
}

/// As long as it lives, the statement is running.
struct Running<'a>(&'a Cell<bool>);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

impl Statement {
    /// None of null.
    ///
    /// # Safety
    /// `statement` is null or a statement of `connection` that nobody else has.
    pub(crate) unsafe fn of(
        connection: Rc<Connection>,
        statement: *mut sys::sqlite3_stmt,
    ) -> Option<Statement> {
        (!statement.is_null()).then(|| Statement {
            connection,
            statement: Cell::new(statement),
            is_running: Cell::new(false),
        })
    }

    pub fn connection(&self) -> &Rc<Connection> {
        &self.connection
    }

    pub fn is_running(&self) -> bool {
        self.is_running.get()
    }

    /// The statement, for a question that changes nothing. Its connection is open.
    fn known(&self) -> Result<*mut sys::sqlite3_stmt, Failure> {
        self.connection.db()?;
        match self.statement.get() {
            statement if statement.is_null() => Err(Failure::of(sys::SQLITE_MISUSE)),
            statement => Ok(statement),
        }
    }

    /// The statement, for a call that changes it: not while it runs.
    fn idle(&self) -> Result<*mut sys::sqlite3_stmt, Failure> {
        match self.is_running() {
            true => Err(Failure::of(sys::SQLITE_BUSY)),
            false => self.known(),
        }
    }

    fn run(&self) -> Running<'_> {
        self.is_running.set(true);
        Running(&self.is_running)
    }

    /// Ends it for good. May ask. False while it runs: then it stays.
    pub fn finish(&self) -> bool {
        if self.is_running() {
            return false;
        }
        let statement = self.statement.replace(std::ptr::null_mut());
        // Without an open connection nobody answers.
        let calling = self.connection.call();
        // SAFETY: nobody finds it any more; null does nothing. Its code tells of the last step.
        unsafe { sys::sqlite3_finalize(statement) };
        drop(calling);
        true
    }

    /// Back to before the first row, with parameters as they are. May ask.
    pub fn reset(&self) -> Result<(), Failure> {
        let statement = self.idle()?;
        let calling = self.connection.call()?;
        let running = self.run();
        // SAFETY: it lives, and nobody else does anything to it meanwhile.
        let code = unsafe { sys::sqlite3_reset(statement) };
        drop(running);
        match code {
            sys::SQLITE_OK => Ok(()),
            _ => Err(Failure::after(calling.db, code)),
        }
    }

    /// All parameters are NULL.
    pub fn clear(&self) -> Result<(), Failure> {
        let statement = self.idle()?;
        // SAFETY: it lives.
        self.check(unsafe { sys::sqlite3_clear_bindings(statement) })
    }

    /// Gives parameter `at`, from 1 on, its value.
    pub fn bind(&self, at: i32, value: Value<'_>) -> Result<(), Failure> {
        let statement = self.idle()?;
        // SAFETY: it lives.
        self.check(unsafe { value::bind(statement, at, value) })
    }

    fn check(&self, code: c_int) -> Result<(), Failure> {
        match code {
            sys::SQLITE_OK => Ok(()),
            _ => Err(Failure::after(self.connection.db()?, code)),
        }
    }

    /// To the next row. May ask. A failure is told in SQLite's words for it.
    pub fn step(&self) -> Result<Step, Failure> {
        let statement = self.idle()?;
        let calling = self.connection.call()?;
        let running = self.run();
        // SAFETY: it lives, and nobody else does anything to it meanwhile.
        let code = unsafe { sys::sqlite3_step(statement) };
        drop(running);
        match code {
            sys::SQLITE_ROW => Ok(Step::Row),
            sys::SQLITE_DONE => Ok(Step::Done),
            _ => Err(Failure::after(calling.db, code)),
        }
    }

    /// Hands the values of the row that it stands at to `take`, in order.
    pub fn row(&self, mut take: impl FnMut(Value<'_>)) -> Result<(), Failure> {
        let statement = self.idle()?;
        let _running = self.run();
        // SAFETY: it lives.
        for at in 0..unsafe { sys::sqlite3_column_count(statement) } {
            // SAFETY: while it is running nobody steps or frees it, so the value stays until
            // `take` returns.
            take(unsafe { value::column(statement, at) });
        }
        Ok(())
    }

    pub fn columns_count(&self) -> Result<usize, Failure> {
        // SAFETY: it lives.
        Ok(unsafe { sys::sqlite3_column_count(self.known()?) } as usize)
    }

    /// None when there was no memory for it, or no such column.
    pub fn column_name(&self, at: usize) -> Result<Option<String>, Failure> {
        let statement = self.known()?;
        // SAFETY: it lives.
        let name = unsafe { sys::sqlite3_column_name(statement, at as c_int) };
        // SAFETY: null, or a text that stays until the next call for this column.
        Ok(unsafe { owned(name) })
    }

    pub fn column(&self, at: usize) -> Result<Column, Failure> {
        let (statement, number) = (self.known()?, at as c_int);
        // SAFETY: it lives; each of these is null or a text that stays until the next call.
        let origin = unsafe { sys::sqlite3_column_origin_name(statement, number) };
        // SAFETY: as above.
        let origin = unsafe { owned(origin) };
        // SAFETY: as above.
        let database = unsafe { sys::sqlite3_column_database_name(statement, number) };
        // SAFETY: as above.
        let database = unsafe { owned(database) };
        // SAFETY: as above.
        let table = unsafe { sys::sqlite3_column_table_name(statement, number) };
        // SAFETY: as above.
        let table = unsafe { owned(table) };
        // SAFETY: as above.
        let declared_type = unsafe { sys::sqlite3_column_decltype(statement, number) };
        Ok(Column {
            name: self.column_name(at)?,
            origin,
            database,
            table,
            // SAFETY: as above.
            declared_type: unsafe { owned(declared_type) },
        })
    }

    /// The names of its parameters from the first on, with their prefix; None has no name.
    pub fn parameters(&self) -> Result<Vec<Option<String>>, Failure> {
        let statement = self.known()?;
        // SAFETY: it lives.
        let count = unsafe { sys::sqlite3_bind_parameter_count(statement) };
        let name = |at| {
            // SAFETY: as above.
            let name = unsafe { sys::sqlite3_bind_parameter_name(statement, at) };
            // SAFETY: null, or a text that stays as long as the statement.
            unsafe { owned(name) }
        };
        Ok((1..=count).map(name).collect())
    }

    /// Its text.
    pub fn sql(&self) -> Result<String, Failure> {
        let statement = self.known()?;
        // SAFETY: it lives.
        let text = unsafe { sys::sqlite3_sql(statement) };
        // SAFETY: its text lives as long as it.
        Ok(unsafe { owned(text) }.unwrap_or_default())
    }

    /// Its text with its parameters' values; None when that is too long.
    pub fn expanded_sql(&self) -> Result<Option<String>, Failure> {
        let statement = self.known()?;
        // SAFETY: it lives.
        let text = unsafe { sys::sqlite3_expanded_sql(statement) };
        // SAFETY: null, or a text that is ours.
        Ok(unsafe { taken(text) })
    }
}

impl Drop for Statement {
    fn drop(&mut self) {
        self.finish();
    }
}
