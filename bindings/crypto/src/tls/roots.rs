//! Certificates that are trusted: stores, and the default one that contexts share.

use std::sync::{Arc, Mutex, OnceLock};

use aws_lc_sys as ffi;

use super::sha256;
use crate::owned::{Owned, release};
use crate::{Certificate, Failure, Result, failure};

release!(X509_STORE, X509_STORE_free);
release!(X509_CRL, X509_CRL_free);
release!(X509_STORE_CTX, X509_STORE_CTX_free);

/// A store that no longer changes, and what is in it.
pub struct Roots {
    store: Store,
    certificates: Vec<Certificate>,
}

// SAFETY: a store has its own lock; certificates are not changed once they were read, and their
// counts are atomic.
unsafe impl Sync for Roots {}

/// libcrypto's set of trusted certificates and lists of revoked ones.
pub struct Store(Owned<ffi::X509_STORE>);

impl Store {
    pub fn new() -> Result<Store> {
        // SAFETY: takes no argument; what it gives is ours.
        Owned::of(unsafe { ffi::X509_STORE_new() }).map(Store)
    }

    /// A store that is somebody else's too, and alive.
    pub(super) fn of_borrowed(store: *mut ffi::X509_STORE) -> Result<Store> {
        if !store.is_null() {
            // SAFETY: the store is alive; its count is changed atomically.
            unsafe { ffi::X509_STORE_up_ref(store) };
        }
        Owned::of(store).map(Store)
    }

    pub fn add(&mut self, certificate: &Certificate) -> Result<()> {
        // SAFETY: both are alive; the store takes its own count of the certificate.
        let done =
            unsafe { ffi::X509_STORE_add_cert(self.0.as_mut_ptr(), certificate.as_mut_ptr()) };
        failure::check(done, "Failed to add a certificate")
    }

    /// A list of revoked certificates, which are looked for from now on.
    pub fn add_crl(&mut self, pem: &[u8]) -> Result<()> {
        let refused = || Failure::plain("ERR_CRYPTO_OPERATION_FAILED", "Failed to parse CRL");
        let der = crate::pkey::find_pem(pem, &["X509 CRL"]).map_err(|_| refused())?;
        let mut at = der.as_ptr();
        // SAFETY: reads within the slice, which is as long as is told.
        let crl = unsafe {
            ffi::d2i_X509_CRL(std::ptr::null_mut(), &mut at, der.len() as std::ffi::c_long)
        };
        let mut crl = Owned::of(crl).map_err(|_| refused())?;
        // SAFETY: both are alive; the store takes its own count.
        let done = unsafe { ffi::X509_STORE_add_crl(self.0.as_mut_ptr(), crl.as_mut_ptr()) };
        failure::check(done, "Failed to parse CRL")?;
        self.set_flags(ffi::X509_V_FLAG_CRL_CHECK | ffi::X509_V_FLAG_CRL_CHECK_ALL)
    }

    /// A chain may end at any trusted certificate, not only at one that signed itself.
    pub fn allow_partial_chains(&mut self) -> Result<()> {
        self.set_flags(ffi::X509_V_FLAG_PARTIAL_CHAIN)
    }

    fn set_flags(&mut self, flags: i32) -> Result<()> {
        // SAFETY: the store is alive.
        let done = unsafe { ffi::X509_STORE_set_flags(self.0.as_mut_ptr(), flags as _) };
        failure::check(done, "Failed to set flags")
    }

    pub(super) fn as_mut_ptr(&self) -> *mut ffi::X509_STORE {
        self.0.as_ptr().cast_mut()
    }
}

/// The store belongs to somebody who keeps it alive meanwhile.
pub(super) fn issuer_in(
    store: *mut ffi::X509_STORE,
    certificate: &Certificate,
) -> Option<Certificate> {
    // SAFETY: takes no argument; what it gives is ours.
    let mut search = Owned::of(unsafe { ffi::X509_STORE_CTX_new() }).ok()?;
    let none = std::ptr::null_mut();
    // SAFETY: all are alive until the search is dropped.
    let done = unsafe { ffi::X509_STORE_CTX_init(search.as_mut_ptr(), store, none, none.cast()) };
    failure::check(done, "").ok()?;
    let mut issuer = std::ptr::null_mut();
    // SAFETY: all are alive; what is given is ours.
    let found = unsafe {
        ffi::X509_STORE_CTX_get1_issuer(&mut issuer, search.as_mut_ptr(), certificate.as_mut_ptr())
    };
    failure::forget();
    if found != 1 {
        return None;
    }
    Certificate::of_counted(issuer).ok()
}

impl Roots {
    fn of(certificates: Vec<Certificate>) -> Result<Roots> {
        let mut store = Store::new()?;
        for certificate in &certificates {
            store.add(certificate)?;
        }
        Ok(Roots {
            store,
            certificates,
        })
    }

    /// Those that come with the program: read when first asked for, once in a process.
    pub fn bundled() -> Result<Arc<Roots>> {
        static BUNDLED: OnceLock<std::result::Result<Arc<Roots>, Failure>> = OnceLock::new();
        let made = BUNDLED.get_or_init(|| {
            let read: Result<Vec<_>> = bundled_der().map(Certificate::from_der).collect();
            Roots::of(read?).map(Arc::new)
        });
        made.clone()
    }

    /// Those of a list of texts in PEM; what was read last in the process is kept.
    pub fn of_texts(texts: &[&[u8]]) -> Result<Arc<Roots>> {
        static LAST: Mutex<Option<([u8; 32], Arc<Roots>)>> = Mutex::new(None);
        let name = sha256(texts)?;
        let mut last = LAST.lock().unwrap_or_else(|broken| broken.into_inner());
        if let Some((kept, roots)) = &*last
            && *kept == name
        {
            return Ok(roots.clone());
        }
        let mut certificates = Vec::new();
        for text in texts {
            certificates.extend(Certificate::all_from_pem(text).0);
        }
        let roots = Arc::new(Roots::of(certificates)?);
        *last = Some((name, roots.clone()));
        Ok(roots)
    }

    pub(super) fn store(&self) -> &Store {
        &self.store
    }

    pub(super) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }
}

/// Mozilla's list, as DER.
pub fn bundled_der() -> impl Iterator<Item = &'static [u8]> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .map(|der| der.as_ref())
}
