//! Digests of bytes: at once, or piece by piece.

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::sha512::Sha512;
use crate::{Digest, Failure, Result, failure};

release!(EVP_MD_CTX, EVP_MD_CTX_free);

/// Longest digest of those that are not extendable.
pub const DIGEST_BYTES_MAX: usize = 64;

/// A digest in the making.
pub struct Hash {
    state: State,
    digest: Digest,
}

enum State {
    Libcrypto(Owned<ffi::EVP_MD_CTX>),
    Ours(Box<Sha512>),
}

impl Hash {
    pub fn new(digest: Digest) -> Result<Hash> {
        if let Some(state) = digest.sha512() {
            let state = State::Ours(Box::new(state));
            return Ok(Hash { state, digest });
        }
        let mut state = empty()?;
        // SAFETY: the state is new and ours; the algorithm is a constant of libcrypto.
        let done = unsafe {
            ffi::EVP_DigestInit_ex(state.as_mut_ptr(), digest.as_ptr(), std::ptr::null_mut())
        };
        failure::check(done, "Digest method not supported")?;
        let state = State::Libcrypto(state);
        Ok(Hash { state, digest })
    }

    pub fn digest(&self) -> Digest {
        self.digest
    }

    pub fn update(&mut self, bytes: &[u8]) -> Result<()> {
        let state = match &mut self.state {
            State::Libcrypto(state) => state.as_mut_ptr(),
            State::Ours(state) => {
                state.update(bytes);
                return Ok(());
            }
        };
        // SAFETY: the state was begun; the slice is as long as is told.
        let done = unsafe { ffi::EVP_DigestUpdate(state, bytes.as_ptr().cast(), bytes.len()) };
        failure::check(done, "Hash update failed")
    }

    /// The state as it is now, to go on with elsewhere.
    pub fn copy(&self) -> Result<Hash> {
        let state = match &self.state {
            State::Libcrypto(from) => {
                let mut state = empty()?;
                // SAFETY: the target is new and ours, the source was begun.
                let done = unsafe { ffi::EVP_MD_CTX_copy_ex(state.as_mut_ptr(), from.as_ptr()) };
                failure::check(done, "Digest copy error")?;
                State::Libcrypto(state)
            }
            State::Ours(state) => State::Ours(state.clone()),
        };
        let digest = self.digest;
        Ok(Hash { state, digest })
    }

    /// Fills `out`, whose length is the digest's, or any if the digest is extendable.
    pub fn finish_into(self, out: &mut [u8]) -> Result<()> {
        assert!(self.digest.is_xof() || out.len() == self.digest.bytes());
        let mut state = match self.state {
            State::Libcrypto(state) => state,
            State::Ours(mut state) => {
                state.finish_into(out);
                return Ok(());
            }
        };
        if self.digest.is_xof() {
            // SAFETY: the state was begun; writes as many bytes as the slice has.
            let done =
                unsafe { ffi::EVP_DigestFinalXOF(state.as_mut_ptr(), out.as_mut_ptr(), out.len()) };
            return failure::check(done, "Digest failed");
        }
        let mut count = 0;
        // SAFETY: the state was begun; writes the digest's bytes, for which there is room.
        let done =
            unsafe { ffi::EVP_DigestFinal_ex(state.as_mut_ptr(), out.as_mut_ptr(), &mut count) };
        failure::check(done, "Digest failed")
    }
}

pub(crate) fn empty() -> Result<Owned<ffi::EVP_MD_CTX>> {
    // SAFETY: takes no argument; what it gives is ours.
    Owned::of(unsafe { ffi::EVP_MD_CTX_new() })
}

/// The digest of `bytes` at once; fills the first `digest.bytes()` of `out` and gives them.
/// Not for extendable digests.
pub fn hash_into<'o>(
    digest: Digest,
    bytes: &[u8],
    out: &'o mut [u8; DIGEST_BYTES_MAX],
) -> Result<&'o [u8]> {
    assert!(!digest.is_xof());
    if let Some(at_once) = digest.at_once() {
        // SAFETY: the slice is as long as is told, and `out` has room for every digest. These
        // functions do not fail.
        unsafe { at_once(bytes.as_ptr(), bytes.len(), out.as_mut_ptr()) };
        return Ok(&out[..digest.bytes()]);
    }
    if let Some(mut state) = digest.sha512() {
        state.update(bytes);
        let out = &mut out[..digest.bytes()];
        state.finish_into(out);
        return Ok(out);
    }
    let mut count = 0;
    // SAFETY: the slice is as long as is told, and `out` has room for every digest.
    let done = unsafe {
        ffi::EVP_Digest(
            bytes.as_ptr().cast(),
            bytes.len(),
            out.as_mut_ptr(),
            &mut count,
            digest.as_ptr(),
            std::ptr::null_mut(),
        )
    };
    match done {
        1 => Ok(&out[..count as usize]),
        _ => Err(Failure::of_queue("Digest method not supported")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn digest(name: &str) -> Digest {
        Digest::by_name(name).expect("a digest")
    }

    /// FIPS 180-4 and RFC 1321.
    const OF_ABC: &[(&str, &str)] = &[
        ("md5", "900150983cd24fb0d6963f7d28e17f72"),
        ("sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        (
            "sha256",
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        ),
    ];

    #[test]
    fn at_once_and_in_pieces_agree_with_the_standards() {
        for (name, expect) in OF_ABC {
            let mut out = [0; DIGEST_BYTES_MAX];
            assert_eq!(
                hex(hash_into(digest(name), b"abc", &mut out).expect("hashes")),
                *expect
            );
            let mut hash = Hash::new(digest(name)).expect("begins");
            hash.update(b"a").expect("takes");
            let mut other = hash.copy().expect("copies");
            hash.update(b"bc").expect("takes");
            other.update(b"bc").expect("takes");
            for hash in [hash, other] {
                let mut bytes = vec![0; digest(name).bytes()];
                hash.finish_into(&mut bytes).expect("ends");
                assert_eq!(hex(&bytes), *expect);
            }
        }
    }

    #[test]
    fn an_extendable_digest_has_any_length() {
        for count in [0, 1, 16, 200] {
            let hash = Hash::new(digest("shake128")).expect("begins");
            let mut bytes = vec![0; count];
            hash.finish_into(&mut bytes).expect("ends");
            assert!(hex(&bytes).starts_with(&"7f9c2ba4e88f827d"[..(2 * count).min(16)]));
        }
    }
}
