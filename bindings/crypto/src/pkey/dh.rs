//! Private Diffie-Hellman keys, which libcrypto does not read or write itself.

use aws_lc_sys as ffi;

use super::PKey;
use super::parts::{OID_DH, Private, pkcs8};
use crate::der;
use crate::exchange::Exchange;
use crate::number::{Number, bytes_of};
use crate::owned::Owned;
use crate::{Failure, Result, Secret, failure};

/// How long the prime of a text with parameters is.
pub fn dh_parameter_bits(pem: &[u8]) -> Result<u32> {
    let block = super::pem::find(pem, &["DH PARAMETERS", "X9.42 DH PARAMETERS"], None)?;
    let prime = der::Reader::new(block.bytes.as_slice())
        .sequence()?
        .integer()?;
    let zeros = prime.first().map_or(0, |byte| byte.leading_zeros());
    Ok((prime.len() as u32 * 8).saturating_sub(zeros))
}

/// A key with these parameters, and with this secret number, or a new one.
pub(super) fn dh_key(prime: &[u8], generator: &[u8], secret: Option<&[u8]>) -> Result<PKey> {
    let mut dh = Exchange::of_numbers(Number::new(prime)?, Number::new(generator)?)?;
    if let Some(secret) = secret {
        dh.set_private_key(secret)?;
    }
    // Makes what is missing of it.
    dh.generate_key()?;
    // SAFETY: takes no argument; what it gives is ours.
    let mut object = Owned::of(unsafe { ffi::EVP_PKEY_new() })?;
    // SAFETY: both are alive; the key takes the other, which is given away.
    let done = unsafe { ffi::EVP_PKEY_assign_DH(object.as_mut_ptr(), dh.into_raw()) };
    failure::check(done, "Key generation failed")?;
    PKey::of(object.into_raw(), true, "Key generation failed")
}

impl PKey {
    pub(super) fn dh_of_private(private: &Private) -> Result<PKey> {
        let mut parameters = { private.parameters }.sequence()?;
        let (prime, generator) = (parameters.integer()?, parameters.integer()?);
        let secret = der::Reader::new(private.bytes).integer()?;
        dh_key(prime, generator, Some(secret))
    }

    pub(super) fn dh_to_pkcs8(&self) -> Result<Secret> {
        // SAFETY: the key is a live one of this kind; what is given lives as long as it.
        let dh = unsafe { ffi::EVP_PKEY_get0_DH(self.as_ptr()) };
        if dh.is_null() {
            return Err(Failure::of_queue("Failed to encode private key"));
        }
        let (mut p, mut g) = (std::ptr::null(), std::ptr::null());
        // SAFETY: the key is alive, and so are its numbers.
        unsafe { ffi::DH_get0_pqg(dh, &mut p, std::ptr::null_mut(), &mut g) };
        // SAFETY: the key is alive, and so is its number.
        let secret = unsafe { ffi::DH_get0_priv_key(dh) };
        if secret.is_null() || p.is_null() || g.is_null() {
            return Err(Failure::plain("", "Failed to encode private key"));
        }
        let parameters = der::sequence(&[&der::integer(&bytes_of(p)), &der::integer(&bytes_of(g))]);
        let secret = der::integer(&Secret::new(bytes_of(secret)));
        Ok(pkcs8(OID_DH, &parameters, &secret))
    }

    /// Prime and generator of a Diffie-Hellman key.
    pub(super) fn dh_parameters(&self) -> Result<Vec<u8>> {
        let spki = self.to_spki()?;
        let (_, mut parameters) = super::parts::algorithm_of_spki(&spki)?;
        Ok(parameters.whole()?.to_vec())
    }
}
