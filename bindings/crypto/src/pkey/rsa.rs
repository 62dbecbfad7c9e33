//! RSA as a cipher.

use aws_lc_sys as ffi;

use super::raw::sized;
use super::{Operation, PKey};
use crate::{Digest, Failure, Result, Secret, failure};

/// OpenSSL's number of a padding.
pub type Padding = i32;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    PublicEncrypt,
    PrivateDecrypt,
    PrivateEncrypt,
    PublicDecrypt,
}

/// Settings of OAEP.
#[derive(Default)]
pub struct Oaep {
    pub digest: Option<Digest>,
    pub label: Vec<u8>,
}

type Begin = unsafe extern "C" fn(*mut ffi::EVP_PKEY_CTX) -> i32;
type Run =
    unsafe extern "C" fn(*mut ffi::EVP_PKEY_CTX, *mut u8, *mut usize, *const u8, usize) -> i32;

impl Direction {
    fn functions(self) -> (Begin, Run) {
        match self {
            Direction::PublicEncrypt => (ffi::EVP_PKEY_encrypt_init, ffi::EVP_PKEY_encrypt),
            Direction::PrivateDecrypt => (ffi::EVP_PKEY_decrypt_init, ffi::EVP_PKEY_decrypt),
            Direction::PrivateEncrypt => (ffi::EVP_PKEY_sign_init, ffi::EVP_PKEY_sign),
            Direction::PublicDecrypt => (
                ffi::EVP_PKEY_verify_recover_init,
                ffi::EVP_PKEY_verify_recover,
            ),
        }
    }
}

impl PKey {
    pub fn rsa(
        &self,
        direction: Direction,
        padding: Padding,
        oaep: &Oaep,
        data: &[u8],
    ) -> Result<Vec<u8>> {
        if direction != Direction::PrivateDecrypt || padding != ffi::RSA_PKCS1_PADDING {
            return self.run_rsa(direction, padding, oaep, data);
        }
        let padded = self.run_rsa(direction, ffi::RSA_NO_PADDING, oaep, data)?;
        self.unpad_silently(Secret::new(padded).as_slice(), data)
    }

    fn run_rsa(
        &self,
        direction: Direction,
        padding: Padding,
        oaep: &Oaep,
        data: &[u8],
    ) -> Result<Vec<u8>> {
        const FAILED: &str = "RSA operation failed";
        failure::forget();
        let (begin, run) = direction.functions();
        let mut operation = self.operation()?;
        let context = operation.as_mut_ptr();
        // SAFETY: the operation is new; the function is one of libcrypto's four of this type.
        failure::check(unsafe { begin(context) }, FAILED)?;
        // SAFETY: the operation was begun.
        let done = unsafe { ffi::EVP_PKEY_CTX_set_rsa_padding(context, padding) };
        failure::check(done, FAILED)?;
        if padding == ffi::RSA_PKCS1_OAEP_PADDING {
            set_oaep(&mut operation, oaep)?;
        }
        let context = operation.as_mut_ptr();
        sized(FAILED, |out, size| {
            // SAFETY: the operation is complete; the slice is as long as is told; writes at most
            // `size` bytes, or only the size.
            unsafe { run(context, out, size, data.as_ptr(), data.len()) }
        })
    }
}

fn set_oaep(operation: &mut Operation, oaep: &Oaep) -> Result<()> {
    const FAILED: &str = "Invalid OAEP settings";
    let context = operation.as_mut_ptr();
    if let Some(digest) = oaep.digest {
        // SAFETY: the operation was begun; the digest is a constant.
        let done = unsafe { ffi::EVP_PKEY_CTX_set_rsa_oaep_md(context, digest.as_ptr()) };
        failure::check(done, FAILED)?;
    }
    if oaep.label.is_empty() {
        return Ok(());
    }
    // SAFETY: the slice is as long as is told; the copy is ours until the operation takes it.
    let label =
        unsafe { ffi::OPENSSL_memdup(oaep.label.as_ptr().cast(), oaep.label.len()) }.cast::<u8>();
    if label.is_null() {
        return Err(Failure::of_queue("Out of memory"));
    }
    // SAFETY: the operation takes the label when it succeeds.
    let done = unsafe { ffi::EVP_PKEY_CTX_set0_rsa_oaep_label(context, label, oaep.label.len()) };
    if done != 1 {
        // SAFETY: the label was not taken.
        unsafe { ffi::OPENSSL_free(label.cast()) };
    }
    failure::check(done, FAILED)
}
