//! TLS below the fast lane of HTTP: once JavaScript has seen the handshake through, a stream's
//! records are opened and sealed here, and its requests never pass through JavaScript as bytes.
//! The connection stays in its table, so that programs may ask it who the client is. The way back
//! is `detach` of binding `http`: first `takeUnparsed`, then records come to JavaScript again.

use coring_crypto::tls::{Outcome, event};
use coring_engine::{Bytes, Delivery, ops};
use coring_uring::{Errno, SendPage};

use crate::Natives;
use crate::http::Conn;
use crate::kinds::entry;
use crate::slots::Handle;
use crate::socket::{Closing, Ending, Farewell, Output, Role, Socket};

ops! { tls(Natives) {
    /// A stream whose records `connection` opens becomes one of the fast lane of a listener; its
    /// handle stays. 0, or an error: it is nothing for the lane now, and still a stream.
    slow adopt(stream: i32, connection: i32, listener: i32);
    /// Plaintext that JavaScript had before the stream was adopted; none: that was all.
    slow feed(stream: i32, plain: Bytes);
    /// Plaintext that is still to be sealed.
    fast unsealedBytes(stream: i32);
} }

const BAD_HANDLE: i32 = Errno::EBADF.result();
/// Most plaintext of one record.
const RECORD_BYTES_MAX: usize = 16 << 10;

const BUSY: i32 = Errno::EBUSY.result();

/// What a socket of the fast lane has beside its bytes.
pub struct Sealing {
    connection: Handle,
    /// Records that go before whatever is sealed next.
    wire: Vec<u8>,
}

impl Sealing {
    pub fn wire_bytes(&self) -> usize {
        self.wire.len()
    }
}

/// Bytes that are under way already would be taken for plaintext, or the other way round.
fn is_quiet(socket: &Socket) -> bool {
    socket.is_stream()
        && socket.is_socket
        && !socket.connecting
        && socket.closing == Closing::Open
        && socket.ending == Ending::Open
        && socket.before.is_empty()
        && socket.inbox.is_empty()
        && socket.inbox_end.is_none()
}

fn adopt(natives: &mut Natives, stream: i32, connection: i32, listener: i32) -> i32 {
    let (handle, server) = (Handle::from_js(stream), Handle::from_js(listener));
    let settings = match natives.sockets.get(server).map(|socket| &socket.role) {
        Some(Role::Listener(role)) => role.settings.clone(),
        _ => return BAD_HANDLE,
    };
    if natives.tls.connection(connection).is_none() {
        return BAD_HANDLE;
    }
    let now_ms = natives.clock.now_ms();
    let Some(socket) = natives.sockets.get_mut(handle) else {
        return BAD_HANDLE;
    };
    if !is_quiet(socket) {
        return BUSY;
    }
    socket.tls = Some(Box::new(Sealing {
        connection: Handle::from_js(connection),
        wire: socket.out.take().map_or(Vec::new(), |page| page.to_vec()),
    }));
    socket.reading = false;
    socket.drain_wanted = false;
    socket.role = Role::Http(Box::new(Conn::new(server, settings, now_ms)));
    natives.list_deadline(handle);
    natives.touch(handle);
    0
}

fn feed(natives: &mut Natives, stream: i32, plain: Bytes) -> i32 {
    let handle = Handle::from_js(stream);
    match natives.sockets.get_mut(handle) {
        Some(socket) if socket.tls.is_some() => {
            match plain.as_slice() {
                [] => socket.inbox_end = Some(0),
                bytes => socket.inbox.push_back(bytes.to_vec()),
            }
            natives.look_again(handle);
            0
        }
        _ => BAD_HANDLE,
    }
}

#[allow(non_snake_case)]
fn unsealedBytes(natives: &mut Natives, stream: i32) -> f64 {
    let socket = natives.sockets.get(Handle::from_js(stream));
    let sealed = socket.filter(|socket| socket.tls.is_some());
    let page = sealed.and_then(|socket| socket.out.as_ref());
    page.map_or(0.0, |page| page.len() as f64)
}

impl Natives {
    /// Records came on a socket of the fast lane.
    pub(crate) fn on_sealed(
        &mut self,
        handle: Handle,
        bytes: &[u8],
        now_ms: u64,
        out: &mut Delivery,
    ) {
        // What JavaScript had comes first.
        self.on_fed(handle, now_ms, out);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        let body_left = socket.conn().and_then(|conn| conn.body_bytes_left());
        let Some(sealing) = &mut socket.tls else {
            return;
        };
        let Some(connection) = self.tls.connections.get_mut(sealing.connection) else {
            return self.close(handle, Farewell::Gone(0));
        };
        let mut outcome = Outcome::default();
        match body_left {
            // Behind what the turn has brought of it: a copy less.
            Some(_) => {
                let js = handle.to_js();
                outcome.plain = out.take_gathered(entry::HTTP_BODY, js, RECORD_BYTES_MAX);
            }
            None => {
                outcome.plain = std::mem::take(&mut self.tls.plain);
                outcome.plain.clear();
            }
        }
        let before = outcome.plain.len();
        connection.receive_into(bytes, &mut outcome);
        if !outcome.wire.is_empty() {
            sealing.wire.extend_from_slice(&outcome.wire);
            self.touch(handle);
        }
        let plain = std::mem::take(&mut outcome.plain);
        match body_left {
            Some(left) => self.on_body(handle, (left, before), plain, now_ms, out),
            None => {
                if !plain.is_empty() {
                    self.on_plain(handle, &plain, now_ms, out);
                }
                self.tls.keep_plain(plain);
            }
        }
        if outcome.events & event::FATAL != 0 {
            self.close(handle, Farewell::Gone(Errno::ECONNRESET.result()));
        } else if outcome.events & event::CLOSE_NOTIFY != 0 {
            self.on_end(handle, 0, out);
        }
    }

    /// `plain`, behind what was there `before`, of a body of which so many bytes were `left`; what
    /// is more comes after it.
    fn on_body(
        &mut self,
        handle: Handle,
        (left, before): (u64, usize),
        mut plain: Vec<u8>,
        now_ms: u64,
        out: &mut Delivery,
    ) {
        let count = plain.len() - before;
        let given = usize::try_from(left).map_or(count, |left| left.min(count));
        let rest = plain.split_off(before + given);
        out.gather(entry::HTTP_BODY, handle.to_js(), plain);
        let conn = self.sockets.get_mut(handle).and_then(Socket::conn);
        conn.expect("it has a body")
            .body_was_given(given as u64, now_ms);
        if given as u64 == left {
            self.on_plain(handle, &rest, now_ms, out);
        }
    }

    /// What `feed` has left. True: there was something, and JavaScript comes first.
    pub(crate) fn on_fed(&mut self, handle: Handle, now_ms: u64, out: &mut Delivery) -> bool {
        let mut was_fed = false;
        loop {
            let Some(socket) = self.sockets.get_mut(handle) else {
                return was_fed;
            };
            if socket.tls.is_none() {
                return was_fed;
            }
            let Some(bytes) = socket.inbox.pop_front() else {
                return was_fed;
            };
            was_fed = true;
            self.on_plain(handle, &bytes, now_ms, out);
        }
    }

    /// Records go out behind what is queued: the bytes that wait now, or -errno.
    pub(crate) fn send_wire(&mut self, stream: i32, wire: &[u8]) -> i32 {
        self.write(stream, |socket| match &mut socket.tls {
            Some(sealing) => sealing.wire.extend_from_slice(wire),
            None => socket.put(wire, |_| None),
        })
    }

    /// Whatever is queued, as it goes over the wire.
    pub(crate) fn take_wire(&mut self, handle: Handle) -> Option<Output> {
        let socket = self.sockets.get_mut(handle)?;
        let Some(sealing) = &mut socket.tls else {
            return socket.take_output();
        };
        let page = socket.out.take().filter(|page| !page.is_empty());
        let is_last = socket.ending == Ending::Wanted || socket.closing != Closing::Open;
        if page.is_none() && sealing.wire.is_empty() && !is_last {
            return None;
        }
        let mut outcome = Outcome {
            wire: std::mem::take(&mut sealing.wire),
            ..Outcome::default()
        };
        let connection = self.tls.connections.get_mut(sealing.connection)?;
        if let Some(page) = page {
            connection.write_into(&page, &mut outcome);
        }
        if is_last {
            outcome.wire.extend(connection.shutdown().wire);
        }
        (!outcome.wire.is_empty()).then(|| Output::Page(SendPage::of(outcome.wire)))
    }

    /// The socket is a stream of records again, which JavaScript opens.
    pub(crate) fn unseal(&mut self, handle: Handle) {
        let output = self.take_wire(handle);
        let Some(socket) = self.sockets.get_mut(handle) else {
            return;
        };
        if let Some(Output::Page(page)) = output {
            socket.out = Some(page);
        }
        socket.tls = None;
    }
}
