//! What one may ask of a connection behind its handshake.

use std::ffi::c_int;

use aws_lc_sys as crypto;

use super::connection::Connection;
use super::ffi::{self, SSL_SESSION};
use super::verdict::Verdict;
use crate::{Certificate, Failure, Result, failure};

pub struct Cipher {
    pub name: String,
    pub standard_name: String,
    pub version: String,
}

/// What a session is written as; None: libssl cannot write it.
pub(super) fn session_bytes(session: *const SSL_SESSION) -> Option<Vec<u8>> {
    if session.is_null() {
        return None;
    }
    let (mut start, mut count) = (std::ptr::null_mut(), 0);
    // SAFETY: the caller has a live session; what is written is ours to free.
    let done = unsafe { ffi::SSL_SESSION_to_bytes(session, &mut start, &mut count) };
    failure::forget();
    if done != 1 {
        return None;
    }
    let bytes = ffi::copied(start, count);
    // SAFETY: came from libcrypto's allocator and is given back once; it is wiped by that.
    unsafe { crypto::OPENSSL_free(start.cast()) };
    Some(bytes)
}

/// Longest Finished of any protocol.
const FINISHED_BYTES_MAX: usize = 64;

impl Connection {
    fn session(&self) -> *mut SSL_SESSION {
        // SAFETY: reads a live connection; the session lives as long as it does nothing.
        unsafe { ffi::SSL_get_session(self.ssl()) }
    }

    /// The last one that can be taken up again, as `Connection::set_session` takes it; up to TLS
    /// 1.2 the connection's own.
    pub fn session_bytes(&self) -> Option<Vec<u8>> {
        let last = self.side_ref().last_session.clone();
        last.or_else(|| session_bytes(self.session()))
    }

    /// What the server will know the session by. None: it gave none.
    pub fn ticket(&self) -> Option<Vec<u8>> {
        let session = self.session();
        if session.is_null() {
            return None;
        }
        let (mut start, mut count) = (std::ptr::null(), 0);
        // SAFETY: the session is alive.
        unsafe { ffi::SSL_SESSION_get0_ticket(session, &mut start, &mut count) };
        Some(ffi::copied(start, count)).filter(|ticket| !ticket.is_empty())
    }

    pub fn is_session_reused(&self) -> bool {
        // SAFETY: reads a live connection.
        unsafe { ffi::SSL_session_reused(self.ssl()) == 1 }
    }

    pub fn servername(&self) -> Option<String> {
        if !self.is_server {
            return self.servername.clone();
        }
        const HOST_NAME: c_int = 0;
        // SAFETY: reads a live connection.
        let name = ffi::text(unsafe { ffi::SSL_get_servername(self.ssl(), HOST_NAME) });
        name.or_else(|| self.hello()?.servername.clone())
    }

    pub fn alpn_selected(&self) -> Option<Vec<u8>> {
        let (mut start, mut count) = (std::ptr::null(), 0);
        // SAFETY: reads a live connection.
        unsafe { ffi::SSL_get0_alpn_selected(self.ssl(), &mut start, &mut count) };
        Some(ffi::copied(start, count as usize)).filter(|name| !name.is_empty())
    }

    pub fn cipher(&self) -> Option<Cipher> {
        // SAFETY: reads a live connection; ciphers are constants.
        let cipher = unsafe { ffi::SSL_get_current_cipher(self.ssl()) };
        if cipher.is_null() {
            return None;
        }
        // SAFETY: as above; so for the other two.
        let name = ffi::text(unsafe { ffi::SSL_CIPHER_get_name(cipher) });
        // SAFETY: as above.
        let standard_name = ffi::text(unsafe { ffi::SSL_CIPHER_standard_name(cipher) });
        // SAFETY: as above.
        let version = ffi::text(unsafe { ffi::SSL_CIPHER_get_version(cipher) });
        Some(Cipher {
            name: name?,
            standard_name: standard_name?,
            version: openssl_version(&version?).to_owned(),
        })
    }

    pub fn protocol(&self) -> String {
        // SAFETY: reads a live connection; gives a constant.
        ffi::text(unsafe { ffi::SSL_get_version(self.ssl()) }).unwrap_or_default()
    }

    /// The group of the key exchange, by OpenSSL's name. None: it had none.
    pub fn group(&self) -> Option<String> {
        // SAFETY: reads a live connection.
        let id = unsafe { ffi::SSL_get_group_id(self.ssl()) };
        // SAFETY: gives a constant, or null.
        let name = ffi::text(unsafe { ffi::SSL_get_group_name(id) })?;
        Some(match name.as_str() {
            "P-256" => "prime256v1".to_owned(),
            "P-384" => "secp384r1".to_owned(),
            "P-521" => "secp521r1".to_owned(),
            _ => name,
        })
    }

    /// What the other side can verify and we can make, in OpenSSL's names.
    pub fn shared_sigalgs(&self) -> Vec<&'static str> {
        let mut start = std::ptr::null();
        // SAFETY: reads a live connection.
        let count = unsafe { ffi::SSL_get0_peer_verify_algorithms(self.ssl(), &mut start) };
        if start.is_null() {
            return Vec::new();
        }
        // SAFETY: libssl has just told both.
        let peers = unsafe { std::slice::from_raw_parts(start, count) };
        let shared = peers.iter().filter_map(|value| {
            let row = SIGALGS.iter().find(|row| row.0 == *value)?;
            Some(row.1)
        });
        shared.collect()
    }

    /// What the other side sent, as DER, its own first.
    pub fn peer_certificates(&self) -> Option<Vec<Vec<u8>>> {
        // SAFETY: reads a live connection; the list lives as long as it does nothing.
        let list = unsafe { ffi::SSL_get0_peer_certificates(self.ssl()) };
        if list.is_null() {
            return None;
        }
        let each = entries(list.cast()).map(|buffer| ffi::buffer_bytes(buffer.cast()));
        Some(each.collect()).filter(|list: &Vec<_>| !list.is_empty())
    }

    /// The other side's certificate and whoever signed it, to the root, as far as is known, as DER.
    pub fn peer_issuers(&self) -> Option<Vec<Vec<u8>>> {
        let sent = self.peer_certificates()?;
        // SAFETY: reads a live connection; the list lives as long as it does nothing.
        let verified = unsafe { ffi::SSL_get0_verified_chain(self.ssl()) };
        failure::forget();
        if !verified.is_null() {
            let each = entries(verified.cast());
            let chain: Vec<_> = each
                .filter_map(|object| Certificate::of_borrowed(object.cast()).ok())
                .map(|certificate| certificate.der().to_vec())
                .collect();
            if !chain.is_empty() {
                return Some(chain);
            }
        }
        let read = |der: &Vec<u8>| Certificate::from_der(der).ok();
        let mut sent: Vec<_> = sent.iter().filter_map(read).collect();
        let mut chain = Vec::new();
        let mut next = (!sent.is_empty()).then(|| sent.remove(0));
        while let Some(current) = next {
            let is_last = current.is_issued_by(&current) || chain.len() > CHAIN_LENGTH_MAX;
            next = match is_last {
                true => None,
                false => {
                    let at = sent.iter().position(|other| current.is_issued_by(other));
                    at.map(|at| sent.remove(at))
                        .or_else(|| self.issuer_of(&current))
                }
            };
            chain.push(current.der().to_vec());
        }
        Some(chain)
    }

    fn issuer_of(&self, certificate: &Certificate) -> Option<Certificate> {
        // SAFETY: reads a live connection.
        let ctx = unsafe { ffi::SSL_get_SSL_CTX(self.ssl()) };
        // SAFETY: the context is alive and keeps its store.
        let store = unsafe { ffi::SSL_CTX_get_cert_store(ctx) };
        super::roots::issuer_in(store, certificate)
    }

    /// As DER.
    pub fn own_certificate(&self) -> Option<Vec<u8>> {
        // SAFETY: reads a live connection, which keeps the certificate.
        let object = unsafe { ffi::SSL_get_certificate(self.ssl()) };
        let certificate = Certificate::of_borrowed(object).ok()?;
        Some(certificate.der().to_vec())
    }

    /// What is wrong with the other side's certificate.
    pub fn verify_error(&self) -> Option<Verdict> {
        if self.peer_certificates().is_none() {
            return match self.is_known_without_certificate() {
                true => None,
                false => Verdict::missing(),
            };
        }
        // SAFETY: reads a live connection.
        Verdict::of(unsafe { ffi::SSL_get_verify_result(self.ssl()) })
    }

    /// By a key that both had before, or by what an earlier handshake of TLS 1.3 has shown.
    fn is_known_without_certificate(&self) -> bool {
        // SAFETY: reads a live connection; ciphers are constants.
        let cipher = unsafe { ffi::SSL_get_current_cipher(self.ssl()) };
        super::psk::is_psk_cipher(cipher)
            || (self.protocol() == "TLSv1.3" && self.is_session_reused())
    }

    /// What the last Finished of this side or of the peer said. None: libssl keeps none.
    pub fn finished(&self, of_peer: bool) -> Option<Vec<u8>> {
        let mut room = [0u8; FINISHED_BYTES_MAX];
        let out = room.as_mut_ptr().cast();
        let count = match of_peer {
            // SAFETY: reads a live connection; writes no more than the room has.
            false => unsafe { ffi::SSL_get_finished(self.ssl(), out, FINISHED_BYTES_MAX) },
            // SAFETY: as above.
            true => unsafe { ffi::SSL_get_peer_finished(self.ssl(), out, FINISHED_BYTES_MAX) },
        };
        (count > 0).then(|| room[..count.min(FINISHED_BYTES_MAX)].to_vec())
    }

    /// RFC 5705, and RFC 8446, 7.5: `bytes_count` bytes that both sides can make and nobody else.
    /// An error before the handshake is done.
    pub fn export_keying_material(
        &mut self,
        bytes_count: usize,
        label: &str,
        context: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        failure::forget();
        let mut out = Vec::new();
        if out.try_reserve_exact(bytes_count).is_err() {
            return Err(Failure::plain("", "Out of memory"));
        }
        out.resize(bytes_count, 0);
        let given = context.unwrap_or_default();
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive; all slices are as long as is told.
        let done = unsafe {
            ffi::SSL_export_keying_material(
                ssl,
                out.as_mut_ptr(),
                bytes_count,
                label.as_ptr().cast(),
                label.len(),
                given.as_ptr(),
                given.len(),
                c_int::from(context.is_some()),
            )
        };
        failure::check(done, "SSL_export_keying_material")?;
        Ok(out)
    }

    /// As DER, of a client that asked. None: the server had none.
    pub fn ocsp_response(&self) -> Option<Vec<u8>> {
        let (mut start, mut count) = (std::ptr::null(), 0);
        // SAFETY: reads a live connection.
        unsafe { ffi::SSL_get0_ocsp_response(self.ssl(), &mut start, &mut count) };
        Some(ffi::copied(start, count)).filter(|response| !response.is_empty())
    }

    /// Of plaintext: read and written.
    pub fn bytes_counts(&self) -> (u64, u64) {
        (self.bytes_read, self.bytes_written)
    }

    /// What ended the connection.
    pub fn failure(&self) -> Option<&Failure> {
        self.failure.as_ref()
    }
}

/// More than any chain that is of use.
const CHAIN_LENGTH_MAX: usize = 100;

/// The list is libssl's, and stays for as long as the entries are used.
fn entries(list: *const crypto::OPENSSL_STACK) -> impl Iterator<Item = *mut std::ffi::c_void> {
    // SAFETY: the list is alive.
    let count = unsafe { crypto::OPENSSL_sk_num(list) };
    (0..count).map(move |index| {
        // SAFETY: the index is below the count.
        unsafe { crypto::OPENSSL_sk_value(list, index) }
    })
}

/// OpenSSL counts ciphers of SSL 3 among those of TLS 1.0 by another name.
fn openssl_version(version: &str) -> &str {
    match version {
        "TLSv1/SSLv3" => "TLSv1.2",
        other => other,
    }
}

/// By their numbers on the wire, as OpenSSL prints key and digest.
const SIGALGS: &[(u16, &str)] = &[
    (0x0403, "ECDSA+SHA256"),
    (0x0503, "ECDSA+SHA384"),
    (0x0603, "ECDSA+SHA512"),
    (0x0807, "Ed25519+UNDEF"),
    (0x0804, "RSA-PSS+SHA256"),
    (0x0805, "RSA-PSS+SHA384"),
    (0x0806, "RSA-PSS+SHA512"),
    (0x0401, "RSA+SHA256"),
    (0x0501, "RSA+SHA384"),
    (0x0601, "RSA+SHA512"),
    (0x0203, "ECDSA+SHA1"),
    (0x0201, "RSA+SHA1"),
];
