//! Signed public keys and challenges (`crypto.Certificate`).

use coring_crypto::pkey::Encoding;
use coring_crypto::spkac::Spkac;
use coring_engine::{Bytes, Js, ops};

use crate::Natives;

ops! { crypto(Natives) {
    slow spkacIsValid(text: Bytes);
    /// A Buffer with the key as PEM, or undefined.
    slow spkacPublicKey(text: Bytes);
    /// A Buffer, or undefined.
    slow spkacChallenge(text: Bytes);
} }

#[allow(non_snake_case)]
fn spkacIsValid(_: &mut Natives, text: Bytes) -> bool {
    Spkac::parse(text.as_slice()).is_some_and(|mut spkac| spkac.is_valid())
}

#[allow(non_snake_case)]
fn spkacPublicKey(_: &mut Natives, text: Bytes) -> Js {
    let key = Spkac::parse(text.as_slice()).and_then(|spkac| spkac.public_key().ok());
    let pem = key.and_then(|key| key.to_public_pem(Encoding::Spki).ok());
    pem.map_or(Js::Undefined, Js::Bytes)
}

#[allow(non_snake_case)]
fn spkacChallenge(_: &mut Natives, text: Bytes) -> Js {
    let challenge = Spkac::parse(text.as_slice()).and_then(|spkac| spkac.challenge().ok());
    challenge.map_or(Js::Undefined, Js::Bytes)
}
