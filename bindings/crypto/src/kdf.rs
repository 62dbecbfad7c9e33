//! Keys derived from passwords and other keys. All of these may take long.

use aws_lc_sys as ffi;

use crate::hash::DIGEST_BYTES_MAX;
use crate::hmac::hmac_into;
use crate::{Digest, Failure, Result, Secret, failure};

/// RFC 8018, section 5.2.
pub fn pbkdf2(
    digest: Digest,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    out: &mut [u8],
) -> Result<()> {
    if !digest.has_hmac() {
        return pbkdf2_by_hmac(digest, password, salt, iterations, out);
    }
    // SAFETY: every slice is as long as is told; the algorithm is a constant of libcrypto.
    let done = unsafe {
        ffi::PKCS5_PBKDF2_HMAC(
            password.as_ptr().cast(),
            password.len(),
            salt.as_ptr(),
            salt.len(),
            iterations,
            digest.as_ptr(),
            out.len(),
            out.as_mut_ptr(),
        )
    };
    failure::check(done, "PBKDF2 failed")
}

fn pbkdf2_by_hmac(
    digest: Digest,
    password: &[u8],
    salt: &[u8],
    iterations: u32,
    out: &mut [u8],
) -> Result<()> {
    for (index, block) in out.chunks_mut(digest.bytes()).enumerate() {
        let mut room = [0; DIGEST_BYTES_MAX];
        let first = [salt, &(index as u32 + 1).to_be_bytes()].concat();
        let mut last = hmac_into(digest, password, &first, &mut room)?.to_vec();
        let mut sum = last.clone();
        for _ in 1..iterations {
            last = hmac_into(digest, password, &last, &mut room)?.to_vec();
            sum.iter_mut()
                .zip(&last)
                .for_each(|(sum, byte)| *sum ^= byte);
        }
        block.copy_from_slice(&sum[..block.len()]);
    }
    Ok(())
}

/// Of RFC 7914.
#[derive(Debug, Clone, Copy)]
pub struct ScryptCost {
    pub n: u64,
    pub r: u64,
    pub p: u64,
    /// Most bytes of memory it may take.
    pub memory_max: usize,
}

impl ScryptCost {
    /// About the bytes of memory that it takes.
    pub fn bytes(self) -> u64 {
        let blocks = self.n.saturating_add(self.p);
        self.r.saturating_mul(128).saturating_mul(blocks)
    }
}

pub fn scrypt(password: &[u8], salt: &[u8], cost: ScryptCost, out: &mut [u8]) -> Result<()> {
    // SAFETY: every slice is as long as is told.
    let done = unsafe {
        ffi::EVP_PBE_scrypt(
            password.as_ptr().cast(),
            password.len(),
            salt.as_ptr(),
            salt.len(),
            cost.n,
            cost.r,
            cost.p,
            cost.memory_max,
            out.as_mut_ptr(),
            out.len(),
        )
    };
    failure::check(done, "Scrypt failed")
}

/// Whether `scrypt` would take this cost; libcrypto itself would not only look at it.
pub fn check_scrypt(cost: ScryptCost) -> Result<()> {
    if is_affordable(cost) {
        return Ok(());
    }
    match scrypt(b"", b"", cost, &mut []) {
        Err(failure) => Err(failure),
        Ok(()) => Err(Failure::plain("", "memory limit exceeded")),
    }
}

/// RFC 7914, section 6, and what libcrypto can count.
fn is_affordable(cost: ScryptCost) -> bool {
    let ScryptCost { n, r, p, .. } = cost;
    let is_valid = r > 0
        && p > 0
        && p <= PR_MAX / r
        && n >= 2
        && n.is_power_of_two()
        && n <= 1 << 32
        && (16 * r > 63 || n < 1 << (16 * r));
    let blocks_max = (cost.memory_max as u64)
        .checked_div(r.saturating_mul(128))
        .unwrap_or(0);
    is_valid && n + p < blocks_max
}

/// RFC 7914, section 2: p is at most (2^32 - 1) * 32 / (128 * r).
const PR_MAX: u64 = (1 << 30) - 1;

/// RFC 5869.
pub fn hkdf(digest: Digest, secret: &[u8], salt: &[u8], info: &[u8], out: &mut [u8]) -> Result<()> {
    if !digest.has_hmac() {
        return hkdf_by_hmac(digest, secret, salt, info, out);
    }
    // SAFETY: every slice is as long as is told; the algorithm is a constant of libcrypto.
    let done = unsafe {
        ffi::HKDF(
            out.as_mut_ptr(),
            out.len(),
            digest.as_ptr(),
            secret.as_ptr(),
            secret.len(),
            salt.as_ptr(),
            salt.len(),
            info.as_ptr(),
            info.len(),
        )
    };
    failure::check(done, "HKDF failed")
}

fn hkdf_by_hmac(
    digest: Digest,
    secret: &[u8],
    salt: &[u8],
    info: &[u8],
    out: &mut [u8],
) -> Result<()> {
    let mut room = [0; DIGEST_BYTES_MAX];
    let key = Secret::from(hmac_into(digest, salt, secret, &mut room)?);
    let mut last = Vec::new();
    for (index, block) in out.chunks_mut(digest.bytes()).enumerate() {
        let number = u8::try_from(index + 1).map_err(|_| Failure::plain("", "HKDF failed"))?;
        let input = [&last[..], info, &[number]].concat();
        last = hmac_into(digest, key.as_slice(), &input, &mut room)?.to_vec();
        block.copy_from_slice(&last[..block.len()]);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sha256() -> Digest {
        Digest::by_name("sha256").expect("a digest")
    }

    /// RFC 7914, section 11.
    #[test]
    fn pbkdf2_agrees_with_the_standard() {
        let mut out = [0; 64];
        pbkdf2(sha256(), b"passwd", b"salt", 1, &mut out).expect("a key");
        assert_eq!(out[..4], [0x55, 0xac, 0x04, 0x6e]);
    }

    /// RFC 7914, section 12.
    #[test]
    fn scrypt_agrees_with_the_standard() {
        let cost = ScryptCost {
            n: 16,
            r: 1,
            p: 1,
            memory_max: 32 << 20,
        };
        let mut out = [0; 64];
        scrypt(b"", b"", cost, &mut out).expect("a key");
        assert_eq!(out[..4], [0x77, 0xd6, 0x57, 0x62]);
        let cost = ScryptCost {
            memory_max: 100,
            ..cost
        };
        assert!(scrypt(b"", b"", cost, &mut out).is_err());
    }

    /// RFC 5869, appendix A.1.
    #[test]
    fn hkdf_agrees_with_the_standard() {
        let salt: Vec<u8> = (0..=0x0c).collect();
        let info: Vec<u8> = (0xf0..=0xf9).collect();
        let mut out = [0; 42];
        hkdf(sha256(), &[0x0b; 22], &salt, &info, &mut out).expect("a key");
        assert_eq!(out[..4], [0x3c, 0xb2, 0x5f, 0x25]);
    }

    #[test]
    fn no_cost_is_too_large_to_be_counted() {
        for r in [0, 1, u64::MAX] {
            let cost = ScryptCost {
                n: u64::MAX,
                r,
                p: u64::MAX,
                memory_max: usize::MAX,
            };
            assert!(check_scrypt(cost).is_err());
        }
    }

    #[test]
    fn by_hmac_agrees_with_the_library() {
        let (mut one, mut other) = ([0; 50], [0; 50]);
        pbkdf2(sha256(), b"p", b"salt", 3, &mut one).expect("a key");
        pbkdf2_by_hmac(sha256(), b"p", b"salt", 3, &mut other).expect("a key");
        assert_eq!(one, other);
        hkdf(sha256(), b"s", b"salt", b"info", &mut one).expect("a key");
        hkdf_by_hmac(sha256(), b"s", b"salt", b"info", &mut other).expect("a key");
        assert_eq!(one, other);
        assert!(hkdf_by_hmac(sha256(), b"", b"", b"", &mut [0; 255 * 32]).is_ok());
        assert!(hkdf_by_hmac(sha256(), b"", b"", b"", &mut [0; 255 * 32 + 1]).is_err());
    }
}
