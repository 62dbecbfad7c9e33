//! Bytes that are wiped before their memory is given back.

use aws_lc_sys as ffi;

#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    pub fn new(bytes: Vec<u8>) -> Secret {
        Secret(bytes)
    }

    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }

    /// For JavaScript, where nobody wipes it.
    pub fn into_vec(mut self) -> Vec<u8> {
        std::mem::take(&mut self.0)
    }
}

impl std::ops::Deref for Secret {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for Secret {
    fn from(bytes: &[u8]) -> Secret {
        Secret(bytes.to_vec())
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        wipe(&mut self.0);
    }
}

/// Zeroes that the compiler does not leave out; of numbers, of which zero is one.
pub fn wipe<Number: Copy + From<u8>>(numbers: &mut [Number]) {
    let bytes = size_of_val(numbers);
    // SAFETY: writes within the slice only.
    unsafe { ffi::OPENSSL_cleanse(numbers.as_mut_ptr().cast(), bytes) };
}
