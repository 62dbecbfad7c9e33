//! Keys as bare bytes, without a word on what they are.

use aws_lc_sys as ffi;

use super::{Curve, Kind, PKey};
use crate::{Failure, Result, failure};

/// How a point of a curve is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PointForm {
    Compressed,
    Uncompressed,
}

/// Bytes of a public key of those kinds that are told by it.
const PUBLIC_SIZES: &[(Kind, usize)] = &[
    (Kind::MlDsa44, 1312),
    (Kind::MlDsa65, 1952),
    (Kind::MlDsa87, 2592),
    (Kind::MlKem512, 800),
    (Kind::MlKem768, 1184),
    (Kind::MlKem1024, 1568),
];

impl Kind {
    pub(super) fn by_public_size(is_kem: bool, size: usize) -> Option<Kind> {
        PUBLIC_SIZES
            .iter()
            .find(|row| row.0.is_kem() == is_kem && row.1 == size)
            .map(|row| row.0)
    }
}

/// `ask` called twice, as libcrypto wants it: for the size, and for the bytes.
pub(super) fn sized(
    message: &str,
    mut ask: impl FnMut(*mut u8, *mut usize) -> i32,
) -> Result<Vec<u8>> {
    let mut size = 0;
    failure::check(ask(std::ptr::null_mut(), &mut size), message)?;
    let mut bytes = vec![0; size];
    failure::check(ask(bytes.as_mut_ptr(), &mut size), message)?;
    bytes.truncate(size);
    Ok(bytes)
}

impl PKey {
    pub fn raw_public(&self) -> Result<Vec<u8>> {
        sized("Failed to get raw public key", |out, size| {
            // SAFETY: the key is alive; writes at most `size` bytes, or only the size.
            unsafe { ffi::EVP_PKEY_get_raw_public_key(self.as_ptr(), out, size) }
        })
    }

    pub fn raw_private(&self) -> Result<Vec<u8>> {
        sized("Failed to get raw private key", |out, size| {
            // SAFETY: the key is alive; writes at most `size` bytes, or only the size.
            unsafe { ffi::EVP_PKEY_get_raw_private_key(self.as_ptr(), out, size) }
        })
    }

    /// What the key was made of.
    pub fn raw_seed(&self) -> Result<Vec<u8>> {
        let seed = sized("", |out, size| {
            // SAFETY: the key is alive; writes at most `size` bytes, or only the size.
            unsafe { ffi::EVP_PKEY_get_private_seed(self.as_ptr(), out, size) }
        });
        seed.map_err(|_| {
            Failure::plain(
                "ERR_CRYPTO_OPERATION_FAILED",
                "key does not have an available seed",
            )
        })
    }

    pub fn from_raw_public(kind: Kind, bytes: &[u8]) -> Result<PKey> {
        let (data, count, nid) = (bytes.as_ptr(), bytes.len(), kind.nid());
        let object = if kind.is_kem() {
            // SAFETY: the slice is as long as is told.
            unsafe { ffi::EVP_PKEY_kem_new_raw_public_key(nid, data, count) }
        } else if kind.is_pq_dsa() {
            // SAFETY: the slice is as long as is told.
            unsafe { ffi::EVP_PKEY_pqdsa_new_raw_public_key(nid, data, count) }
        } else {
            // SAFETY: the slice is as long as is told; there is no engine.
            unsafe { ffi::EVP_PKEY_new_raw_public_key(nid, std::ptr::null_mut(), data, count) }
        };
        PKey::of(object, false, "Invalid raw public key")
    }

    /// Not for kinds that come as seeds.
    pub fn from_raw_private(kind: Kind, bytes: &[u8]) -> Result<PKey> {
        let (data, count) = (bytes.as_ptr(), bytes.len());
        // SAFETY: the slice is as long as is told; there is no engine.
        let object = unsafe {
            ffi::EVP_PKEY_new_raw_private_key(kind.nid(), std::ptr::null_mut(), data, count)
        };
        PKey::of(object, true, "Invalid raw private key")
    }

    /// A key of a kind of lattice keys, from what it is made of.
    pub fn from_seed(kind: Kind, seed: &[u8]) -> Result<PKey> {
        if kind.is_pq_dsa() {
            if seed.len() != 32 {
                return Err(Failure::plain("", "Invalid seed"));
            }
            // SAFETY: the slice is as long as is told.
            let object = unsafe {
                ffi::EVP_PKEY_pqdsa_new_raw_private_key(kind.nid(), seed.as_ptr(), seed.len())
            };
            return PKey::of(object, true, "Invalid seed");
        }
        PKey::kem_of_seed(kind, seed)
    }

    /// The point of a key of a curve.
    pub fn point(&self, form: PointForm) -> Result<Vec<u8>> {
        let point = self.point_as_it_is()?;
        let count = self.curve().map_or(0, Curve::bytes);
        if form == PointForm::Uncompressed || point.len() != 2 * count + 1 || count == 0 {
            return Ok(point);
        }
        let parity = point[2 * count] & 1;
        Ok([&[2 + parity], &point[1..=count]].concat())
    }

    /// The secret number of a key of a curve, as long as the curve's.
    pub fn scalar(&self) -> Result<Vec<u8>> {
        let pkcs8 = self.to_pkcs8()?;
        let private = super::parts::private_of(&pkcs8)?;
        let mut reader = crate::der::Reader::new(private.bytes).sequence()?;
        reader.integer()?;
        let number = crate::der::trimmed(reader.expect(crate::der::OCTET_STRING)?);
        let count = self.curve().map_or(number.len(), Curve::order_bytes);
        let mut padded = vec![0; count.saturating_sub(number.len())];
        padded.extend_from_slice(number);
        Ok(padded)
    }
}
