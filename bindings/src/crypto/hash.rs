//! Digests: one crossing for one at once; a handle for what comes in pieces.

use coring_crypto::digest::{self, Digest};
use coring_crypto::hash::{DIGEST_BYTES_MAX, hash_into};
use coring_crypto::turbo::{self, Strength};
use coring_crypto::{Failure, Hash};
use coring_engine::{Bytes, Data, Js, Short, ops};

use super::text::{encode, encode_digest, encoding, with_bytes};
use super::{failure_js, handle, room};
use crate::Natives;

ops! { crypto(Natives) {
    /// Why the last op gave null; see `failure_js`.
    slow takeFailure();
    /// Every listed name of a digest.
    slow digestNames();
    /// [number, bytes, 1 where it is extendable, name], or undefined.
    slow digestOf(name: String);
    /// The digest of data at once. count: bytes wanted of an extendable one, -1: as it is.
    slow hash(digest: i32, data: Data, encoding: i32, out: i32, count: f64);
    /// As hash, in hexadecimal, of one that is not extendable; text is UTF-8. Mostly it is this
    /// that is wanted, and each argument takes its time.
    slow hashHex(digest: i32, data: Data);
    /// A handle; data may be null.
    slow hashOpen(digest: i32, data: Data, encoding: i32);
    slow hashUpdate(handle: i32, data: Data, encoding: i32);
    slow hashCopy(handle: i32);
    /// Ends it; frees the handle.
    slow hashDigest(handle: i32, out: i32, count: f64);
    slow hashClose(handle: i32);
    /// The digest of bytes, by the compute lane.
    slow hashJob(digest: i32, data: Bytes, count: f64, ticket: i32);
    /// name: TurboSHAKE128, KT256..; customization is for KT, domain for the others.
    slow turboShake(
        name: String,
        customization: Option<Bytes>,
        domain: i32,
        data: Bytes,
        count: f64,
        ticket: i32,
    );
    slow isEqual(one: Bytes, other: Bytes);
} }

/// Digests are few, and JavaScript knows their numbers from `digestOf`.
pub fn digest(number: i32) -> Option<Digest> {
    Digest::by_index(usize::try_from(number).ok()?)
}

pub fn no_digest() -> Failure {
    Failure::plain("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest")
}

#[allow(non_snake_case)]
fn takeFailure(natives: &mut Natives) -> Js {
    match natives.crypto.failure.take() {
        Some(failure) => failure_js(&failure),
        None => Js::List(vec!["Unknown failure".into()]),
    }
}

#[allow(non_snake_case)]
fn digestNames(_: &mut Natives) -> Js {
    Js::List(digest::names().into_iter().map(Js::from).collect())
}

#[allow(non_snake_case)]
fn digestOf(_: &mut Natives, name: String) -> Js {
    let Some(digest) = Digest::by_name(&name) else {
        return Js::Undefined;
    };
    Js::List(vec![
        (digest.index() as u32).into(),
        (digest.bytes() as u32).into(),
        i32::from(digest.is_xof()).into(),
        digest.name().into(),
    ])
}

/// Ends a hash: all of the digest, or the `count` bytes that are wanted of an extendable one.
fn finish(hash: Hash, count: f64) -> coring_crypto::Result<Vec<u8>> {
    let digest = hash.digest();
    let mut bytes = match digest.is_xof() && count >= 0.0 {
        true => room(count)?,
        false => vec![0; digest.bytes()],
    };
    hash.finish_into(&mut bytes)?;
    Ok(bytes)
}

fn hash(
    natives: &mut Natives,
    number: i32,
    data: Data,
    encoding: i32,
    out: i32,
    count: f64,
) -> Short {
    let Some(digest) = digest(number) else {
        return natives.crypto_digest(Err(no_digest()));
    };
    if !digest.is_xof() {
        let mut room = [0; DIGEST_BYTES_MAX];
        let hashed = with_bytes(&data, encoding, |bytes| {
            hash_into(digest, bytes, &mut room).map(|bytes| encode_digest(bytes, out))
        });
        return natives.crypto_digest(hashed);
    }
    let result = Hash::new(digest).and_then(|mut hash| {
        with_bytes(&data, encoding, |bytes| hash.update(bytes))?;
        finish(hash, count)
    });
    natives.crypto_digest(result.map(|bytes| Short::Other(encode(&bytes, out))))
}

#[allow(non_snake_case)]
fn hashHex(natives: &mut Natives, number: i32, data: Data) -> Short {
    let Some(digest) = digest(number).filter(|digest| !digest.is_xof()) else {
        return natives.crypto_digest(Err(no_digest()));
    };
    let mut room = [0; DIGEST_BYTES_MAX];
    let hashed = with_bytes(&data, encoding::UTF8, |bytes| {
        hash_into(digest, bytes, &mut room).map(|bytes| encode_digest(bytes, encoding::HEX))
    });
    natives.crypto_digest(hashed)
}

#[allow(non_snake_case)]
fn hashOpen(natives: &mut Natives, number: i32, data: Data, encoding: i32) -> Js {
    let begun = digest(number).ok_or_else(no_digest).and_then(|digest| {
        let mut hash = Hash::new(digest)?;
        with_bytes(&data, encoding, |bytes| hash.update(bytes))?;
        Ok(hash)
    });
    natives.crypto_keep(|state| &mut state.hashes, begun)
}

#[allow(non_snake_case)]
fn hashUpdate(natives: &mut Natives, number: i32, data: Data, encoding: i32) -> bool {
    let Some(hash) = natives.crypto.hashes.get_mut(handle(number)) else {
        return false;
    };
    with_bytes(&data, encoding, |bytes| hash.update(bytes)).is_ok()
}

#[allow(non_snake_case)]
fn hashCopy(natives: &mut Natives, number: i32) -> Js {
    let gone = || Failure::plain("", "Digest copy error");
    let hash = natives.crypto.hashes.get(handle(number));
    let copy = hash.ok_or_else(gone).and_then(Hash::copy);
    natives.crypto_keep(|state| &mut state.hashes, copy)
}

#[allow(non_snake_case)]
fn hashDigest(natives: &mut Natives, number: i32, out: i32, count: f64) -> Short {
    let Some(hash) = natives.crypto.hashes.remove(handle(number)) else {
        return natives.crypto_digest(Err(Failure::plain("", "Digest already called")));
    };
    let digest = hash.digest();
    if digest.is_xof() {
        let result = finish(hash, count);
        return natives.crypto_digest(result.map(|bytes| Short::Other(encode(&bytes, out))));
    }
    let mut room = [0; DIGEST_BYTES_MAX];
    let room = &mut room[..digest.bytes()];
    let result = hash.finish_into(room);
    natives.crypto_digest(result.map(|()| encode_digest(room, out)))
}

#[allow(non_snake_case)]
fn hashClose(natives: &mut Natives, number: i32) {
    natives.crypto.hashes.remove(handle(number));
}

#[allow(non_snake_case)]
fn hashJob(natives: &mut Natives, number: i32, data: Bytes, count: f64, ticket: i32) -> Js {
    let data = data.as_slice().to_vec();
    natives.crypto_job(ticket, move || {
        let digest = digest(number).ok_or_else(no_digest)?;
        let mut hash = Hash::new(digest)?;
        hash.update(&data)?;
        finish(hash, count)
    })
}

#[allow(non_snake_case)]
fn turboShake(
    natives: &mut Natives,
    name: String,
    customization: Option<Bytes>,
    domain: i32,
    data: Bytes,
    count: f64,
    ticket: i32,
) -> Js {
    let strength = match name.ends_with("128") {
        true => Strength::Of128,
        false => Strength::Of256,
    };
    let data = data.as_slice().to_vec();
    let customization = customization.map_or(Vec::new(), |bytes| bytes.as_slice().to_vec());
    natives.crypto_job(ticket, move || {
        let mut out = room(count)?;
        match name.starts_with("KT") {
            true => turbo::kangaroo_twelve(strength, &data, &customization, &mut out),
            false => turbo::turbo_shake(strength, domain as u8, &data, &mut out),
        }
        Ok(out)
    })
}

#[allow(non_snake_case)]
fn isEqual(_: &mut Natives, one: Bytes, other: Bytes) -> bool {
    coring_crypto::compare::is_equal(one.as_slice(), other.as_slice())
}
