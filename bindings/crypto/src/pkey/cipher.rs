//! Ciphers that lock keys, by name.

use std::ffi::CString;

use aws_lc_sys as ffi;

use crate::{Failure, Result};

pub(super) fn cipher_of(name: &str) -> Result<*const ffi::EVP_CIPHER> {
    let unknown = || Failure::plain("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher");
    let text = CString::new(name).map_err(|_| unknown())?;
    // SAFETY: the text ends with a zero; a constant is given, or null.
    let cipher = unsafe { ffi::EVP_get_cipherbyname(text.as_ptr()) };
    match cipher.is_null() {
        true => Err(unknown()),
        false => Ok(cipher),
    }
}
