//! Signed public keys and challenges, as browsers once sent them.

use std::ptr::NonNull;

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::{Failure, PKey, Result, failure};

release!(NETSCAPE_SPKI, NETSCAPE_SPKI_free);

/// One SPKAC, from its Base64 text.
pub struct Spkac(Owned<ffi::NETSCAPE_SPKI>);

impl Spkac {
    /// None: it is none.
    pub fn parse(text: &[u8]) -> Option<Spkac> {
        // Old senders put spaces around it.
        let is_space = |byte: &u8| byte.is_ascii_whitespace();
        let end = text.iter().rposition(|byte| !is_space(byte))? + 1;
        let count = ffi::ossl_ssize_t::try_from(end).ok()?;
        // SAFETY: the text is as long as is told.
        let spkac = unsafe { ffi::NETSCAPE_SPKI_b64_decode(text.as_ptr().cast(), count) };
        let spkac = Owned::of(spkac).ok();
        failure::forget();
        spkac.map(Spkac)
    }

    pub fn public_key(&self) -> Result<PKey> {
        // SAFETY: reads a live object; what it gives is ours.
        let key = unsafe { ffi::NETSCAPE_SPKI_get_pubkey(self.0.as_ptr()) };
        PKey::of(key, false, "Failed to read the public key")
    }

    /// Was it signed by the key that it has?
    pub fn is_valid(&mut self) -> bool {
        let Ok(key) = self.public_key() else {
            return false;
        };
        // SAFETY: both are live.
        let answer = unsafe { ffi::NETSCAPE_SPKI_verify(self.0.as_mut_ptr(), key.as_mut_ptr()) };
        failure::forget();
        answer > 0
    }

    pub fn challenge(&self) -> Result<Vec<u8>> {
        let missing = || Failure::plain("", "No challenge");
        // SAFETY: the object is live, and what it points to as long as it.
        let spkac = unsafe { &*self.0.as_ptr() };
        let body = NonNull::new(spkac.spkac).ok_or_else(missing)?;
        // SAFETY: as above.
        let body = unsafe { body.as_ref() };
        if body.challenge.is_null() {
            return Err(missing());
        }
        // SAFETY: as above.
        let start = unsafe { ffi::ASN1_STRING_get0_data(body.challenge) };
        // SAFETY: as above.
        let count = unsafe { ffi::ASN1_STRING_length(body.challenge) };
        if start.is_null() || count <= 0 {
            return Ok(Vec::new());
        }
        // SAFETY: the string has as many bytes as it says.
        let bytes = unsafe { std::slice::from_raw_parts(start, count as usize) };
        Ok(bytes.to_vec())
    }
}
