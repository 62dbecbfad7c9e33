//! One end of a connection: libssl's SSL over a pipe of memory, and what was said before the
//! handshake asks for it. Moving bytes is in `drive.rs`, questions behind it in `inspect.rs`.

use std::ffi::{CString, c_int};
use std::ptr::NonNull;
use std::rc::Rc;

use super::callbacks;
use super::context::{Context, Identity};
use super::ffi;
use super::hello::Hello;
use super::pipe::{self, Pipe};
use super::psk::{Answer, Gate};
use crate::owned::Owned;
use crate::{Failure, Result, Secret, failure};

/// What a server does with the protocols that a client names.
pub(super) enum Alpn {
    Unasked,
    /// The first of these that the client names too.
    Own(Vec<u8>),
    /// Empty: none will do.
    Chosen(Vec<u8>),
}

/// What callbacks read and write.
pub(super) struct Side {
    pub pipe: Pipe,
    pub identity: Rc<Identity>,
    /// Of the context that was chosen by the client's hello.
    switched: Option<Rc<Identity>>,
    pub events: u32,
    pub hello: Option<Hello>,
    pub pauses_on_hello: bool,
    /// Until the answers to the hello are there.
    pub is_paused: bool,
    pub alpn: Alpn,
    pub session_answer: Option<Owned<ffi::SSL_SESSION>>,
    pub ocsp_answer: Option<Vec<u8>>,
    pub keeps_sessions: bool,
    pub sessions: Vec<(Vec<u8>, Vec<u8>)>,
    pub last_session: Option<Vec<u8>>,
    pub keeps_keylog: bool,
    pub keylog: Vec<Vec<u8>>,
    pub psk: Option<Gate>,
}

impl Side {
    pub fn effective(&self) -> &Identity {
        self.switched.as_ref().unwrap_or(&self.identity)
    }
}

pub struct Connection {
    /// Freed before the side, which its callbacks use.
    ssl: Option<Owned<ffi::SSL>>,
    side: NonNull<Side>,
    pub(super) is_server: bool,
    pub(super) is_established: bool,
    pub(super) is_over: bool,
    pub(super) failure: Option<Failure>,
    pub(super) has_shut_down: bool,
    /// The other side has said its last word.
    pub(super) is_input_over: bool,
    pub(super) wants_ocsp: bool,
    pub(super) renegotiations: c_int,
    /// Plaintext that waits for the handshake.
    pub(super) held: Vec<u8>,
    /// Of plaintext.
    pub(super) bytes_read: u64,
    pub(super) bytes_written: u64,
    pub(super) servername: Option<String>,
}

impl Connection {
    pub fn open(context: &Context, is_server: bool) -> Result<Connection> {
        context.settle_chain()?;
        failure::forget();
        // SAFETY: the context is alive; what it gives is ours.
        let mut ssl = Owned::of(unsafe { ffi::SSL_new(context.as_mut_ptr()) })?;
        let side = Side {
            pipe: Pipe::default(),
            identity: context.identity(),
            switched: None,
            events: 0,
            hello: None,
            pauses_on_hello: false,
            is_paused: false,
            alpn: Alpn::Unasked,
            session_answer: None,
            ocsp_answer: None,
            keeps_sessions: false,
            sessions: Vec::new(),
            last_session: None,
            keeps_keylog: false,
            keylog: Vec::new(),
            psk: None,
        };
        let side = Box::into_raw(Box::new(side));
        let object = ssl.as_mut_ptr();
        let mut connection = Connection {
            ssl: Some(ssl),
            side: NonNull::new(side).expect("a box is not null"),
            is_server,
            is_established: false,
            is_over: false,
            failure: None,
            has_shut_down: false,
            is_input_over: false,
            wants_ocsp: false,
            renegotiations: 0,
            held: Vec::new(),
            bytes_read: 0,
            bytes_written: 0,
            servername: None,
        };
        // Not by `connection.side()`: what is borrowed there later would end this pointer's right.
        // SAFETY: the side was just made; no reference to it is.
        let pipe = unsafe { &raw mut (*side).pipe };
        let bio = pipe::open(pipe)?;
        // SAFETY: both are alive; the connection takes the one count for both ways.
        unsafe { ffi::SSL_set_bio(object, bio, bio) };
        // SAFETY: the connection is alive.
        let done = unsafe { ffi::SSL_set_ex_data(object, callbacks::index(), side.cast()) };
        failure::check(done, "Out of memory")?;
        match is_server {
            // SAFETY: the connection is alive.
            true => unsafe { ffi::SSL_set_accept_state(object) },
            // SAFETY: as above.
            false => unsafe { ffi::SSL_set_connect_state(object) },
        }
        connection.set_verify(!is_server, false);
        if !is_server {
            connection.set_renegotiation(true);
        }
        Ok(connection)
    }

    pub(super) fn ssl(&self) -> *const ffi::SSL {
        self.ssl.as_ref().expect("freed by drop only").as_ptr()
    }

    pub(super) fn ssl_mut(&mut self) -> *mut ffi::SSL {
        self.ssl().cast_mut()
    }

    /// Not while libssl runs.
    pub(super) fn side(&mut self) -> &mut Side {
        // SAFETY: ours from `open` to `drop`; callbacks borrow it only while libssl runs, which
        // needs `&mut self` too.
        unsafe { self.side.as_mut() }
    }

    pub(super) fn side_ref(&self) -> &Side {
        // SAFETY: as above.
        unsafe { self.side.as_ref() }
    }

    pub fn set_servername(&mut self, name: &str) -> Result<()> {
        let text = CString::new(name)
            .map_err(|_| Failure::plain("ERR_INVALID_ARG_VALUE", "A zero in a name"))?;
        failure::forget();
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive, the text ends with a zero.
        let done = unsafe { ffi::SSL_set_tlsext_host_name(ssl, text.as_ptr()) };
        failure::check(done, "Failed to set the server's name")?;
        self.servername = Some(name.to_owned());
        Ok(())
    }

    /// Protocols, each behind its length.
    pub fn set_alpn(&mut self, list: &[u8]) -> Result<()> {
        if self.is_server {
            self.side().alpn = Alpn::Own(list.to_vec());
            return Ok(());
        }
        failure::forget();
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive, the list as long as is told.
        let refused = unsafe { ffi::SSL_set_alpn_protos(ssl, list.as_ptr(), list.len()) };
        failure::check(c_int::from(refused == 0), "Failed to set protocols")
    }

    fn session_of(&mut self, bytes: &[u8]) -> Result<Owned<ffi::SSL_SESSION>> {
        failure::forget();
        // SAFETY: reads a live connection.
        let ctx = unsafe { ffi::SSL_get_SSL_CTX(self.ssl()) };
        // SAFETY: the context is alive; reads within the slice.
        Owned::of(unsafe { ffi::SSL_SESSION_from_bytes(bytes.as_ptr(), bytes.len(), ctx) })
    }

    /// A session to take up again.
    pub fn set_session(&mut self, bytes: &[u8]) -> Result<()> {
        let mut session = self.session_of(bytes)?;
        let ssl = self.ssl_mut();
        // SAFETY: both are alive; the connection takes its own count.
        let done = unsafe { ffi::SSL_set_session(ssl, session.as_mut_ptr()) };
        failure::check(done, "SSL_set_session error")
    }

    /// libssl refuses nobody for a certificate, but may for having none.
    pub fn set_verify(&mut self, requests: bool, rejects: bool) {
        let mode = match (requests, rejects) {
            (false, _) => ffi::SSL_VERIFY_NONE,
            (true, false) => ffi::SSL_VERIFY_PEER,
            (true, true) => ffi::SSL_VERIFY_PEER | ffi::SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
        };
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive.
        unsafe { ffi::SSL_set_verify(ssl, mode, callbacks::on_verify) };
    }

    pub fn request_ocsp(&mut self) {
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive.
        unsafe { ffi::SSL_enable_ocsp_stapling(ssl) };
        self.wants_ocsp = true;
    }

    pub fn pause_on_hello(&mut self) {
        self.side().pauses_on_hello = true;
    }

    pub fn keep_sessions(&mut self) {
        self.side().keeps_sessions = true;
    }

    pub fn keep_keylog(&mut self) {
        // SAFETY: reads a live connection.
        let ctx = unsafe { ffi::SSL_get_SSL_CTX(self.ssl()) };
        callbacks::install_keylog(ctx);
        self.side().keeps_keylog = true;
    }

    /// False: no such size.
    pub fn set_max_send_fragment(&mut self, bytes: usize) -> bool {
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive.
        let done = unsafe { ffi::SSL_set_max_send_fragment(ssl, bytes) };
        failure::forget();
        done == 1
    }

    /// May a server begin a handshake anew?
    pub fn set_renegotiation(&mut self, is_allowed: bool) {
        let mode = match is_allowed {
            true => ffi::RENEGOTIATE_FREELY,
            false => ffi::RENEGOTIATE_NEVER,
        };
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive.
        unsafe { ffi::SSL_set_renegotiate_mode(ssl, mode) };
    }

    /// A server's hint is what its clients choose an identity by.
    pub fn enable_psk(&mut self, hint: Option<&str>) -> Result<()> {
        let ssl = self.ssl_mut();
        failure::forget();
        if self.is_server {
            // SAFETY: the connection is alive.
            unsafe { ffi::SSL_set_psk_server_callback(ssl, callbacks::on_psk_server) };
            if let Some(hint) = hint {
                let refused = || {
                    let words = "Failed to set PSK identity hint";
                    Failure::plain("ERR_TLS_PSK_SET_IDENTITY_HINT_FAILED", words)
                };
                let text = CString::new(hint).map_err(|_| refused())?;
                // SAFETY: the connection is alive, the text ends with a zero.
                let done = unsafe { ffi::SSL_use_psk_identity_hint(ssl, text.as_ptr()) };
                failure::check(done, "").map_err(|_| refused())?;
            }
        } else {
            // SAFETY: the connection is alive.
            unsafe { ffi::SSL_set_psk_client_callback(ssl, callbacks::on_psk_client) };
        }
        let is_server = self.is_server;
        self.side().psk = Some(Gate::new(is_server));
        Ok(())
    }

    pub fn hello(&self) -> Option<&Hello> {
        self.side_ref().hello.as_ref()
    }

    /// What the other side said before a key is asked for; None: nothing is asked.
    pub fn psk_asked(&self) -> Option<Option<&[u8]>> {
        let gate = self.side_ref().psk.as_ref()?;
        gate.asked.as_ref().map(Option::as_deref)
    }

    pub fn answer_psk(&mut self, identity: &[u8], key: &[u8]) {
        let answer = Answer {
            identity: identity.to_vec(),
            key: Secret::from(key),
        };
        if let Some(gate) = &mut self.side().psk {
            gate.answer = Some(answer);
        }
    }

    /// A session that was kept under the id of the client's hello. False: it is none.
    pub fn answer_session(&mut self, bytes: &[u8]) -> bool {
        let session = self.session_of(bytes);
        failure::forget();
        let is_one = session.is_ok();
        self.side().session_answer = session.ok();
        is_one
    }

    /// Certificate, key and trust of `context` from here on.
    pub fn answer_context(&mut self, context: &Context) -> Result<()> {
        context.settle_chain()?;
        let ssl = self.ssl_mut();
        failure::forget();
        // SAFETY: both are alive; the connection takes its own count.
        let given = unsafe { ffi::SSL_set_SSL_CTX(ssl, context.as_mut_ptr()) };
        if given.is_null() {
            return Err(Failure::of_queue("Failed to change the context"));
        }
        match context.has_automatic_chain() {
            // SAFETY: the connection is alive.
            true => unsafe { ffi::SSL_clear_mode(ssl, ffi::SSL_MODE_NO_AUTO_CHAIN) },
            // SAFETY: as above.
            false => unsafe { ffi::SSL_set_mode(ssl, ffi::SSL_MODE_NO_AUTO_CHAIN) },
        };
        if self.side().keeps_keylog {
            callbacks::install_keylog(given);
        }
        self.side().switched = Some(context.identity());
        Ok(())
    }

    pub fn answer_ocsp(&mut self, response: &[u8]) {
        self.side().ocsp_answer = Some(response.to_vec());
    }

    /// None: no protocol will do.
    pub fn answer_alpn(&mut self, name: Option<&str>) {
        let name = name.map_or(Vec::new(), |name| name.as_bytes().to_vec());
        self.side().alpn = Alpn::Chosen(name);
    }

    /// Sessions since the last call: id and bytes.
    pub fn take_sessions(&mut self) -> Vec<(Vec<u8>, Vec<u8>)> {
        std::mem::take(&mut self.side().sessions)
    }

    pub fn take_keylog(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.side().keylog)
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.ssl = None;
        // SAFETY: came from a box, and nobody is left to use it.
        drop(unsafe { Box::from_raw(self.side.as_ptr()) });
    }
}
