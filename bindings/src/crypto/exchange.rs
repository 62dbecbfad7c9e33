//! Diffie-Hellman, over numbers and over curves.

use coring_crypto::curve::{CurveKey, Form};
use coring_crypto::exchange::{Exchange, PublicKeyFault};
use coring_crypto::{Failure, Number, Result};
use coring_engine::{Bytes, Js, ops};

use super::handle;
use crate::Natives;

ops! { crypto(Natives) {
    /// Each opens one: a handle. Of a group by its name; of prime and generator; of a new prime.
    slow dhOfGroup(name: String);
    slow dhOf(prime: Bytes, generator: Bytes);
    slow dhGenerate(bits: i32, generator: i32);
    /// The bits of verifyError.
    slow dhCheck(handle: i32);
    slow dhGenerateKeys(handle: i32);
    /// 0 prime, 1 generator, 2 public key, 3 private key: a Buffer, or undefined.
    slow dhPart(handle: i32, part: i32);
    slow dhSetPublicKey(handle: i32, bytes: Bytes);
    slow dhSetPrivateKey(handle: i32, bytes: Bytes);
    slow dhSecret(handle: i32, other: Bytes);
    slow dhClose(handle: i32);

    /// A handle, or null.
    slow ecdhOpen(curve: String);
    slow ecdhGenerateKeys(handle: i32);
    /// form: 2 compressed, 4 uncompressed, 6 hybrid.
    slow ecdhPublicKey(handle: i32, form: i32);
    slow ecdhPrivateKey(handle: i32);
    slow ecdhSetPublicKey(handle: i32, bytes: Bytes);
    slow ecdhSetPrivateKey(handle: i32, bytes: Bytes);
    slow ecdhSecret(handle: i32, other: Bytes);
    slow ecdhClose(handle: i32);
    /// A point in another form.
    slow ecdhConvert(bytes: Bytes, curve: String, form: i32);
} }

fn operation_failed(message: &str) -> Failure {
    Failure::plain("ERR_CRYPTO_OPERATION_FAILED", message)
}

/// libcrypto's own reason does not reach programs here.
fn or_failed<T>(result: Result<T>, message: &str) -> Result<T> {
    result.map_err(|_| operation_failed(message))
}

fn closed() -> Failure {
    operation_failed("The key is closed")
}

impl Natives {
    fn keep_exchange(&mut self, exchange: Result<Exchange>) -> Js {
        self.crypto_keep(|state| &mut state.exchanges, exchange)
    }

    fn with_exchange(&mut self, number: i32, act: impl FnOnce(&mut Exchange) -> Result<Js>) -> Js {
        self.crypto_with(|state| &mut state.exchanges, number, closed, act)
    }

    fn with_curve_key(&mut self, number: i32, act: impl FnOnce(&mut CurveKey) -> Result<Js>) -> Js {
        self.crypto_with(|state| &mut state.curve_keys, number, closed, act)
    }
}

#[allow(non_snake_case)]
fn dhOfGroup(natives: &mut Natives, name: String) -> Js {
    let unknown = || Failure::plain("ERR_CRYPTO_UNKNOWN_DH_GROUP", "Unknown DH group");
    let result = Exchange::of_group(&name).and_then(|exchange| exchange.ok_or_else(unknown));
    natives.keep_exchange(result)
}

#[allow(non_snake_case)]
fn dhOf(natives: &mut Natives, prime: Bytes, generator: Bytes) -> Js {
    natives.keep_exchange(Exchange::new(prime.as_slice(), generator.as_slice()))
}

#[allow(non_snake_case)]
fn dhGenerate(natives: &mut Natives, bits: i32, generator: i32) -> Js {
    natives.keep_exchange(Exchange::generate(bits, generator))
}

#[allow(non_snake_case)]
fn dhCheck(natives: &mut Natives, number: i32) -> Js {
    natives.with_exchange(number, |exchange| {
        or_failed(exchange.check(), "Checking DH parameters failed").map(Js::from)
    })
}

#[allow(non_snake_case)]
fn dhGenerateKeys(natives: &mut Natives, number: i32) -> Js {
    natives.with_exchange(number, |exchange| {
        or_failed(exchange.generate_key(), "Key generation failed")?;
        Ok(exchange.public_key().map_or(Js::Undefined, Js::Bytes))
    })
}

#[allow(non_snake_case)]
fn dhPart(natives: &mut Natives, number: i32, part: i32) -> Js {
    natives.with_exchange(number, |exchange| {
        let bytes = match part {
            0 => Some(exchange.prime()),
            1 => Some(exchange.generator()),
            2 => exchange.public_key(),
            _ => exchange.private_key(),
        };
        Ok(bytes.map_or(Js::Undefined, Js::Bytes))
    })
}

#[allow(non_snake_case)]
fn dhSetPublicKey(natives: &mut Natives, number: i32, bytes: Bytes) -> Js {
    natives.with_exchange(number, |exchange| {
        exchange
            .set_public_key(bytes.as_slice())
            .map(|()| Js::Undefined)
    })
}

#[allow(non_snake_case)]
fn dhSetPrivateKey(natives: &mut Natives, number: i32, bytes: Bytes) -> Js {
    natives.with_exchange(number, |exchange| {
        exchange
            .set_private_key(bytes.as_slice())
            .map(|()| Js::Undefined)
    })
}

#[allow(non_snake_case)]
fn dhSecret(natives: &mut Natives, number: i32, other: Bytes) -> Js {
    let invalid = |message: &str| Err(Failure::plain("ERR_CRYPTO_INVALID_KEYLEN", message));
    natives.with_exchange(number, |exchange| {
        let other = Number::new(other.as_slice())?;
        match exchange.fault_of(&other) {
            Some(PublicKeyFault::TooSmall) => return invalid("Supplied key is too small"),
            Some(PublicKeyFault::TooLarge) => return invalid("Supplied key is too large"),
            Some(PublicKeyFault::Other) => return Err(operation_failed("Invalid key")),
            None => {}
        }
        or_failed(exchange.secret(&other), "Failed to compute shared secret").map(Js::Bytes)
    })
}

#[allow(non_snake_case)]
fn dhClose(natives: &mut Natives, number: i32) {
    natives.crypto.exchanges.remove(handle(number));
}

fn open(name: &str) -> Result<CurveKey> {
    let unknown = || Failure::plain("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name");
    CurveKey::of_curve(name)?.ok_or_else(unknown)
}

#[allow(non_snake_case)]
fn ecdhOpen(natives: &mut Natives, curve: String) -> Js {
    natives.crypto_keep(|state| &mut state.curve_keys, open(&curve))
}

#[allow(non_snake_case)]
fn ecdhGenerateKeys(natives: &mut Natives, number: i32) -> Js {
    natives.with_curve_key(number, |key| {
        or_failed(key.generate(), "Failed to generate key").map(|()| Js::Undefined)
    })
}

fn form_of(number: i32) -> Form {
    match number {
        2 => Form::Compressed,
        6 => Form::Hybrid,
        _ => Form::Uncompressed,
    }
}

#[allow(non_snake_case)]
fn ecdhPublicKey(natives: &mut Natives, number: i32, form: i32) -> Js {
    natives.with_curve_key(number, |key| {
        let bytes = key.public_key(form_of(form))?;
        let missing = || operation_failed("Failed to get ECDH public key");
        bytes.map(Js::Bytes).ok_or_else(missing)
    })
}

#[allow(non_snake_case)]
fn ecdhPrivateKey(natives: &mut Natives, number: i32) -> Js {
    natives.with_curve_key(number, |key| {
        let missing = || operation_failed("Failed to get ECDH private key");
        key.private_key().map(Js::Bytes).ok_or_else(missing)
    })
}

#[allow(non_snake_case)]
fn ecdhSetPublicKey(natives: &mut Natives, number: i32, bytes: Bytes) -> Js {
    natives.with_curve_key(number, |key| {
        let refused = || operation_failed("Failed to convert Buffer to EC_POINT");
        let point = key.point(bytes.as_slice())?.ok_or_else(refused)?;
        let set = key.set_public_key(&point).map(|()| Js::Undefined);
        or_failed(set, "Failed to set EC_POINT as the public key")
    })
}

#[allow(non_snake_case)]
fn ecdhSetPrivateKey(natives: &mut Natives, number: i32, bytes: Bytes) -> Js {
    natives.with_curve_key(number, |key| {
        match key.set_private_key(bytes.as_slice())? {
            true => Ok(Js::Undefined),
            false => Err(Failure::plain(
                "ERR_CRYPTO_INVALID_KEYTYPE",
                "Private key is not valid for specified curve.",
            )),
        }
    })
}

#[allow(non_snake_case)]
fn ecdhSecret(natives: &mut Natives, number: i32, other: Bytes) -> Js {
    natives.with_curve_key(number, |key| {
        if key.private_key().is_some() && !key.is_valid() {
            return Err(Failure::plain(
                "ERR_CRYPTO_INVALID_KEYPAIR",
                "Invalid key pair",
            ));
        }
        let refused = || {
            let message = "Public key is not valid for specified curve";
            Failure::plain("ERR_CRYPTO_ECDH_INVALID_PUBLIC_KEY", message)
        };
        let point = key.point(other.as_slice())?.ok_or_else(refused)?;
        or_failed(key.secret(&point), "Failed to compute ECDH key").map(Js::Bytes)
    })
}

#[allow(non_snake_case)]
fn ecdhClose(natives: &mut Natives, number: i32) {
    natives.crypto.curve_keys.remove(handle(number));
}

#[allow(non_snake_case)]
fn ecdhConvert(natives: &mut Natives, bytes: Bytes, curve: String, form: i32) -> Js {
    let refused = || operation_failed("Failed to convert Buffer to EC_POINT");
    let result = open(&curve).and_then(|key| {
        let point = key.point(bytes.as_slice())?.ok_or_else(refused)?;
        key.bytes_of(&point, form_of(form))
    });
    natives.crypto_answer(result)
}
