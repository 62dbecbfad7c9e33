//! What Node tells about a key without giving it away.

use aws_lc_sys as ffi;

use super::parts::algorithm_of_spki;
use super::{Kind, PKey};
use crate::Result;
use crate::der::{self, Reader};

/// A curve that libcrypto has.
pub struct Curve {
    /// OpenSSL's name.
    pub name: &'static str,
    /// JWK's name.
    pub jwk: &'static str,
    pub(super) others: &'static [&'static str],
    /// Content of its object identifier.
    pub(super) oid: &'static [u8],
    pub(super) nid: i32,
    bits: usize,
    order_bits: usize,
}

macro_rules! curve {
    ($name:literal, $jwk:literal, $others:expr, $oid:expr, $nid:ident, $bits:literal) => {
        Curve {
            name: $name,
            jwk: $jwk,
            others: $others,
            oid: $oid,
            nid: aws_lc_sys::$nid,
            bits: $bits,
            order_bits: $bits,
        }
    };
}

pub(super) static CURVES: &[Curve] = &[
    curve!(
        "secp224r1",
        "",
        &["P-224"],
        &[0x2b, 0x81, 4, 0, 33],
        NID_secp224r1,
        224
    ),
    curve!(
        "prime256v1",
        "P-256",
        &["P-256", "secp256r1"],
        &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7],
        NID_X9_62_prime256v1,
        256
    ),
    curve!(
        "secp384r1",
        "P-384",
        &["P-384"],
        &[0x2b, 0x81, 4, 0, 34],
        NID_secp384r1,
        384
    ),
    curve!(
        "secp521r1",
        "P-521",
        &["P-521"],
        &[0x2b, 0x81, 4, 0, 35],
        NID_secp521r1,
        521
    ),
    curve!(
        "secp256k1",
        "secp256k1",
        &[],
        &[0x2b, 0x81, 4, 0, 10],
        NID_secp256k1,
        256
    ),
];

/// Of all curves, sorted.
pub fn curve_names() -> Vec<&'static str> {
    let mut names: Vec<_> = CURVES.iter().map(|curve| curve.name).collect();
    names.sort_unstable();
    names
}

impl Curve {
    /// Case matters, as in OpenSSL.
    pub fn by_name(name: &str) -> Option<&'static Curve> {
        let is_named = |curve: &&Curve| curve.name == name || curve.others.contains(&name);
        CURVES.iter().find(is_named)
    }

    pub fn bits(&self) -> usize {
        self.bits
    }

    /// Bytes of a coordinate.
    pub fn bytes(&self) -> usize {
        self.bits.div_ceil(8)
    }

    pub fn order_bytes(&self) -> usize {
        self.order_bits.div_ceil(8)
    }
}

/// Restrictions of an RSA-PSS key.
pub struct PssDetail {
    pub hash: &'static str,
    pub mask_hash: &'static str,
    pub salt_count: u32,
}

pub enum Detail {
    Rsa {
        bits: u32,
        /// Big-endian.
        exponent: Vec<u8>,
        pss: Option<PssDetail>,
    },
    Dsa {
        bits: u32,
        divisor_bits: u32,
    },
    Ec {
        curve: &'static str,
    },
    None,
}

fn bits_of(number: &[u8]) -> u32 {
    match number.first() {
        Some(first) => number.len() as u32 * 8 - first.leading_zeros(),
        None => 0,
    }
}

impl PKey {
    pub fn curve(&self) -> Option<&'static Curve> {
        if self.kind() != Some(Kind::Ec) {
            return None;
        }
        // SAFETY: the key is alive; what is given lives as long as it, or is null.
        let key = unsafe { ffi::EVP_PKEY_get0_EC_KEY(self.as_ptr()) };
        if key.is_null() {
            return None;
        }
        // SAFETY: the key is alive; its curve lives as long as it, or is null.
        let group = unsafe { ffi::EC_KEY_get0_group(key) };
        if group.is_null() {
            return None;
        }
        // SAFETY: the curve is alive.
        let nid = unsafe { ffi::EC_GROUP_get_curve_name(group) };
        CURVES.iter().find(|curve| curve.nid == nid)
    }

    pub fn detail(&self) -> Result<Detail> {
        let spki = self.to_spki()?;
        let (_, mut parameters) = algorithm_of_spki(&spki)?;
        match self.kind() {
            Some(kind @ (Kind::Rsa | Kind::RsaPss)) => {
                let parts = self.rsa_public()?;
                let pss = match kind {
                    Kind::RsaPss if !parameters.is_empty() => Some(pss_of(parameters)?),
                    _ => None,
                };
                Ok(Detail::Rsa {
                    bits: bits_of(&parts.modulus),
                    exponent: parts.exponent,
                    pss,
                })
            }
            Some(Kind::Dsa) => {
                let mut parameters = parameters.sequence()?;
                let bits = bits_of(parameters.integer()?);
                let divisor_bits = bits_of(parameters.integer()?);
                Ok(Detail::Dsa { bits, divisor_bits })
            }
            Some(Kind::Ec) => Ok(match self.curve() {
                Some(curve) => Detail::Ec { curve: curve.name },
                None => Detail::None,
            }),
            _ => Ok(Detail::None),
        }
    }
}

/// RSASSA-PSS-params (RFC 4055): hash, mask generation, salt length, each with a default.
fn pss_of(mut parameters: Reader) -> Result<PssDetail> {
    let mut fields = parameters.sequence()?;
    let mut detail = PssDetail {
        hash: "sha1",
        mask_hash: "sha1",
        salt_count: 20,
    };
    while !fields.is_empty() {
        let (tag, content) = fields.next()?;
        let mut content = Reader::new(content);
        if tag == der::tagged(0) {
            detail.hash = digest_name(content.sequence()?.expect(der::OID)?);
        } else if tag == der::tagged(1) {
            let mut generator = content.sequence()?;
            generator.expect(der::OID)?;
            detail.mask_hash = digest_name(generator.sequence()?.expect(der::OID)?);
        } else if tag == der::tagged(2) {
            let number = content.integer()?;
            detail.salt_count = number
                .iter()
                .fold(0, |count, &digit| count << 8 | u32::from(digit));
        }
    }
    Ok(detail)
}

/// Beginning of the identifiers of newer digests, whose last byte tells them apart.
const SHA2: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2];
const LAST_BYTES: &[(u8, &str)] = &[
    (1, "sha256"),
    (2, "sha384"),
    (3, "sha512"),
    (4, "sha224"),
    (5, "sha512-224"),
    (6, "sha512-256"),
];

pub(super) fn digest_oid(name: &str) -> Option<Vec<u8>> {
    let row = LAST_BYTES.iter().find(|row| row.1 == name)?;
    Some([SHA2, &[row.0]].concat())
}

fn digest_name(oid: &[u8]) -> &'static str {
    const SHA1: &[u8] = &[0x2b, 0x0e, 3, 2, 26];
    if oid == SHA1 {
        return "sha1";
    }
    let Some([last]) = oid.strip_prefix(SHA2) else {
        return "unknown";
    };
    let row = LAST_BYTES.iter().find(|row| row.0 == *last);
    row.map_or("unknown", |row| row.1)
}
