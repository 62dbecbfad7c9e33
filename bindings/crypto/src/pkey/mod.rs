//! Asymmetric keys: what libcrypto holds as an `EVP_PKEY`.

mod agree;
mod cipher;
mod details;
mod dh;
#[cfg(test)]
mod fuzz;
mod generate;
mod parts;
mod pem;
mod raw;
mod rejection;
mod rsa;
mod sign;
mod wire;

use std::sync::Arc;

use aws_lc_sys as ffi;

use crate::owned::{Owned, release};
use crate::{Failure, Result};

pub use agree::Encapsulated;
pub use details::{Curve, Detail, PssDetail, curve_names};
pub use dh::dh_parameter_bits;
pub use generate::Recipe;
pub use parts::{RsaParts, RsaPrimes};
pub(crate) use pem::{armor, collect};
pub use raw::PointForm;
pub use rsa::{Direction, Oaep, Padding};
pub use sign::{SignatureForm, Signing};
pub(crate) use wire::is_absent as is_absent_pem;
pub use wire::{Encoding, Locked};

/// The bytes of the first block of PEM with one of these names.
pub(crate) fn find_pem(text: &[u8], names: &[&str]) -> Result<crate::Secret> {
    pem::find(text, names, None).map(|block| block.bytes)
}

/// The bytes of every block of PEM with one of these names, and what came behind the last.
pub(crate) fn all_pem(text: &[u8], names: &[&str]) -> (Vec<crate::Secret>, Failure) {
    let (blocks, end) = pem::all(text, names);
    (blocks.into_iter().map(|block| block.bytes).collect(), end)
}

release!(EVP_PKEY, EVP_PKEY_free);
release!(EVP_PKEY_CTX, EVP_PKEY_CTX_free);

/// A public or private key; copies share it.
pub struct PKey {
    object: Owned<ffi::EVP_PKEY>,
    is_private: bool,
    /// Parameters of an RSA-PSS key, which libcrypto reads but does not write.
    pss_parameters: Arc<[u8]>,
}

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Rsa,
    RsaPss,
    Dsa,
    Dh,
    Ec,
    Ed25519,
    X25519,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    MlKem512,
    MlKem768,
    MlKem1024,
}

const KINDS: &[(Kind, &str)] = &[
    (Kind::Rsa, "rsa"),
    (Kind::RsaPss, "rsa-pss"),
    (Kind::Dsa, "dsa"),
    (Kind::Dh, "dh"),
    (Kind::Ec, "ec"),
    (Kind::Ed25519, "ed25519"),
    (Kind::X25519, "x25519"),
    (Kind::MlDsa44, "ml-dsa-44"),
    (Kind::MlDsa65, "ml-dsa-65"),
    (Kind::MlDsa87, "ml-dsa-87"),
    (Kind::MlKem512, "ml-kem-512"),
    (Kind::MlKem768, "ml-kem-768"),
    (Kind::MlKem1024, "ml-kem-1024"),
];

impl Kind {
    /// As Node says it.
    pub fn name(self) -> &'static str {
        let row = KINDS.iter().find(|row| row.0 == self);
        row.expect("every kind has a name").1
    }

    pub fn by_name(name: &str) -> Option<Kind> {
        KINDS.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    fn of_pq(self) -> bool {
        self.is_pq_dsa() || self.is_kem()
    }

    pub(crate) fn is_pq_dsa(self) -> bool {
        matches!(self, Kind::MlDsa44 | Kind::MlDsa65 | Kind::MlDsa87)
    }

    pub(crate) fn is_kem(self) -> bool {
        matches!(self, Kind::MlKem512 | Kind::MlKem768 | Kind::MlKem1024)
    }

    /// libcrypto's number of those that have one of their own.
    pub(crate) fn nid(self) -> i32 {
        match self {
            Kind::Rsa => ffi::EVP_PKEY_RSA,
            Kind::RsaPss => ffi::EVP_PKEY_RSA_PSS,
            Kind::Dsa => ffi::EVP_PKEY_DSA,
            Kind::Dh => ffi::EVP_PKEY_DH,
            Kind::Ec => ffi::EVP_PKEY_EC,
            Kind::Ed25519 => ffi::EVP_PKEY_ED25519,
            Kind::X25519 => ffi::EVP_PKEY_X25519,
            Kind::MlDsa44 => ffi::NID_MLDSA44,
            Kind::MlDsa65 => ffi::NID_MLDSA65,
            Kind::MlDsa87 => ffi::NID_MLDSA87,
            Kind::MlKem512 => ffi::NID_MLKEM512,
            Kind::MlKem768 => ffi::NID_MLKEM768,
            Kind::MlKem1024 => ffi::NID_MLKEM1024,
        }
    }
}

impl Clone for PKey {
    fn clone(&self) -> PKey {
        let object = self.as_ptr().cast_mut();
        // SAFETY: the key is alive; the count is changed atomically.
        unsafe { ffi::EVP_PKEY_up_ref(object) };
        let object = Owned::of(object).expect("a live key is not null");
        PKey {
            object,
            is_private: self.is_private,
            pss_parameters: self.pss_parameters.clone(),
        }
    }
}

impl PKey {
    pub(crate) fn of(object: *mut ffi::EVP_PKEY, is_private: bool, what: &str) -> Result<PKey> {
        if object.is_null() {
            return Err(Failure::of_queue(what));
        }
        let object = Owned::of(object)?;
        Ok(PKey {
            object,
            is_private,
            pss_parameters: Arc::default(),
        })
    }

    pub(crate) fn as_ptr(&self) -> *const ffi::EVP_PKEY {
        self.object.as_ptr()
    }

    /// For functions that take a key as changeable and do not change it.
    pub(crate) fn as_mut_ptr(&self) -> *mut ffi::EVP_PKEY {
        self.object.as_ptr().cast_mut()
    }

    pub fn is_private(&self) -> bool {
        self.is_private
    }

    /// The same key, of which only the public half counts.
    pub fn to_public(&self) -> Result<PKey> {
        let spki = self.to_spki()?;
        PKey::from_spki(&spki)
    }

    /// None: libcrypto has kinds that Node does not name.
    pub fn kind(&self) -> Option<Kind> {
        // SAFETY: reads a live key.
        let id = unsafe { ffi::EVP_PKEY_id(self.as_ptr()) };
        match id {
            ffi::EVP_PKEY_PQDSA | ffi::EVP_PKEY_KEM => {
                let size = self.raw_public().map_or(0, |bytes| bytes.len());
                Kind::by_public_size(id == ffi::EVP_PKEY_KEM, size)
            }
            _ => KINDS
                .iter()
                .map(|row| row.0)
                .find(|kind| !kind.of_pq() && kind.nid() == id),
        }
    }

    /// Public halves and parameters are the same.
    pub fn is_equal(&self, other: &PKey) -> bool {
        // SAFETY: reads two live keys.
        let order = unsafe { ffi::EVP_PKEY_cmp(self.as_ptr(), other.as_ptr()) };
        crate::failure::forget();
        order == 1 && self.is_private == other.is_private
    }

    pub fn bits(&self) -> i32 {
        // SAFETY: reads a live key.
        unsafe { ffi::EVP_PKEY_bits(self.as_ptr()) }
    }

    /// What an operation with this key needs.
    pub(crate) fn operation(&self) -> Result<Operation> {
        // SAFETY: the key is alive; the operation holds it.
        Owned::of(unsafe { ffi::EVP_PKEY_CTX_new(self.as_mut_ptr(), std::ptr::null_mut()) })
            .map(Operation)
    }
}

/// An operation with a key, or one that makes a key.
pub(crate) struct Operation(pub Owned<ffi::EVP_PKEY_CTX>);

impl Operation {
    pub fn as_mut_ptr(&mut self) -> *mut ffi::EVP_PKEY_CTX {
        self.0.as_mut_ptr()
    }
}
