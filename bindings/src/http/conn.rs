//! One connection of the fast lane: bytes in, page entries out. It knows nothing of descriptors;
//! `socket.rs` and `stream.rs` move the bytes.
//!
//! Two sides run apart: requests are read (Head, Body, Done), and of those given to JavaScript some
//! are not answered yet. As in Node, pipelined requests do not wait for each other's answers; what
//! bounds them is the peer that does not read (`output_full`), JavaScript's word (`held`), and a
//! count.

use std::borrow::Cow;

use coring_codec::http1::{
    Body, Fault, Framing, HeadScan, HttpError, Lenient, RequestHead, Step, blank_prefix,
    resume_request_head,
};
use coring_engine::Delivery;

use super::settings::Settings;
use crate::kinds::entry;
use crate::limits::{INPUT_BYTES_MAX, PIPELINED_BATCH_MAX, PIPELINED_OPEN_MAX};
use crate::slots::Handle;

/// How far the request is read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Reading {
    Head,
    /// The head asked for another protocol: JavaScript decides before the rest is looked at.
    Undecided(Framing),
    Body,
    /// The last request is read; its connection ends with the answer.
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

/// What `end_of_input` found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InputEnd {
    /// JavaScript is told of a broken message.
    Unfinished,
    /// The connection is over.
    Over,
    /// The server allows half-open connections, and answers are to come.
    AnswersOpen,
    /// JavaScript knows, and ends the connection itself.
    Told,
}

/// Who hears that the peer sends no more?
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum EndWatch {
    /// Nobody: native ends the connection.
    Unwatched,
    Watched,
    Told,
}

/// Does JavaScript want the bytes as they come, too? As in Node after the parser, but for those
/// that are at fault: the error ends the connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Tap {
    Closed,
    Open,
    /// Open, and the last chunk was shown.
    Shown,
}

/// Bytes to parse; the first `kept_bytes` of them came before the last chunk.
struct Input<'a> {
    bytes: &'a [u8],
    kept_bytes: usize,
    /// The rest has just come from the peer.
    is_new: bool,
}

pub struct Conn {
    pub server: Handle,
    pub settings: Settings,
    reading: Reading,
    /// Requests given to JavaScript whose answers were not ended.
    open_count: u32,
    /// Requests given in this pass.
    batch_count: u32,
    /// The peer does not read its answers: no further request is begun until it does.
    pub output_full: bool,
    /// JavaScript keeps too many answers that wait for their turn.
    pub held: bool,
    /// Received and not yet parsed.
    input: Vec<u8>,
    scan: HeadScan,
    body: Body,
    body_paused: bool,
    body_dropped: bool,
    /// No request may follow the one that was given last.
    is_last: bool,
    /// The peer sends no more, and closes the connection with the last answer.
    is_half_open: bool,
    end_watch: EndWatch,
    /// JavaScript has ended its half, and reads on.
    pub is_half_ended: bool,
    tap: Tap,
    /// JavaScript wants no bytes.
    pub stopped: bool,
    /// The open response ends the connection.
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
            open_count: 0,
            batch_count: 0,
            output_full: false,
            held: false,
            input: Vec::new(),
            scan: HeadScan::default(),
            body: Body::default(),
            body_paused: false,
            body_dropped: false,
            is_last: false,
            is_half_open: false,
            end_watch: EndWatch::Unwatched,
            is_half_ended: false,
            tap: Tap::Closed,
            stopped: false,
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
        conn.update_due();
        conn
    }

    /// Takes bytes from the peer and delivers what they complete.
    pub fn receive(&mut self, bytes: &[u8], now_ms: u64, me: Handle, out: &mut Delivery) {
        self.active_ms = now_ms;
        if self.reading == Reading::Stopped {
            return;
        }
        if !self.input.is_empty() {
            let kept_bytes = self.input.len();
            self.input.extend_from_slice(bytes);
            return self.parse_input(Some(kept_bytes), now_ms, me, out);
        }
        self.batch_count = 0;
        let input = Input {
            bytes,
            kept_bytes: 0,
            is_new: true,
        };
        let consumed = self.parse(&input, now_ms, me, out);
        if self.reading != Reading::Stopped {
            self.input.extend_from_slice(&bytes[consumed..]);
        }
    }

    /// Does JavaScript take what comes of a body, and nobody else, with nothing before it?
    fn gives_body(&self) -> bool {
        self.reading == Reading::Body
            && self.input.is_empty()
            && !self.body_paused
            && !self.body_dropped
            && self.tap == Tap::Closed
    }

    /// How many bytes are to come that JavaScript is given as they are.
    pub fn body_bytes_left(&self) -> Option<u64> {
        self.gives_body().then(|| self.body.bytes_left())?
    }

    /// JavaScript was given so many of them. `receive` goes on behind them.
    pub fn body_was_given(&mut self, count: u64, now_ms: u64) {
        self.active_ms = now_ms;
        self.body.skip(count);
    }

    /// Parses input that waited: after a response was ended, or a body taken up again.
    pub fn go_on(&mut self, now_ms: u64, me: Handle, out: &mut Delivery) {
        if let Reading::Undecided(framing) = self.reading {
            self.begin_body(framing);
        }
        self.parse_input(None, now_ms, me, out);
    }

    /// `kept_bytes`: where the bytes that have just come begin, if any have.
    fn parse_input(
        &mut self,
        kept_bytes: Option<usize>,
        now_ms: u64,
        me: Handle,
        out: &mut Delivery,
    ) {
        self.batch_count = 0;
        let bytes = std::mem::take(&mut self.input);
        let input = Input {
            bytes: &bytes,
            kept_bytes: kept_bytes.unwrap_or(0),
            is_new: kept_bytes.is_some(),
        };
        let consumed = self.parse(&input, now_ms, me, out);
        if self.reading == Reading::Stopped || consumed == bytes.len() {
            return;
        }
        self.input = bytes;
        self.input.drain(..consumed);
    }

    /// May the next request be looked at?
    fn may_begin(&self) -> bool {
        !self.output_full && !self.held && self.open_count < PIPELINED_OPEN_MAX
    }

    /// Should the kernel hold back what the peer sends?
    pub fn is_full(&self) -> bool {
        self.stopped
            || self.input.len() >= INPUT_BYTES_MAX
            || ((self.body_paused || !self.may_begin()) && !self.input.is_empty())
    }

    /// Would more input only be kept, until JavaScript goes on?
    pub fn is_waiting(&self) -> bool {
        match self.reading {
            Reading::Head => !self.may_begin(),
            Reading::Body => self.body_paused && !self.body_dropped,
            Reading::Undecided(_) | Reading::Done | Reading::Stopped => false,
        }
    }

    /// Are these bytes, all of them, of a body that JavaScript takes now?
    pub fn is_plain_body(&self, bytes: &[u8]) -> bool {
        self.gives_body() && self.body.has_data(bytes.len() as u64)
    }

    /// As `receive`, of such bytes: JavaScript gets the memory.
    pub fn receive_piece(&mut self, piece: Vec<u8>, now_ms: u64, me: Handle, out: &mut Delivery) {
        assert!(self.is_plain_body(&piece));
        self.active_ms = now_ms;
        self.batch_count = 0;
        let step = self.body.decode(&piece, &self.settings.get().limits);
        assert!(matches!(step, Ok(Step::Data { .. })));
        out.push_memory(entry::HTTP_BODY, me.to_js(), 0, 0, piece);
        // It may have been the last.
        let input = Input {
            bytes: &[],
            kept_bytes: 0,
            is_new: true,
        };
        self.parse(&input, now_ms, me, out);
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

    /// Did the last pass leave something only because JavaScript comes first?
    pub fn is_interrupted(&self) -> bool {
        match self.reading {
            Reading::Head => self.batch_count >= PIPELINED_BATCH_MAX && !self.input.is_empty(),
            Reading::Undecided(_) => true,
            Reading::Body | Reading::Done | Reading::Stopped => false,
        }
    }

    /// Do received requests wait for answers to those before them?
    pub fn is_held_back(&self) -> bool {
        self.reading == Reading::Head && !self.may_begin() && !self.input.is_empty()
    }

    fn parse(&mut self, input: &Input, now_ms: u64, me: Handle, out: &mut Delivery) -> usize {
        let mut at = 0;
        loop {
            let rest = &input.bytes[at..];
            let step = match self.reading {
                Reading::Head
                    if rest.is_empty()
                        || !self.may_begin()
                        || self.batch_count >= PIPELINED_BATCH_MAX =>
                {
                    return at;
                }
                Reading::Head => self.parse_head(rest, now_ms, me, out),
                Reading::Body => self.parse_body(rest, now_ms, me, out),
                Reading::Done if rest.is_empty() => return at,
                Reading::Done => self.after_last(rest),
                Reading::Undecided(_) | Reading::Stopped => return at,
            };
            match step {
                Ok(Some(consumed)) => at += consumed,
                Ok(None) => return at,
                Err(fault) => {
                    let place = at + fault.at as usize;
                    self.fail(fault.error, input, place, me, out);
                    return at;
                }
            }
        }
    }

    /// Some(consumed): go on. None: more bytes are needed.
    fn parse_head(
        &mut self,
        bytes: &[u8],
        now_ms: u64,
        me: Handle,
        out: &mut Delivery,
    ) -> Result<Option<usize>, Fault> {
        let values = self.settings.get();
        let Some(head) = resume_request_head(&mut self.scan, bytes, &values.limits)? else {
            if self.request_began_ms == 0 && !self.scan.is_idle() {
                self.request_began_ms = now_ms;
                self.update_due();
            }
            return Ok(None);
        };
        if self.request_began_ms == 0 {
            self.request_began_ms = now_ms;
        }
        self.deliver_request(&head, bytes, me, out);
        Ok(Some(head.head_bytes as usize))
    }

    fn deliver_request(
        &mut self,
        head: &RequestHead,
        bytes: &[u8],
        me: Handle,
        out: &mut Delivery,
    ) {
        self.open_count += 1;
        self.batch_count += 1;
        self.requests_count = self.requests_count.saturating_add(1);
        self.is_last = !head.keep_alive;
        self.body_dropped = false;
        if head.upgrade {
            self.reading = Reading::Undecided(head.framing);
            self.update_due();
        } else {
            self.begin_body(head.framing);
        }
        let length = match head.framing {
            Framing::Length(bytes) => i32::try_from(bytes).unwrap_or(i32::MAX),
            Framing::None | Framing::Chunked | Framing::UntilClose | Framing::Unknown => -1,
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
        if framing.has_body() {
            self.reading = Reading::Body;
            self.body = Body::new(framing);
            self.update_due();
        } else {
            self.request_is_read();
        }
    }

    /// The next head may come, unless the peer said that none will.
    fn request_is_read(&mut self) {
        self.reading = match self.is_last {
            true => Reading::Done,
            false => Reading::Head,
        };
        self.request_began_ms = 0;
        self.update_due();
    }

    fn parse_body(
        &mut self,
        bytes: &[u8],
        now_ms: u64,
        me: Handle,
        out: &mut Delivery,
    ) -> Result<Option<usize>, Fault> {
        if self.body_paused && !self.body_dropped {
            return Ok(None);
        }
        let limits = self.settings.get().limits;
        match self.body.decode(bytes, &limits)? {
            Step::Data { consumed, data } => {
                let piece = data.of(bytes);
                match (self.body_dropped, data.start) {
                    (true, _) => {}
                    (false, 0) => out.push_piece(entry::HTTP_BODY, me.to_js(), piece),
                    // Chunks stay apart, as in Node.
                    (false, _) => {
                        out.push_memory(entry::HTTP_BODY, me.to_js(), 0, 0, piece.to_vec());
                    }
                }
                Ok(Some(consumed as usize))
            }
            Step::NeedMore { consumed: 0 } => Ok(None),
            Step::NeedMore { consumed } => {
                // What is left is an unfinished trailer block; it waits in `input`.
                self.keep_rest(&bytes[consumed as usize..]);
                Ok(Some(bytes.len()))
            }
            Step::Done {
                consumed,
                trailers,
                close,
            } => {
                self.is_last |= close;
                match trailers.is_empty() {
                    true => out.push(entry::HTTP_BODY_END, me.to_js(), 0, 0),
                    false => {
                        let text = trailers.of(bytes);
                        out.push_latin1(entry::HTTP_BODY_END, me.to_js(), 0, 0, text);
                    }
                }
                self.active_ms = now_ms;
                self.request_is_read();
                Ok(Some(consumed as usize))
            }
        }
    }

    /// After the last request only blank lines may come.
    fn after_last(&self, bytes: &[u8]) -> Result<Option<usize>, Fault> {
        let lenient = self.settings.get().limits.lenient;
        let blank_bytes = blank_prefix(bytes);
        if blank_bytes == bytes.len() || lenient.has(Lenient::DATA_AFTER_CLOSE) {
            return Ok(Some(bytes.len()));
        }
        Err(Fault {
            error: HttpError::ClosedConnection,
            at: blank_bytes as u32 + 1,
        })
    }

    fn keep_rest(&mut self, rest: &[u8]) {
        assert!(self.input.is_empty());
        self.input.extend_from_slice(rest);
    }

    /// As Node, shows the chunk that came last, and how much of it was good.
    fn fail(&mut self, error: HttpError, input: &Input, at: usize, me: Handle, out: &mut Delivery) {
        self.stop();
        let index = i32::from(error.index());
        let good_bytes = at.saturating_sub(input.kept_bytes) as i32;
        let chunk = &input.bytes[input.kept_bytes..];
        if input.is_new {
            self.show_bytes(chunk, me, out);
            if self.tap == Tap::Open {
                self.tap = Tap::Shown;
            }
        }
        out.push_bytes(entry::HTTP_ERROR, me.to_js(), index, good_bytes, chunk);
    }

    pub fn open_tap(&mut self) {
        self.tap = Tap::Open;
    }

    /// Gives JavaScript what was received, if it wants that.
    pub fn show_bytes(&mut self, bytes: &[u8], me: Handle, out: &mut Delivery) {
        match self.tap {
            Tap::Closed => {}
            Tap::Open => {
                out.push_piece(entry::READ, me.to_js(), bytes);
            }
            Tap::Shown => self.tap = Tap::Open,
        }
    }

    /// The peer will send no more. An unfinished message is an error, as Node reports it.
    pub fn end_of_input(&mut self, me: Handle, out: &mut Delivery) -> InputEnd {
        if self.end_watch == EndWatch::Told {
            return InputEnd::Told;
        }
        let unfinished = match self.reading {
            Reading::Head => {
                !self.scan.is_idle() || self.input.iter().any(|b| !b"\r\n".contains(b))
            }
            Reading::Body => self.body.finish().is_err(),
            Reading::Undecided(_) | Reading::Done | Reading::Stopped => false,
        };
        if unfinished {
            let bytes = std::mem::take(&mut self.input);
            let input = Input {
                bytes: &bytes,
                kept_bytes: 0,
                is_new: false,
            };
            self.fail(HttpError::InvalidEofState, &input, 0, me, out);
            return InputEnd::Unfinished;
        }
        let goes_on = self.open_count > 0 && self.settings.get().half_open;
        self.stop();
        self.is_half_open = goes_on;
        if self.end_watch == EndWatch::Watched {
            self.end_watch = EndWatch::Told;
            out.push(entry::READ, me.to_js(), 0, 0);
            return InputEnd::Told;
        }
        if goes_on {
            return InputEnd::AnswersOpen;
        }
        InputEnd::Over
    }

    /// JavaScript is to hear that the peer sends no more, and ends the connection itself.
    pub fn watch_end(&mut self) {
        if self.end_watch == EndWatch::Unwatched {
            self.end_watch = EndWatch::Watched;
        }
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

    pub fn open_requests(&self) -> u32 {
        self.open_count
    }

    pub fn pause_body(&mut self, paused: bool) {
        self.body_paused = paused;
    }

    pub fn drop_body(&mut self) {
        self.body_dropped = true;
        self.body_paused = false;
    }

    /// The oldest open response was ended. True: the connection goes on.
    pub fn end_response(&mut self, now_ms: u64) -> bool {
        self.open_count = self.open_count.saturating_sub(1);
        self.chunked = false;
        self.body_muted = false;
        // A program may answer "keep-alive" to who asked for the end: as Node, we wait for theirs.
        if self.close_after || (self.is_half_open && self.open_count == 0) {
            self.stop();
            return false;
        }
        if self.open_count == 0 {
            if let Reading::Undecided(framing) = self.reading {
                self.begin_body(framing);
            }
            self.active_ms = now_ms;
            self.update_due();
        }
        true
    }

    /// Idle between requests, with nothing half received?
    pub fn is_idle(&self) -> bool {
        matches!(self.reading, Reading::Head | Reading::Done)
            && self.open_count == 0
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
            Reading::Head if self.request_began_ms == 0 && self.open_count > 0 => {
                (Due::Never, 0, 0)
            }
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
            Reading::Done if self.open_count == 0 => {
                (Due::KeepAlive, self.active_ms, keep_alive_ms)
            }
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
