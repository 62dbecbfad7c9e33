//! Comparison whose time does not tell where the difference is.

use aws_lc_sys as ffi;

/// Both have the same length; the caller has looked.
pub fn is_equal(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    // SAFETY: both are as long as is told.
    let difference =
        unsafe { ffi::CRYPTO_memcmp(one.as_ptr().cast(), other.as_ptr().cast(), one.len()) };
    difference == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn differences_are_seen() {
        assert!(is_equal(b"", b""));
        assert!(is_equal(b"abc", b"abc"));
        assert!(!is_equal(b"abc", b"abd"));
        assert!(!is_equal(b"abc", b"ab"));
    }
}
