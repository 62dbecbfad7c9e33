//! New asymmetric keys.

use coring_crypto::Failure;
use coring_crypto::pkey::{Curve, Kind, Recipe};
use coring_engine::{Bytes, Js, ops};

use super::hash::digest;
use crate::Natives;

ops! { crypto(Natives) {
    /// A handle of a private key. numbers, by kind (-1: not told):
    /// rsa: bits, exponent; rsa-pss: the same, digest, digest of the mask, salt length;
    /// dsa: bits, bits of the divisor; dh: bits, generator (or both as Buffers); ec: by curve.
    slow keyGenerate(
        kind: String,
        numbers: Vec<f64>,
        curve: Option<String>,
        prime: Option<Bytes>,
        generator: Option<Bytes>,
        ticket: i32,
    );
} }

#[allow(non_snake_case)]
fn keyGenerate(
    natives: &mut Natives,
    kind: String,
    numbers: Vec<f64>,
    curve: Option<String>,
    prime: Option<Bytes>,
    generator: Option<Bytes>,
    ticket: i32,
) -> Js {
    let group = prime.zip(generator).map(|(prime, generator)| {
        let copy = |bytes: &Bytes| bytes.as_slice().to_vec();
        (copy(&prime), copy(&generator))
    });
    let recipe = recipe_of(&kind, &numbers, curve, group);
    natives.crypto_job(ticket, move || recipe?.make())
}

fn recipe_of(
    kind: &str,
    numbers: &[f64],
    curve: Option<String>,
    group: Option<(Vec<u8>, Vec<u8>)>,
) -> coring_crypto::Result<Recipe> {
    let number = |at: usize| numbers.get(at).copied().unwrap_or(-1.0);
    let told = |at: usize| (number(at) >= 0.0).then(|| number(at) as i32);
    let unknown = || Failure::plain("ERR_INVALID_ARG_VALUE", "Unknown kind of key");
    let (bits, exponent) = (number(0) as i32, number(1) as u64);
    Ok(match Kind::by_name(kind).ok_or_else(unknown)? {
        Kind::Rsa => Recipe::Rsa { bits, exponent },
        Kind::RsaPss => Recipe::RsaPss {
            bits,
            exponent,
            hash: told(2).and_then(digest),
            mask_hash: told(3).and_then(digest),
            salt_count: told(4),
        },
        Kind::Dsa => Recipe::Dsa {
            bits,
            divisor_bits: told(1),
        },
        Kind::Ec => {
            let curve = curve.as_deref().and_then(Curve::by_name);
            let invalid = || Failure::plain("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
            Recipe::Ec(curve.ok_or_else(invalid)?)
        }
        Kind::Dh => match group {
            Some((prime, generator)) => Recipe::Dh { prime, generator },
            None => Recipe::DhOfSize {
                bits,
                generator: number(1) as i32,
            },
        },
        kind => Recipe::Plain(kind),
    })
}
