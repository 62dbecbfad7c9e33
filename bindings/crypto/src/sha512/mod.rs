//! SHA-512 and its kin where libcrypto's are slow: it leaves out OpenSSL's code for AVX2, and uses
//! plain code where the processor is not Intel's (figures: lib_js/internal/crypto/DIFFERENCES.md).
//! The same digests, by `rounds`; where the processor lacks what that wants, `Digest` has none.

use aws_lc_sys as ffi;

use crate::secret::wipe;
use rounds::Vectors;

#[cfg(target_arch = "x86_64")]
mod rounds;

#[cfg(not(target_arch = "x86_64"))]
mod rounds {
    #[derive(Clone, Copy)]
    pub enum Vectors {}

    impl Vectors {
        pub fn of_processor() -> Option<Vectors> {
            None
        }
    }

    pub fn compress(vectors: Vectors, _: &mut [u64; 8], _: &[u8]) {
        match vectors {}
    }
}

const BLOCK_BYTES: usize = 128;

/// The end of the last block, which counts the bits of the message.
const COUNT_BYTES: usize = 16;

/// Writes the words that a digest begins with, among others.
pub type Begin = unsafe extern "C" fn(*mut ffi::SHA512_CTX) -> i32;

/// A digest in the making; wiped when dropped, as libcrypto's are.
#[derive(Clone)]
pub struct Sha512 {
    vectors: Vectors,
    state: [u64; 8],
    /// The end of the message as far as it is known, shorter than a block.
    rest: [u8; BLOCK_BYTES],
    rest_bytes: usize,
    message_bytes: u128,
}

impl Sha512 {
    /// None where the processor lacks what `rounds` wants.
    pub fn new(begin: Begin) -> Option<Sha512> {
        let vectors = Vectors::of_processor()?;
        let mut begun = ffi::SHA512_CTX {
            h: [0; 8],
            Nl: 0,
            Nh: 0,
            p: [0; BLOCK_BYTES],
            num: 0,
            md_len: 0,
        };
        // SAFETY: writes the structure and nothing else; does not fail.
        unsafe { begin(&mut begun) };
        Some(Sha512 {
            vectors,
            state: begun.h,
            rest: [0; BLOCK_BYTES],
            rest_bytes: 0,
            message_bytes: 0,
        })
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        self.message_bytes += bytes.len() as u128;
        if self.rest_bytes > 0 {
            let count = bytes.len().min(BLOCK_BYTES - self.rest_bytes);
            self.rest[self.rest_bytes..][..count].copy_from_slice(&bytes[..count]);
            self.rest_bytes += count;
            if self.rest_bytes < BLOCK_BYTES {
                return;
            }
            rounds::compress(self.vectors, &mut self.state, &self.rest);
            bytes = &bytes[count..];
        }
        let (blocks, rest) = bytes.split_at(bytes.len() - bytes.len() % BLOCK_BYTES);
        rounds::compress(self.vectors, &mut self.state, blocks);
        self.rest[..rest.len()].copy_from_slice(rest);
        self.rest_bytes = rest.len();
    }

    /// Fills `out` with the beginning of the last state (FIPS 180-4, sections 5.1.2, 6.4 to 6.7).
    pub fn finish_into(mut self, out: &mut [u8]) {
        let bits = (8 * self.message_bytes).to_be_bytes();
        self.rest[self.rest_bytes..].fill(0);
        self.rest[self.rest_bytes] = 0x80;
        if self.rest_bytes >= BLOCK_BYTES - COUNT_BYTES {
            rounds::compress(self.vectors, &mut self.state, &self.rest);
            self.rest.fill(0);
        }
        self.rest[BLOCK_BYTES - COUNT_BYTES..].copy_from_slice(&bits);
        rounds::compress(self.vectors, &mut self.state, &self.rest);
        let words = self.state.map(u64::to_be_bytes);
        out.copy_from_slice(&words.as_flattened()[..out.len()]);
    }
}

impl Drop for Sha512 {
    fn drop(&mut self) {
        wipe(&mut self.state);
        wipe(&mut self.rest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Digest;
    use crate::fuzz::each_seed;

    /// Each digest that has code of its own here, with libcrypto's word beside it.
    fn check(name: &str, pieces: &[&[u8]]) {
        let digest = Digest::by_name(name).expect("a digest");
        let Some(mut ours) = digest.sha512() else {
            return; // The processor has no AVX2.
        };
        for piece in pieces {
            ours.update(piece);
        }
        let whole = pieces.concat();
        let mut expect = [0; 64];
        let mut count = 0;
        // SAFETY: the slice is as long as is told, and there is room for every digest.
        let done = unsafe {
            ffi::EVP_Digest(
                whole.as_ptr().cast(),
                whole.len(),
                expect.as_mut_ptr(),
                &mut count,
                digest.as_ptr(),
                std::ptr::null_mut(),
            )
        };
        assert_eq!((done, count as usize), (1, digest.bytes()));
        let mut out = vec![0; digest.bytes()];
        ours.finish_into(&mut out);
        assert_eq!(
            out,
            expect[..digest.bytes()],
            "{name} of {} bytes",
            whole.len()
        );
    }

    const NAMES: [&str; 4] = ["sha384", "sha512", "sha512-224", "sha512-256"];

    #[test]
    fn every_length_up_to_some_blocks() {
        let bytes: Vec<u8> = (0..5 * BLOCK_BYTES)
            .map(|at| (at * 7 + at / 251) as u8)
            .collect();
        for count in 0..=bytes.len() {
            for name in NAMES {
                check(name, &[&bytes[..count]]);
            }
        }
    }

    #[test]
    fn pieces_of_every_kind() {
        each_seed("sha512", |_, mut dice| {
            let pieces: Vec<Vec<u8>> = (0..dice.below(8))
                .map(|_| {
                    let count =
                        [dice.below(8), dice.below(300), 128 * dice.below(4)][dice.below(3)];
                    (0..count).map(|_| dice.below(256) as u8).collect()
                })
                .collect();
            let pieces: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            check(NAMES[dice.below(4)], &pieces);
            true
        });
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn all_vectors_give_the_same() {
        let Some(best) = Vectors::of_processor() else {
            return;
        };
        let blocks: Vec<u8> = (0..9 * BLOCK_BYTES)
            .map(|at| (at * 31 + at / 127) as u8)
            .collect();
        let of = |vectors| {
            let mut state = [0, 1, u64::MAX, 3, 1 << 63, 5, 6, 7];
            rounds::compress(vectors, &mut state, &blocks);
            state
        };
        assert_eq!(of(best), of(Vectors::Avx2));
    }
}
