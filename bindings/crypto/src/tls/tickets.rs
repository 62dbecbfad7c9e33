//! Keys of session tickets. Cores of one process take each other's tickets, so the keys come from a
//! secret of the process, another for each period. What a ticket is good for is not said by its key
//! but by the session id context, which libssl compares (`connection.rs`, `scope`).

use std::cell::Cell;
use std::ffi::c_int;
use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_sys as ffi;

use super::{TICKET_KEY_BYTES, TicketKeys};
use crate::hash::DIGEST_BYTES_MAX;
use crate::{Digest, Result, random};

/// How long a key makes tickets; as long again it reads them.
const PERIOD_SECONDS: u64 = 12 * 3600;

const NAME_BYTES: usize = 16;
const HMAC_BYTES: usize = 16;
const IV_BYTES: usize = 16;

/// What a context has instead of the process's keys, once somebody set or asked for them.
#[derive(Default)]
pub struct Pinned(Cell<Option<TicketKeys>>);

impl Pinned {
    pub fn set(&self, keys: TicketKeys) {
        self.0.set(Some(keys));
    }

    pub fn get_or_pin(&self) -> Result<TicketKeys> {
        let keys = match self.0.get() {
            Some(keys) => keys,
            None => keys_of(period_now())?,
        };
        self.set(keys);
        Ok(keys)
    }

    fn to_write(&self) -> Result<TicketKeys> {
        self.0.get().map_or_else(|| keys_of(period_now()), Ok)
    }

    /// The keys of this name, and whether they still make tickets.
    fn to_read(&self, name: &[u8]) -> Result<Option<(TicketKeys, bool)>> {
        if let Some(keys) = self.0.get() {
            return Ok((keys[..NAME_BYTES] == *name).then_some((keys, true)));
        }
        let now = period_now();
        for (period, is_current) in [(now, true), (now.saturating_sub(1), false)] {
            let keys = keys_of(period)?;
            if keys[..NAME_BYTES] == *name {
                return Ok(Some((keys, is_current)));
            }
        }
        Ok(None)
    }
}

fn period_now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs()) / PERIOD_SECONDS
}

thread_local! {
    /// The keys that were made last, and of which periods.
    static MADE: Cell<[(u64, TicketKeys); 2]> = const { Cell::new([(u64::MAX, [0; 48]); 2]) };
}

fn keys_of(period: u64) -> Result<TicketKeys> {
    let made = MADE.get();
    let index = (period % 2) as usize;
    if made[index].0 == period {
        return Ok(made[index].1);
    }
    static SECRET: OnceLock<[u8; 32]> = OnceLock::new();
    let secret = match SECRET.get() {
        Some(secret) => secret,
        None => {
            let mut bytes = [0; 32];
            random::fill(&mut bytes)?;
            SECRET.get_or_init(|| bytes)
        }
    };
    let digest = Digest::by_name("sha384").expect("libcrypto has SHA-384");
    let mut hmac = crate::Hmac::new(digest, secret)?;
    hmac.update(b"session tickets")?;
    hmac.update(&period.to_be_bytes())?;
    let mut keys = [0; TICKET_KEY_BYTES];
    keys.copy_from_slice(hmac.finish(&mut [0; DIGEST_BYTES_MAX])?);
    let mut next = made;
    next[index] = (period, keys);
    MADE.set(next);
    Ok(keys)
}

/// What libssl's callback does (its header, SSL_CTX_set_tlsext_ticket_key_cb), with memory of
/// which libssl says the lengths: 16 bytes of name, 16 of vector.
pub fn prepare(
    pinned: &Pinned,
    name: &mut [u8; NAME_BYTES],
    vector: &mut [u8; IV_BYTES],
    cipher: *mut ffi::EVP_CIPHER_CTX,
    hmac: *mut ffi::HMAC_CTX,
    is_writing: bool,
) -> c_int {
    const FAILED: c_int = -1;
    const UNKNOWN: c_int = 0;
    const DONE: c_int = 1;
    const RENEW: c_int = 2;
    let (keys, answer) = match is_writing {
        true => {
            let Ok(keys) = pinned.to_write() else {
                return FAILED;
            };
            name.copy_from_slice(&keys[..NAME_BYTES]);
            if random::fill(vector).is_err() {
                return FAILED;
            }
            (keys, DONE)
        }
        false => match pinned.to_read(name) {
            Ok(Some((keys, true))) => (keys, DONE),
            Ok(Some((keys, false))) => (keys, RENEW),
            Ok(None) => return UNKNOWN,
            Err(_) => return FAILED,
        },
    };
    let (mac_key, key) = keys[NAME_BYTES..].split_at(HMAC_BYTES);
    let none = std::ptr::null_mut();
    // SAFETY: takes no argument, gives a constant.
    let algorithm = unsafe { ffi::EVP_aes_128_cbc() };
    // SAFETY: libssl's own state, alive for this call; key and vector have 16 bytes.
    let begun = unsafe {
        ffi::EVP_CipherInit_ex(
            cipher,
            algorithm,
            none,
            key.as_ptr(),
            vector.as_ptr(),
            c_int::from(is_writing),
        )
    };
    // SAFETY: takes no argument, gives a constant.
    let digest = unsafe { ffi::EVP_sha256() };
    // SAFETY: as above; the key is as long as is told.
    let keyed =
        unsafe { ffi::HMAC_Init_ex(hmac, mac_key.as_ptr().cast(), mac_key.len(), digest, none) };
    match begun == 1 && keyed == 1 {
        true => answer,
        false => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_have_keys_of_their_own() {
        let keys = keys_of(7).expect("keys");
        assert_eq!(keys, keys_of(7).expect("keys"));
        assert_ne!(keys, keys_of(8).expect("keys"));
        assert_ne!(keys, keys_of(9).expect("keys"));
        assert_eq!(keys, keys_of(7).expect("keys"));
        let other = std::thread::spawn(|| keys_of(7).expect("keys")).join();
        assert_eq!(other.ok(), Some(keys));
    }

    #[test]
    fn keys_that_were_asked_for_stay() {
        let pinned = Pinned::default();
        let name = keys_of(period_now()).expect("keys");
        assert!(pinned.to_read(&name[..16]).expect("an answer").is_some());
        pinned.set([5; 48]);
        assert_eq!(pinned.get_or_pin().expect("keys"), [5; 48]);
        assert!(pinned.to_read(&name[..16]).expect("an answer").is_none());
        assert_eq!(
            pinned.to_read(&[5; 16]).expect("an answer"),
            Some(([5; 48], true))
        );
    }
}
