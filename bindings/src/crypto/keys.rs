//! Keys by handle.

use coring_crypto::{PKey, Secret};
use coring_engine::{Bytes, Js, ops};

use super::handle;
use crate::Natives;

ops! { crypto(Natives) {
    /// A handle of a secret key with a copy of these bytes.
    slow keyOfSecret(bytes: Bytes);
    /// A Buffer with the bytes of a secret key.
    slow keyBytes(handle: i32);
    slow keyIsEqual(one: i32, other: i32);
    slow keyClose(handle: i32);
} }

/// What a KeyObject or CryptoKey holds.
pub enum Key {
    Secret(Secret),
    /// Public or private.
    Asymmetric(PKey),
}

impl Key {
    pub fn secret(&self) -> Option<&Secret> {
        match self {
            Key::Secret(secret) => Some(secret),
            Key::Asymmetric(_) => None,
        }
    }

    pub fn asymmetric(&self) -> Option<&PKey> {
        match self {
            Key::Secret(_) => None,
            Key::Asymmetric(key) => Some(key),
        }
    }
}

#[allow(non_snake_case)]
fn keyOfSecret(natives: &mut Natives, bytes: Bytes) -> Js {
    let key = Key::Secret(Secret::from(bytes.as_slice()));
    natives.crypto_keep(|state| &mut state.keys, Ok(key))
}

#[allow(non_snake_case)]
fn keyBytes(natives: &mut Natives, number: i32) -> Js {
    let key = natives.crypto.keys.get(handle(number));
    match key.and_then(Key::secret) {
        Some(secret) => Js::Bytes(secret.as_slice().to_vec()),
        None => Js::Undefined,
    }
}

#[allow(non_snake_case)]
fn keyIsEqual(natives: &mut Natives, one: i32, other: i32) -> bool {
    let key = |number| natives.crypto.keys.get(handle(number));
    match (key(one), key(other)) {
        (Some(Key::Secret(one)), Some(Key::Secret(other))) => {
            coring_crypto::compare::is_equal(one.as_slice(), other.as_slice())
        }
        (Some(Key::Asymmetric(one)), Some(Key::Asymmetric(other))) => one.is_equal(other),
        _ => false,
    }
}

#[allow(non_snake_case)]
fn keyClose(natives: &mut Natives, number: i32) {
    natives.crypto.keys.remove(handle(number));
}
