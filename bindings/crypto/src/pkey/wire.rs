//! Keys as bytes and text: SubjectPublicKeyInfo, PKCS#8, PKCS#1 and SEC 1, in DER or in PEM.

use aws_lc_sys as ffi;

use super::cipher::cipher_of;
use super::parts::{self, OID_DH, OID_DSA, OID_EC, OID_RSA, algorithm_of_spki, private_of};
use super::{Kind, PKey, pem};
use crate::der::{self, Reader};
use crate::{Failure, Result, Secret, failure};

/// What a key's DER is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    Pkcs1,
    Pkcs8,
    Spki,
    Sec1,
}

/// How a written key is locked.
pub struct Locked {
    pub cipher: String,
    pub passphrase: Secret,
}

const READ_PRIVATE: &str = "Failed to read private key";
const READ_PUBLIC: &str = "Failed to read asymmetric key";

/// Bytes for libcrypto to read.
fn reader(bytes: &[u8]) -> ffi::CBS {
    ffi::CBS {
        data: bytes.as_ptr(),
        len: bytes.len(),
    }
}

/// What libcrypto writes.
fn written(message: &str, write: impl FnOnce(*mut ffi::CBB) -> i32) -> Result<Vec<u8>> {
    let mut builder = std::mem::MaybeUninit::<ffi::CBB>::zeroed();
    // SAFETY: initialises the builder.
    failure::check(unsafe { ffi::CBB_init(builder.as_mut_ptr(), 0) }, message)?;
    let done = write(builder.as_mut_ptr());
    let (mut start, mut count) = (std::ptr::null_mut(), 0);
    if done == 1 {
        // SAFETY: the builder was initialised; what it gives is ours.
        unsafe { ffi::CBB_finish(builder.as_mut_ptr(), &mut start, &mut count) };
    }
    if start.is_null() {
        // SAFETY: the builder was initialised and not finished.
        unsafe { ffi::CBB_cleanup(builder.as_mut_ptr()) };
        return Err(Failure::of_queue(message));
    }
    // SAFETY: `count` bytes at `start` are ours.
    let bytes = unsafe { std::slice::from_raw_parts(start, count) }.to_vec();
    // SAFETY: came from libcrypto's allocator and is given back once; it is wiped by that.
    unsafe { ffi::OPENSSL_free(start.cast()) };
    Ok(bytes)
}

impl PKey {
    pub fn from_spki(bytes: &[u8]) -> Result<PKey> {
        failure::forget();
        let mut input = reader(bytes);
        // SAFETY: reads within the slice.
        let object = unsafe { ffi::EVP_parse_public_key(&mut input) };
        let mut key = PKey::of(object, false, READ_PUBLIC)?;
        if key.kind() == Some(Kind::RsaPss) {
            key.pss_parameters = algorithm_of_spki(bytes)?.1.rest().into();
        }
        Ok(key)
    }

    pub fn from_pkcs8(bytes: &[u8]) -> Result<PKey> {
        failure::forget();
        if let Ok(private) = private_of(bytes)
            && private.oid == OID_DH
        {
            return PKey::dh_of_private(&private);
        }
        let mut input = reader(bytes);
        // SAFETY: reads within the slice.
        let object = unsafe { ffi::EVP_parse_private_key(&mut input) };
        let mut key = PKey::of(object, true, READ_PRIVATE)?;
        if key.kind() == Some(Kind::RsaPss) {
            key.pss_parameters = private_of(bytes)?.parameters.rest().into();
        }
        Ok(key)
    }

    /// PKCS#8 that is locked by a passphrase, or is not.
    pub fn from_any_pkcs8(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<PKey> {
        let first = Reader::new(bytes)
            .sequence()
            .ok()
            .and_then(|info| info.peek());
        match first {
            Some(der::SEQUENCE) => PKey::from_locked_pkcs8(bytes, passphrase),
            _ => PKey::from_pkcs8(bytes),
        }
    }

    fn from_locked_pkcs8(bytes: &[u8], passphrase: Option<&[u8]>) -> Result<PKey> {
        failure::forget();
        let passphrase = pem::checked(passphrase)?;
        let mut input = reader(bytes);
        // SAFETY: reads within the slices, which are as long as is told.
        let object = unsafe {
            ffi::PKCS8_parse_encrypted_private_key(
                &mut input,
                passphrase.as_ptr().cast(),
                passphrase.len(),
            )
        };
        PKey::of(object, true, READ_PRIVATE)
    }

    pub fn from_rsa_public(bytes: &[u8]) -> Result<PKey> {
        PKey::from_spki(&parts::spki(OID_RSA, &parts::null(), bytes))
    }

    /// RSAPrivateKey; as libcrypto does, PKCS#8 too.
    pub fn from_rsa_private(bytes: &[u8]) -> Result<PKey> {
        failure::forget();
        let mut at = bytes.as_ptr();
        // SAFETY: reads within the slice, which is as long as is told.
        let object = unsafe {
            ffi::d2i_PrivateKey(
                ffi::EVP_PKEY_RSA,
                std::ptr::null_mut(),
                &mut at,
                bytes.len() as std::ffi::c_long,
            )
        };
        PKey::of(object, true, READ_PRIVATE)
    }

    /// ECPrivateKey, which says its curve itself.
    pub fn from_sec1(bytes: &[u8]) -> Result<PKey> {
        let mut key = Reader::new(bytes).sequence()?;
        key.integer()?;
        key.expect(der::OCTET_STRING)?;
        let parameters = key.expect(der::tagged(0))?;
        PKey::from_pkcs8(&parts::pkcs8(OID_EC, parameters, bytes))
    }

    /// DSAPrivateKey of OpenSSL: 0, p, q, g, y, x.
    fn from_dsa_private(bytes: &[u8]) -> Result<PKey> {
        let mut key = Reader::new(bytes).sequence()?;
        key.integer()?;
        let numbers = [key.whole()?, key.whole()?, key.whole()?];
        key.integer()?;
        let parameters = der::sequence(&numbers);
        PKey::from_pkcs8(&parts::pkcs8(OID_DSA, &parameters, key.whole()?))
    }

    pub fn private_from_der(
        bytes: &[u8],
        encoding: Encoding,
        passphrase: Option<&[u8]>,
    ) -> Result<PKey> {
        match encoding {
            Encoding::Pkcs1 => PKey::from_rsa_private(bytes),
            Encoding::Sec1 => PKey::from_sec1(bytes),
            _ => PKey::from_any_pkcs8(bytes, passphrase),
        }
    }

    /// A public key; of a private one, its public half.
    pub fn public_from_der(
        bytes: &[u8],
        encoding: Encoding,
        passphrase: Option<&[u8]>,
    ) -> Result<PKey> {
        match encoding {
            Encoding::Spki => PKey::from_spki(bytes),
            Encoding::Pkcs1 if !is_rsa_private(bytes) => PKey::from_rsa_public(bytes),
            _ => PKey::private_from_der(bytes, encoding, passphrase)?.to_public(),
        }
    }

    pub fn private_from_pem(text: &[u8], passphrase: Option<&[u8]>) -> Result<PKey> {
        const NAMES: &[&str] = &[
            "PRIVATE KEY",
            "ENCRYPTED PRIVATE KEY",
            "RSA PRIVATE KEY",
            "EC PRIVATE KEY",
            "DSA PRIVATE KEY",
        ];
        let block = pem::find(text, NAMES, passphrase)?;
        let bytes = block.bytes.as_slice();
        match block.name.as_str() {
            "RSA PRIVATE KEY" => PKey::from_rsa_private(bytes),
            "EC PRIVATE KEY" => PKey::from_sec1(bytes),
            "DSA PRIVATE KEY" => PKey::from_dsa_private(bytes),
            "ENCRYPTED PRIVATE KEY" => PKey::from_locked_pkcs8(bytes, passphrase),
            _ => PKey::from_pkcs8(bytes),
        }
    }

    /// A public key; of a certificate or a private key, its public half.
    pub fn public_from_pem(text: &[u8], passphrase: Option<&[u8]>) -> Result<PKey> {
        for name in ["PUBLIC KEY", "RSA PUBLIC KEY", "CERTIFICATE"] {
            let block = match pem::find(text, &[name], None) {
                Err(failure) if is_absent(&failure) => continue,
                found => found?,
            };
            let bytes = block.bytes.as_slice();
            return match name {
                "PUBLIC KEY" => PKey::from_spki(bytes),
                "RSA PUBLIC KEY" => PKey::from_rsa_public(bytes),
                _ => crate::Certificate::from_der(bytes)?.public_key(),
            };
        }
        PKey::private_from_pem(text, passphrase)?.to_public()
    }

    /// RSAPublicKey or RSAPrivateKey.
    fn to_bare_rsa(&self, is_private: bool) -> Result<Vec<u8>> {
        // SAFETY: the key is alive; what is given lives as long as it, or is null.
        let rsa = unsafe { ffi::EVP_PKEY_get0_RSA(self.as_ptr()) };
        if rsa.is_null() {
            return Err(Failure::of_queue("Failed to encode an RSA key"));
        }
        written("Failed to encode an RSA key", |builder| match is_private {
            // SAFETY: the key is alive, the builder initialised.
            true => unsafe { ffi::RSA_marshal_private_key(builder, rsa) },
            // SAFETY: as above.
            false => unsafe { ffi::RSA_marshal_public_key(builder, rsa) },
        })
    }

    pub fn to_spki(&self) -> Result<Vec<u8>> {
        if self.kind() == Some(Kind::RsaPss) {
            let key = self.to_bare_rsa(false)?;
            let spki = parts::spki(parts::OID_RSA_PSS, &self.pss_parameters, &key);
            return Ok(spki.into_vec());
        }
        written("Failed to encode public key", |builder| {
            // SAFETY: the key is alive, the builder initialised.
            unsafe { ffi::EVP_marshal_public_key(builder, self.as_ptr()) }
        })
    }

    pub fn to_pkcs8(&self) -> Result<Secret> {
        if self.kind() == Some(Kind::Dh) {
            return self.dh_to_pkcs8();
        }
        if self.kind() == Some(Kind::RsaPss) {
            let key = Secret::new(self.to_bare_rsa(true)?);
            return Ok(parts::pkcs8(parts::OID_RSA_PSS, &self.pss_parameters, &key));
        }
        let bytes = written("Failed to encode private key", |builder| {
            // SAFETY: the key is alive, the builder initialised.
            unsafe { ffi::EVP_marshal_private_key(builder, self.as_ptr()) }
        })?;
        Ok(Secret::new(bytes))
    }

    fn to_locked_pkcs8(&self, locked: &Locked) -> Result<Vec<u8>> {
        let cipher = cipher_of(&locked.cipher)?;
        let passphrase = locked.passphrase.as_slice();
        written("Failed to encode private key", |builder| {
            // SAFETY: the key is alive, the builder initialised, the passphrase as long as is told;
            // salt and rounds are libcrypto's own.
            unsafe {
                ffi::PKCS8_marshal_encrypted_private_key(
                    builder,
                    -1,
                    cipher,
                    passphrase.as_ptr().cast(),
                    passphrase.len(),
                    std::ptr::null(),
                    0,
                    0,
                    self.as_ptr(),
                )
            }
        })
    }

    pub fn to_public_der(&self, encoding: Encoding) -> Result<Vec<u8>> {
        let spki = self.to_spki()?;
        match encoding {
            Encoding::Pkcs1 => algorithm_of_spki(&spki).map(|(key, _)| key.to_vec()),
            _ => Ok(spki),
        }
    }

    pub fn to_public_pem(&self, encoding: Encoding) -> Result<Vec<u8>> {
        let name = match encoding {
            Encoding::Pkcs1 => "RSA PUBLIC KEY",
            _ => "PUBLIC KEY",
        };
        pem::armor(name, &self.to_public_der(encoding)?)
    }

    pub fn to_private_der(&self, encoding: Encoding, locked: Option<&Locked>) -> Result<Vec<u8>> {
        match (encoding, locked) {
            (Encoding::Pkcs1, _) => Ok(private_of(&self.to_pkcs8()?)?.bytes.to_vec()),
            (Encoding::Sec1, _) => self.to_sec1(),
            (_, Some(locked)) => self.to_locked_pkcs8(locked),
            _ => self.to_pkcs8().map(Secret::into_vec),
        }
    }

    pub fn to_private_pem(&self, encoding: Encoding, locked: Option<&Locked>) -> Result<Vec<u8>> {
        let name = match encoding {
            Encoding::Pkcs1 => "RSA PRIVATE KEY",
            Encoding::Sec1 => "EC PRIVATE KEY",
            _ if locked.is_some() => "ENCRYPTED PRIVATE KEY",
            _ => "PRIVATE KEY",
        };
        match locked {
            Some(locked) if matches!(encoding, Encoding::Pkcs1 | Encoding::Sec1) => {
                pem::locked_armor(self, locked)
            }
            _ => pem::armor(name, &self.to_private_der(encoding, locked)?),
        }
    }

    /// PKCS#8 names the curve outside of the key, SEC 1 within.
    fn to_sec1(&self) -> Result<Vec<u8>> {
        let pkcs8 = self.to_pkcs8()?;
        let mut private = private_of(&pkcs8)?;
        let parameters = der::element(der::tagged(0), private.parameters.whole()?);
        let mut key = Reader::new(private.bytes).sequence()?;
        let (version, number) = (key.whole()?, key.whole()?);
        if key.peek() == Some(der::tagged(0)) {
            return Ok(private.bytes.to_vec());
        }
        let public = if key.is_empty() { &[] } else { key.whole()? };
        Ok(der::sequence(&[version, number, &parameters, public]).into_vec())
    }
}

/// No block of such a name.
pub(crate) fn is_absent(failure: &Failure) -> bool {
    match failure {
        Failure::Library { first, .. } => first.reason.as_deref() == Some("NO_START_LINE"),
        Failure::Plain { .. } => false,
    }
}

/// RSAPrivateKey begins with a version of 0, RSAPublicKey with the modulus.
fn is_rsa_private(bytes: &[u8]) -> bool {
    let first = Reader::new(bytes).sequence().and_then(|mut key| {
        let first = key.integer()?.to_vec();
        Ok((first, key.is_empty()))
    });
    matches!(first, Ok((version, false)) if version.len() <= 1)
}
