//! Keys enciphered by keys: RFC 3394, and RFC 5649 for those of any length.

use std::mem::MaybeUninit;

use aws_lc_sys as ffi;

use crate::secret::wipe;
use crate::{Failure, Result};

/// What stands before the wrapped bytes: 8 of them, of RFC 5649 half as many.
const BLOCK_BYTES: usize = 8;

/// Of RFC 5649: what stands before the length.
const PADDED_IV_BYTES: usize = 4;

/// AES's own block.
const AES_BYTES: usize = 16;

/// An AES key with its schedule.
struct Schedule(ffi::AES_KEY);

impl Schedule {
    fn new(key: &[u8], is_encrypting: bool) -> Result<Schedule> {
        assert!(matches!(key.len(), 16 | 24 | 32));
        let mut schedule = MaybeUninit::<ffi::AES_KEY>::zeroed();
        let bits = key.len() as u32 * 8;
        let refused = match is_encrypting {
            // SAFETY: the key has the bits that are told; the schedule is ours to be filled.
            true => unsafe { ffi::AES_set_encrypt_key(key.as_ptr(), bits, schedule.as_mut_ptr()) },
            // SAFETY: as above.
            false => unsafe { ffi::AES_set_decrypt_key(key.as_ptr(), bits, schedule.as_mut_ptr()) },
        };
        // SAFETY: plain numbers, for which zero is valid.
        let schedule = Schedule(unsafe { schedule.assume_init() });
        match refused {
            0 => Ok(schedule),
            _ => Err(Failure::of_queue("Failed to initialize cipher")),
        }
    }
}

impl Drop for Schedule {
    fn drop(&mut self) {
        wipe(&mut self.0.rd_key);
    }
}

/// RFC 3394. None: bytes or their wrapping are not what they should be.
pub fn wrap(key: &[u8], iv: &[u8], bytes: &[u8], is_wrapping: bool) -> Result<Option<Vec<u8>>> {
    assert_eq!(iv.len(), BLOCK_BYTES);
    let schedule = Schedule::new(key, is_wrapping)?;
    let (key, iv) = (&raw const schedule.0, iv.as_ptr());
    let mut out = vec![0; bytes.len() + BLOCK_BYTES];
    let count = match is_wrapping {
        // SAFETY: key and vector are as long as they must be, `out` has room for one block more.
        true => unsafe {
            ffi::AES_wrap_key(key, iv, out.as_mut_ptr(), bytes.as_ptr(), bytes.len())
        },
        // SAFETY: as above; what is unwrapped is shorter.
        false => unsafe {
            ffi::AES_unwrap_key(key, iv, out.as_mut_ptr(), bytes.as_ptr(), bytes.len())
        },
    };
    Ok(usize::try_from(count).ok().map(|count| {
        wipe(&mut out[count..]);
        out.truncate(count);
        out
    }))
}

/// RFC 5649, with any vector, which libcrypto's own function does not take. None: as above.
pub fn wrap_padded(
    key: &[u8],
    iv: &[u8],
    bytes: &[u8],
    is_wrapping: bool,
) -> Result<Option<Vec<u8>>> {
    assert_eq!(iv.len(), PADDED_IV_BYTES);
    if !is_wrapping {
        return unwrap_padded(key, iv, bytes);
    }
    let Some(count) = u32::try_from(bytes.len()).ok().filter(|&count| count > 0) else {
        return Ok(None);
    };
    let whole_iv = [iv, &count.to_be_bytes()].concat();
    let mut padded = bytes.to_vec();
    padded.resize(bytes.len().next_multiple_of(BLOCK_BYTES), 0);
    let wrapped = match padded.len() {
        BLOCK_BYTES => {
            let block = [&whole_iv[..], &padded].concat();
            one_block(key, &block, true).map(|block| Some(block.to_vec()))
        }
        _ => wrap(key, &whole_iv, &padded, true),
    };
    wipe(&mut padded);
    wrapped
}

fn unwrap_padded(key: &[u8], iv: &[u8], bytes: &[u8]) -> Result<Option<Vec<u8>>> {
    if bytes.len() < AES_BYTES || !bytes.len().is_multiple_of(BLOCK_BYTES) {
        return Ok(None);
    }
    if bytes.len() == AES_BYTES {
        let block = one_block(key, bytes, false)?;
        let (head, plain) = block.split_at(BLOCK_BYTES);
        let is_head = (1..=BLOCK_BYTES).find(|&count| head == head_of(iv, count));
        return Ok(is_head.and_then(|count| without_padding(plain.to_vec(), count)));
    }
    // The length is one of eight: the vector tells which.
    let longest = bytes.len() - BLOCK_BYTES;
    for count in longest - BLOCK_BYTES + 1..=longest {
        if let Some(plain) = wrap(key, &head_of(iv, count), bytes, false)? {
            return Ok(without_padding(plain, count));
        }
    }
    Ok(None)
}

fn head_of(iv: &[u8], count: usize) -> Vec<u8> {
    [iv, &(count as u32).to_be_bytes()].concat()
}

/// None: the padding is no padding.
fn without_padding(mut plain: Vec<u8>, count: usize) -> Option<Vec<u8>> {
    let is_zero = plain.get(count..)?.iter().all(|&byte| byte == 0);
    plain.truncate(count);
    is_zero.then_some(plain)
}

fn one_block(key: &[u8], bytes: &[u8], is_encrypting: bool) -> Result<[u8; AES_BYTES]> {
    assert_eq!(bytes.len(), AES_BYTES);
    let schedule = Schedule::new(key, is_encrypting)?;
    let (key, mut out) = (&raw const schedule.0, [0; AES_BYTES]);
    match is_encrypting {
        // SAFETY: both have a block's length.
        true => unsafe { ffi::AES_encrypt(bytes.as_ptr(), out.as_mut_ptr(), key) },
        // SAFETY: as above.
        false => unsafe { ffi::AES_decrypt(bytes.as_ptr(), out.as_mut_ptr(), key) },
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 3394, section 4.1.
    #[test]
    fn agrees_with_the_standard() {
        let key: Vec<u8> = (0..16).collect();
        let bytes: Vec<u8> = (0..16).map(|n| n * 0x11).collect();
        let iv = [0xa6; 8];
        let wrapped = wrap(&key, &iv, &bytes, true).expect("a key");
        let wrapped = wrapped.expect("wrapped bytes");
        assert_eq!(wrapped[..4], [0x1f, 0xa6, 0x8b, 0x0a]);
        assert_eq!(wrap(&key, &iv, &wrapped, false), Ok(Some(bytes)));
        assert_eq!(wrap(&key, &[0; 8], &wrapped, false), Ok(None));
    }

    #[test]
    fn any_length_comes_back() {
        for count in [1, 7, 8, 9, 16, 20] {
            let (bytes, iv) = (vec![5; count], [1, 2, 3, 4]);
            let wrapped = wrap_padded(&[1; 32], &iv, &bytes, true).expect("a key");
            let wrapped = wrapped.expect("wrapped bytes");
            let back = wrap_padded(&[1; 32], &iv, &wrapped, false);
            assert_eq!(back, Ok(Some(bytes)));
            assert_eq!(wrap_padded(&[2; 32], &iv, &wrapped, false), Ok(None));
            assert_eq!(wrap_padded(&[1; 32], &[0; 4], &wrapped, false), Ok(None));
        }
    }

    /// RFC 5649, section 6.
    #[test]
    fn padded_agrees_with_the_standard() {
        let hex = "5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8";
        let digits = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("digits");
        let key: Vec<u8> = (0..hex.len()).step_by(2).map(digits).collect();
        let bytes = [0x46, 0x6f, 0x72, 0x50, 0x61, 0x73, 0x69];
        let wrapped = wrap_padded(&key, &[0xa6, 0x59, 0x59, 0xa6], &bytes, true);
        let wrapped = wrapped.expect("a key").expect("wrapped bytes");
        assert_eq!(wrapped[..4], [0xaf, 0xbe, 0xb0, 0xf0]);
    }
}
