//! Heads of requests and responses: the start line, the header block, and what they mean for the
//! body and the connection. Called for every message by the fast lane, and by `stream`.
//!
//! A head is read in place and in one pass. When it comes in pieces, a `HeadScan` remembers where
//! the reading stopped, so that a head which trickles in costs no more than one that comes whole.

use super::error::{Fault, HttpError};
use super::field::{Fields, Input};
use super::limits::{Lenient, Limits};
use super::method::Method;
use super::start::Start;
use super::value::Facts;
use crate::span::Span;

/// How the body of a message is delimited (RFC 9112, 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    None,
    Length(u64),
    Chunked,
    /// Until the peer closes: responses only, or lenient.
    UntilClose,
    /// RFC 9112, 6.3: nobody can know where the body of such a request ends. As llhttp, the head
    /// is given, and reading the body fails.
    Unknown,
}

impl Framing {
    pub const fn has_body(self) -> bool {
        !matches!(self, Framing::None | Framing::Length(0))
    }
}

/// An accepted request head. Offsets count from the start of the slice that was parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestHead {
    /// Everything up to and with the blank line, skipped blank lines in front included.
    pub head_bytes: u32,
    /// Where the request line begins.
    pub start: u32,
    pub method: Method,
    pub url: Span,
    pub major: u8,
    pub minor: u8,
    /// The header lines without the closing blank line.
    pub headers: Span,
    pub headers_count: u32,
    pub framing: Framing,
    pub keep_alive: bool,
    /// `Connection: upgrade` with an `Upgrade`, or CONNECT.
    pub upgrade: bool,
    /// `Expect: 100-continue` of HTTP/1.1; Node's server does not look at it in other versions.
    pub expect_continue: bool,
    /// Some other `Expect` of HTTP/1.1.
    pub expect_other: bool,
    pub has_host: bool,
}

/// An accepted response head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseHead {
    pub head_bytes: u32,
    pub start: u32,
    pub status: u16,
    pub reason: Span,
    pub major: u8,
    pub minor: u8,
    pub headers: Span,
    pub headers_count: u32,
    /// With the request's method taken into account.
    pub framing: Framing,
    /// As Node passes it to JavaScript: the request's method is not taken into account.
    pub keep_alive: bool,
    /// 101 with `Connection: upgrade` and an `Upgrade`.
    pub upgrade: bool,
    /// May a message follow this one if it has no body?
    pub(crate) persistent: bool,
}

/// Where the reading of an unfinished head stopped.
#[derive(Clone, Copy, Debug, Default)]
pub struct HeadScan {
    start: Start,
    fields: Fields,
    headers_at: u32,
}

impl HeadScan {
    /// Has no byte of a head been seen? Then the end of input is a clean end.
    pub fn is_idle(&self) -> bool {
        self.start.is_blank()
    }

    /// How many bytes will not be looked at again.
    pub fn read_bytes(&self) -> usize {
        self.fields.at as usize
    }
}

/// Reads a request head that begins at the front of `bytes`; `None` asks for more of it.
pub fn parse_request_head(bytes: &[u8], limits: &Limits) -> Result<Option<RequestHead>, Fault> {
    request(&mut HeadScan::default(), bytes, limits)
}

/// As `parse_request_head`. After `None`, call again with the same scan and the same bytes with
/// more behind them; after anything else the scan is as new.
pub fn resume_request_head(
    scan: &mut HeadScan,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<RequestHead>, Fault> {
    let head = request(scan, bytes, limits);
    if head != Ok(None) {
        *scan = HeadScan::default();
    }
    head
}

/// Reads a response head. The method is that of the request it answers, if known: it decides
/// whether there is a body.
pub fn parse_response_head(
    bytes: &[u8],
    request_method: Option<Method>,
    limits: &Limits,
) -> Result<Option<ResponseHead>, Fault> {
    response(&mut HeadScan::default(), bytes, request_method, limits)
}

/// As `parse_response_head`, going on where the last call stopped.
pub fn resume_response_head(
    scan: &mut HeadScan,
    bytes: &[u8],
    request_method: Option<Method>,
    limits: &Limits,
) -> Result<Option<ResponseHead>, Fault> {
    let head = response(scan, bytes, request_method, limits);
    if head != Ok(None) {
        *scan = HeadScan::default();
    }
    head
}

/// How many bytes of blank lines stand before the next head. A caller that has nothing else may
/// drop them.
pub fn blank_prefix(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .take_while(|byte| matches!(byte, b'\r' | b'\n'))
        .count()
}

/// The part of `bytes` in which a head must end.
fn bounded<'a>(bytes: &'a [u8], limits: &Limits) -> &'a [u8] {
    &bytes[..bytes.len().min(limits.head_buffer_bytes_max())]
}

/// Reads on; `Some` is the place behind the head.
#[inline]
fn read(scan: &mut HeadScan, input: &Input) -> Result<Option<usize>, Fault> {
    assert!(scan.fields.at as usize <= input.bytes.len());
    if !scan.start.is_done() {
        match scan.start.run(input, &mut scan.fields)? {
            None => return more(input),
            Some(at) => {
                scan.fields.at = at as u32;
                scan.headers_at = at as u32;
            }
        }
    }
    match scan.fields.run(input)? {
        None => more(input),
        Some(end) => Ok(Some(end)),
    }
}

fn more(input: &Input) -> Result<Option<usize>, Fault> {
    let bytes_count = input.bytes.len();
    if bytes_count == input.limits.head_buffer_bytes_max() {
        return Err(Fault::new(HttpError::HeaderOverflow, bytes_count));
    }
    Ok(None)
}

#[inline]
fn request(
    scan: &mut HeadScan,
    bytes: &[u8],
    limits: &Limits,
) -> Result<Option<RequestHead>, Fault> {
    let bytes = bounded(bytes, limits);
    let Some(end) = read(
        scan,
        &Input {
            bytes,
            limits,
            request: true,
        },
    )?
    else {
        return Ok(None);
    };
    let HeadScan {
        start,
        fields,
        headers_at,
    } = scan;
    let facts = fields.facts;
    let framing = request_framing(start.method, fields, limits);
    let upgrade_asked = facts.has(Facts::UPGRADE) && facts.has(Facts::UPGRADE_TOKEN);
    let is_1_1 = start.major == 1 && start.minor == 1;
    Ok(Some(RequestHead {
        head_bytes: end as u32,
        start: start.line_at,
        method: start.method,
        url: start.text,
        major: start.major,
        minor: start.minor,
        headers: Span::new(*headers_at as usize, fields.blank_line_at()),
        headers_count: fields.headers_count,
        framing,
        keep_alive: persistent(start, facts),
        upgrade: upgrade_asked || start.method == Method::Connect,
        expect_continue: is_1_1 && facts.has(Facts::EXPECT_CONTINUE),
        expect_other: is_1_1 && facts.has(Facts::EXPECT) && !facts.has(Facts::EXPECT_CONTINUE),
        has_host: facts.has(Facts::HOST),
    }))
}

fn request_framing(method: Method, fields: &Fields, limits: &Limits) -> Framing {
    let facts = fields.facts;
    let lenient = limits.lenient;
    if method == Method::Connect {
        // What follows is the tunnel's, whatever the headers say (RFC 9110, 9.3.6).
        return Framing::None;
    }
    if facts.has(Facts::CHUNKED) {
        return Framing::Chunked;
    }
    if facts.has(Facts::ENCODING) {
        let allowed =
            lenient.has(Lenient::CHUNKED_LENGTH) || lenient.has(Lenient::TRANSFER_ENCODING);
        return if allowed {
            Framing::UntilClose
        } else {
            Framing::Unknown
        };
    }
    if facts.has(Facts::LENGTH) {
        return Framing::Length(fields.content_length);
    }
    Framing::None
}

fn response(
    scan: &mut HeadScan,
    bytes: &[u8],
    request_method: Option<Method>,
    limits: &Limits,
) -> Result<Option<ResponseHead>, Fault> {
    let bytes = bounded(bytes, limits);
    let Some(end) = read(
        scan,
        &Input {
            bytes,
            limits,
            request: false,
        },
    )?
    else {
        return Ok(None);
    };
    let HeadScan {
        start,
        fields,
        headers_at,
    } = scan;
    let facts = fields.facts;
    let by_headers = response_framing(start.status, fields);
    let framing = match request_method {
        Some(Method::Head | Method::Connect) => Framing::None,
        Some(_) | None => by_headers,
    };
    let upgrade_asked = facts.has(Facts::UPGRADE) && facts.has(Facts::UPGRADE_TOKEN);
    let persistent = persistent(start, facts);
    Ok(Some(ResponseHead {
        head_bytes: end as u32,
        start: start.line_at,
        status: start.status,
        reason: start.text,
        major: start.major,
        minor: start.minor,
        headers: Span::new(*headers_at as usize, fields.blank_line_at()),
        headers_count: fields.headers_count,
        framing,
        keep_alive: persistent && by_headers != Framing::UntilClose,
        upgrade: upgrade_asked && start.status == 101,
        persistent,
    }))
}

fn response_framing(status: u16, fields: &Fields) -> Framing {
    let facts = fields.facts;
    if matches!(status, 100..=199 | 204 | 304) {
        Framing::None
    } else if facts.has(Facts::CHUNKED) {
        Framing::Chunked
    } else if facts.has(Facts::LENGTH) && !facts.has(Facts::ENCODING) {
        Framing::Length(fields.content_length)
    } else {
        Framing::UntilClose
    }
}

/// May another message follow, as far as version and `Connection` say?
fn persistent(start: &Start, facts: Facts) -> bool {
    if start.major > 0 && start.minor > 0 {
        !facts.has(Facts::CLOSE)
    } else {
        facts.has(Facts::KEEP_ALIVE)
    }
}
