//! Keyed digests.

use aws_lc_sys as ffi;

use crate::hash::DIGEST_BYTES_MAX;
use crate::owned::{Owned, release};
use crate::{Digest, Failure, Result, failure};

release!(HMAC_CTX, HMAC_CTX_free);

/// An HMAC in the making.
pub struct Hmac {
    state: Owned<ffi::HMAC_CTX>,
}

impl Hmac {
    pub fn new(digest: Digest, key: &[u8]) -> Result<Hmac> {
        // SAFETY: takes no argument; what it gives is ours.
        let mut state = Owned::of(unsafe { ffi::HMAC_CTX_new() })?;
        // SAFETY: the state is new; the key is as long as is told, and never null.
        let done = unsafe {
            ffi::HMAC_Init_ex(
                state.as_mut_ptr(),
                key.as_ptr().cast(),
                key.len(),
                digest.as_ptr(),
                std::ptr::null_mut(),
            )
        };
        failure::check(done, "Invalid digest")?;
        Ok(Hmac { state })
    }

    pub fn update(&mut self, bytes: &[u8]) -> Result<()> {
        // SAFETY: the state was begun; the slice is as long as is told.
        let done =
            unsafe { ffi::HMAC_Update(self.state.as_mut_ptr(), bytes.as_ptr(), bytes.len()) };
        failure::check(done, "Hmac update failed")
    }

    pub fn finish(mut self, out: &mut [u8; DIGEST_BYTES_MAX]) -> Result<&[u8]> {
        let mut count = 0;
        // SAFETY: the state was begun, and `out` has room for every digest.
        let done =
            unsafe { ffi::HMAC_Final(self.state.as_mut_ptr(), out.as_mut_ptr(), &mut count) };
        match done {
            1 => Ok(&out[..count as usize]),
            _ => Err(Failure::of_queue("Hmac failed")),
        }
    }
}

/// The HMAC of `bytes` at once.
pub fn hmac_into<'o>(
    digest: Digest,
    key: &[u8],
    bytes: &[u8],
    out: &'o mut [u8; DIGEST_BYTES_MAX],
) -> Result<&'o [u8]> {
    let mut hmac = Hmac::new(digest, key)?;
    hmac.update(bytes)?;
    hmac.finish(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn agrees_with_the_standard() {
        let digest = Digest::by_name("sha256").expect("a digest");
        let mut out = [0; DIGEST_BYTES_MAX];
        let text = b"what do ya want for nothing?";
        let hmac = hmac_into(digest, b"Jefe", text, &mut out).expect("an hmac");
        assert_eq!(hmac[..4], [0x5b, 0xdc, 0xc1, 0x46]);
        assert_eq!(hmac.len(), 32);
    }
}
