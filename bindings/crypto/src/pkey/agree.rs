//! Secrets that two parties share: by Diffie-Hellman on numbers or curves, or encapsulated.

use aws_lc_sys as ffi;

use super::raw::sized;
use super::{Kind, PKey};
use crate::{Failure, Result, failure};

/// What is sent, and what both then know.
pub struct Encapsulated {
    pub ciphertext: Vec<u8>,
    pub secret: Vec<u8>,
}

impl PKey {
    /// What this private key and the other's public one give.
    pub fn derive(&self, other: &PKey) -> Result<Vec<u8>> {
        const FAILED: &str = "diffieHellman failed";
        failure::forget();
        if self.kind() == Some(Kind::Dh) && self.dh_parameters()? != other.dh_parameters()? {
            return Err(Failure::plain("", "different parameters"));
        }
        let mut operation = self.operation()?;
        let context = operation.as_mut_ptr();
        // SAFETY: the operation is new.
        failure::check(unsafe { ffi::EVP_PKEY_derive_init(context) }, FAILED)?;
        // SAFETY: the operation was begun; the other key is alive, and kept by the operation.
        let done = unsafe { ffi::EVP_PKEY_derive_set_peer(context, other.as_mut_ptr()) };
        failure::check(done, FAILED)?;
        if self.kind() == Some(Kind::Dh) {
            // SAFETY: the operation was begun.
            failure::check(unsafe { ffi::EVP_PKEY_CTX_set_dh_pad(context, 1) }, FAILED)?;
        }
        sized(FAILED, |out, size| {
            // SAFETY: the operation is complete; writes at most `size` bytes, or only the size.
            unsafe { ffi::EVP_PKEY_derive(context, out, size) }
        })
    }

    /// Not every kind encapsulates: lattice keys do.
    pub fn encapsulate(&self) -> Result<Encapsulated> {
        const FAILED: &str = "Encapsulation failed";
        failure::forget();
        self.kem_only(FAILED)?;
        let mut operation = self.operation()?;
        let context = operation.as_mut_ptr();
        let (mut ciphertext_count, mut secret_count) = (0, 0);
        // SAFETY: the operation is new; only sizes are asked for.
        let done = unsafe {
            ffi::EVP_PKEY_encapsulate(
                context,
                std::ptr::null_mut(),
                &mut ciphertext_count,
                std::ptr::null_mut(),
                &mut secret_count,
            )
        };
        failure::check(done, FAILED)?;
        let (mut ciphertext, mut secret) = (vec![0; ciphertext_count], vec![0; secret_count]);
        // SAFETY: writes as many bytes as were asked for.
        let done = unsafe {
            ffi::EVP_PKEY_encapsulate(
                context,
                ciphertext.as_mut_ptr(),
                &mut ciphertext_count,
                secret.as_mut_ptr(),
                &mut secret_count,
            )
        };
        failure::check(done, FAILED)?;
        Ok(Encapsulated { ciphertext, secret })
    }

    pub fn decapsulate(&self, ciphertext: &[u8]) -> Result<Vec<u8>> {
        const FAILED: &str = "Decapsulation failed";
        failure::forget();
        self.kem_only(FAILED)?;
        let mut operation = self.operation()?;
        let context = operation.as_mut_ptr();
        sized(FAILED, |out, size| {
            // SAFETY: the operation is alive; the slice is as long as is told; writes at most
            // `size` bytes, or only the size.
            unsafe {
                ffi::EVP_PKEY_decapsulate(context, out, size, ciphertext.as_ptr(), ciphertext.len())
            }
        })
    }

    fn kem_only(&self, message: &str) -> Result<()> {
        match self.kind() {
            Some(kind) if kind.is_kem() => Ok(()),
            _ => Err(Failure::plain("ERR_CRYPTO_OPERATION_FAILED", message)),
        }
    }
}
