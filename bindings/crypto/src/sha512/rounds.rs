//! The compression function of SHA-512 (FIPS 180-4, section 6.4.2) for processors with AVX2 and
//! BMI2: vectors make the words of the message that the sixteen rounds ahead want, four at a time,
//! while the rounds themselves go through the general registers. Which instructions run and which
//! memory they touch depends on the count of blocks alone.

use std::arch::asm;
use std::arch::x86_64::*;

use super::BLOCK_BYTES;

/// FIPS 180-4, section 4.2.3.
#[rustfmt::skip]
static CONSTANTS: [[u64; 4]; 20] = [
    [0x428a_2f98_d728_ae22, 0x7137_4491_23ef_65cd, 0xb5c0_fbcf_ec4d_3b2f, 0xe9b5_dba5_8189_dbbc],
    [0x3956_c25b_f348_b538, 0x59f1_11f1_b605_d019, 0x923f_82a4_af19_4f9b, 0xab1c_5ed5_da6d_8118],
    [0xd807_aa98_a303_0242, 0x1283_5b01_4570_6fbe, 0x2431_85be_4ee4_b28c, 0x550c_7dc3_d5ff_b4e2],
    [0x72be_5d74_f27b_896f, 0x80de_b1fe_3b16_96b1, 0x9bdc_06a7_25c7_1235, 0xc19b_f174_cf69_2694],
    [0xe49b_69c1_9ef1_4ad2, 0xefbe_4786_384f_25e3, 0x0fc1_9dc6_8b8c_d5b5, 0x240c_a1cc_77ac_9c65],
    [0x2de9_2c6f_592b_0275, 0x4a74_84aa_6ea6_e483, 0x5cb0_a9dc_bd41_fbd4, 0x76f9_88da_8311_53b5],
    [0x983e_5152_ee66_dfab, 0xa831_c66d_2db4_3210, 0xb003_27c8_98fb_213f, 0xbf59_7fc7_beef_0ee4],
    [0xc6e0_0bf3_3da8_8fc2, 0xd5a7_9147_930a_a725, 0x06ca_6351_e003_826f, 0x1429_2967_0a0e_6e70],
    [0x27b7_0a85_46d2_2ffc, 0x2e1b_2138_5c26_c926, 0x4d2c_6dfc_5ac4_2aed, 0x5338_0d13_9d95_b3df],
    [0x650a_7354_8baf_63de, 0x766a_0abb_3c77_b2a8, 0x81c2_c92e_47ed_aee6, 0x9272_2c85_1482_353b],
    [0xa2bf_e8a1_4cf1_0364, 0xa81a_664b_bc42_3001, 0xc24b_8b70_d0f8_9791, 0xc76c_51a3_0654_be30],
    [0xd192_e819_d6ef_5218, 0xd699_0624_5565_a910, 0xf40e_3585_5771_202a, 0x106a_a070_32bb_d1b8],
    [0x19a4_c116_b8d2_d0c8, 0x1e37_6c08_5141_ab53, 0x2748_774c_df8e_eb99, 0x34b0_bcb5_e19b_48a8],
    [0x391c_0cb3_c5c9_5a63, 0x4ed8_aa4a_e341_8acb, 0x5b9c_ca4f_7763_e373, 0x682e_6ff3_d6b2_b8a3],
    [0x748f_82ee_5def_b2fc, 0x78a5_636f_4317_2f60, 0x84c8_7814_a1f0_ab72, 0x8cc7_0208_1a64_39ec],
    [0x90be_fffa_2363_1e28, 0xa450_6ceb_de82_bde9, 0xbef9_a3f7_b2c6_7915, 0xc671_78f2_e372_532b],
    [0xca27_3ece_ea26_619c, 0xd186_b8c7_21c0_c207, 0xeada_7dd6_cde0_eb1e, 0xf57d_4f7f_ee6e_d178],
    [0x06f0_67aa_7217_6fba, 0x0a63_7dc5_a2c8_98a6, 0x113f_9804_bef9_0dae, 0x1b71_0b35_131c_471b],
    [0x28db_77f5_2304_7d84, 0x32ca_ab7b_40c7_2493, 0x3c9e_be0a_15c9_bebc, 0x431d_67c4_9c10_0d4c],
    [0x4cc5_d4be_cb3e_42b6, 0x597f_299c_fc65_7e2a, 0x5fcb_6fab_3ad6_faec, 0x6c44_198c_4a47_5817],
];

/// What this processor has of what the rounds want: nobody else makes one.
#[derive(Clone, Copy)]
pub struct Vectors {
    /// Rotations and three-way logic, which save a third of the vectors' instructions.
    has_avx512: bool,
}

impl Vectors {
    pub fn of_processor() -> Option<Vectors> {
        let has_avx2 = is_x86_feature_detected!("avx2")
            && is_x86_feature_detected!("bmi1")
            && is_x86_feature_detected!("bmi2");
        has_avx2.then(|| Vectors {
            has_avx512: is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512vl"),
        })
    }

    #[cfg(test)]
    pub fn without_avx512(self) -> Vectors {
        Vectors { has_avx512: false }
    }
}

/// Works whole blocks into the state.
pub fn compress(vectors: Vectors, state: &mut [u64; 8], blocks: &[u8]) {
    assert!(blocks.len().is_multiple_of(BLOCK_BYTES));
    let (blocks, _) = blocks.as_chunks();
    match vectors.has_avx512 {
        // SAFETY: the processor has AVX2, BMI1 and BMI2, or there would be no `Vectors`.
        false => unsafe { compress_avx2(state, blocks) },
        // SAFETY: as above, and it has these.
        true => unsafe { compress_avx512(state, blocks) },
    }
}

/// One round, all of it but the last sum: `$a` still lacks what the round before owes it, and is
/// paid here, where nothing waits for it; so is the new `$h` in the next round. What each round
/// waits for is `$e` of the one before. `$cd` is `$c ^ $d` and becomes `$b ^ $c`: the majority of
/// three is ((b ^ c) & (c ^ d)) ^ c.
macro_rules! round {
    ($sums:ident, $at:expr, $cd:ident,
     $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        let bc: u64;
        // SAFETY: reads one word of the array that lives around it; flags and the named registers
        // are all it writes. BMI1 and BMI2 are there, by the function's attribute.
        unsafe {
            asm!(
                "add {h}, [{sums} + {at}]",
                "mov {t}, {e}",
                "and {t}, {f}",
                "rorx {x}, {e}, 14",
                "rorx {y}, {e}, 18",
                "add {h}, {t}",
                "andn {t}, {e}, {g}",
                "xor {x}, {y}",
                "rorx {y}, {e}, 41",
                "add {h}, {t}",
                "xor {x}, {y}",
                "add {h}, {x}",
                "add {d}, {h}",
                "mov {t}, {b}",
                "rorx {x}, {b}, 28",
                "xor {t}, {c}",
                "rorx {y}, {b}, 34",
                "and {cd}, {t}",
                "xor {x}, {y}",
                "rorx {y}, {b}, 39",
                "xor {cd}, {c}",
                "xor {x}, {y}",
                "add {a}, {cd}",
                "add {a}, {x}",
                sums = in(reg) $sums.as_ptr(),
                at = const 8 * $at,
                a = inout(reg) $a,
                b = in(reg) $b,
                c = in(reg) $c,
                d = inout(reg) $d,
                e = in(reg) $e,
                f = in(reg) $f,
                g = in(reg) $g,
                h = inout(reg) $h,
                cd = inout(reg) $cd => _,
                t = out(reg) bc,
                x = out(reg) _,
                y = out(reg) _,
                options(pure, readonly, nostack),
            );
        }
        $cd = bc;
    };
}

/// What a round owes to its new first word.
fn owed(a: u64, b: u64, c: u64) -> u64 {
    let majority = (a & b) | (c & (a | b));
    majority.wrapping_add(a.rotate_right(28) ^ a.rotate_right(34) ^ a.rotate_right(39))
}

/// The four words from the second of `low` to the first of `high`.
#[inline]
#[target_feature(enable = "avx2")]
fn shifted(low: __m256i, high: __m256i) -> __m256i {
    _mm256_alignr_epi8::<8>(_mm256_permute2x128_si256::<0x21>(low, high), low)
}

#[inline]
#[target_feature(enable = "avx2")]
fn xor(a: __m256i, b: __m256i, c: __m256i) -> __m256i {
    _mm256_xor_si256(_mm256_xor_si256(a, b), c)
}

macro_rules! rotated {
    ($words:ident, $by:literal) => {
        _mm256_or_si256(
            _mm256_srli_epi64::<$by>($words),
            _mm256_slli_epi64::<{ 64 - $by }>($words),
        )
    };
}

#[inline]
#[target_feature(enable = "avx2")]
fn sigma_0(words: __m256i) -> __m256i {
    xor(
        rotated!(words, 1),
        rotated!(words, 8),
        _mm256_srli_epi64::<7>(words),
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn sigma_1(words: __m256i) -> __m256i {
    xor(
        rotated!(words, 19),
        rotated!(words, 61),
        _mm256_srli_epi64::<6>(words),
    )
}

#[inline]
#[target_feature(enable = "avx2")]
fn load(words: &[u64; 4]) -> __m256i {
    // SAFETY: as many bytes as a vector has; their alignment does not matter.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn store(vector: __m256i, words: &mut [u64; 4]) {
    // SAFETY: as many bytes as a vector has; their alignment does not matter.
    unsafe { _mm256_storeu_si256(words.as_mut_ptr().cast(), vector) };
}

/// The four words of the message behind `words`, sixteen of which are in turn from `at`.
#[inline]
#[target_feature(enable = "avx2")]
fn next_words(words: &[__m256i; 4], at: usize) -> __m256i {
    let [first, second, third, last] = [0, 1, 2, 3].map(|i| words[(at + i) % 4]);
    let sum = _mm256_add_epi64(first, sigma_0(shifted(first, second)));
    let sum = _mm256_add_epi64(sum, shifted(third, last));
    // Two words behind: of the lower two, in `last`, of the upper two, the lower ones themselves.
    let sum = _mm256_add_epi64(sum, sigma_1(_mm256_permute2x128_si256::<0x81>(last, last)));
    _mm256_add_epi64(sum, sigma_1(_mm256_permute2x128_si256::<0x08>(sum, sum)))
}

/// Four rounds, then what sixteen later ones add, unless they are the last sixteen.
macro_rules! four {
    ($words:ident, $sums:ident, $round:expr, $cd:ident, $at:literal,
     $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
        round!($sums, 4 * $at, $cd, $a $b $c $d $e $f $g $h);
        round!($sums, 4 * $at + 1, $cd, $h $a $b $c $d $e $f $g);
        round!($sums, 4 * $at + 2, $cd, $g $h $a $b $c $d $e $f);
        round!($sums, 4 * $at + 3, $cd, $f $g $h $a $b $c $d $e);
        if let Some(constants) = CONSTANTS.get($round / 4 + $at + 4) {
            $words[$at] = next_words(&$words, $at);
            store(_mm256_add_epi64($words[$at], load(constants)), &mut $sums[$at]);
        }
    };
}

macro_rules! compress {
    ($name:ident, $features:literal) => {
        #[target_feature(enable = $features)]
        fn $name(state: &mut [u64; 8], blocks: &[[u8; BLOCK_BYTES]]) {
            let mut words = [_mm256_setzero_si256(); 4];
            let mut sums = [[0; 4]; 4];
            for block in blocks {
                for (at, bytes) in block.as_chunks().0.as_chunks().0.iter().enumerate() {
                    words[at] = load(&bytes.map(u64::from_be_bytes));
                    store(_mm256_add_epi64(words[at], load(&CONSTANTS[at])), &mut sums[at]);
                }
                let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
                let mut cd = c ^ d;
                a = a.wrapping_sub(owed(b, c, d));
                for round in (0..80).step_by(16) {
                    four!(words, sums, round, cd, 0, a b c d e f g h);
                    four!(words, sums, round, cd, 1, e f g h a b c d);
                    four!(words, sums, round, cd, 2, a b c d e f g h);
                    four!(words, sums, round, cd, 3, e f g h a b c d);
                }
                a = a.wrapping_add(owed(b, c, d));
                for (word, change) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
                    *word = word.wrapping_add(change);
                }
            }
        }
    };
}

compress!(compress_avx2, "avx2,bmi1,bmi2");
compress!(compress_avx512, "avx2,bmi1,bmi2,avx512f,avx512vl");
