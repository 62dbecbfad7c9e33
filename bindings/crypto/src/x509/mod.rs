//! X.509 certificates.

mod fields;
mod names;

use std::ffi::{CStr, CString, c_long};

use aws_lc_sys as ffi;

pub use fields::Fields;

use crate::owned::{Owned, release};
use crate::pkey::{all_pem, find_pem, is_absent_pem};
use crate::{Failure, PKey, Result, failure};

release!(X509, X509_free);

pub struct Certificate {
    object: Owned<ffi::X509>,
    der: Vec<u8>,
}

const PEM_NAMES: &[&str] = &["CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE"];

/// What a certificate is asked to be good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    Host,
    Email,
    Ip,
}

impl Certificate {
    pub fn from_der(bytes: &[u8]) -> Result<Certificate> {
        failure::forget();
        let mut at = bytes.as_ptr();
        // SAFETY: reads within the slice, which is as long as is told.
        let object = unsafe { ffi::d2i_X509(std::ptr::null_mut(), &mut at, bytes.len() as c_long) };
        let object = match object.is_null() {
            true => Err(Failure::of_queue("Invalid certificate")),
            false => Owned::of(object),
        }?;
        let count = at as usize - bytes.as_ptr() as usize;
        Ok(Certificate {
            object,
            der: bytes[..count].to_vec(),
        })
    }

    /// A certificate of libcrypto's, of which the count is ours.
    pub(crate) fn of_counted(object: *mut ffi::X509) -> Result<Certificate> {
        let mut object = Owned::of(object)?;
        let mut start = std::ptr::null_mut();
        // SAFETY: the certificate is alive; what is written is ours to free.
        let count = unsafe { ffi::i2d_X509(object.as_mut_ptr(), &mut start) };
        if count <= 0 || start.is_null() {
            return Err(Failure::of_queue("Invalid certificate"));
        }
        // SAFETY: `count` bytes at `start` were just written.
        let der = unsafe { std::slice::from_raw_parts(start, count as usize) }.to_vec();
        // SAFETY: came from libcrypto's allocator and is given back once.
        unsafe { ffi::OPENSSL_free(start.cast()) };
        Ok(Certificate { object, der })
    }

    /// One that is somebody else's, who keeps it alive for the length of this call.
    pub(crate) fn of_borrowed(object: *mut ffi::X509) -> Result<Certificate> {
        if object.is_null() {
            return Err(Failure::plain("", "No certificate"));
        }
        // SAFETY: the certificate is alive; its count is changed atomically.
        unsafe { ffi::X509_up_ref(object) };
        Certificate::of_counted(object)
    }

    /// Every certificate of a text up to the first block that cannot be read, and why it cannot, or
    /// that there is none at all.
    pub fn all_from_pem(text: &[u8]) -> (Vec<Certificate>, Option<Failure>) {
        let (blocks, end) = all_pem(text, PEM_NAMES);
        let mut all = Vec::with_capacity(blocks.len());
        for der in &blocks {
            match Certificate::from_der(der.as_slice()) {
                Ok(certificate) => all.push(certificate),
                Err(failure) => return (all, Some(failure)),
            }
        }
        let is_whole = !all.is_empty() && is_absent_pem(&end);
        (all, (!is_whole).then_some(end))
    }

    /// PEM, or if there is none, DER.
    pub fn from_any(bytes: &[u8]) -> Result<Certificate> {
        match find_pem(bytes, PEM_NAMES) {
            Ok(der) => Certificate::from_der(der.as_slice())?.legible(),
            Err(refused) if is_absent_pem(&refused) => {
                let read = Certificate::from_der(bytes).and_then(Certificate::legible);
                read.map_err(|_| refused)
            }
            Err(refused) => Err(refused),
        }
    }

    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// For functions that take a certificate as changeable and do not change it.
    pub(crate) fn as_mut_ptr(&self) -> *mut ffi::X509 {
        self.object.as_ptr().cast_mut()
    }

    pub fn public_key(&self) -> Result<PKey> {
        PKey::from_spki(self.public_key_info()?)
    }

    /// May it sign others?
    pub fn is_authority(&self) -> bool {
        // SAFETY: the certificate is alive.
        let answer = unsafe { ffi::X509_check_ca(self.as_mut_ptr()) };
        failure::forget();
        // Old certificates that do not say so count for libcrypto, but not for OpenSSL.
        answer == 1 && self.has_basic_constraints()
    }

    pub fn is_issued_by(&self, issuer: &Certificate) -> bool {
        // SAFETY: both certificates are alive.
        let answer = unsafe { ffi::X509_check_issued(issuer.as_mut_ptr(), self.as_mut_ptr()) };
        failure::forget();
        answer == 0
    }

    pub fn is_of_key(&self, key: &PKey) -> bool {
        // SAFETY: both are alive.
        let answer = unsafe { ffi::X509_check_private_key(self.as_mut_ptr(), key.as_ptr()) };
        failure::forget();
        answer == 1
    }

    pub fn is_signed_by(&self, key: &PKey) -> bool {
        // SAFETY: both are alive.
        let answer = unsafe { ffi::X509_verify(self.as_mut_ptr(), key.as_mut_ptr()) };
        failure::forget();
        answer == 1
    }

    /// The name that matches: of a host the certificate's own, else what was asked.
    pub fn check(&self, subject: Subject, name: &str, flags: u32) -> Result<Option<String>> {
        let invalid = || Failure::plain("ERR_INVALID_ARG_VALUE", "Invalid name");
        let text = CString::new(name).map_err(|_| invalid())?;
        let (start, count) = (text.as_ptr(), name.len());
        let mut peer = std::ptr::null_mut();
        let answer = match subject {
            // SAFETY: the certificate is alive, the text as long as is told; `peer` is ours.
            Subject::Host => unsafe {
                ffi::X509_check_host(self.as_mut_ptr(), start, count, flags, &mut peer)
            },
            // SAFETY: the certificate is alive, the text as long as is told.
            Subject::Email => unsafe {
                ffi::X509_check_email(self.as_mut_ptr(), start, count, flags)
            },
            // SAFETY: the certificate is alive, the text ends with a zero.
            Subject::Ip => unsafe { ffi::X509_check_ip_asc(self.as_mut_ptr(), start, flags) },
        };
        failure::forget();
        let found = match peer.is_null() {
            true => name.to_owned(),
            // SAFETY: the text ends with a zero.
            false => unsafe { CStr::from_ptr(peer) }
                .to_string_lossy()
                .into_owned(),
        };
        if !peer.is_null() {
            // SAFETY: came from libcrypto's allocator and is given back once.
            unsafe { ffi::OPENSSL_free(peer.cast()) };
        }
        match answer {
            1 => Ok(Some(found)),
            0 => Ok(None),
            _ => Err(invalid()),
        }
    }
}
