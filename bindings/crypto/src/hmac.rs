//! Keyed digests.

use aws_lc_sys as ffi;

use crate::hash::{DIGEST_BYTES_MAX, Hash, hash_into};
use crate::owned::{Owned, release};
use crate::secret::wipe;
use crate::{Digest, Failure, Result, failure};

release!(HMAC_CTX, HMAC_CTX_free);

/// An HMAC in the making.
pub struct Hmac(State);

enum State {
    Library(Owned<ffi::HMAC_CTX>),
    /// Of digests of which libcrypto makes none: the hash in progress, and the one around it.
    Nested {
        inner: Hash,
        outer: Hash,
    },
}

impl Hmac {
    pub fn new(digest: Digest, key: &[u8]) -> Result<Hmac> {
        if !digest.has_hmac() {
            return Hmac::nested(digest, key);
        }
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
        Ok(Hmac(State::Library(state)))
    }

    /// RFC 2104, section 2.
    fn nested(digest: Digest, key: &[u8]) -> Result<Hmac> {
        if digest.is_xof() {
            return Err(Failure::plain("", "Invalid digest"));
        }
        let mut block = vec![0; digest.block_bytes()];
        match key.len() <= block.len() {
            true => block[..key.len()].copy_from_slice(key),
            false => {
                let mut room = [0; DIGEST_BYTES_MAX];
                let hashed = hash_into(digest, key, &mut room)?;
                block[..hashed.len()].copy_from_slice(hashed);
            }
        }
        let begin = |block: &mut [u8], mask: u8| {
            block.iter_mut().for_each(|byte| *byte ^= mask);
            let mut hash = Hash::new(digest)?;
            hash.update(block)?;
            Ok(hash)
        };
        let inner = begin(&mut block, INNER)?;
        let outer = begin(&mut block, INNER ^ OUTER)?;
        wipe(&mut block);
        Ok(Hmac(State::Nested { inner, outer }))
    }

    pub fn update(&mut self, bytes: &[u8]) -> Result<()> {
        match &mut self.0 {
            State::Nested { inner, .. } => inner.update(bytes),
            State::Library(state) => {
                // SAFETY: the state was begun; the slice is as long as is told.
                let done =
                    unsafe { ffi::HMAC_Update(state.as_mut_ptr(), bytes.as_ptr(), bytes.len()) };
                failure::check(done, "Hmac update failed")
            }
        }
    }

    pub fn finish(self, out: &mut [u8; DIGEST_BYTES_MAX]) -> Result<&[u8]> {
        match self.0 {
            State::Nested { inner, mut outer } => {
                let count = inner.digest().bytes();
                inner.finish_into(&mut out[..count])?;
                outer.update(&out[..count])?;
                outer.finish_into(&mut out[..count])?;
                Ok(&out[..count])
            }
            State::Library(mut state) => {
                let mut count = 0;
                // SAFETY: the state was begun, and `out` has room for every digest.
                let done =
                    unsafe { ffi::HMAC_Final(state.as_mut_ptr(), out.as_mut_ptr(), &mut count) };
                match done {
                    1 => Ok(&out[..count as usize]),
                    _ => Err(Failure::of_queue("Hmac failed")),
                }
            }
        }
    }
}

/// RFC 2104's ipad and opad.
const INNER: u8 = 0x36;
const OUTER: u8 = 0x5c;

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

    #[test]
    fn nested_agrees_with_the_library() {
        let digest = Digest::by_name("sha256").expect("a digest");
        for key in [&b"Jefe"[..], &[7; 200]] {
            let mut nested = Hmac::nested(digest, key).expect("an hmac");
            nested.update(b"some bytes").expect("takes");
            let (mut one, mut other) = ([0; DIGEST_BYTES_MAX], [0; DIGEST_BYTES_MAX]);
            let whole = hmac_into(digest, key, b"some bytes", &mut other).expect("an hmac");
            assert_eq!(nested.finish(&mut one).expect("ends"), whole);
        }
    }
}
