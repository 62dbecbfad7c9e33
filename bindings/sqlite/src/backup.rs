//! A backup: the pages of one database copied to another, some at a time, on any thread.

use std::ffi::{CString, c_int};
use std::ptr;

use libsqlite3_sys as sys;

use crate::connection::{Connection, sqlite3_close_v2};
use crate::failure::Failure;

/// A copy in the making, and the connection that it is written to, which nobody else knows.
pub struct Backup {
    backup: *mut sys::sqlite3_backup,
    target: *mut sys::sqlite3,
}

// SAFETY: SQLite is built with SQLITE_THREADSAFE=1, which locks each connection for each call, so
// that a backup may be stepped on one thread while its source is used on another. `target` has no
// callbacks. A source that is closed meanwhile stays until the backup ends.
unsafe impl Send for Backup {}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// SQLite's code of the step.
    pub code: i32,
    pub total_pages: i32,
    pub remaining_pages: i32,
}

fn name(text: &[u8]) -> Result<CString, Failure> {
    CString::new(text).map_err(|_| Failure::of(sys::SQLITE_MISUSE))
}

impl Backup {
    /// Of the database `source_name` of `source`, to `target_name` in the file `path`.
    pub fn open(
        source: &Connection,
        source_name: &[u8],
        path: &[u8],
        target_name: &[u8],
    ) -> Result<Backup, Failure> {
        let calling = source.call()?;
        let (source_name, path, target_name) =
            (name(source_name)?, name(path)?, name(target_name)?);
        let flags = sys::SQLITE_OPEN_READWRITE | sys::SQLITE_OPEN_CREATE | sys::SQLITE_OPEN_URI;
        let mut backup = Backup {
            backup: ptr::null_mut(),
            target: ptr::null_mut(),
        };
        let target = &mut backup.target;
        // SAFETY: both pointers are good for the call. Whatever it gives is closed with `backup`.
        let code = unsafe { sys::sqlite3_open_v2(path.as_ptr(), target, flags, ptr::null()) };
        if backup.target.is_null() {
            return Err(Failure::of(sys::SQLITE_NOMEM));
        }
        if code != sys::SQLITE_OK {
            return Err(Failure::last(backup.target));
        }
        let (to, from) = (target_name.as_ptr(), source_name.as_ptr());
        // SAFETY: both connections are open and different.
        backup.backup = unsafe { sys::sqlite3_backup_init(backup.target, to, calling.db, from) };
        match backup.backup.is_null() {
            true => Err(Failure::last(backup.target)),
            false => Ok(backup),
        }
    }

    /// Copies so many pages; all that are left if the number is negative.
    pub fn step(&mut self, pages: i32) -> Progress {
        // SAFETY: it lives, and nobody else has it.
        let code: c_int = unsafe { sys::sqlite3_backup_step(self.backup, pages) };
        // SAFETY: as above.
        let total_pages = unsafe { sys::sqlite3_backup_pagecount(self.backup) };
        Progress {
            code,
            total_pages,
            // SAFETY: as above.
            remaining_pages: unsafe { sys::sqlite3_backup_remaining(self.backup) },
        }
    }
}

impl Drop for Backup {
    fn drop(&mut self) {
        if !self.backup.is_null() {
            // SAFETY: it lives, and nobody has it any more. Its code was told by the last step.
            unsafe { sys::sqlite3_backup_finish(self.backup) };
        }
        // SAFETY: as above; null does nothing.
        unsafe { sqlite3_close_v2(self.target) };
    }
}
