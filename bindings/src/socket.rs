//! One open socket, pipe or listener, whatever protocol runs on it: what is in flight in the
//! kernel, what waits to be read or written, and how it closes.
//!
//! Closing: cancel what is in flight, wait for the last completion of each, then close the
//! descriptor, then free the slot and tell JavaScript. Never the other way round: the kernel would
//! go on with the old socket while its number names a new one.

use std::collections::VecDeque;

use coring_engine::Held;
use coring_uring::{Fd, FlightId, SendPage, Stable, sync};

use crate::bulk::Intake;
use crate::http::Conn;
use crate::limits::{DIRECT_BYTES_MIN, HELD_BYTES_MIN, OFFERED_BYTES, OUTPUT_BYTES_HIGH};

/// What runs on a socket.
pub enum Role {
    /// Accepts; `http`: its connections begin in the fast lane.
    Listener(Listener),
    /// Bytes to and from JavaScript: `tcp_wrap`.
    Stream,
    /// A server connection of the fast lane.
    Http(Box<Conn>),
}

/// A listening socket.
pub struct Listener {
    pub http: Option<crate::http::Settings>,
    /// Of connections that come into the fast lane later, when their handshake is done.
    pub settings: crate::http::Settings,
    /// Path of a Unix socket, to be removed at close.
    pub unix_path: Option<Vec<u8>>,
    /// Other processes may accept from the same socket: closing it here must not end it for them.
    pub shared: bool,
    /// Connections are handed to it; it accepts none by itself.
    pub idle: bool,
    /// Accepting stopped because descriptors ran out; taken up again when one is closed.
    pub starved: bool,
}

/// How far a socket is on its way out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Closing {
    Open,
    /// Close as soon as nothing is in flight.
    Wanted,
    /// The close itself is in flight.
    Begun,
    /// Closed; the slot is kept until JavaScript was told, so that no newcomer takes it before.
    Done,
}

/// How far the writing side is shut.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Ending {
    Open,
    /// Shut down once everything queued was sent.
    Wanted,
    /// In flight, or done.
    Begun,
}

pub struct Socket {
    pub fd: Fd,
    pub role: Role,
    /// Does it keep the loop alive?
    pub refed: bool,
    pub connecting: bool,
    /// Operations whose last completion has not come.
    pub flights_count: u32,
    /// The armed receive or accept.
    pub recv: FlightId,
    pub recv_armed: bool,
    /// A cancel of `recv` is on its way.
    pub recv_cancelled: bool,
    /// How bytes come in.
    pub intake: Intake,
    pub reading: bool,
    /// Received while JavaScript did not read.
    pub inbox: VecDeque<Vec<u8>>,
    /// End of stream (0) or -errno, seen and not yet told.
    pub inbox_end: Option<i32>,
    /// Written, not yet given to the kernel.
    pub out: Option<SendPage>,
    /// What goes before it: earlier pages, and memory of JavaScript.
    pub before: Vec<Box<dyn Stable>>,
    pub before_bytes: usize,
    pub sending: bool,
    pub sending_bytes: usize,
    /// It is in the turn's list of sockets to look at.
    pub dirty: bool,
    /// It is in the list of sockets whose input is looked at next.
    pub soon: bool,
    pub drain_wanted: bool,
    pub ending: Ending,
    pub closing: Closing,
    /// The close was asked for by JavaScript with this entry kind, or by native itself.
    pub farewell: Farewell,
    /// Is this a socket in the kernel's sense (a pipe is not)?
    pub is_socket: bool,
    /// A pipe that has a name: it is polled, then read.
    pub is_fifo: bool,
    pub bytes_read: u64,
    pub bytes_written: u64,
    /// Of the fast lane: bytes go and come as records of TLS.
    pub tls: Option<Box<crate::tls::lane::Sealing>>,
}

/// What a socket has to send.
pub enum Output {
    Page(SendPage),
    Pieces(Vec<Box<dyn Stable>>),
}

impl Output {
    pub fn bytes_count(&self) -> usize {
        match self {
            Output::Page(page) => page.len(),
            Output::Pieces(pieces) => pieces.iter().map(|piece| piece.bytes_count()).sum(),
        }
    }
}

/// The last entry JavaScript gets about a socket.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Farewell {
    /// kind 5: JavaScript closed it.
    Closed,
    /// kind 11 with this reason: the peer or native ended a fast-lane connection.
    Gone(i32),
    /// JavaScript never heard of it.
    Silent,
}

impl Socket {
    pub fn new(fd: Fd, role: Role) -> Socket {
        Socket {
            fd,
            role,
            refed: true,
            connecting: false,
            flights_count: 0,
            recv: FlightId::NONE,
            recv_armed: false,
            recv_cancelled: false,
            intake: Intake::default(),
            reading: false,
            inbox: VecDeque::new(),
            inbox_end: None,
            out: None,
            before: Vec::new(),
            before_bytes: 0,
            sending: false,
            sending_bytes: 0,
            dirty: false,
            soon: false,
            drain_wanted: false,
            ending: Ending::Open,
            closing: Closing::Open,
            farewell: Farewell::Closed,
            is_socket: true,
            is_fifo: false,
            bytes_read: 0,
            bytes_written: 0,
            tls: None,
        }
    }

    /// A stream that nothing was read from, and on which nothing is under way.
    pub fn is_untouched(&self) -> bool {
        let is_stream = matches!(self.role, Role::Stream) && self.is_socket;
        let is_open = self.closing == Closing::Open && self.ending == Ending::Open;
        is_stream
            && is_open
            && self.flights_count == 0
            && self.bytes_read == 0
            && self.inbox_end.is_none()
            && self.queued_bytes() == 0
    }

    /// Bytes written and not yet taken by the kernel.
    pub fn queued_bytes(&self) -> usize {
        let sealed = self.tls.as_ref().map_or(0, |tls| tls.wire_bytes());
        let page = self.out.as_ref().map_or(0, |page| page.len());
        page + sealed + self.before_bytes + self.sending_bytes
    }

    /// Puts bytes behind what is queued; the socket has a page. `hold` gives the bytes from there
    /// on for longer than the op.
    pub fn put(&mut self, bytes: &[u8], hold: impl FnOnce(usize) -> Option<Held>) {
        let page = self.out.as_mut().expect("the caller makes one");
        let is_direct = bytes.len() >= DIRECT_BYTES_MIN
            || page.len() / OFFERED_BYTES != (page.len() + bytes.len()) / OFFERED_BYTES;
        if !is_direct || !self.is_socket || self.tls.is_some() {
            return page.extend_from_slice(bytes);
        }
        let mut sent = 0;
        if !self.sending && !self.connecting && self.before.is_empty() {
            // A failure comes again when the rest is sent.
            sent = sync::socket::send_both_now(self.fd, page, bytes).unwrap_or(0);
            self.bytes_written += sent as u64;
        }
        let of_page = sent.min(page.len());
        page.consume(of_page);
        let from = sent - of_page;
        if from == bytes.len() {
            return;
        }
        let rest = &bytes[from..];
        let held = (rest.len() >= HELD_BYTES_MIN).then(|| hold(from)).flatten();
        let Some(held) = held else {
            return page.extend_from_slice(rest);
        };
        let page = std::mem::replace(page, SendPage::empty());
        self.before_bytes += page.len() + rest.len();
        if !page.is_empty() {
            self.before.push(Box::new(page));
        }
        self.before.push(Box::new(held));
    }

    /// All that is queued, in order; None: there is nothing.
    pub fn take_output(&mut self) -> Option<Output> {
        let page = self.out.take().filter(|page| !page.is_empty());
        if self.before.is_empty() {
            return page.map(Output::Page);
        }
        self.before_bytes = 0;
        let mut pieces = std::mem::take(&mut self.before);
        if let Some(page) = page {
            pieces.push(Box::new(page));
        }
        Some(Output::Pieces(pieces))
    }

    /// What is queued will not be sent.
    pub fn drop_output(&mut self) {
        self.out = None;
        self.before.clear();
        self.before_bytes = 0;
    }

    /// Does the peer leave too much of what was written unread?
    pub fn is_output_full(&self) -> bool {
        self.queued_bytes() > OUTPUT_BYTES_HIGH
    }

    /// Does this socket keep the program running?
    pub fn is_alive(&self) -> bool {
        if self.closing != Closing::Open {
            return true;
        }
        let busy = match &self.role {
            Role::Listener(_) | Role::Http(_) => true,
            Role::Stream => {
                self.reading
                    || self.connecting
                    || self.queued_bytes() > 0
                    || self.ending == Ending::Wanted
            }
        };
        self.refed && busy
    }

    pub fn conn(&mut self) -> Option<&mut Conn> {
        match &mut self.role {
            Role::Http(conn) => Some(conn),
            Role::Listener(_) | Role::Stream => None,
        }
    }

    pub fn is_stream(&self) -> bool {
        matches!(self.role, Role::Stream)
    }
}
