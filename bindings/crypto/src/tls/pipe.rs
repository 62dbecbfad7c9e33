//! What libssl takes for a transport: bytes that came, and bytes to go. It reads from the caller's
//! slice in place, and writes to a list that the caller takes.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::sync::OnceLock;

use aws_lc_sys as ffi;

use crate::{Failure, Result};

/// Ciphertext on both ways.
pub struct Pipe {
    /// The caller's slice, during a call of libssl's; else empty.
    input: *const u8,
    input_bytes: usize,
    /// What libssl did not take in an earlier call: it stood still for an answer.
    kept: Vec<u8>,
    kept_from: usize,
    pub wire: Vec<u8>,
    /// How much of what is there libssl may have.
    pub allowed: usize,
}

impl Default for Pipe {
    fn default() -> Pipe {
        Pipe {
            input: std::ptr::null(),
            input_bytes: 0,
            kept: Vec::new(),
            kept_from: 0,
            wire: Vec::new(),
            allowed: usize::MAX,
        }
    }
}

impl Pipe {
    /// Until `end_input`, libssl reads `bytes`, behind what was kept.
    pub fn begin_input(&mut self, bytes: &[u8]) {
        assert_eq!(self.input_bytes, 0);
        if self.kept.is_empty() {
            self.input = bytes.as_ptr();
            self.input_bytes = bytes.len();
        } else {
            self.kept.extend_from_slice(bytes);
        }
    }

    /// The caller's slice is not used any more: what is left of it is copied. How many bytes wait.
    pub fn end_input(&mut self) -> usize {
        if self.kept.is_empty() {
            self.kept = self.rest().to_vec();
        } else {
            self.kept.drain(..self.kept_from);
        }
        self.kept_from = 0;
        self.drop_input();
        self.kept.len()
    }

    /// Nobody will ask for what is left.
    pub fn forget_input(&mut self) {
        self.kept = Vec::new();
        self.kept_from = 0;
        self.drop_input();
    }

    fn drop_input(&mut self) {
        self.input = std::ptr::null();
        self.input_bytes = 0;
    }

    /// What libssl has not taken yet.
    pub fn rest(&self) -> &[u8] {
        if self.kept_from < self.kept.len() {
            return &self.kept[self.kept_from..];
        }
        if self.input_bytes == 0 {
            return &[];
        }
        // SAFETY: `begin_input` was given a slice of so many bytes, which lives until `end_input`.
        unsafe { std::slice::from_raw_parts(self.input, self.input_bytes) }
    }

    fn read(&mut self, out: *mut u8, count: usize) -> usize {
        let rest = self.rest();
        let count = count.min(rest.len()).min(self.allowed);
        if count == 0 {
            return 0;
        }
        // SAFETY: both have at least so many bytes, and libssl's own does not overlap ours.
        unsafe { std::ptr::copy_nonoverlapping(rest.as_ptr(), out, count) };
        if self.allowed != usize::MAX {
            self.allowed -= count;
        }
        if self.kept_from < self.kept.len() {
            self.kept_from += count;
            if self.kept_from == self.kept.len() {
                self.kept = Vec::new();
                self.kept_from = 0;
            }
        } else {
            self.input = self.input.wrapping_add(count);
            self.input_bytes -= count;
        }
        count
    }
}

/// The pipe of a BIO: libssl's two ends are the same object.
fn pipe_of(bio: *mut ffi::BIO) -> *mut Pipe {
    // SAFETY: the BIO is alive while libssl calls with it; `open` gave it its pipe.
    unsafe { ffi::BIO_get_data(bio) }.cast()
}

unsafe extern "C" fn read(bio: *mut ffi::BIO, out: *mut c_char, count: c_int) -> c_int {
    // SAFETY: the BIO is alive.
    unsafe { ffi::BIO_clear_retry_flags(bio) };
    let pipe = pipe_of(bio);
    // SAFETY: the connection keeps its pipe alive, and borrows it nowhere while libssl runs.
    let pipe = unsafe { &mut *pipe };
    let taken = pipe.read(out.cast(), usize::try_from(count).unwrap_or(0));
    if taken == 0 {
        // SAFETY: the BIO is alive.
        unsafe { ffi::BIO_set_retry_read(bio) };
        return -1;
    }
    taken as c_int
}

unsafe extern "C" fn write(bio: *mut ffi::BIO, bytes: *const c_char, count: c_int) -> c_int {
    let pipe = pipe_of(bio);
    // SAFETY: as in `read`.
    let pipe = unsafe { &mut *pipe };
    let Ok(length) = usize::try_from(count) else {
        return -1;
    };
    // SAFETY: libssl says how long its bytes are.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), length) };
    pipe.wire.extend_from_slice(bytes);
    count
}

unsafe extern "C" fn control(
    _: *mut ffi::BIO,
    command: c_int,
    _: c_long,
    _: *mut c_void,
) -> c_long {
    c_long::from(command == ffi::BIO_CTRL_FLUSH)
}

struct Method(*mut ffi::BIO_METHOD);
// SAFETY: a table of functions, not changed once it is made.
unsafe impl Send for Method {}
// SAFETY: as above.
unsafe impl Sync for Method {}

fn method() -> *const ffi::BIO_METHOD {
    static METHOD: OnceLock<Method> = OnceLock::new();
    METHOD
        .get_or_init(|| {
            // SAFETY: takes no argument.
            let kind = unsafe { ffi::BIO_get_new_index() };
            // SAFETY: the name is a constant.
            let method = unsafe { ffi::BIO_meth_new(kind, c"pipe".as_ptr()) };
            assert!(!method.is_null());
            // SAFETY: the table is new and ours.
            unsafe { ffi::BIO_meth_set_read(method, Some(read)) };
            // SAFETY: as above.
            unsafe { ffi::BIO_meth_set_write(method, Some(write)) };
            // SAFETY: as above.
            unsafe { ffi::BIO_meth_set_ctrl(method, Some(control)) };
            Method(method)
        })
        .0
}

/// A BIO over `pipe`, which outlives it.
pub fn open(pipe: *mut Pipe) -> Result<*mut ffi::BIO> {
    // SAFETY: the table lives as long as the program.
    let bio = unsafe { ffi::BIO_new(method()) };
    if bio.is_null() {
        return Err(Failure::of_queue("Out of memory"));
    }
    // SAFETY: the BIO is new.
    unsafe { ffi::BIO_set_data(bio, pipe.cast()) };
    // SAFETY: as above.
    unsafe { ffi::BIO_set_init(bio, 1) };
    Ok(bio)
}
