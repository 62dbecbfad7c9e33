//! Keys enciphered by keys: RFC 3394, and RFC 5649 for those of any length.

use std::mem::MaybeUninit;

use aws_lc_sys as ffi;

use crate::secret::wipe;
use crate::{Failure, Result};

/// What stands before the wrapped bytes: 8 of them, of RFC 5649 half as many.
const BLOCK_BYTES: usize = 8;

/// The vector of RFC 5649, which libcrypto does not let anyone change.
const PADDED_IV: [u8; 4] = [0xa6, 0x59, 0x59, 0xa6];

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
        wipe_words(&mut self.0.rd_key);
    }
}

fn wipe_words(words: &mut [u32]) {
    let count = size_of_val(words);
    // SAFETY: writes within the slice only.
    unsafe { ffi::OPENSSL_cleanse(words.as_mut_ptr().cast(), count) };
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

/// RFC 5649. None: as above.
pub fn wrap_padded(
    key: &[u8],
    iv: &[u8],
    bytes: &[u8],
    is_wrapping: bool,
) -> Result<Option<Vec<u8>>> {
    if iv != PADDED_IV {
        return Ok(None);
    }
    let schedule = Schedule::new(key, is_wrapping)?;
    let key = &raw const schedule.0;
    let mut out = vec![0; bytes.len() + 2 * BLOCK_BYTES];
    let (mut count, room) = (0, out.len());
    let (from, to) = (bytes.as_ptr(), out.as_mut_ptr());
    let done = match is_wrapping {
        // SAFETY: the slices are as long as is told.
        true => unsafe { ffi::AES_wrap_key_padded(key, to, &mut count, room, from, bytes.len()) },
        // SAFETY: as above.
        false => unsafe {
            ffi::AES_unwrap_key_padded(key, to, &mut count, room, from, bytes.len())
        },
    };
    Ok((done == 1).then(|| {
        wipe(&mut out[count..]);
        out.truncate(count);
        out
    }))
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
        for count in [1, 7, 8, 20] {
            let bytes = vec![5; count];
            let wrapped = wrap_padded(&[1; 32], &PADDED_IV, &bytes, true).expect("a key");
            let wrapped = wrapped.expect("wrapped bytes");
            let back = wrap_padded(&[1; 32], &PADDED_IV, &wrapped, false);
            assert_eq!(back, Ok(Some(bytes)));
            assert_eq!(wrap_padded(&[2; 32], &PADDED_IV, &wrapped, false), Ok(None));
        }
    }
}
