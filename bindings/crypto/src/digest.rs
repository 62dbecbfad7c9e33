//! Digest algorithms by name.

use aws_lc_sys as ffi;

use crate::sha512::{self, Sha512, Words};

/// One digest algorithm.
#[derive(Clone, Copy)]
pub struct Digest {
    row: &'static Row,
}

/// bytes, their count, and room for the digest, which it gives.
pub(crate) type AtOnce = unsafe extern "C" fn(*const u8, usize, *mut u8) -> *mut u8;

struct Row {
    make: unsafe extern "C" fn() -> *const ffi::EVP_MD,
    /// What makes the digest of bytes at once, where there is a function of its own for that: it
    /// takes 73 ns for 64 bytes of SHA-256, the generic EVP_Digest 105.
    at_once: Option<AtOnce>,
    /// Of those that `Sha512` makes where the processor can.
    sha512: Option<&'static Words>,
    is_xof: bool,
    /// Bytes of the digest unless another length is asked for.
    bytes: usize,
    /// The first name is the algorithm's own, in OpenSSL's spelling; case does not matter.
    names: &'static [&'static str],
    /// Names that are understood and not listed.
    others: &'static [&'static str],
}

macro_rules! row {
    ($make:ident, $($rest:tt)*) => {
        row!(@ $make, None, None, false, $($rest)*)
    };
    ($make:ident or $at_once:ident, $($rest:tt)*) => {
        row!(@ $make, Some(ffi::$at_once), None, false, $($rest)*)
    };
    ($make:ident from $begin:ident, $($rest:tt)*) => {
        row!(@ $make, None, Some(&sha512::$begin), false, $($rest)*)
    };
    (xof $make:ident, $($rest:tt)*) => {
        row!(@ $make, None, None, true, $($rest)*)
    };
    (@ $make:ident, $at_once:expr, $sha512:expr, $xof:literal,
     $bytes:literal, [$($name:literal),*], [$($other:literal),*]) => {
        Row {
            make: ffi::$make,
            at_once: $at_once,
            sha512: $sha512,
            is_xof: $xof,
            bytes: $bytes,
            names: &[$($name),*],
            others: &[$($other),*],
        }
    };
}

static ROWS: &[Row] = &[
    row!(EVP_md4, 16, ["md4", "RSA-MD4", "md4WithRSAEncryption"], []),
    row!(
        EVP_md5 or MD5,
        16,
        ["md5", "RSA-MD5", "md5WithRSAEncryption", "ssl3-md5"],
        []
    ),
    row!(EVP_md5_sha1, 36, ["md5-sha1"], []),
    row!(
        EVP_ripemd160,
        20,
        [
            "ripemd160",
            "RSA-RIPEMD160",
            "ripemd",
            "ripemd160WithRSA",
            "rmd160"
        ],
        ["ripemd-160"]
    ),
    row!(
        EVP_sha1 or SHA1,
        20,
        [
            "sha1",
            "RSA-SHA1",
            "RSA-SHA1-2",
            "sha1WithRSAEncryption",
            "ssl3-sha1"
        ],
        [
            "sha-1",
            "dsa-sha1",
            "dss1",
            "ecdsa-with-SHA1",
            "1.3.14.3.2.26"
        ]
    ),
    row!(
        EVP_sha224 or SHA224,
        28,
        ["sha224", "RSA-SHA224", "sha224WithRSAEncryption"],
        ["sha-224", "sha2-224", "2.16.840.1.101.3.4.2.4"]
    ),
    row!(
        EVP_sha256 or SHA256,
        32,
        ["sha256", "RSA-SHA256", "sha256WithRSAEncryption"],
        ["sha-256", "sha2-256", "2.16.840.1.101.3.4.2.1"]
    ),
    row!(
        EVP_sha384 from SHA384,
        48,
        ["sha384", "RSA-SHA384", "sha384WithRSAEncryption"],
        ["sha-384", "sha2-384", "2.16.840.1.101.3.4.2.2"]
    ),
    row!(
        EVP_sha512 from SHA512,
        64,
        ["sha512", "RSA-SHA512", "sha512WithRSAEncryption"],
        ["sha-512", "sha2-512", "2.16.840.1.101.3.4.2.3"]
    ),
    row!(
        EVP_sha512_224 from SHA512_224,
        28,
        [
            "sha512-224",
            "RSA-SHA512/224",
            "sha512-224WithRSAEncryption"
        ],
        ["sha-512/224", "sha2-512/224", "sha512/224"]
    ),
    row!(
        EVP_sha512_256 from SHA512_256,
        32,
        [
            "sha512-256",
            "RSA-SHA512/256",
            "sha512-256WithRSAEncryption"
        ],
        ["sha-512/256", "sha2-512/256", "sha512/256"]
    ),
    row!(
        EVP_sha3_224,
        28,
        [
            "sha3-224",
            "RSA-SHA3-224",
            "id-rsassa-pkcs1-v1_5-with-sha3-224"
        ],
        []
    ),
    row!(
        EVP_sha3_256,
        32,
        [
            "sha3-256",
            "RSA-SHA3-256",
            "id-rsassa-pkcs1-v1_5-with-sha3-256"
        ],
        []
    ),
    row!(
        EVP_sha3_384,
        48,
        [
            "sha3-384",
            "RSA-SHA3-384",
            "id-rsassa-pkcs1-v1_5-with-sha3-384"
        ],
        []
    ),
    row!(
        EVP_sha3_512,
        64,
        [
            "sha3-512",
            "RSA-SHA3-512",
            "id-rsassa-pkcs1-v1_5-with-sha3-512"
        ],
        []
    ),
    row!(xof EVP_shake128, 16, ["shake128"], ["shake-128"]),
    row!(xof EVP_shake256, 32, ["shake256"], ["shake-256"]),
];

impl Digest {
    pub fn by_name(name: &str) -> Option<Digest> {
        let is_named = |row: &&Row| {
            let mut names = row.names.iter().chain(row.others);
            names.any(|known| known.eq_ignore_ascii_case(name))
        };
        ROWS.iter().find(is_named).map(|row| Digest { row })
    }

    /// By what `index` gave.
    pub fn by_index(index: usize) -> Option<Digest> {
        ROWS.get(index).map(|row| Digest { row })
    }

    pub fn index(self) -> usize {
        let at = ROWS.iter().position(|row| std::ptr::eq(row, self.row));
        at.expect("every digest has a row")
    }

    /// In OpenSSL's spelling, small letters.
    pub fn name(self) -> &'static str {
        self.row.names[0]
    }

    /// Bytes of a digest; of an extendable one, unless another length is asked for.
    pub fn bytes(self) -> usize {
        self.row.bytes
    }

    /// Can it give a digest of any length?
    pub fn is_xof(self) -> bool {
        self.row.is_xof
    }

    /// Does libcrypto make HMACs of it?
    pub(crate) fn has_hmac(self) -> bool {
        !matches!(self.name(), "md4" | "md5-sha1" | "ripemd160") && !self.is_xof()
    }

    pub(crate) fn block_bytes(self) -> usize {
        // SAFETY: the algorithm is a constant of libcrypto.
        unsafe { ffi::EVP_MD_block_size(self.as_ptr()) }
    }

    pub(crate) fn at_once(self) -> Option<AtOnce> {
        self.row.at_once
    }

    #[inline]
    pub(crate) fn sha512(self) -> Option<Sha512> {
        self.row.sha512.and_then(Sha512::new)
    }

    pub(crate) fn as_ptr(self) -> *const ffi::EVP_MD {
        // SAFETY: takes no argument, gives a constant that lives as long as the program.
        unsafe { (self.row.make)() }
    }
}

/// Every listed name, sorted by their bytes.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<_> = ROWS.iter().flat_map(|row| row.names).copied().collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_agree_with_libcrypto() {
        for (index, row) in ROWS.iter().enumerate() {
            let digest = Digest { row };
            assert_eq!(digest.index(), index);
            if !row.is_xof {
                // SAFETY: the algorithm is a constant of libcrypto.
                let bytes = unsafe { ffi::EVP_MD_size(digest.as_ptr()) };
                assert_eq!(bytes, row.bytes, "{}", digest.name());
            }
        }
    }

    #[test]
    fn names_are_found_in_any_case() {
        assert_eq!(Digest::by_name("SHA256").map(Digest::name), Some("sha256"));
        assert_eq!(Digest::by_name("rsa-sha1").map(Digest::name), Some("sha1"));
        assert!(Digest::by_name("sha257").is_none());
        assert!(Digest::by_name("").is_none());
    }
}
