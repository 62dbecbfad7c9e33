//! New keys.

use aws_lc_sys as ffi;

use super::details::digest_oid;
use super::dh::dh_key;
use super::{Curve, Kind, Operation, PKey, parts};
use crate::der;
use crate::number::Number;
use crate::owned::Owned;
use crate::{Digest, Failure, Result, Secret, failure};

/// What key is wanted.
pub enum Recipe {
    Rsa {
        bits: i32,
        exponent: u64,
    },
    RsaPss {
        bits: i32,
        exponent: u64,
        hash: Option<Digest>,
        mask_hash: Option<Digest>,
        salt_count: Option<i32>,
    },
    Dsa {
        bits: i32,
        divisor_bits: Option<i32>,
    },
    Ec(&'static Curve),
    /// Big-endian numbers.
    Dh {
        prime: Vec<u8>,
        generator: Vec<u8>,
    },
    DhOfSize {
        bits: i32,
        generator: i32,
    },
    /// Kinds without parameters.
    Plain(Kind),
}

const FAILED: &str = "Key generation failed";

/// OpenSSL refuses what is smaller; AWS-LC makes it, and rounds 511 down to 384.
const RSA_BITS_MIN: i32 = 512;

fn begin(nid: i32) -> Result<Operation> {
    // SAFETY: there is no engine; what it gives is ours.
    Owned::of(unsafe { ffi::EVP_PKEY_CTX_new_id(nid, std::ptr::null_mut()) }).map(Operation)
}

fn begin_key(nid: i32) -> Result<Operation> {
    let mut operation = begin(nid)?;
    // SAFETY: the operation is new.
    let done = unsafe { ffi::EVP_PKEY_keygen_init(operation.as_mut_ptr()) };
    failure::check(done, FAILED)?;
    Ok(operation)
}

fn finish(mut operation: Operation) -> Result<PKey> {
    let mut object = std::ptr::null_mut();
    // SAFETY: the operation was begun; the key is ours.
    let done = unsafe { ffi::EVP_PKEY_keygen(operation.as_mut_ptr(), &mut object) };
    failure::check(done, FAILED)?;
    PKey::of(object, true, FAILED)
}

/// A key with the parameters that an operation makes.
fn of_parameters(mut operation: Operation) -> Result<PKey> {
    let mut object = std::ptr::null_mut();
    // SAFETY: the operation was begun; the parameters are ours.
    let done = unsafe { ffi::EVP_PKEY_paramgen(operation.as_mut_ptr(), &mut object) };
    failure::check(done, FAILED)?;
    let parameters = PKey::of(object, false, FAILED)?;
    let mut operation = parameters.operation()?;
    // SAFETY: the operation is new.
    let done = unsafe { ffi::EVP_PKEY_keygen_init(operation.as_mut_ptr()) };
    failure::check(done, FAILED)?;
    finish(operation)
}

fn begin_parameters(nid: i32) -> Result<Operation> {
    let mut operation = begin(nid)?;
    // SAFETY: the operation is new.
    let done = unsafe { ffi::EVP_PKEY_paramgen_init(operation.as_mut_ptr()) };
    failure::check(done, FAILED)?;
    Ok(operation)
}

impl Recipe {
    /// Takes long for some.
    pub fn make(&self) -> Result<PKey> {
        failure::forget();
        match *self {
            Recipe::Rsa { bits, exponent } => finish(rsa(bits, exponent)?),
            Recipe::RsaPss {
                bits,
                exponent,
                hash,
                mask_hash,
                salt_count,
            } => {
                let plain = finish(rsa(bits, exponent)?)?;
                rsa_pss(&plain, hash, mask_hash, salt_count)
            }
            Recipe::Dsa { bits, divisor_bits } => dsa(bits, divisor_bits),
            Recipe::Ec(curve) => {
                let mut operation = begin_key(Kind::Ec.nid())?;
                let context = operation.as_mut_ptr();
                // SAFETY: the operation was begun.
                let done =
                    unsafe { ffi::EVP_PKEY_CTX_set_ec_paramgen_curve_nid(context, curve.nid) };
                failure::check(done, FAILED)?;
                finish(operation)
            }
            Recipe::Dh {
                ref prime,
                ref generator,
            } => dh_key(prime, generator, None),
            Recipe::DhOfSize { bits, generator } => dh_of_size(bits, generator),
            Recipe::Plain(kind) => plain(kind),
        }
    }
}

fn rsa(bits: i32, exponent: u64) -> Result<Operation> {
    if bits < RSA_BITS_MIN {
        let text = "error:04000078:RSA routines:OPENSSL_internal:KEY_SIZE_TOO_SMALL";
        return Err(Failure::plain("ERR_OSSL_RSA_KEY_SIZE_TOO_SMALL", text));
    }
    let mut operation = begin_key(Kind::Rsa.nid())?;
    // SAFETY: the operation was begun.
    let done = unsafe { ffi::EVP_PKEY_CTX_set_rsa_keygen_bits(operation.as_mut_ptr(), bits) };
    failure::check(done, FAILED)?;
    let exponent = Number::of_u64(exponent)?.into_raw();
    // SAFETY: the operation was begun, and takes the number.
    let done = unsafe { ffi::EVP_PKEY_CTX_set_rsa_keygen_pubexp(operation.as_mut_ptr(), exponent) };
    failure::check(done, FAILED)?;
    Ok(operation)
}

/// libcrypto makes no keys with restrictions, but reads them: a plain key is written as such a one.
fn rsa_pss(
    plain: &PKey,
    hash: Option<Digest>,
    mask_hash: Option<Digest>,
    salt_count: Option<i32>,
) -> Result<PKey> {
    let pkcs8 = plain.to_pkcs8()?;
    let private = parts::private_of(&pkcs8)?;
    let parameters = match (hash, mask_hash, salt_count) {
        (None, None, None) => Vec::new(),
        _ => pss_parameters(hash, mask_hash, salt_count)?,
    };
    PKey::from_pkcs8(&parts::pkcs8(
        parts::OID_RSA_PSS,
        &parameters,
        private.bytes,
    ))
}

/// RSASSA-PSS-params (RFC 4055); the digest of the mask is the other's unless told, and the salt as
/// long as the digest. What is the standard's default is left out.
fn pss_parameters(
    hash: Option<Digest>,
    mask_hash: Option<Digest>,
    salt_count: Option<i32>,
) -> Result<Vec<u8>> {
    let unknown = || Failure::plain("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest");
    let algorithm = |digest: Option<Digest>| match digest.map(Digest::name) {
        None | Some("sha1") => Ok(None),
        Some(name) => {
            let oid = digest_oid(name).ok_or_else(unknown)?;
            let null = parts::null();
            Ok(Some(der::sequence(&[&der::element(der::OID, &oid), &null])))
        }
    };
    let digest = algorithm(hash)?;
    let mask = algorithm(mask_hash.or(hash))?;
    let count = salt_count.unwrap_or(hash.map_or(20, |hash| hash.bytes() as i32));
    let mut fields = Vec::new();
    if let Some(digest) = digest {
        fields.push(der::element(der::tagged(0), &digest));
    }
    if let Some(mask) = mask {
        let mgf1 = der::element(der::OID, parts::OID_MGF1);
        let generator = der::sequence(&[&mgf1, &mask]);
        fields.push(der::element(der::tagged(1), &generator));
    }
    if count != 20 {
        let count = der::integer(&count.to_be_bytes());
        fields.push(der::element(der::tagged(2), &count));
    }
    let fields: Vec<&[u8]> = fields.iter().map(Secret::as_slice).collect();
    Ok(der::sequence(&fields).into_vec())
}

fn dsa(bits: i32, divisor_bits: Option<i32>) -> Result<PKey> {
    let mut operation = begin_parameters(Kind::Dsa.nid())?;
    let context = operation.as_mut_ptr();
    // SAFETY: the operation was begun.
    let done = unsafe { ffi::EVP_PKEY_CTX_set_dsa_paramgen_bits(context, bits) };
    failure::check(done, FAILED)?;
    if let Some(bits) = divisor_bits {
        // SAFETY: the operation was begun.
        let done = unsafe { ffi::EVP_PKEY_CTX_set_dsa_paramgen_q_bits(context, bits) };
        failure::check(done, FAILED)?;
    }
    of_parameters(operation)
}

fn dh_of_size(bits: i32, generator: i32) -> Result<PKey> {
    let mut operation = begin_parameters(Kind::Dh.nid())?;
    let context = operation.as_mut_ptr();
    // SAFETY: the operation was begun.
    let done = unsafe { ffi::EVP_PKEY_CTX_set_dh_paramgen_prime_len(context, bits) };
    failure::check(done, FAILED)?;
    // SAFETY: the operation was begun.
    let done = unsafe { ffi::EVP_PKEY_CTX_set_dh_paramgen_generator(context, generator) };
    failure::check(done, FAILED)?;
    of_parameters(operation)
}

fn plain(kind: Kind) -> Result<PKey> {
    if kind.is_kem() {
        return finish(kem(kind)?);
    }
    if !kind.is_pq_dsa() {
        return finish(begin_key(kind.nid())?);
    }
    let mut operation = begin_key(ffi::EVP_PKEY_PQDSA)?;
    let context = operation.as_mut_ptr();
    // SAFETY: the operation was begun.
    let done = unsafe { ffi::EVP_PKEY_CTX_pqdsa_set_params(context, kind.nid()) };
    failure::check(done, FAILED)?;
    finish(operation)
}

fn kem(kind: Kind) -> Result<Operation> {
    let mut operation = begin_key(ffi::EVP_PKEY_KEM)?;
    let context = operation.as_mut_ptr();
    // SAFETY: the operation was begun.
    let done = unsafe { ffi::EVP_PKEY_CTX_kem_set_params(context, kind.nid()) };
    failure::check(done, FAILED)?;
    Ok(operation)
}

impl PKey {
    pub(super) fn kem_of_seed(kind: Kind, seed: &[u8]) -> Result<PKey> {
        if !kind.is_kem() || seed.len() != 64 {
            return Err(Failure::plain("", "Invalid seed"));
        }
        let mut operation = kem(kind)?;
        let (mut object, mut count) = (std::ptr::null_mut(), seed.len());
        // SAFETY: the operation was begun; the seed is as long as is told.
        let done = unsafe {
            ffi::EVP_PKEY_keygen_deterministic(
                operation.as_mut_ptr(),
                &mut object,
                seed.as_ptr(),
                &mut count,
            )
        };
        failure::check(done, "Invalid seed")?;
        PKey::of(object, true, "Invalid seed")
    }
}
