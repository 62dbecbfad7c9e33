//! One connection of the fast lane: bytes in, page entries out. It knows nothing of descriptors;
//! `socket.rs` and `stream.rs` move the bytes.
//!
//! Two sides run apart: the request is read (Head, Body, Done), the response is open or not. The
//! next head is looked at only when the request is done and its response was ended, so pipelined
//! requests reach JavaScript one after the other.

use std::borrow::Cow;

use coring_codec::http1::{
    Body, Framing, HeadScan, HttpError, RequestHead, Step, resume_request_head,
};
use coring_engine::Delivery;

use super::settings::Settings;
use crate::kinds::entry;
use crate::limits::INPUT_BYTES_MAX;
use crate::slots::Handle;

/// How far the request is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reading {
    Head,
    /// The head asked for another protocol: JavaScript decides before the rest is looked at.
    Undecided(Framing),
    Body,
    Done,
    /// After a parse error, a timeout or the peer's end: nothing more is read.
    Stopped,
}

/// What a connection's deadline is about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Due {
    Never,
    Headers,
    Request,
    KeepAlive,
}

pub struct Conn {
    pub server: Handle,
    pub settings: Settings,
    reading: Reading,
    pub response_open: bool,
    /// The peer does not read its answers: no further request is begun until it does.
    pub output_full: bool,
    /// Received and not yet parsed.
    input: Vec<u8>,
    scan: HeadScan,
    body: Body,
    body_paused: bool,
    body_dropped: bool,
    /// This request's connection may serve another one.
    pub close_after: bool,
    /// The open response is framed in chunks.
    pub chunked: bool,
    /// HEAD, 204, 304: body bytes are counted, not sent.
    pub body_muted: bool,
    pub requests_count: u32,
    pub due: Due,
    pub due_ms: u64,
    /// When the request under way began; 0 between requests.
    request_began_ms: u64,
    /// The earliest time this connection is listed for in the deadlines.
    pub listed_ms: u64,
    pub idle_timeout_ms: u64,
    pub active_ms: u64,
}

impl Conn {
    pub fn new(server: Handle, settings: Settings, now_ms: u64) -> Conn {
        let idle_timeout_ms = settings.get().idle_timeout_ms;
        let mut conn = Conn {
            server,
            settings,
            reading: Reading::Head,
            response_open: false,
            output_full: false,
            input: Vec::new(),
            scan: HeadScan::default(),
            body: Body::default(),
            body_paused: false,
            body_dropped: false,
            close_after: false,
            chunked: false,
            body_muted: false,
            requests_count: 0,
            due: Due::Never,
            due_ms: 0,
            request_began_ms: now_ms,
            listed_ms: u64::MAX,
            idle_timeout_ms,
            active_ms: now_ms,
        };
        // A connection that never says anything is a slow head (slow-loris).
        conn.await_head(now_ms);
        conn
    }

    /// Takes bytes from the peer and delivers what they complete.
    pub fn receive(&mut self, bytes: &[u8], now_ms: u64, me: Handle, out: &mut Delivery) {
        self.active_ms = now_ms;
        if self.reading == Reading::Stopped {
            return;
        }
        if !self.input.is_empty() {
            self.input.extend_from_slice(bytes);
            return self.go_on(now_ms, me, out);
        }
        let consumed = self.parse(bytes, now_ms, me, out);
        if self.reading != Reading::Stopped {
            self.input.extend_from_slice(&bytes[consumed..]);
        }
    }

    /// Parses input that waited: after a response was ended, or a body taken up again.
    pub fn go_on(&mut self, now_ms: u64, me: Handle, out: &mut Delivery) {
        if let Reading::Undecided(framing) = self.reading {
            self.begin_body(framing);
        }
        let input = std::mem::take(&mut self.input);
        let consumed = self.parse(&input, now_ms, me, out);
        if self.reading == Reading::Stopped || consumed == input.len() {
            return;
        }
        self.input = input;
        self.input.drain(..consumed);
    }

    /// May the next request be looked at?
    fn may_begin(&self) -> bool {
        !self.response_open && !self.output_full
    }

    /// Should the kernel hold back what the peer sends?
    pub fn is_full(&self) -> bool {
        self.input.len() >= INPUT_BYTES_MAX
            || ((self.body_paused || self.output_full) && !self.input.is_empty())
            || (self.response_open && self.reading == Reading::Done && self.input.len() > 1 << 16)
    }

    /// Is there something for `go_on` to do?
    pub fn has_work(&self) -> bool {
        match self.reading {
            Reading::Head => self.may_begin() && !self.input.is_empty(),
            Reading::Body => !self.body_paused && !self.input.is_empty(),
            Reading::Undecided(_) => true,
            Reading::Done | Reading::Stopped => false,
        }
    }

    fn parse(&mut self, bytes: &[u8], now_ms: u64, me: Handle, out: &mut Delivery) -> usize {
        let mut at = 0;
        loop {
            let rest = &bytes[at..];
            let step = match self.reading {
                Reading::Head if !self.may_begin() || rest.is_empty() => return at,
                Reading::Head => self.parse_head(rest, now_ms, me, out),
                Reading::Body => self.parse_body(rest, now_ms, me, out),
                Reading::Undecided(_) | Reading::Done | Reading::Stopped => return at,
            };
            match step {
                Some(consumed) => at += consumed,
                None => return at,
            }
        }
    }

    /// Some(consumed): go on. None: more bytes are needed, or reading stopped.
    fn parse_head(
        &mut self,
        bytes: &[u8],
        now_ms: u64,
        me: Handle,
        out: &mut Delivery,
    ) -> Option<usize> {
        let values = self.settings.get();
        match resume_request_head(&mut self.scan, bytes, &values.limits) {
            Ok(Some(head)) => {
                self.request_began_ms = match self.request_began_ms {
                    0 => now_ms,
                    began => began,
                };
                self.deliver_request(&head, bytes, me, out);
                self.update_due();
                Some(head.head_bytes as usize)
            }
            Ok(None) => {
                if self.request_began_ms == 0 && !self.scan.is_idle() {
                    self.request_began_ms = now_ms;
                    self.update_due();
                }
                None
            }
            Err(fault) => {
                self.fail(fault.error, bytes, me, out);
                None
            }
        }
    }

    fn deliver_request(
        &mut self,
        head: &RequestHead,
        bytes: &[u8],
        me: Handle,
        out: &mut Delivery,
    ) {
        self.response_open = true;
        self.requests_count = self.requests_count.saturating_add(1);
        self.close_after = !head.keep_alive;
        self.chunked = false;
        self.body_muted = false;
        self.body_dropped = false;
        if head.upgrade {
            self.reading = Reading::Undecided(head.framing);
        } else {
            self.begin_body(head.framing);
        }
        let length = match head.framing {
            Framing::Length(bytes) => i32::try_from(bytes).unwrap_or(i32::MAX),
            Framing::None | Framing::Chunked | Framing::UntilClose => -1,
        };
        let text = head_text(head, bytes);
        out.push_latin1(
            entry::HTTP_REQUEST,
            me.to_js(),
            request_flags(head),
            length,
            &text,
        );
    }

    fn begin_body(&mut self, framing: Framing) {
        self.reading = if framing.has_body() {
            Reading::Body
        } else {
            Reading::Done
        };
        self.body = Body::new(framing);
        self.update_due();
    }

    fn parse_body(
        &mut self,
        bytes: &[u8],
        now_ms: u64,
        me: Handle,
        out: &mut Delivery,
    ) -> Option<usize> {
        if self.body_paused && !self.body_dropped {
            return None;
        }
        let limits = self.settings.get().limits;
        match self.body.decode(bytes, &limits) {
            Ok(Step::Data { consumed, data }) => {
                if !self.body_dropped {
                    out.push_bytes(entry::HTTP_BODY, me.to_js(), 0, 0, data.of(bytes));
                }
                Some(consumed as usize)
            }
            Ok(Step::NeedMore { consumed }) => match consumed {
                0 => None,
                consumed => {
                    // What is left is an unfinished trailer block; it waits in `input`.
                    self.keep_rest(&bytes[consumed as usize..]);
                    Some(bytes.len())
                }
            },
            Ok(Step::Done {
                consumed,
                trailers,
                close,
            }) => {
                self.close_after |= close;
                self.reading = Reading::Done;
                match trailers.is_empty() {
                    true => out.push(entry::HTTP_BODY_END, me.to_js(), 0, 0),
                    false => {
                        let text = trailers.of(bytes);
                        out.push_latin1(entry::HTTP_BODY_END, me.to_js(), 0, 0, text);
                    }
                }
                if !self.response_open {
                    self.await_head(now_ms);
                }
                self.update_due();
                Some(consumed as usize)
            }
            Err(fault) => {
                self.fail(fault.error, bytes, me, out);
                None
            }
        }
    }

    fn keep_rest(&mut self, rest: &[u8]) {
        assert!(self.input.is_empty());
        self.input.extend_from_slice(rest);
    }

    fn fail(&mut self, error: HttpError, bytes: &[u8], me: Handle, out: &mut Delivery) {
        self.stop();
        let index = i32::from(error.index());
        out.push_bytes(entry::HTTP_ERROR, me.to_js(), index, 0, bytes);
    }

    /// The peer will send no more. An unfinished message is an error, as Node reports it.
    pub fn end_of_input(&mut self, me: Handle, out: &mut Delivery) -> bool {
        let unfinished = match self.reading {
            Reading::Head => {
                !self.scan.is_idle() || self.input.iter().any(|b| !b"\r\n".contains(b))
            }
            Reading::Body => self.body.finish().is_err(),
            Reading::Undecided(_) | Reading::Done | Reading::Stopped => false,
        };
        if unfinished {
            let input = std::mem::take(&mut self.input);
            self.fail(HttpError::InvalidEofState, &input, me, out);
        }
        self.stop();
        unfinished
    }

    /// Reads no more and owes no deadline.
    pub fn stop(&mut self) {
        self.reading = Reading::Stopped;
        self.input = Vec::new();
        self.due = Due::Never;
    }

    /// Takes what was received behind the head, for another protocol.
    pub fn take_input(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.input)
    }

    pub fn pause_body(&mut self, paused: bool) {
        self.body_paused = paused;
    }

    pub fn drop_body(&mut self) {
        self.body_dropped = true;
        self.body_paused = false;
    }

    /// The response was ended. True: the connection goes on with the next request.
    pub fn end_response(&mut self, now_ms: u64) -> bool {
        self.response_open = false;
        self.chunked = false;
        self.body_muted = false;
        if self.close_after {
            self.stop();
            return false;
        }
        match self.reading {
            Reading::Body => self.drop_body(),
            Reading::Done => self.await_head(now_ms),
            Reading::Undecided(framing) => {
                self.begin_body(framing);
                self.drop_body();
                if self.reading == Reading::Done {
                    self.await_head(now_ms);
                }
            }
            Reading::Head | Reading::Stopped => {}
        }
        self.update_due();
        true
    }

    fn await_head(&mut self, now_ms: u64) {
        self.reading = Reading::Head;
        self.scan = HeadScan::default();
        self.active_ms = now_ms;
        if self.requests_count > 0 {
            self.request_began_ms = 0;
        }
        self.update_due();
    }

    /// Idle between requests, with nothing half received?
    pub fn is_idle(&self) -> bool {
        self.reading == Reading::Head
            && !self.response_open
            && self.input.is_empty()
            && self.scan.is_idle()
    }

    /// Idle after a request, as `closeIdleConnections` means it: a connection that never sent
    /// anything counts as active.
    pub fn is_idle_again(&self) -> bool {
        self.is_idle() && self.requests_count > 0
    }

    /// Sets the deadline that the present state owes.
    fn update_due(&mut self) {
        let values = self.settings.get();
        let keep_alive_ms = match values.keep_alive_timeout_ms {
            0 => 0,
            timeout => timeout + values.keep_alive_buffer_ms,
        };
        let (due, begin, timeout) = match self.reading {
            Reading::Head if self.response_open => (Due::Never, 0, 0),
            Reading::Head if self.request_began_ms == 0 => {
                (Due::KeepAlive, self.active_ms, keep_alive_ms)
            }
            Reading::Head => (
                Due::Headers,
                self.request_began_ms,
                values.headers_timeout_ms,
            ),
            Reading::Body => (
                Due::Request,
                self.request_began_ms,
                values.request_timeout_ms,
            ),
            Reading::Undecided(_) | Reading::Done | Reading::Stopped => (Due::Never, 0, 0),
        };
        self.due = if timeout == 0 { Due::Never } else { due };
        self.due_ms = begin + timeout;
    }
}

/// The head as JavaScript gets it: the URL stands one space behind the method. (The codec, as
/// llhttp, takes several; that is rare enough for a copy.)
pub(super) fn head_text<'a>(head: &RequestHead, bytes: &'a [u8]) -> Cow<'a, [u8]> {
    let method = head.method.name().as_bytes();
    let start = head.start as usize;
    let url_start = head.url.start as usize;
    if url_start == start + method.len() + 1 {
        return Cow::Borrowed(&bytes[start..head.head_bytes as usize]);
    }
    let rest = &bytes[url_start..head.head_bytes as usize];
    Cow::Owned([method, b" ", rest].concat())
}

/// The word `a` of entry 7.
pub(super) fn request_flags(head: &RequestHead) -> i32 {
    let url_bytes = head.url.len().min(0x7fff) as i32;
    let flag = |set: bool, bit: u32| i32::from(set) << bit;
    i32::from(head.method.index())
        | flag(head.minor == 1, 6)
        | flag(head.keep_alive, 7)
        | flag(head.framing.has_body(), 8)
        | flag(head.framing == Framing::Chunked, 9)
        | flag(head.expect_continue, 10)
        | flag(head.upgrade, 11)
        | flag(head.expect_other, 12)
        | url_bytes << 13
        | flag(head.minor == 1 && head.major == 1 && !head.has_host, 28)
}
