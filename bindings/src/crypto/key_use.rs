//! What asymmetric keys do: sign, verify, encrypt, decrypt, agree on secrets.

use coring_crypto::pkey::{Direction, Oaep, SignatureForm, Signing};
use coring_crypto::{Failure, Secret};
use coring_engine::{Bytes, Js, ops};

use super::hash::digest;
use super::key_wire::key_of;
use crate::Natives;

ops! { crypto(Natives) {
    /// digest: -1 where the kind has its own; `is_digest`: data is what the digest gave.
    slow keySign(
        handle: i32,
        digest: i32,
        data: Bytes,
        is_digest: bool,
        padding: Option<i32>,
        salt: Option<i32>,
        is_plain: bool,
        context: Option<Bytes>,
        ticket: i32,
    );
    slow keyVerify(
        handle: i32,
        digest: i32,
        data: Bytes,
        is_digest: bool,
        padding: Option<i32>,
        salt: Option<i32>,
        is_plain: bool,
        context: Option<Bytes>,
        signature: Bytes,
        ticket: i32,
    );
    /// direction: see `direction_of`; digest: -1 for the default of OAEP.
    slow keyRsa(
        handle: i32,
        direction: i32,
        padding: i32,
        digest: i32,
        label: Option<Bytes>,
        data: Bytes,
        ticket: i32,
    );
    slow keyDerive(private: i32, public: i32, ticket: i32);
    /// [secret, ciphertext]
    slow keyEncapsulate(handle: i32, ticket: i32);
    slow keyDecapsulate(handle: i32, ciphertext: Bytes, ticket: i32);
} }

fn signing_of(
    padding: Option<i32>,
    salt_count: Option<i32>,
    is_plain: bool,
    context: Option<&Bytes>,
) -> Signing {
    Signing {
        padding,
        salt_count,
        form: match is_plain {
            true => SignatureForm::Plain,
            false => SignatureForm::Der,
        },
        context: context.map_or(Vec::new(), |context| context.as_slice().to_vec()),
    }
}

fn no_digest() -> Failure {
    Failure::plain("", "Digest is missing")
}

#[allow(non_snake_case, clippy::too_many_arguments)]
fn keySign(
    natives: &mut Natives,
    number: i32,
    digest_number: i32,
    data: Bytes,
    is_digest: bool,
    padding: Option<i32>,
    salt: Option<i32>,
    is_plain: bool,
    context: Option<Bytes>,
    ticket: i32,
) -> Js {
    let key = key_of(natives, number);
    let how = signing_of(padding, salt, is_plain, context.as_ref());
    let data = data.as_slice().to_vec();
    natives.crypto_job(ticket, move || {
        let digest = digest(digest_number);
        match is_digest {
            true => key?.sign_digest(digest.ok_or_else(no_digest)?, &data, &how),
            false => key?.sign(digest, &data, &how),
        }
    })
}

#[allow(non_snake_case, clippy::too_many_arguments)]
fn keyVerify(
    natives: &mut Natives,
    number: i32,
    digest_number: i32,
    data: Bytes,
    is_digest: bool,
    padding: Option<i32>,
    salt: Option<i32>,
    is_plain: bool,
    context: Option<Bytes>,
    signature: Bytes,
    ticket: i32,
) -> Js {
    let key = key_of(natives, number);
    let how = signing_of(padding, salt, is_plain, context.as_ref());
    let (data, signature) = (data.as_slice().to_vec(), signature.as_slice().to_vec());
    natives.crypto_job(ticket, move || {
        let digest = digest(digest_number);
        match is_digest {
            true => {
                let digest = digest.ok_or_else(no_digest)?;
                key?.verify_digest(digest, &data, &signature, &how)
            }
            false => key?.verify(digest, &data, &signature, &how),
        }
    })
}

/// Numbers are shared with lib_js/internal/crypto/rsa_cipher.js.
fn direction_of(number: i32) -> Direction {
    match number {
        0 => Direction::PublicEncrypt,
        1 => Direction::PrivateDecrypt,
        2 => Direction::PrivateEncrypt,
        _ => Direction::PublicDecrypt,
    }
}

#[allow(non_snake_case, clippy::too_many_arguments)]
fn keyRsa(
    natives: &mut Natives,
    number: i32,
    direction: i32,
    padding: i32,
    digest_number: i32,
    label: Option<Bytes>,
    data: Bytes,
    ticket: i32,
) -> Js {
    let key = key_of(natives, number);
    let oaep = Oaep {
        digest: digest(digest_number),
        label: label.map_or(Vec::new(), |label| label.as_slice().to_vec()),
    };
    let data = Secret::from(data.as_slice());
    natives.crypto_job(ticket, move || {
        key?.rsa(direction_of(direction), padding, &oaep, data.as_slice())
    })
}

#[allow(non_snake_case)]
fn keyDerive(natives: &mut Natives, private: i32, public: i32, ticket: i32) -> Js {
    let keys = (key_of(natives, private), key_of(natives, public));
    natives.crypto_job(ticket, move || keys.0?.derive(&keys.1?))
}

#[allow(non_snake_case)]
fn keyEncapsulate(natives: &mut Natives, number: i32, ticket: i32) -> Js {
    let key = key_of(natives, number);
    natives.crypto_job(ticket, move || {
        let made = key?.encapsulate()?;
        Ok(vec![made.secret, made.ciphertext])
    })
}

#[allow(non_snake_case)]
fn keyDecapsulate(natives: &mut Natives, number: i32, ciphertext: Bytes, ticket: i32) -> Js {
    let key = key_of(natives, number);
    let ciphertext = ciphertext.as_slice().to_vec();
    natives.crypto_job(ticket, move || key?.decapsulate(&ciphertext))
}
