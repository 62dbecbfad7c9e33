//! Bytes from libcrypto's generator, which seeds itself when it is first asked.

use aws_lc_sys as ffi;

use crate::Result;
use crate::failure;

pub fn fill(bytes: &mut [u8]) -> Result<()> {
    // SAFETY: writes within the slice only.
    let done = unsafe { ffi::RAND_bytes(bytes.as_mut_ptr(), bytes.len()) };
    failure::check(done, "No random bytes")
}
