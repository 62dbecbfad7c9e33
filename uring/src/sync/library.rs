//! Shared objects that a program has loaded while it runs: dlopen(3). They are never closed, since
//! nobody can tell when the last of their code has run.

use std::ffi::{CStr, CString, c_void};
use std::ptr::NonNull;

/// A loaded object. The same file loaded again is the same object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Library(NonNull<c_void>);

impl Library {
    /// Loads `path`, whose constructors run before this returns; `flags` are those of dlopen(3).
    /// All that the object misses is looked up now: a name that nobody has is a text then, where
    /// it would end the process at the first use of it.
    ///
    /// # Errors
    /// dlerror(3)'s text.
    pub fn open(path: &CStr, flags: i32) -> Result<Library, String> {
        let flags = (flags & !libc::RTLD_LAZY) | libc::RTLD_NOW;
        // SAFETY: the path is terminated. What the object's constructors do is the business of
        // whoever trusts it with the process, which the program has said by naming it.
        let handle = unsafe { libc::dlopen(path.as_ptr(), flags) };
        NonNull::new(handle).map(Library).ok_or_else(last_error)
    }

    /// The address of what the object calls `name`.
    pub fn symbol(&self, name: &str) -> Option<NonNull<c_void>> {
        let name = CString::new(name).ok()?;
        // SAFETY: the handle came from dlopen and is never closed; the name is terminated.
        NonNull::new(unsafe { libc::dlsym(self.0.as_ptr(), name.as_ptr()) })
    }

    /// The same number for the same object.
    pub fn key(&self) -> usize {
        self.0.as_ptr().addr()
    }
}

/// Why the last call of this thread failed.
fn last_error() -> String {
    // SAFETY: takes nothing; the text stays as it is until this thread's next call.
    let text = unsafe { libc::dlerror() };
    if text.is_null() {
        return "unknown error".to_owned();
    }
    // SAFETY: it is a terminated text, see above.
    let text = unsafe { CStr::from_ptr(text) };
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_loaded_has_symbols() {
        let library = Library::open(c"libc.so.6", 0).expect("every program here has it");
        let again = Library::open(c"libc.so.6", 0).expect("it is loaded");
        assert_eq!(library.key(), again.key());
        assert!(library.symbol("getpid").is_some());
        assert!(library.symbol("no such name").is_none());
        assert!(library.symbol("a\0b").is_none());
    }

    #[test]
    fn what_is_missing_is_told() {
        let text = Library::open(c"/no/such/file.so", 0).expect_err("it is not there");
        let expect = "/no/such/file.so: cannot open shared object file: No such file or directory";
        assert_eq!(text, expect);
    }
}
