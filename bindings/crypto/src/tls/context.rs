//! Who one is, whom one trusts and what one accepts: libssl's SSL_CTX.

use std::cell::{Cell, RefCell};
use std::ffi::{CString, c_int};
use std::rc::Rc;
use std::sync::Arc;

use super::ffi;
use super::roots::{Roots, Store, issuer_in};
use super::tickets::Pinned;
use super::{TicketKeys, callbacks, pfx, sha256};
use crate::owned::Owned;
use crate::{Certificate, Failure, PKey, Result, failure};

/// What of a context its connections still ask for when libssl's own is done with.
#[derive(Default)]
pub(super) struct Identity {
    pub tickets: Pinned,
    session_id: RefCell<Vec<u8>>,
    /// Digest of the own certificate and of all that is trusted beside the default.
    trust: Cell<[u8; 32]>,
}

impl Identity {
    fn note(&self, what: &[u8], bytes: &[u8]) -> Result<()> {
        let next = sha256(&[&self.trust.get(), what, bytes])?;
        self.trust.set(next);
        Ok(())
    }

    /// Whose sessions a server resumes: those that had the same certificate, trust and way to
    /// check the peer, under the same name.
    pub fn scope(&self, verify: c_int, name: &str) -> Result<[u8; 32]> {
        let session_id = self.session_id.borrow();
        let verify = verify.to_be_bytes();
        sha256(&[&session_id, &self.trust.get(), &verify, name.as_bytes()])
    }
}

pub struct Context {
    object: Owned<ffi::SSL_CTX>,
    identity: Rc<Identity>,
    /// The default store, while it is nobody's to change.
    shared: Option<Arc<Roots>>,
    certificate: Option<Certificate>,
    issuer: Option<Certificate>,
    /// How often an own certificate was given.
    certificates_count: u32,
    /// The last of them came with others, up to its root or not.
    has_chain: bool,
    /// `settle_chain` knows all that it has to.
    chain_is_settled: Cell<bool>,
}

/// Longest chain that is put together.
const CHAIN_COUNT_MAX: usize = 10;

fn text(list: &str) -> Result<CString> {
    CString::new(list).map_err(|_| Failure::plain("ERR_INVALID_ARG_VALUE", "A zero in a text"))
}

impl Context {
    /// Versions as on the wire; 0: libssl's own bound.
    pub fn new(min: u16, max: u16) -> Result<Context> {
        failure::forget();
        // SAFETY: takes no argument, gives a constant.
        let method = unsafe { ffi::TLS_method() };
        // SAFETY: what it gives is ours.
        let mut object = Owned::of(unsafe { ffi::SSL_CTX_new(method) })?;
        let ctx = object.as_mut_ptr();
        // SAFETY: the context is alive.
        unsafe { ffi::SSL_CTX_set_session_cache_mode(ctx, ffi::SSL_SESS_CACHE) };
        // SAFETY: as above.
        unsafe { ffi::SSL_CTX_set_mode(ctx, ffi::SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER) };
        callbacks::install(ctx);
        let mut context = Context {
            object,
            identity: Rc::default(),
            shared: None,
            certificate: None,
            issuer: None,
            certificates_count: 0,
            has_chain: false,
            chain_is_settled: Cell::new(false),
        };
        context.set_versions(Some(min), Some(max))?;
        Ok(context)
    }

    pub fn set_versions(&mut self, min: Option<u16>, max: Option<u16>) -> Result<()> {
        let refused = "Unknown protocol version";
        if let Some(min) = min {
            // OpenSSL's own lowest; libssl's is the same.
            // SAFETY: the context is alive.
            let done = unsafe { ffi::SSL_CTX_set_min_proto_version(self.as_mut_ptr(), min) };
            failure::check(done, refused)?;
        }
        if let Some(max) = max {
            // SAFETY: the context is alive.
            let done = unsafe { ffi::SSL_CTX_set_max_proto_version(self.as_mut_ptr(), max) };
            failure::check(done, refused)?;
        }
        Ok(())
    }

    pub fn versions(&self) -> (u16, u16) {
        let ctx = self.object.as_ptr();
        // SAFETY: reads a live context.
        let min = unsafe { ffi::SSL_CTX_get_min_proto_version(ctx) };
        // SAFETY: as above.
        (min, unsafe { ffi::SSL_CTX_get_max_proto_version(ctx) })
    }

    pub(super) fn as_mut_ptr(&self) -> *mut ffi::SSL_CTX {
        self.object.as_ptr().cast_mut()
    }

    pub(super) fn identity(&self) -> Rc<Identity> {
        self.identity.clone()
    }

    /// A private key of PEM; `passphrase` is asked for only if it is locked.
    pub fn set_key(&mut self, pem: &[u8], passphrase: Option<&[u8]>) -> Result<()> {
        // Node's tls tries an empty one where none was given.
        let key = PKey::private_from_pem(pem, Some(passphrase.unwrap_or_default()))?;
        self.use_key(&key)
    }

    fn use_key(&mut self, key: &PKey) -> Result<()> {
        failure::forget();
        // SAFETY: both are alive; the context takes its own count.
        let done = unsafe { ffi::SSL_CTX_use_PrivateKey(self.as_mut_ptr(), key.as_mut_ptr()) };
        failure::check(done, "Failed to use a private key")
    }

    /// A certificate and behind it the chain to its root.
    pub fn set_certificate(&mut self, pem: &[u8]) -> Result<()> {
        let (mut all, broken) = Certificate::all_from_pem(pem);
        if let Some(failure) = broken {
            return Err(failure);
        }
        let chain = all.split_off(1);
        self.use_chain(all.remove(0), &chain)
    }

    fn use_chain(&mut self, leaf: Certificate, chain: &[Certificate]) -> Result<()> {
        failure::forget();
        let refused = "Failed to use a certificate";
        let ctx = self.as_mut_ptr();
        // SAFETY: both are alive; the context takes its own count.
        let done = unsafe { ffi::SSL_CTX_use_certificate(ctx, leaf.as_mut_ptr()) };
        failure::check(done, refused)?;
        // SAFETY: the context is alive.
        unsafe { ffi::SSL_CTX_clear_chain_certs(ctx) };
        for certificate in chain {
            // SAFETY: both are alive; the context takes its own count.
            let done = unsafe { ffi::SSL_CTX_add1_chain_cert(ctx, certificate.as_mut_ptr()) };
            failure::check(done, refused)?;
        }
        self.identity.note(b"certificate", leaf.der())?;
        let found = chain.iter().find(|other| leaf.is_issued_by(other));
        self.issuer = match found {
            Some(found) => Some(Certificate::from_der(found.der())?),
            None => self.issuer_of(&leaf),
        };
        self.certificate = Some(leaf);
        self.certificates_count += 1;
        self.has_chain = !chain.is_empty();
        self.chain_is_settled.set(false);
        Ok(())
    }

    /// As OpenSSL, gives who has brought no chain the one that the trusted certificates make.
    /// libssl does so too, in each handshake anew and resumed ones as well, which is a tenth of
    /// their time: so it is done here once, unless there are several certificates. Called before
    /// a connection is opened.
    pub(super) fn settle_chain(&self) -> Result<()> {
        if self.chain_is_settled.replace(true) {
            return Ok(());
        }
        let ctx = self.as_mut_ptr();
        if self.certificates_count > 1 {
            // SAFETY: the context is alive.
            unsafe { ffi::SSL_CTX_clear_mode(ctx, ffi::SSL_MODE_NO_AUTO_CHAIN) };
            return Ok(());
        }
        // SAFETY: as above.
        unsafe { ffi::SSL_CTX_set_mode(ctx, ffi::SSL_MODE_NO_AUTO_CHAIN) };
        let Some(leaf) = self.certificate.as_ref().filter(|_| !self.has_chain) else {
            return Ok(());
        };
        failure::forget();
        // SAFETY: as above. What was put together before may have become longer.
        unsafe { ffi::SSL_CTX_clear_chain_certs(ctx) };
        let mut last = Certificate::from_der(leaf.der())?;
        for _ in 0..CHAIN_COUNT_MAX {
            if last.is_issued_by(&last) {
                break;
            }
            let Some(issuer) = self.issuer_of(&last) else {
                break;
            };
            // SAFETY: both are alive; the context takes its own count.
            let done = unsafe { ffi::SSL_CTX_add1_chain_cert(ctx, issuer.as_mut_ptr()) };
            failure::check(done, "Failed to use a certificate")?;
            last = issuer;
        }
        Ok(())
    }

    /// libssl completes the chain of this context's connections.
    pub(super) fn has_automatic_chain(&self) -> bool {
        // SAFETY: reads a live context.
        let mode = unsafe { ffi::SSL_CTX_get_mode(self.as_mut_ptr()) };
        mode & ffi::SSL_MODE_NO_AUTO_CHAIN == 0
    }

    /// Key, certificate and what else is in a PKCS#12 file.
    pub fn load_pfx(&mut self, der: &[u8], passphrase: Option<&[u8]>) -> Result<()> {
        let content = pfx::open(der, passphrase)?;
        self.use_chain(content.certificate, &content.others)?;
        self.use_key(&content.key)?;
        for certificate in &content.others {
            self.add_authority(certificate)?;
        }
        Ok(())
    }

    /// The own one that was given last.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Who signed the own certificate, as far as is known by now.
    pub fn issuer(&self) -> Option<Certificate> {
        match &self.issuer {
            Some(issuer) => Certificate::from_der(issuer.der()).ok(),
            None => self.issuer_of(self.certificate.as_ref()?),
        }
    }

    fn issuer_of(&self, certificate: &Certificate) -> Option<Certificate> {
        // SAFETY: reads a live context, which keeps its store.
        let store = unsafe { ffi::SSL_CTX_get_cert_store(self.as_mut_ptr()) };
        issuer_in(store, certificate)
    }

    /// Trust in every certificate of a text, up to what is none.
    pub fn add_authorities(&mut self, pem: &[u8]) -> Result<()> {
        for certificate in Certificate::all_from_pem(pem).0 {
            self.add_authority(&certificate)?;
        }
        Ok(())
    }

    fn add_authority(&mut self, certificate: &Certificate) -> Result<()> {
        self.identity.note(b"authority", certificate.der())?;
        self.chain_is_settled.set(false);
        self.own_store()?.add(certificate)?;
        // SAFETY: both are alive; the name is copied.
        let done =
            unsafe { ffi::SSL_CTX_add_client_CA(self.as_mut_ptr(), certificate.as_mut_ptr()) };
        failure::check(done, "Failed to name an authority")
    }

    /// Trust in the default roots, in a store that all contexts share.
    pub fn add_roots(&mut self, roots: Arc<Roots>) -> Result<()> {
        self.identity.note(b"roots", b"")?;
        self.chain_is_settled.set(false);
        self.use_store(roots.store());
        self.shared = Some(roots);
        Ok(())
    }

    fn use_store(&mut self, store: &Store) {
        // SAFETY: both are alive; the context takes its own count.
        unsafe { ffi::SSL_CTX_set1_cert_store(self.as_mut_ptr(), store.as_mut_ptr()) };
    }

    /// The context's store, and nobody else's.
    fn own_store(&mut self) -> Result<Store> {
        if let Some(roots) = &self.shared {
            let mut own = Store::new()?;
            for certificate in roots.certificates() {
                own.add(certificate)?;
            }
            self.use_store(&own);
            // Not before: what fails on the way must not leave the shared one to be changed.
            self.shared = None;
        }
        // SAFETY: reads a live context, which keeps its store.
        let store = unsafe { ffi::SSL_CTX_get_cert_store(self.as_mut_ptr()) };
        Store::of_borrowed(store)
    }

    /// The first list of a text of revoked certificates.
    pub fn add_crl(&mut self, pem: &[u8]) -> Result<()> {
        self.identity.note(b"revoked", pem)?;
        self.own_store()?.add_crl(pem)
    }

    pub fn allow_partial_chains(&mut self) -> Result<()> {
        self.identity.note(b"partial", b"")?;
        self.own_store()?.allow_partial_chains()
    }

    /// Up to TLS 1.2.
    pub fn set_ciphers(&mut self, list: &str) -> Result<()> {
        let list = text(&known_aliases(list))?;
        failure::forget();
        // SAFETY: the context is alive, the text ends with a zero.
        let done = unsafe { ffi::SSL_CTX_set_cipher_list(self.as_mut_ptr(), list.as_ptr()) };
        failure::check(done, "Failed to set ciphers")
    }

    /// Of TLS 1.3.
    pub fn set_cipher_suites(&mut self, list: &str) -> Result<()> {
        let list = text(list)?;
        failure::forget();
        // SAFETY: the context is alive, the text ends with a zero.
        let done = unsafe { ffi::SSL_CTX_set_ciphersuites(self.as_mut_ptr(), list.as_ptr()) };
        failure::check(done, "Failed to set ciphers")
    }

    /// OpenSSL's names, with `:` between them.
    pub fn set_sigalgs(&mut self, list: &str) -> Result<()> {
        let list = text(list)?;
        failure::forget();
        // SAFETY: the context is alive, the text ends with a zero.
        let done = unsafe { ffi::SSL_CTX_set1_sigalgs_list(self.as_mut_ptr(), list.as_ptr()) };
        failure::check(done, "Failed to set signature algorithms")
    }

    /// OpenSSL's names, with `:` between them.
    pub fn set_groups(&mut self, list: &str) -> Result<()> {
        let list = text(list)?;
        // SAFETY: the context is alive, the text ends with a zero.
        let done = unsafe { ffi::SSL_CTX_set1_groups_list(self.as_mut_ptr(), list.as_ptr()) };
        // Node says so for every reason.
        failure::forget();
        match done {
            1 => Ok(()),
            _ => Err(Failure::plain(
                "ERR_CRYPTO_OPERATION_FAILED",
                "Failed to set ECDH curve",
            )),
        }
    }

    /// OpenSSL's SSL_OP_ bits, of which libssl has the same numbers and leaves out many.
    pub fn set_options(&mut self, options: u32) {
        // SAFETY: the context is alive.
        unsafe { ffi::SSL_CTX_set_options(self.as_mut_ptr(), options) };
    }

    pub fn set_session_id_context(&mut self, bytes: &[u8]) {
        *self.identity.session_id.borrow_mut() = bytes.to_vec();
    }

    pub fn set_session_timeout(&mut self, seconds: u32) {
        let ctx = self.as_mut_ptr();
        // SAFETY: the context is alive.
        unsafe { ffi::SSL_CTX_set_timeout(ctx, seconds) };
        // SAFETY: as above.
        unsafe { ffi::SSL_CTX_set_session_psk_dhe_timeout(ctx, seconds) };
    }

    pub fn set_ticket_keys(&mut self, keys: TicketKeys) {
        self.identity.tickets.set(keys);
    }

    pub fn ticket_keys(&self) -> Result<TicketKeys> {
        self.identity.tickets.get_or_pin()
    }
}

/// libssl has no ciphers but those that OpenSSL counts as high, and knows the word only as the
/// first of a list, where it means its own default.
fn known_aliases(list: &str) -> String {
    let is_mark = |c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_' && c != '.';
    let mut known = String::with_capacity(list.len());
    for piece in list.split_inclusive(is_mark) {
        let word = piece.trim_end_matches(is_mark);
        known.push_str(if word == "HIGH" { "ALL" } else { word });
        known.push_str(&piece[word.len()..]);
    }
    known
}

/// Every cipher by OpenSSL's name, those of TLS 1.3 first.
pub fn cipher_names() -> Result<Vec<String>> {
    let mut context = Context::new(0, 0)?;
    context.set_ciphers("ALL")?;
    // SAFETY: reads a live context; the list lives as long as it.
    let list = unsafe { ffi::SSL_CTX_get_ciphers(context.as_mut_ptr()) };
    let list = list.cast_const().cast::<aws_lc_sys::OPENSSL_STACK>();
    // SAFETY: the list is alive.
    let count = unsafe { aws_lc_sys::OPENSSL_sk_num(list) };
    let names = (0..count).filter_map(|index| {
        // SAFETY: the index is below the count.
        let cipher = unsafe { aws_lc_sys::OPENSSL_sk_value(list, index) };
        // SAFETY: ciphers are constants of libssl.
        ffi::text(unsafe { ffi::SSL_CIPHER_get_name(cipher.cast()) })
    });
    Ok(names.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_openssl_counts_as_high() {
        for (list, expect) in [
            ("HIGH", "ALL"),
            ("A-B:HIGH:!aNULL", "A-B:ALL:!aNULL"),
            ("PSK+HIGH", "PSK+ALL"),
            ("!HIGH:HIGHER,HIGH-", "!ALL:HIGHER,HIGH-"),
            ("", ""),
        ] {
            assert_eq!(known_aliases(list), expect);
        }
    }
}
