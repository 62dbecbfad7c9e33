//! What of libssl is called here, declared by hand: `aws-lc-sys` has bindings of libcrypto only.
//! From AWS-LC's `openssl/ssl.h`, 5.x; the names carry no prefix.

use std::ffi::{c_char, c_int, c_long, c_uint, c_void};
use std::ptr::NonNull;

use aws_lc_sys::{
    CRYPTO_BUFFER, EVP_CIPHER_CTX, EVP_PKEY, HMAC_CTX, X509, X509_STORE, X509_STORE_CTX,
    stack_st_CRYPTO_BUFFER, stack_st_X509,
};

use crate::owned::Release;

macro_rules! opaque {
    ($($name:ident),*) => { $(
        #[allow(clippy::upper_case_acronyms, reason = "C's names")]
        #[repr(C)]
        pub struct $name {
            _private: [u8; 0],
        }
    )* };
}

opaque!(
    SSL,
    SSL_CTX,
    SSL_METHOD,
    SSL_SESSION,
    SSL_CIPHER,
    StackOfCiphers
);

/// ssl_early_callback_ctx
#[repr(C)]
pub struct SSL_CLIENT_HELLO {
    pub ssl: *mut SSL,
    pub client_hello: *const u8,
    pub client_hello_len: usize,
    pub version: u16,
    pub random: *const u8,
    pub random_len: usize,
    pub session_id: *const u8,
    pub session_id_len: usize,
    pub cipher_suites: *const u8,
    pub cipher_suites_len: usize,
    pub compression_methods: *const u8,
    pub compression_methods_len: usize,
    pub extensions: *const u8,
    pub extensions_len: usize,
}

pub const SSL_ERROR_WANT_READ: c_int = 2;
pub const SSL_ERROR_ZERO_RETURN: c_int = 6;
pub const SSL_ERROR_PENDING_CERTIFICATE: c_int = 12;

pub const SSL_VERIFY_NONE: c_int = 0;
pub const SSL_VERIFY_PEER: c_int = 1;
pub const SSL_VERIFY_FAIL_IF_NO_PEER_CERT: c_int = 2;

/// Both sides, nothing kept by libssl itself, nothing swept.
pub const SSL_SESS_CACHE: c_int = 0x1 | 0x2 | 0x80 | 0x300;

pub const SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER: u32 = 2;
pub const SSL_MODE_NO_AUTO_CHAIN: u32 = 8;

pub const SSL_R_NO_CERTIFICATE_SET: c_int = 174;
pub const SSL_AD_INTERNAL_ERROR: u8 = 80;

pub const SSL_TLSEXT_ERR_OK: c_int = 0;
pub const SSL_TLSEXT_ERR_ALERT_FATAL: c_int = 2;
pub const SSL_TLSEXT_ERR_NOACK: c_int = 3;

pub const SELECT_CERT_SUCCESS: c_int = 1;
pub const SELECT_CERT_RETRY: c_int = 0;

pub const RENEGOTIATE_NEVER: c_int = 0;
pub const RENEGOTIATE_FREELY: c_int = 2;

pub type VerifyCallback = unsafe extern "C" fn(c_int, *mut X509_STORE_CTX) -> c_int;
pub type AlpnCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut *const u8,
    *mut u8,
    *const u8,
    c_uint,
    *mut c_void,
) -> c_int;
pub type TicketCallback = unsafe extern "C" fn(
    *mut SSL,
    *mut u8,
    *mut u8,
    *mut EVP_CIPHER_CTX,
    *mut HMAC_CTX,
    c_int,
) -> c_int;
pub type GetSessionCallback =
    unsafe extern "C" fn(*mut SSL, *const u8, c_int, *mut c_int) -> *mut SSL_SESSION;
pub type PskClientCallback =
    unsafe extern "C" fn(*mut SSL, *const c_char, *mut c_char, c_uint, *mut u8, c_uint) -> c_uint;
pub type PskServerCallback =
    unsafe extern "C" fn(*mut SSL, *const c_char, *mut u8, c_uint) -> c_uint;

unsafe extern "C" {
    pub fn TLS_method() -> *const SSL_METHOD;

    pub fn SSL_CTX_new(method: *const SSL_METHOD) -> *mut SSL_CTX;
    pub fn SSL_CTX_free(ctx: *mut SSL_CTX);
    pub fn SSL_CTX_set_min_proto_version(ctx: *mut SSL_CTX, version: u16) -> c_int;
    pub fn SSL_CTX_set_max_proto_version(ctx: *mut SSL_CTX, version: u16) -> c_int;
    pub fn SSL_CTX_get_min_proto_version(ctx: *const SSL_CTX) -> u16;
    pub fn SSL_CTX_get_max_proto_version(ctx: *const SSL_CTX) -> u16;
    pub fn SSL_CTX_set_options(ctx: *mut SSL_CTX, options: u32) -> u32;
    pub fn SSL_CTX_set_mode(ctx: *mut SSL_CTX, mode: u32) -> u32;
    pub fn SSL_CTX_clear_mode(ctx: *mut SSL_CTX, mode: u32) -> u32;
    pub fn SSL_CTX_get_mode(ctx: *const SSL_CTX) -> u32;
    pub fn SSL_set_mode(ssl: *mut SSL, mode: u32) -> u32;
    pub fn SSL_clear_mode(ssl: *mut SSL, mode: u32) -> u32;
    pub fn SSL_CTX_set_cert_verify_callback(
        ctx: *mut SSL_CTX,
        callback: unsafe extern "C" fn(*mut X509_STORE_CTX, *mut c_void) -> c_int,
        arg: *mut c_void,
    );
    pub fn SSL_CTX_set_session_cache_mode(ctx: *mut SSL_CTX, mode: c_int) -> c_int;
    pub fn SSL_CTX_set_timeout(ctx: *mut SSL_CTX, seconds: u32) -> u32;
    pub fn SSL_CTX_set_session_psk_dhe_timeout(ctx: *mut SSL_CTX, seconds: u32);
    pub fn SSL_CTX_use_certificate(ctx: *mut SSL_CTX, x509: *mut X509) -> c_int;
    pub fn SSL_CTX_use_PrivateKey(ctx: *mut SSL_CTX, key: *mut EVP_PKEY) -> c_int;
    pub fn SSL_CTX_clear_chain_certs(ctx: *mut SSL_CTX) -> c_int;
    pub fn SSL_CTX_add1_chain_cert(ctx: *mut SSL_CTX, x509: *mut X509) -> c_int;
    pub fn SSL_CTX_set_cipher_list(ctx: *mut SSL_CTX, list: *const c_char) -> c_int;
    pub fn SSL_CTX_set_ciphersuites(ctx: *mut SSL_CTX, list: *const c_char) -> c_int;
    pub fn SSL_CTX_get_ciphers(ctx: *const SSL_CTX) -> *mut StackOfCiphers;
    pub fn SSL_CTX_set1_sigalgs_list(ctx: *mut SSL_CTX, list: *const c_char) -> c_int;
    pub fn SSL_CTX_set1_groups_list(ctx: *mut SSL_CTX, list: *const c_char) -> c_int;
    pub fn SSL_CTX_set1_cert_store(ctx: *mut SSL_CTX, store: *mut X509_STORE);
    pub fn SSL_CTX_get_cert_store(ctx: *const SSL_CTX) -> *mut X509_STORE;
    pub fn SSL_CTX_add_client_CA(ctx: *mut SSL_CTX, x509: *mut X509) -> c_int;
    pub fn SSL_CTX_set_select_certificate_cb(
        ctx: *mut SSL_CTX,
        callback: unsafe extern "C" fn(*const SSL_CLIENT_HELLO) -> c_int,
    );
    pub fn SSL_CTX_set_alpn_select_cb(ctx: *mut SSL_CTX, callback: AlpnCallback, arg: *mut c_void);
    pub fn SSL_CTX_set_tlsext_ticket_key_cb(ctx: *mut SSL_CTX, callback: TicketCallback) -> c_int;
    pub fn SSL_CTX_sess_set_new_cb(
        ctx: *mut SSL_CTX,
        callback: unsafe extern "C" fn(*mut SSL, *mut SSL_SESSION) -> c_int,
    );
    pub fn SSL_CTX_sess_set_get_cb(ctx: *mut SSL_CTX, callback: GetSessionCallback);
    pub fn SSL_CTX_set_keylog_callback(
        ctx: *mut SSL_CTX,
        callback: unsafe extern "C" fn(*const SSL, *const c_char),
    );

    pub fn SSL_new(ctx: *mut SSL_CTX) -> *mut SSL;
    pub fn SSL_free(ssl: *mut SSL);
    pub fn SSL_get_SSL_CTX(ssl: *const SSL) -> *mut SSL_CTX;
    pub fn SSL_set_SSL_CTX(ssl: *mut SSL, ctx: *mut SSL_CTX) -> *mut SSL_CTX;
    pub fn SSL_set_connect_state(ssl: *mut SSL);
    pub fn SSL_set_accept_state(ssl: *mut SSL);
    pub fn SSL_set_bio(ssl: *mut SSL, input: *mut aws_lc_sys::BIO, output: *mut aws_lc_sys::BIO);
    pub fn SSL_get_ex_new_index(
        argl: c_long,
        argp: *mut c_void,
        unused: *mut c_int,
        dup: *mut c_void,
        free: aws_lc_sys::CRYPTO_EX_free,
    ) -> c_int;
    pub fn SSL_set_ex_data(ssl: *mut SSL, index: c_int, data: *mut c_void) -> c_int;
    pub fn SSL_get_ex_data(ssl: *const SSL, index: c_int) -> *mut c_void;

    pub fn SSL_do_handshake(ssl: *mut SSL) -> c_int;
    pub fn SSL_pending(ssl: *const SSL) -> c_int;
    pub fn SSL_read(ssl: *mut SSL, out: *mut c_void, count: c_int) -> c_int;
    pub fn SSL_write(ssl: *mut SSL, bytes: *const c_void, count: c_int) -> c_int;
    pub fn SSL_shutdown(ssl: *mut SSL) -> c_int;
    pub fn SSL_get_error(ssl: *const SSL, result: c_int) -> c_int;
    pub fn SSL_send_fatal_alert(ssl: *mut SSL, alert: u8) -> c_int;
    pub fn SSL_in_init(ssl: *const SSL) -> c_int;
    pub fn SSL_total_renegotiations(ssl: *const SSL) -> c_int;
    pub fn SSL_set_renegotiate_mode(ssl: *mut SSL, mode: c_int);

    pub fn SSL_set_tlsext_host_name(ssl: *mut SSL, name: *const c_char) -> c_int;
    pub fn SSL_get_servername(ssl: *const SSL, kind: c_int) -> *const c_char;
    /// 0 is success here, unlike elsewhere.
    pub fn SSL_set_alpn_protos(ssl: *mut SSL, list: *const u8, count: usize) -> c_int;
    pub fn SSL_get0_alpn_selected(ssl: *const SSL, out: *mut *const u8, count: *mut c_uint);
    pub fn SSL_set_verify(ssl: *mut SSL, mode: c_int, callback: VerifyCallback);
    pub fn SSL_get_verify_mode(ssl: *const SSL) -> c_int;
    pub fn SSL_get_verify_result(ssl: *const SSL) -> c_long;
    pub fn SSL_enable_ocsp_stapling(ssl: *mut SSL);
    pub fn SSL_set_ocsp_response(ssl: *mut SSL, bytes: *const u8, count: usize) -> c_int;
    pub fn SSL_get0_ocsp_response(ssl: *const SSL, out: *mut *const u8, count: *mut usize);
    pub fn SSL_set_session(ssl: *mut SSL, session: *mut SSL_SESSION) -> c_int;
    pub fn SSL_set_session_id_context(ssl: *mut SSL, bytes: *const u8, count: usize) -> c_int;
    pub fn SSL_set_max_send_fragment(ssl: *mut SSL, count: usize) -> c_int;
    pub fn SSL_early_callback_ctx_extension_get(
        hello: *const SSL_CLIENT_HELLO,
        kind: u16,
        out: *mut *const u8,
        count: *mut usize,
    ) -> c_int;

    pub fn SSL_set_psk_client_callback(ssl: *mut SSL, callback: PskClientCallback);
    pub fn SSL_set_psk_server_callback(ssl: *mut SSL, callback: PskServerCallback);
    pub fn SSL_use_psk_identity_hint(ssl: *mut SSL, hint: *const c_char) -> c_int;
    pub fn SSL_get_pending_cipher(ssl: *const SSL) -> *const SSL_CIPHER;
    pub fn SSL_get_cipher_by_value(value: u16) -> *const SSL_CIPHER;

    pub fn SSL_get_session(ssl: *const SSL) -> *mut SSL_SESSION;
    pub fn SSL_session_reused(ssl: *const SSL) -> c_int;
    pub fn SSL_SESSION_free(session: *mut SSL_SESSION);
    pub fn SSL_SESSION_to_bytes(
        session: *const SSL_SESSION,
        out: *mut *mut u8,
        count: *mut usize,
    ) -> c_int;
    pub fn SSL_SESSION_from_bytes(
        bytes: *const u8,
        count: usize,
        ctx: *const SSL_CTX,
    ) -> *mut SSL_SESSION;
    pub fn SSL_SESSION_get_id(session: *const SSL_SESSION, count: *mut c_uint) -> *const u8;
    pub fn SSL_SESSION_get0_ticket(
        session: *const SSL_SESSION,
        out: *mut *const u8,
        count: *mut usize,
    );

    pub fn SSL_get_current_cipher(ssl: *const SSL) -> *const SSL_CIPHER;
    pub fn SSL_CIPHER_get_name(cipher: *const SSL_CIPHER) -> *const c_char;
    pub fn SSL_CIPHER_standard_name(cipher: *const SSL_CIPHER) -> *const c_char;
    pub fn SSL_CIPHER_get_version(cipher: *const SSL_CIPHER) -> *const c_char;
    pub fn SSL_CIPHER_get_auth_nid(cipher: *const SSL_CIPHER) -> c_int;
    pub fn SSL_get_version(ssl: *const SSL) -> *const c_char;
    pub fn SSL_get_group_id(ssl: *const SSL) -> u16;
    pub fn SSL_get_group_name(id: u16) -> *const c_char;
    pub fn SSL_get0_peer_verify_algorithms(ssl: *const SSL, out: *mut *const u16) -> usize;
    pub fn SSL_get0_peer_certificates(ssl: *const SSL) -> *const stack_st_CRYPTO_BUFFER;
    pub fn SSL_get0_verified_chain(ssl: *const SSL) -> *mut stack_st_X509;
    pub fn SSL_get_certificate(ssl: *const SSL) -> *mut X509;
    pub fn SSL_get_finished(ssl: *const SSL, out: *mut c_void, count: usize) -> usize;
    pub fn SSL_get_peer_finished(ssl: *const SSL, out: *mut c_void, count: usize) -> usize;
    pub fn SSL_export_keying_material(
        ssl: *mut SSL,
        out: *mut u8,
        count: usize,
        label: *const c_char,
        label_count: usize,
        context: *const u8,
        context_count: usize,
        has_context: c_int,
    ) -> c_int;
}

macro_rules! release {
    ($object:ident, $free:ident) => {
        impl Release for $object {
            fn release(object: NonNull<Self>) {
                // SAFETY: the object came from its `_new` function and is given back once.
                unsafe { $free(object.as_ptr()) };
            }
        }
    };
}

release!(SSL, SSL_free);
release!(SSL_CTX, SSL_CTX_free);
release!(SSL_SESSION, SSL_SESSION_free);

/// The bytes of one certificate that libssl keeps.
pub fn buffer_bytes(buffer: *const CRYPTO_BUFFER) -> Vec<u8> {
    // SAFETY: the caller has it of a live connection.
    let start = unsafe { aws_lc_sys::CRYPTO_BUFFER_data(buffer) };
    // SAFETY: as above.
    let count = unsafe { aws_lc_sys::CRYPTO_BUFFER_len(buffer) };
    copied(start, count)
}

/// A copy of `count` bytes that libssl shows; none where it shows null.
pub fn copied(start: *const u8, count: usize) -> Vec<u8> {
    if start.is_null() || count == 0 {
        return Vec::new();
    }
    // SAFETY: libssl has just told both, and nothing was called since.
    unsafe { std::slice::from_raw_parts(start, count) }.to_vec()
}

/// A copy of a text of libssl's; None of null.
pub fn text(start: *const c_char) -> Option<String> {
    if start.is_null() {
        return None;
    }
    // SAFETY: libssl's texts end with a zero, and nothing was called since it told this one.
    let text = unsafe { std::ffi::CStr::from_ptr(start) };
    Some(text.to_string_lossy().into_owned())
}
