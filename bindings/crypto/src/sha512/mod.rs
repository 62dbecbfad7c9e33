//! SHA-512 and its kin where libcrypto's are slow: it leaves out OpenSSL's code for AVX2, and uses
//! plain code where the processor is not Intel's (figures: lib_js/internal/crypto/DIFFERENCES.md).
//! The same digests, by `rounds`; where the processor lacks what that wants, `Digest` has none.

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

pub type Words = [u64; 8];

// What each begins with: FIPS 180-4, sections 5.3.4 to 5.3.6.

#[rustfmt::skip]
pub static SHA384: Words = [
    0xcbbb_9d5d_c105_9ed8, 0x629a_292a_367c_d507, 0x9159_015a_3070_dd17, 0x152f_ecd8_f70e_5939,
    0x6733_2667_ffc0_0b31, 0x8eb4_4a87_6858_1511, 0xdb0c_2e0d_64f9_8fa7, 0x47b5_481d_befa_4fa4,
];

#[rustfmt::skip]
pub static SHA512: Words = [
    0x6a09_e667_f3bc_c908, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1,
    0x510e_527f_ade6_82d1, 0x9b05_688c_2b3e_6c1f, 0x1f83_d9ab_fb41_bd6b, 0x5be0_cd19_137e_2179,
];

#[rustfmt::skip]
pub static SHA512_224: Words = [
    0x8c3d_37c8_1954_4da2, 0x73e1_9966_89dc_d4d6, 0x1dfa_b7ae_32ff_9c82, 0x679d_d514_582f_9fcf,
    0x0f6d_2b69_7bd4_4da8, 0x77e3_6f73_04c4_8942, 0x3f9d_85a8_6a1d_36c8, 0x1112_e6ad_91d6_92a1,
];

#[rustfmt::skip]
pub static SHA512_256: Words = [
    0x2231_2194_fc2b_f72c, 0x9f55_5fa3_c84c_64c2, 0x2393_b86b_6f53_b151, 0x9638_7719_5940_eabd,
    0x9628_3ee2_a88e_ffe3, 0xbe5e_1e25_5386_3992, 0x2b01_99fc_2c85_b8aa, 0x0eb7_2ddc_81c5_2ca2,
];

/// A digest in the making; wiped when dropped, as libcrypto's are.
#[derive(Clone)]
pub struct Sha512 {
    vectors: Vectors,
    state: Words,
    /// The end of the message as far as it is known, shorter than a block.
    rest: [u8; BLOCK_BYTES],
    rest_bytes: usize,
    message_bytes: u128,
}

impl Sha512 {
    /// None where the processor lacks what `rounds` wants.
    #[inline]
    pub fn new(begin: &Words) -> Option<Sha512> {
        Some(Sha512 {
            vectors: Vectors::of_processor()?,
            state: *begin,
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

    /// Ends it: fills `out` with the beginning of the last state (FIPS 180-4, sections 5.1.2 and
    /// 6.4 to 6.7).
    pub fn finish_into(&mut self, out: &mut [u8]) {
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
    use aws_lc_sys as ffi;

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
        assert_eq!(of(best), of(best.without_avx512()));
    }
}
