//! Signatures: of data at once, or of a digest that was made before.

use aws_lc_sys as ffi;

use super::raw::sized;
use super::{Detail, Kind, PKey, Padding};
use crate::der::{self, Reader};
use crate::{Digest, Failure, Result, failure};

/// How two numbers make a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SignatureForm {
    #[default]
    Der,
    /// IEEE P1363: one after the other, each as long as the order.
    Plain,
}

/// Settings of a signature.
#[derive(Default, Clone)]
pub struct Signing {
    pub padding: Option<Padding>,
    pub salt_count: Option<i32>,
    pub form: SignatureForm,
    pub context: Vec<u8>,
}

const FAILED: &str = "Signing failed";
const VERIFY_FAILED: &str = "Verification failed";

impl PKey {
    /// Signs data; `digest` is none where the kind has its own.
    pub fn sign(&self, digest: Option<Digest>, data: &[u8], how: &Signing) -> Result<Vec<u8>> {
        failure::forget();
        let mut state = crate::hash::empty()?;
        let mut context = std::ptr::null_mut();
        // SAFETY: the state is new, the key alive and kept by it; the context is the state's.
        let done = unsafe {
            ffi::EVP_DigestSignInit(
                state.as_mut_ptr(),
                &mut context,
                digest.map_or(std::ptr::null(), Digest::as_ptr),
                std::ptr::null_mut(),
                self.as_mut_ptr(),
            )
        };
        failure::check(done, FAILED)?;
        self.prepare(context, how)?;
        let signature = sized(FAILED, |out, size| {
            // SAFETY: the state is complete; the slice is as long as is told; writes at most
            // `size` bytes, or only the size.
            unsafe { ffi::EVP_DigestSign(state.as_mut_ptr(), out, size, data.as_ptr(), data.len()) }
        })?;
        self.formed(signature, how)
    }

    pub fn verify(
        &self,
        digest: Option<Digest>,
        data: &[u8],
        signature: &[u8],
        how: &Signing,
    ) -> Result<bool> {
        failure::forget();
        let mut state = crate::hash::empty()?;
        let mut context = std::ptr::null_mut();
        // SAFETY: the state is new, the key alive and kept by it; the context is the state's.
        let done = unsafe {
            ffi::EVP_DigestVerifyInit(
                state.as_mut_ptr(),
                &mut context,
                digest.map_or(std::ptr::null(), Digest::as_ptr),
                std::ptr::null_mut(),
                self.as_mut_ptr(),
            )
        };
        failure::check(done, VERIFY_FAILED)?;
        self.prepare(context, how)?;
        let Some(signature) = self.unformed(signature, how) else {
            return Ok(false);
        };
        if self.kind() == Some(Kind::Ed25519) {
            let commitment = signature.get(..32).unwrap_or(&[]);
            if is_small_order(&self.raw_public()?) || is_small_order(commitment) {
                return Ok(false);
            }
        }
        // SAFETY: the state is complete; the slices are as long as is told.
        let answer = unsafe {
            ffi::EVP_DigestVerify(
                state.as_mut_ptr(),
                signature.as_ptr(),
                signature.len(),
                data.as_ptr(),
                data.len(),
            )
        };
        failure::forget();
        Ok(answer == 1)
    }

    /// Signs what `digest` gave.
    pub fn sign_digest(&self, digest: Digest, hash: &[u8], how: &Signing) -> Result<Vec<u8>> {
        failure::forget();
        let mut operation = self.operation()?;
        let context = operation.as_mut_ptr();
        // SAFETY: the operation is new.
        failure::check(unsafe { ffi::EVP_PKEY_sign_init(context) }, FAILED)?;
        self.prepare(context, how)?;
        // SAFETY: the operation was begun; the digest is a constant.
        let done = unsafe { ffi::EVP_PKEY_CTX_set_signature_md(context, digest.as_ptr()) };
        failure::check(done, FAILED)?;
        let signature = sized(FAILED, |out, size| {
            // SAFETY: the operation is complete; the slice is as long as is told; writes at most
            // `size` bytes, or only the size.
            unsafe { ffi::EVP_PKEY_sign(context, out, size, hash.as_ptr(), hash.len()) }
        })?;
        self.formed(signature, how)
    }

    pub fn verify_digest(
        &self,
        digest: Digest,
        hash: &[u8],
        signature: &[u8],
        how: &Signing,
    ) -> Result<bool> {
        failure::forget();
        let mut operation = self.operation()?;
        let context = operation.as_mut_ptr();
        // SAFETY: the operation is new.
        failure::check(unsafe { ffi::EVP_PKEY_verify_init(context) }, VERIFY_FAILED)?;
        self.prepare(context, how)?;
        // SAFETY: the operation was begun; the digest is a constant.
        let done = unsafe { ffi::EVP_PKEY_CTX_set_signature_md(context, digest.as_ptr()) };
        failure::check(done, VERIFY_FAILED)?;
        let Some(signature) = self.unformed(signature, how) else {
            return Ok(false);
        };
        // SAFETY: the operation is complete; the slices are as long as is told.
        let answer = unsafe {
            ffi::EVP_PKEY_verify(
                context,
                signature.as_ptr(),
                signature.len(),
                hash.as_ptr(),
                hash.len(),
            )
        };
        failure::forget();
        Ok(answer == 1)
    }

    fn prepare(&self, context: *mut ffi::EVP_PKEY_CTX, how: &Signing) -> Result<()> {
        let kind = self.kind();
        if !how.context.is_empty() {
            return self.prepare_context(context, &how.context);
        }
        if !matches!(kind, Some(Kind::Rsa | Kind::RsaPss)) {
            return Ok(());
        }
        let padding = how.padding.unwrap_or(match kind {
            Some(Kind::RsaPss) => ffi::RSA_PKCS1_PSS_PADDING,
            _ => ffi::RSA_PKCS1_PADDING,
        });
        // SAFETY: the operation was begun.
        let done = unsafe { ffi::EVP_PKEY_CTX_set_rsa_padding(context, padding) };
        failure::check(done, FAILED)?;
        if let (ffi::RSA_PKCS1_PSS_PADDING, Some(count)) = (padding, how.salt_count) {
            // SAFETY: the operation was begun.
            let done = unsafe { ffi::EVP_PKEY_CTX_set_rsa_pss_saltlen(context, count) };
            failure::check(done, FAILED)?;
        }
        Ok(())
    }

    fn prepare_context(&self, context: *mut ffi::EVP_PKEY_CTX, text: &[u8]) -> Result<()> {
        let unsupported = Failure::plain("", "Context parameter is unsupported");
        if !self.kind().is_some_and(Kind::is_pq_dsa) {
            return Err(unsupported);
        }
        // SAFETY: the operation was begun; the slice is as long as is told, and is copied.
        let done =
            unsafe { ffi::EVP_PKEY_CTX_set_signature_context(context, text.as_ptr(), text.len()) };
        failure::check(done, "Context parameter is unsupported")
    }

    /// Bytes of each of the two numbers; none where signatures are no numbers.
    fn number_bytes(&self) -> Option<usize> {
        if let Some(curve) = self.curve() {
            return Some(curve.order_bytes());
        }
        if self.kind() != Some(Kind::Dsa) {
            return None;
        }
        match self.detail().ok()? {
            Detail::Dsa { divisor_bits, .. } => Some(divisor_bits.div_ceil(8) as usize),
            _ => None,
        }
    }

    fn formed(&self, signature: Vec<u8>, how: &Signing) -> Result<Vec<u8>> {
        if how.form == SignatureForm::Der {
            return Ok(signature);
        }
        let Some(count) = self.number_bytes() else {
            return Ok(signature);
        };
        let mut numbers = Reader::new(&signature).sequence()?;
        let mut plain = vec![0; 2 * count];
        for half in plain.chunks_mut(count) {
            let number = numbers.integer()?;
            let start = count.checked_sub(number.len());
            let start = start.ok_or_else(|| Failure::plain("", "Malformed signature"))?;
            half[start..].copy_from_slice(number);
        }
        Ok(plain)
    }

    /// As DER; none if it can be no signature.
    fn unformed(&self, signature: &[u8], how: &Signing) -> Option<Vec<u8>> {
        if how.form == SignatureForm::Der {
            return Some(signature.to_vec());
        }
        let Some(count) = self.number_bytes() else {
            return Some(signature.to_vec());
        };
        if signature.len() != 2 * count {
            return None;
        }
        let (r, s) = signature.split_at(count);
        Some(der::sequence(&[&der::integer(r), &der::integer(s)]).into_vec())
    }
}

/// Points of Ed25519 whose order is a small number, with the sign's bit cleared. A signature that
/// has one, or is under one as key, says nothing: OpenSSL refuses it, libcrypto does not.
const SMALL_ORDER: [[u8; 32]; 7] = {
    const fn near_prime(low: u8) -> [u8; 32] {
        let mut point = [0xff; 32];
        point[0] = low;
        point[31] = 0x7f;
        point
    }
    let mut one = [0; 32];
    one[0] = 1;
    [
        [0; 32],
        one,
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
        near_prime(0xec),
        near_prime(0xed),
        near_prime(0xee),
    ]
};

fn is_small_order(point: &[u8]) -> bool {
    SMALL_ORDER.iter().any(|small| {
        point.len() == 32 && point[..31] == small[..31] && point[31] & 0x7f == small[31]
    })
}
