//! The crypto fence: the one crate that names `aws_lc_sys`. Above it bindings see safe types over
//! libcrypto: [`Digest`], [`Hash`], [`Hmac`], [`PKey`], [`Secret`]. It knows nothing of V8, Node or
//! the ring.

pub mod argon;
pub mod cipher;
pub mod compare;
pub mod curve;
mod der;
pub mod digest;
pub mod exchange;
mod failure;
#[cfg(test)]
mod fuzz;
pub mod hash;
pub mod hmac;
pub mod kdf;
mod number;
mod owned;
pub mod pkey;
pub mod random;
mod secret;
mod sha512;
pub mod spkac;
pub mod tls;
pub mod turbo;
mod wrap;
pub mod x509;

pub use digest::Digest;
pub use failure::{Entry, Failure};
pub use hash::Hash;
pub use hmac::Hmac;
pub use number::Number;
pub use pkey::PKey;
pub use secret::Secret;
pub use x509::Certificate;

pub type Result<T> = std::result::Result<T, Failure>;
