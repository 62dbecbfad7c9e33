//! Keyed digests: one crossing for one at once; a handle for what comes in pieces.

use coring_crypto::hash::DIGEST_BYTES_MAX;
use coring_crypto::hmac::hmac_into;
use coring_crypto::{Failure, Hmac, Secret};
use coring_engine::{Data, Js, Short, ops};

use super::handle;
use super::hash::{digest, no_digest};
use super::text::{encode_digest, with_bytes};
use crate::Natives;

ops! { crypto(Natives) {
    /// The HMAC of data at once. key: bytes, text, or the handle of a secret key.
    slow hmac(digest: i32, key: Data, key_handle: i32, data: Data, encoding: i32, out: i32);
    /// A handle.
    slow hmacOpen(digest: i32, key: Data, key_handle: i32);
    slow hmacUpdate(handle: i32, data: Data, encoding: i32);
    /// Ends it; frees the handle.
    slow hmacDigest(handle: i32, out: i32);
    slow hmacClose(handle: i32);
} }

impl Natives {
    /// Runs `act` over the bytes of a key that stands either in data or (`key_handle` at least 0)
    /// behind a handle.
    pub(super) fn with_secret<R>(
        &self,
        key: &Data,
        key_handle: i32,
        act: impl FnOnce(&[u8]) -> R,
    ) -> R {
        if key_handle < 0 {
            return with_bytes(key, super::text::encoding::UTF8, act);
        }
        match self.crypto.keys.get(handle(key_handle)) {
            Some(key) => act(key.secret().map_or(&[], Secret::as_slice)),
            None => act(&[]),
        }
    }
}

fn hmac(
    natives: &mut Natives,
    number: i32,
    key: Data,
    key_handle: i32,
    data: Data,
    encoding: i32,
    out: i32,
) -> Short {
    let Some(digest) = digest(number) else {
        return natives.crypto_digest(Err(no_digest()));
    };
    let mut room = [0; DIGEST_BYTES_MAX];
    let result = natives.with_secret(&key, key_handle, |key| {
        with_bytes(&data, encoding, |bytes| {
            hmac_into(digest, key, bytes, &mut room).map(|bytes| encode_digest(bytes, out))
        })
    });
    natives.crypto_digest(result)
}

#[allow(non_snake_case)]
fn hmacOpen(natives: &mut Natives, number: i32, key: Data, key_handle: i32) -> Js {
    let begun = digest(number)
        .ok_or_else(no_digest)
        .and_then(|digest| natives.with_secret(&key, key_handle, |key| Hmac::new(digest, key)));
    natives.crypto_keep(|state| &mut state.hmacs, begun)
}

#[allow(non_snake_case)]
fn hmacUpdate(natives: &mut Natives, number: i32, data: Data, encoding: i32) -> bool {
    let Some(hmac) = natives.crypto.hmacs.get_mut(handle(number)) else {
        return false;
    };
    with_bytes(&data, encoding, |bytes| hmac.update(bytes)).is_ok()
}

#[allow(non_snake_case)]
fn hmacDigest(natives: &mut Natives, number: i32, out: i32) -> Short {
    let Some(hmac) = natives.crypto.hmacs.remove(handle(number)) else {
        return natives.crypto_digest(Err(Failure::plain("", "Digest already called")));
    };
    let mut room = [0; DIGEST_BYTES_MAX];
    let result = hmac.finish(&mut room);
    natives.crypto_digest(result.map(|bytes| encode_digest(bytes, out)))
}

#[allow(non_snake_case)]
fn hmacClose(natives: &mut Natives, number: i32) {
    natives.crypto.hmacs.remove(handle(number));
}
