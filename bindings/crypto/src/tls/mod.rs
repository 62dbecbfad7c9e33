//! TLS: safe types over libssl. A [`Context`] says who we are and whom we trust, a [`Connection`]
//! turns ciphertext into plaintext and back, in memory. libssl's callbacks (`callbacks.rs`) only
//! look at what was said before or make the handshake stand still; nobody above is called by it.

mod callbacks;
mod connection;
mod context;
mod drive;
#[allow(non_camel_case_types, non_snake_case)]
mod ffi;
#[cfg(test)]
mod fuzz;
mod hello;
mod inspect;
mod pfx;
mod pipe;
mod psk;
mod roots;
#[cfg(test)]
mod tests;
mod tickets;
mod verdict;

pub use connection::Connection;
pub use context::{Context, cipher_names};
pub use drive::{Outcome, event};
pub use hello::Hello;
pub use inspect::Cipher;
pub use roots::{Roots, bundled_der};
pub use verdict::Verdict;

use crate::{Digest, Hash, Result};

pub const TICKET_KEY_BYTES: usize = 48;

/// Name, key of the HMAC, key of AES, 16 bytes each.
pub type TicketKeys = [u8; TICKET_KEY_BYTES];

/// Of parts, each behind its length.
fn sha256(parts: &[&[u8]]) -> Result<[u8; 32]> {
    let digest = Digest::by_name("sha256").expect("libcrypto has SHA-256");
    let mut hash = Hash::new(digest)?;
    for part in parts {
        hash.update(&(part.len() as u64).to_be_bytes())?;
        hash.update(part)?;
    }
    let mut out = [0; 32];
    hash.finish_into(&mut out)?;
    Ok(out)
}
