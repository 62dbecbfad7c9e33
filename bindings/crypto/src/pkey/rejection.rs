//! Decryption of RSA with PKCS #1 v1.5 padding that tells nothing of a wrong padding: instead of an
//! error there is a message made of the key and the ciphertext, always the same (OpenSSL since 3.2,
//! draft-irtf-cfrg-rsa-guidance). libcrypto has it not.

use aws_lc_sys as ffi;

use super::PKey;
use crate::hash::{DIGEST_BYTES_MAX, hash_into};
use crate::hmac::hmac_into;
use crate::number::bytes_of;
use crate::{Digest, Failure, Result, Secret};

const SHA256_BYTES: usize = 32;
/// Candidates of a length, of which the last that fits is taken.
const CANDIDATES: usize = 128;
/// Zero, two, and at least eight other bytes.
const PADDING_BYTES_MIN: usize = 10;

/// All ones where `is`, else zeros, without a branch.
fn mask(is: bool) -> usize {
    std::hint::black_box(usize::from(is)).wrapping_neg()
}

fn select(mask: usize, yes: usize, no: usize) -> usize {
    (mask & yes) | (!mask & no)
}

fn sha256() -> Digest {
    Digest::by_name("sha256").expect("libcrypto has SHA-256")
}

/// What everything made up is made of.
fn root(secret_number: &[u8], ciphertext: &[u8], size: usize) -> Result<[u8; SHA256_BYTES]> {
    let mut padded = vec![0; size - secret_number.len()];
    padded.extend_from_slice(secret_number);
    let padded = Secret::new(padded);
    let mut room = [0; DIGEST_BYTES_MAX];
    let key = Secret::from(hash_into(sha256(), padded.as_slice(), &mut room)?);
    let mut message = vec![0; size - ciphertext.len()];
    message.extend_from_slice(ciphertext);
    let mut room = [0; DIGEST_BYTES_MAX];
    let root = hmac_into(sha256(), key.as_slice(), &message, &mut room)?;
    let mut out = [0; SHA256_BYTES];
    out.copy_from_slice(root);
    Ok(out)
}

/// `count` bytes that look random.
fn stream(root: &[u8], label: &[u8], count: usize) -> Result<Vec<u8>> {
    let bits = (count * 8) as u16;
    let mut out = Vec::with_capacity(count + SHA256_BYTES);
    let mut turn = 0u16;
    while out.len() < count {
        let text = [&turn.to_be_bytes()[..], label, &bits.to_be_bytes()].concat();
        let mut room = [0; DIGEST_BYTES_MAX];
        out.extend_from_slice(hmac_into(sha256(), root, &text, &mut room)?);
        turn += 1;
    }
    out.truncate(count);
    Ok(out)
}

/// The length of the message that is made up.
fn made_up_length(root: &[u8], size: usize) -> Result<usize> {
    let most = size - PADDING_BYTES_MIN;
    let bits = most.next_power_of_two().max(2) - 1;
    let bits = bits | most;
    let candidates = stream(root, b"length", CANDIDATES * 2)?;
    let mut length = 0;
    for pair in candidates.chunks_exact(2) {
        let candidate = usize::from(u16::from_be_bytes([pair[0], pair[1]])) & bits;
        length = select(mask(candidate < most), candidate, length);
    }
    Ok(length)
}

impl PKey {
    /// The secret number of a private RSA key.
    fn rsa_exponent(&self) -> Result<Secret> {
        // SAFETY: the key is alive; what is given lives as long as it, or is null.
        let rsa = unsafe { ffi::EVP_PKEY_get0_RSA(self.as_ptr()) };
        let mut number = std::ptr::null();
        if !rsa.is_null() {
            // SAFETY: the key is alive; what is given lives as long as it, or is null.
            number = unsafe { ffi::RSA_get0_d(rsa) };
        }
        match number.is_null() {
            true => Err(Failure::plain("", "RSA operation failed")),
            false => Ok(Secret::new(bytes_of(number))),
        }
    }

    /// Takes what decryption without padding gave, as long as the modulus.
    pub(super) fn unpad_silently(&self, padded: &[u8], ciphertext: &[u8]) -> Result<Vec<u8>> {
        let size = padded.len();
        let secret_number = self.rsa_exponent()?;
        let fits = secret_number.as_slice().len() <= size && ciphertext.len() <= size;
        if size < PADDING_BYTES_MIN + 1 || !fits {
            return Err(Failure::plain("", "RSA operation failed"));
        }
        let root = root(secret_number.as_slice(), ciphertext, size)?;
        let made_up = stream(&root, b"message", size)?;
        let made_up_at = size - made_up_length(&root, size)?;
        let mut zero_at = 0;
        let mut is_found = 0usize;
        for (at, &byte) in padded.iter().enumerate().skip(2) {
            let is_zero = mask(byte == 0);
            zero_at = select(!is_found & is_zero, at, zero_at);
            is_found |= is_zero;
        }
        let is_good = mask(padded[0] == 0)
            & mask(padded[1] == 2)
            & is_found
            & mask(zero_at >= PADDING_BYTES_MIN);
        let start = select(is_good, zero_at + 1, made_up_at);
        let chosen = padded.iter().zip(&made_up);
        let message: Vec<u8> = chosen
            .map(|(&real, &other)| select(is_good, real.into(), other.into()) as u8)
            .collect();
        Ok(Secret::new(message).as_slice()[start..].to_vec())
    }
}
