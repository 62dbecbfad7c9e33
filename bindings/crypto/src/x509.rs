//! X.509 certificates.

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::{PKey, Result, failure};

release!(X509, X509_free);

pub struct Certificate(pub(crate) Owned<ffi::X509>);

impl Certificate {
    pub fn from_der(bytes: &[u8]) -> Result<Certificate> {
        failure::forget();
        let mut at = bytes.as_ptr();
        // SAFETY: reads within the slice, which is as long as is told.
        let object = unsafe {
            ffi::d2i_X509(
                std::ptr::null_mut(),
                &mut at,
                bytes.len() as std::ffi::c_long,
            )
        };
        Owned::of(object).map(Certificate)
    }

    pub fn public_key(&self) -> Result<PKey> {
        let object = self.0.as_ptr().cast_mut();
        // SAFETY: the certificate is alive; what is given is ours.
        let key = unsafe { ffi::X509_get_pubkey(object) };
        PKey::of(key, false, "Failed to get public key")
    }
}
