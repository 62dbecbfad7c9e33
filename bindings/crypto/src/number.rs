//! Large numbers, and primes among them. Bytes are big-endian, as everywhere in cryptography.

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::{Failure, Result, failure};

// Numbers are mostly secrets.
release!(BIGNUM, BN_clear_free);
release!(BN_CTX, BN_CTX_free);

/// A number of 0 or more, of any size.
pub struct Number(pub(crate) Owned<ffi::BIGNUM>);

impl Number {
    pub fn new(bytes: &[u8]) -> Result<Number> {
        // SAFETY: the slice is as long as is told; null asks for a new number.
        Owned::of(unsafe { ffi::BN_bin2bn(bytes.as_ptr(), bytes.len(), std::ptr::null_mut()) })
            .map(Number)
    }

    pub fn of_u64(word: u64) -> Result<Number> {
        Number::new(&word.to_be_bytes())
    }

    pub(crate) fn zero() -> Result<Number> {
        // SAFETY: takes no argument; what it gives is ours.
        Owned::of(unsafe { ffi::BN_new() }).map(Number)
    }

    pub fn bits(&self) -> usize {
        // SAFETY: reads a live number.
        unsafe { ffi::BN_num_bits(self.0.as_ptr()) as usize }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        bytes_of(self.0.as_ptr())
    }

    /// 0 counts as prime to nobody; `checks` 0: as many as make sure.
    pub fn is_prime(&self, checks: i32) -> Result<bool> {
        let mut context = Context::new()?;
        // SAFETY: the number and the scratch memory are live; there is no callback.
        let answer = unsafe {
            ffi::BN_is_prime_ex(
                self.0.as_ptr(),
                checks,
                context.as_mut_ptr(),
                std::ptr::null_mut(),
            )
        };
        match answer {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(Failure::of_queue("Prime check failed")),
        }
    }

    /// A prime of so many bits; with `add` and `rem`, one that leaves `rem` when divided by `add`.
    pub fn random_prime(
        bits: i32,
        is_safe: bool,
        add: Option<&Number>,
        rem: Option<&Number>,
    ) -> Result<Number> {
        let pointer = |number: Option<&Number>| number.map_or(std::ptr::null(), Number::as_ptr);
        let mut prime = Number::zero()?;
        // SAFETY: the numbers are live, or null where there are none; there is no callback.
        let done = unsafe {
            ffi::BN_generate_prime_ex(
                prime.0.as_mut_ptr(),
                bits,
                i32::from(is_safe),
                pointer(add),
                pointer(rem),
                std::ptr::null_mut(),
            )
        };
        failure::check(done, "Prime generation failed")?;
        Ok(prime)
    }

    pub(crate) fn as_ptr(&self) -> *const ffi::BIGNUM {
        self.0.as_ptr()
    }

    /// For functions that take the number when they succeed.
    pub(crate) fn into_raw(self) -> *mut ffi::BIGNUM {
        self.0.into_raw()
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.cmp(other) == std::cmp::Ordering::Equal
    }
}
impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Number) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Number) -> std::cmp::Ordering {
        // SAFETY: reads two live numbers.
        let order = unsafe { ffi::BN_cmp(self.as_ptr(), other.as_ptr()) };
        order.cmp(&0)
    }
}

/// Scratch memory of libcrypto's arithmetic.
pub(crate) struct Context(Owned<ffi::BN_CTX>);

impl Context {
    pub fn new() -> Result<Context> {
        // SAFETY: takes no argument; what it gives is ours.
        Owned::of(unsafe { ffi::BN_CTX_new() }).map(Context)
    }

    pub fn as_mut_ptr(&mut self) -> *mut ffi::BN_CTX {
        self.0.as_mut_ptr()
    }
}

/// The bytes of a number that somebody owns; as few as it takes.
pub(crate) fn bytes_of(number: *const ffi::BIGNUM) -> Vec<u8> {
    assert!(!number.is_null());
    // SAFETY: reads a live number.
    let bits = unsafe { ffi::BN_num_bits(number) };
    let mut bytes = vec![0; bits.div_ceil(8) as usize];
    // SAFETY: writes as many bytes as the number has.
    unsafe { ffi::BN_bn2bin(number, bytes.as_mut_ptr()) };
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(word: u64) -> Number {
        Number::of_u64(word).expect("a number")
    }

    #[test]
    fn primes_are_told() {
        for (word, expect) in [(0, false), (1, false), (2, true), (9, false), (65537, true)] {
            assert_eq!(number(word).is_prime(0), Ok(expect), "{word}");
        }
    }

    #[test]
    fn a_prime_has_its_bits_and_its_remainder() {
        let prime = Number::random_prime(32, false, None, None).expect("a prime");
        assert_eq!(prime.bits(), 32);
        let prime = Number::random_prime(32, false, Some(&number(12)), Some(&number(11)));
        let bytes = prime.expect("a prime").to_bytes();
        let word = bytes
            .iter()
            .fold(0u64, |word, &byte| word << 8 | u64::from(byte));
        assert_eq!(word % 12, 11);
    }

    #[test]
    fn bytes_come_back() {
        assert_eq!(number(0).to_bytes(), []);
        assert_eq!(number(0x1234).to_bytes(), [0x12, 0x34]);
        assert!(number(3) < number(4));
    }
}
