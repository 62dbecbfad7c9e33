//! What libssl asks in the midst of a handshake. Every answer stands in the connection's [`Side`]
//! already, or the handshake stands still.

use std::ffi::{CStr, c_char, c_int, c_uint, c_void};
use std::sync::OnceLock;

use aws_lc_sys::{EVP_CIPHER_CTX, HMAC_CTX, X509_STORE_CTX, X509_verify_cert};

use super::connection::{Alpn, Side};
use super::drive::event;
use super::ffi::{self, SSL, SSL_CLIENT_HELLO, SSL_CTX, SSL_SESSION};
use super::hello::Hello;
use super::tickets;

pub fn install(ctx: *mut SSL_CTX) {
    // SAFETY: the context is alive; so for all calls here.
    unsafe { ffi::SSL_CTX_set_select_certificate_cb(ctx, on_hello) };
    // SAFETY: as above.
    unsafe { ffi::SSL_CTX_set_alpn_select_cb(ctx, on_alpn, std::ptr::null_mut()) };
    // SAFETY: as above.
    unsafe { ffi::SSL_CTX_set_tlsext_ticket_key_cb(ctx, on_ticket) };
    // SAFETY: as above.
    unsafe { ffi::SSL_CTX_set_cert_verify_callback(ctx, on_chain, std::ptr::null_mut()) };
    // SAFETY: as above.
    unsafe { ffi::SSL_CTX_sess_set_new_cb(ctx, on_session) };
    // SAFETY: as above.
    unsafe { ffi::SSL_CTX_sess_set_get_cb(ctx, on_session_asked) };
}

pub fn install_keylog(ctx: *mut SSL_CTX) {
    // SAFETY: the context is alive.
    unsafe { ffi::SSL_CTX_set_keylog_callback(ctx, on_keylog) };
}

/// Where libssl keeps the pointer to a connection's side.
pub fn index() -> c_int {
    static INDEX: OnceLock<c_int> = OnceLock::new();
    *INDEX.get_or_init(|| {
        let none = std::ptr::null_mut();
        // SAFETY: no function is given.
        let index = unsafe { ffi::SSL_get_ex_new_index(0, none, none.cast(), none, None) };
        assert!(index >= 0);
        index
    })
}

/// The side of a connection of which libssl calls back.
fn side_of<'a>(ssl: *const SSL) -> &'a mut Side {
    // SAFETY: libssl calls with a live object.
    let side = unsafe { ffi::SSL_get_ex_data(ssl, index()) }.cast::<Side>();
    assert!(!side.is_null());
    // SAFETY: `Connection::open` put it there and frees it after the object; it is borrowed
    // nowhere while libssl runs, and callbacks do not call each other.
    unsafe { &mut *side }
}

/// Never refuses: what is wrong is asked for later.
pub unsafe extern "C" fn on_verify(_: c_int, _: *mut X509_STORE_CTX) -> c_int {
    1
}

/// As `on_verify`; some certificates libcrypto refuses without asking.
unsafe extern "C" fn on_chain(chain: *mut X509_STORE_CTX, _: *mut c_void) -> c_int {
    // SAFETY: libssl's own, alive for this call; the verdict stays in it.
    unsafe { X509_verify_cert(chain) };
    1
}

unsafe extern "C" fn on_hello(hello: *const SSL_CLIENT_HELLO) -> c_int {
    // SAFETY: libssl's own, alive for this call.
    let hello = unsafe { &*hello };
    let ssl = hello.ssl;
    let side = side_of(ssl);
    if side.hello.is_none() {
        side.hello = Some(Hello::read(hello));
        if side.pauses_on_hello {
            side.events |= event::PAUSED;
            side.is_paused = true;
        }
    }
    if side.is_paused {
        return ffi::SELECT_CERT_RETRY;
    }
    let name = side
        .hello
        .as_ref()
        .and_then(|hello| hello.servername.clone());
    let name = name.unwrap_or_default().to_ascii_lowercase();
    // SAFETY: reads a live connection.
    let verify = unsafe { ffi::SSL_get_verify_mode(ssl) };
    let Ok(scope) = side.effective().scope(verify, &name) else {
        return -1;
    };
    // SAFETY: the connection is alive, the bytes as long as is told.
    let done = unsafe { ffi::SSL_set_session_id_context(ssl, scope.as_ptr(), scope.len()) };
    if let Some(response) = side.ocsp_answer.take() {
        // SAFETY: as above; the bytes are copied.
        unsafe { ffi::SSL_set_ocsp_response(ssl, response.as_ptr(), response.len()) };
    }
    match done {
        1 => ffi::SELECT_CERT_SUCCESS,
        _ => -1,
    }
}

unsafe extern "C" fn on_alpn(
    ssl: *mut SSL,
    out: *mut *const u8,
    out_count: *mut u8,
    offered: *const u8,
    offered_count: c_uint,
    _: *mut c_void,
) -> c_int {
    let offered = ffi::copied(offered, offered_count as usize);
    let chosen: &[u8] = match &side_of(ssl).alpn {
        Alpn::Unasked => return ffi::SSL_TLSEXT_ERR_NOACK,
        Alpn::Chosen(name) => name,
        Alpn::Own(own) => {
            let mut ours = names(own);
            match ours.find(|name| names(&offered).any(|other| other == *name)) {
                Some(name) => name,
                None => &[],
            }
        }
    };
    let Some(count) = u8::try_from(chosen.len()).ok().filter(|count| *count > 0) else {
        return ffi::SSL_TLSEXT_ERR_ALERT_FATAL;
    };
    // SAFETY: libssl gives room for both; the name stands in the side, which outlives the
    // handshake.
    unsafe { out.write(chosen.as_ptr()) };
    // SAFETY: as above.
    unsafe { out_count.write(count) };
    ffi::SSL_TLSEXT_ERR_OK
}

/// Protocols that stand behind their lengths.
fn names(mut list: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let (count, rest) = list.split_first()?;
        let (name, rest) = rest.split_at_checked(usize::from(*count))?;
        list = rest;
        Some(name)
    })
}

unsafe extern "C" fn on_ticket(
    ssl: *mut SSL,
    name: *mut u8,
    vector: *mut u8,
    cipher: *mut EVP_CIPHER_CTX,
    hmac: *mut HMAC_CTX,
    is_writing: c_int,
) -> c_int {
    // SAFETY: libssl gives 16 bytes of name.
    let name = unsafe { &mut *name.cast::<[u8; 16]>() };
    // SAFETY: libssl gives at least 16 bytes of vector.
    let vector = unsafe { &mut *vector.cast::<[u8; 16]>() };
    let pinned = &side_of(ssl).identity.tickets;
    tickets::prepare(pinned, name, vector, cipher, hmac, is_writing == 1)
}

/// Most sessions that wait to be taken: a server may send more tickets than anybody wants.
const SESSIONS_MAX: usize = 32;

unsafe extern "C" fn on_session(ssl: *mut SSL, session: *mut SSL_SESSION) -> c_int {
    let side = side_of(ssl);
    if side.keeps_sessions && side.sessions.len() < SESSIONS_MAX {
        let mut count = 0;
        // SAFETY: libssl's session is alive for this call.
        let id = unsafe { ffi::SSL_SESSION_get_id(session, &mut count) };
        let id = ffi::copied(id, count as usize);
        if let Some(bytes) = super::inspect::session_bytes(session) {
            side.last_session = Some(bytes.clone());
            side.sessions.push((id, bytes));
            side.events |= event::NEW_SESSION;
        }
    }
    // The session stays libssl's.
    0
}

unsafe extern "C" fn on_session_asked(
    ssl: *mut SSL,
    _: *const u8,
    _: c_int,
    out_copy: *mut c_int,
) -> *mut SSL_SESSION {
    // SAFETY: libssl gives room for it. The count is given away with the session.
    unsafe { out_copy.write(0) };
    match side_of(ssl).session_answer.take() {
        Some(session) => session.into_raw(),
        None => std::ptr::null_mut(),
    }
}

/// As `SESSIONS_MAX`.
const LINES_MAX: usize = 64;

unsafe extern "C" fn on_keylog(ssl: *const SSL, line: *const c_char) {
    let side = side_of(ssl);
    if !side.keeps_keylog || side.keylog.len() >= LINES_MAX {
        return;
    }
    // SAFETY: libssl's text ends with a zero.
    let line = unsafe { CStr::from_ptr(line) }.to_bytes();
    side.keylog.push([line, b"\n"].concat());
    side.events |= event::KEYLOG;
}

pub unsafe extern "C" fn on_psk_client(
    ssl: *mut SSL,
    _: *const c_char,
    identity: *mut c_char,
    identity_bytes_max: c_uint,
    key: *mut u8,
    key_bytes_max: c_uint,
) -> c_uint {
    let gate = side_of(ssl).psk.as_mut();
    let Some(answer) = gate.and_then(|gate| gate.answer.take()) else {
        return 0;
    };
    let name = answer.identity.as_slice();
    if name.len() >= identity_bytes_max as usize || name.contains(&0) {
        return 0;
    }
    // SAFETY: libssl has room for `identity_bytes_max`, the zero among them; see the check above.
    unsafe { std::ptr::copy_nonoverlapping(name.as_ptr().cast(), identity, name.len()) };
    // SAFETY: as above.
    let end = unsafe { identity.add(name.len()) };
    // SAFETY: as above.
    unsafe { end.write(0) };
    give_key(answer.key.as_slice(), key, key_bytes_max)
}

pub unsafe extern "C" fn on_psk_server(
    ssl: *mut SSL,
    _: *const c_char,
    key: *mut u8,
    key_bytes_max: c_uint,
) -> c_uint {
    let gate = side_of(ssl).psk.as_mut();
    match gate.and_then(|gate| gate.answer.take()) {
        Some(answer) => give_key(answer.key.as_slice(), key, key_bytes_max),
        None => 0,
    }
}

/// `out` is libssl's and has room for `max` bytes.
fn give_key(key: &[u8], out: *mut u8, max: c_uint) -> c_uint {
    if key.len() > max as usize {
        return 0;
    }
    // SAFETY: there is room for it.
    unsafe { std::ptr::copy_nonoverlapping(key.as_ptr(), out, key.len()) };
    key.len() as c_uint
}
