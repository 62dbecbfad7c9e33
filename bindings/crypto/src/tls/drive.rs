//! Bytes through a connection: each call takes what came, and gives what is to go, what it means,
//! and what happened.

use std::ffi::c_int;

use super::connection::Connection;
use super::ffi;
use super::psk::{Step, is_psk_cipher};
use crate::{Failure, failure};

/// What happened, as bits of a number.
pub mod event {
    pub const HANDSHAKE_DONE: u32 = 1;
    pub const PAUSED: u32 = 2;
    pub const NEW_SESSION: u32 = 4;
    pub const KEYLOG: u32 = 8;
    pub const OCSP_RESPONSE: u32 = 16;
    pub const CLOSE_NOTIFY: u32 = 32;
    pub const RENEGOTIATION: u32 = 64;
    pub const FATAL: u32 = 128;
    pub const HELD: u32 = 256;
    pub const PAUSED_PSK: u32 = 512;
}

#[derive(Default)]
pub struct Outcome {
    pub events: u32,
    pub wire: Vec<u8>,
    pub plain: Vec<u8>,
    pub failure: Option<Failure>,
}

/// Most plaintext of one record.
const RECORD_BYTES_MAX: usize = 16 * 1024;
/// Most plaintext that waits for a handshake.
const HELD_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Most ciphertext that waits for an answer of the program: more than libssl itself takes of one
/// message. A peer that waits for our next flight has nothing to say.
const KEPT_BYTES_MAX: usize = 256 * 1024;
/// Bytes of a record beside its plaintext, with room to spare.
const RECORD_EXTRA_BYTES: usize = 64;

impl Connection {
    /// A client's first flight.
    pub fn start(&mut self) -> Outcome {
        self.receive(&[])
    }

    /// Ciphertext came.
    pub fn receive(&mut self, bytes: &[u8]) -> Outcome {
        let mut out = Outcome::default();
        self.receive_into(bytes, &mut out);
        out
    }

    /// As `receive`; what `out` has already stays before what comes.
    pub fn receive_into(&mut self, bytes: &[u8], out: &mut Outcome) {
        // What comes behind close_notify is ignored (RFC 5246, 7.2.1).
        if !self.is_over && !self.is_input_over {
            failure::forget();
            self.side().pipe.begin_input(bytes);
            self.run(out);
            self.end_input(out);
        }
        self.collect(out);
    }

    fn end_input(&mut self, out: &mut Outcome) {
        if self.is_over || self.is_input_over {
            self.side().pipe.forget_input();
        } else if self.side().pipe.end_input() > KEPT_BYTES_MAX {
            let text = "Too many bytes wait for an answer";
            self.fail(Failure::plain("", text), out);
            self.side().pipe.forget_input();
        }
    }

    /// After a pause.
    pub fn resume(&mut self) -> Outcome {
        self.side().is_paused = false;
        self.receive(&[])
    }

    /// Plaintext is to go.
    pub fn write(&mut self, bytes: &[u8]) -> Outcome {
        let mut out = Outcome::default();
        self.write_into(bytes, &mut out);
        out
    }

    pub fn write_into(&mut self, bytes: &[u8], out: &mut Outcome) {
        if !self.is_over {
            failure::forget();
            if self.is_established && self.held.is_empty() {
                self.seal(bytes, out);
            } else {
                self.hold(bytes, out);
            }
        }
        self.collect(out);
    }

    fn hold(&mut self, bytes: &[u8], out: &mut Outcome) {
        if self.held.len() + bytes.len() > HELD_BYTES_MAX {
            let text = "Too many bytes wait for a handshake";
            return self.fail(Failure::plain("", text), out);
        }
        self.held.extend_from_slice(bytes);
        out.events |= event::HELD;
    }

    /// close_notify; nothing is written behind it.
    pub fn shutdown(&mut self) -> Outcome {
        let mut out = Outcome::default();
        if !self.is_over && !self.has_shut_down && self.is_established {
            failure::forget();
            let ssl = self.ssl_mut();
            // SAFETY: the connection is alive.
            unsafe { ffi::SSL_shutdown(ssl) };
            failure::forget();
            self.has_shut_down = true;
        }
        self.collect(&mut out);
        out
    }

    /// Ends the connection with an alert.
    pub fn refuse(&mut self, alert: u8) -> Outcome {
        let mut out = Outcome::default();
        if !self.is_over {
            let ssl = self.ssl_mut();
            // SAFETY: the connection is alive.
            unsafe { ffi::SSL_send_fatal_alert(ssl, alert) };
            failure::forget();
            self.is_over = true;
        }
        self.collect(&mut out);
        out
    }

    /// Gives what libssl has written and noted.
    fn collect(&mut self, out: &mut Outcome) {
        let side = self.side();
        out.events |= std::mem::take(&mut side.events);
        let wire = std::mem::take(&mut side.pipe.wire);
        match out.wire.is_empty() {
            true => out.wire = wire,
            false => out.wire.extend_from_slice(&wire),
        }
    }

    fn fail(&mut self, failure: Failure, out: &mut Outcome) {
        self.is_over = true;
        out.events |= event::FATAL;
        self.failure = Some(failure.clone());
        out.failure = Some(failure);
    }

    /// As far as the bytes that are there go.
    fn run(&mut self, out: &mut Outcome) {
        if !self.is_established {
            if self.side().is_paused || !self.shake(out) {
                return;
            }
            self.is_established = true;
            out.events |= event::HANDSHAKE_DONE;
            if self.wants_ocsp {
                out.events |= event::OCSP_RESPONSE;
            }
            self.side().psk = None;
            self.write_held(out);
        }
        if !self.is_over {
            self.open_records(out);
        }
    }

    /// True: the handshake is done.
    fn shake(&mut self, out: &mut Outcome) -> bool {
        loop {
            let may_go_on = self.pass_gate(out);
            let ssl = self.ssl_mut();
            // SAFETY: the connection is alive, and its side is not borrowed here.
            let result = unsafe { ffi::SSL_do_handshake(ssl) };
            if result == 1 {
                self.side().pipe.allowed = usize::MAX;
                return true;
            }
            match self.error(result) {
                ffi::SSL_ERROR_WANT_READ if may_go_on && self.has_rest() => {}
                ffi::SSL_ERROR_WANT_READ | ffi::SSL_ERROR_PENDING_CERTIFICATE => return false,
                _ => {
                    let failure = self.handshake_failure();
                    self.fail(failure, out);
                    return false;
                }
            }
        }
    }

    /// A server without a certificate fails in silence where OpenSSL and BoringSSL say so.
    fn handshake_failure(&mut self) -> Failure {
        let failure = Failure::of_tls("TLS handshake failed");
        let is_mute = match &failure {
            Failure::Plain { .. } => self.is_server && self.own_certificate().is_none(),
            Failure::Library { first, .. } => first.reason.as_deref() == Some("NO_CERTIFICATE_SET"),
        };
        if !is_mute {
            return failure;
        }
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive.
        unsafe { ffi::SSL_send_fatal_alert(ssl, ffi::SSL_AD_INTERNAL_ERROR) };
        failure::of_reason(aws_lc_sys::ERR_LIB_SSL, ffi::SSL_R_NO_CERTIFICATE_SET)
    }

    fn has_rest(&mut self) -> bool {
        !self.side().pipe.rest().is_empty()
    }

    /// Where keys were shared beforehand: the next record may be read if nothing has to be asked
    /// before. False: nothing else will come of it now.
    fn pass_gate(&mut self, out: &mut Outcome) -> bool {
        if self.side_ref().psk.is_none() {
            return false;
        }
        // SAFETY: reads a live connection; ciphers are constants.
        let pending = unsafe { ffi::SSL_get_pending_cipher(self.ssl()) };
        let side = self.side();
        let Some(gate) = &mut side.psk else {
            return false;
        };
        let (allowed, may_go_on) = match gate.step(side.pipe.rest(), is_psk_cipher(pending)) {
            Step::Pass(count) => (count, true),
            Step::Wait => (0, false),
            Step::Open => (usize::MAX, false),
            Step::Ask => {
                out.events |= event::PAUSED_PSK;
                side.is_paused = true;
                (0, false)
            }
        };
        side.pipe.allowed = allowed;
        may_go_on
    }

    fn error(&mut self, result: c_int) -> c_int {
        // SAFETY: the connection is alive.
        unsafe { ffi::SSL_get_error(self.ssl(), result) }
    }

    fn write_held(&mut self, out: &mut Outcome) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.seal(&held, out);
        }
    }

    /// Plaintext becomes records.
    fn seal(&mut self, bytes: &[u8], out: &mut Outcome) {
        let records_count = bytes.len() / RECORD_BYTES_MAX + 1;
        let room = bytes.len() + records_count * RECORD_EXTRA_BYTES;
        self.side().pipe.wire.reserve(room);
        let mut rest = bytes;
        while !rest.is_empty() {
            let count = c_int::try_from(rest.len()).unwrap_or(c_int::MAX);
            let ssl = self.ssl_mut();
            // SAFETY: the connection is alive, the slice as long as is told.
            let result = unsafe { ffi::SSL_write(ssl, rest.as_ptr().cast(), count) };
            if result > 0 {
                self.bytes_written += result as u64;
                rest = &rest[result as usize..];
                continue;
            }
            match self.error(result) {
                // A handshake anew, begun by the server.
                ffi::SSL_ERROR_WANT_READ => return self.hold(rest, out),
                _ => return self.fail(Failure::of_tls("Failed to write"), out),
            }
        }
    }

    /// Records become plaintext.
    fn open_records(&mut self, out: &mut Outcome) {
        loop {
            match self.open_one(out) {
                Ok(0) => break,
                Ok(_) => {}
                Err(code) => {
                    if code == ffi::SSL_ERROR_ZERO_RETURN {
                        self.is_input_over = true;
                        out.events |= event::CLOSE_NOTIFY;
                    } else if code != ffi::SSL_ERROR_WANT_READ {
                        self.fail(Failure::of_tls("Failed to read"), out);
                    }
                    break;
                }
            }
        }
        self.note_renegotiation(out);
    }

    /// Appends the plaintext of one record, or a part; an error of libssl's.
    fn open_one(&mut self, out: &mut Outcome) -> Result<usize, c_int> {
        let ssl = self.ssl_mut();
        if out.plain.len() == out.plain.capacity() && self.has_plaintext()? {
            let rest = self.side().pipe.rest().len();
            // SAFETY: reads a live connection.
            let pending = unsafe { ffi::SSL_pending(self.ssl()) };
            let room = room_for(out.plain.len(), rest, pending as usize);
            out.plain.reserve_exact(room);
        }
        let room = out.plain.spare_capacity_mut();
        let count = c_int::try_from(room.len()).unwrap_or(c_int::MAX);
        // SAFETY: the connection is alive and its side not borrowed; the room is as long as told.
        let result = unsafe { ffi::SSL_read(ssl, room.as_mut_ptr().cast(), count) };
        if result <= 0 {
            return Err(self.error(result));
        }
        let length = out.plain.len() + result as usize;
        // SAFETY: libssl has written so many bytes behind the old end, within the capacity.
        unsafe { out.plain.set_len(length) };
        self.bytes_read += result as u64;
        Ok(result as usize)
    }

    /// Has libssl opened a record that is not taken? It opens the next one, if there is none, and
    /// if it is whole.
    fn has_plaintext(&mut self) -> Result<bool, c_int> {
        let ssl = self.ssl_mut();
        // SAFETY: the connection is alive and its side not borrowed; nothing is written.
        let result = unsafe { ffi::SSL_read(ssl, std::ptr::null_mut(), 0) };
        // SAFETY: reads a live connection.
        let pending = unsafe { ffi::SSL_pending(self.ssl()) };
        match result {
            0 if pending > 0 => Ok(true),
            _ => Err(self.error(result)),
        }
    }

    /// libssl shakes hands anew while it reads.
    fn note_renegotiation(&mut self, out: &mut Outcome) {
        if self.is_server || self.is_over {
            return;
        }
        // SAFETY: reads a live connection.
        let count = unsafe { ffi::SSL_total_renegotiations(self.ssl()) };
        // SAFETY: as above.
        let is_busy = unsafe { ffi::SSL_in_init(self.ssl()) } == 1;
        if count != self.renegotiations && !is_busy {
            self.renegotiations = count;
            out.events |= event::RENEGOTIATION;
            self.write_held(out);
        }
    }
}

/// Room for plaintext behind so many bytes, of which `pending` are there already. There is no more
/// of it than ciphertext, but for the record whose beginning libssl has; and where a second record
/// comes, there are likely more.
fn room_for(length: usize, rest: usize, pending: usize) -> usize {
    const AT_ONCE_BYTES: usize = 4 * RECORD_BYTES_MAX;
    let likely = AT_ONCE_BYTES.saturating_sub(length).min(3 * length);
    pending.max(rest).max(likely)
}
